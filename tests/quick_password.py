"""A password as it is kept, in a hash that takes no time: what logging in costs is tried elsewhere."""

from argon2 import PasswordHasher

PASSWORD = "zon op de speelplaats"


def quick_hash(password: str = PASSWORD) -> str:
    """Return an argon2id hash of the lowest cost; it is checked as every other."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
