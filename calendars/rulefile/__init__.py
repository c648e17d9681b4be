"""A file of rules: read it, and say in Dutch what is wrong with it, where, and what to write instead."""
