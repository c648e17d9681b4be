"""What the school does, and the doors to it."""
