"""Replies: what comes back by mail, understood, counted once, and never lost."""
