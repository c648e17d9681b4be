"""A re-plan plans whole years again: on PostgreSQL it is tried with the slow tests, but for applying one."""

import pytest

_HEAVY = {"postgresql", "heavy"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Count what runs on PostgreSQL with the slow tests."""
    spec = getattr(item, "callspec", None)
    if spec and _HEAVY & {str(value) for value in spec.params.values()} and item.path.stem != "test_apply":
        item.add_marker(pytest.mark.acceptance)
