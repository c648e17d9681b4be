"""Who is told what, once, on their own working day."""
