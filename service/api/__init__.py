"""The JSON and calendar doors."""
