"""A change to the year: preview what moves, apply it at once, undo it once; copy a year."""
