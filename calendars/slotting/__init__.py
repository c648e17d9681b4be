"""Find hours for many meetings at once: what is sought, what is possible, the best of it, and why not."""
