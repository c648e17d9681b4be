"""What comes back by mail about a meeting (iTIP, RFC 5546), out of bytes that may be anybody's work."""
