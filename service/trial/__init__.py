"""The trial year: plan without sending or saving, look at it, compare, activate."""
