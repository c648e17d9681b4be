"""Prefect decides when, the service decides what."""
