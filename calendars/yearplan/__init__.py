"""A school's year plan: its items, whom and when each means, and what it comes to in one school year."""
