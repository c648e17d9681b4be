"""The use cases about cases and tasks: one verb a module."""
