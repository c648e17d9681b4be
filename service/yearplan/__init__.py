"""A school's own year plan, from its table to rules."""
