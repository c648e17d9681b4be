"""When parents can come to a meeting: half days of the week; none is always."""

from collections.abc import Iterable
from typing import Any

HALVES = ("am", "pm")
WEEKDAYS = range(5)


def read_wishes(words: Iterable[str]) -> list[dict[str, Any]]:
    """Read half days as a form says them ("1-pm": Tuesday afternoon), each once, in order."""
    found = set()
    for word in words:
        day, _, half = word.partition("-")
        if day.isdecimal() and int(day) in WEEKDAYS and half in HALVES:
            found.add((int(day), half))
    return [{"weekday": day, "half": half} for day, half in sorted(found)]


def written_wishes(wishes: Iterable[Any]) -> frozenset[str]:
    """Return half days as a form says them."""
    return frozenset(f"{wish['weekday']}-{wish['half']}" for wish in wishes)
