"""The school year as rows: plan it, open it."""
