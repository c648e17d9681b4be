"""Read the half days on which somebody works, as a school writes them: "di-middag", "wo"."""

from collections.abc import Iterable
from datetime import date

from calendars.presence import WEEKDAYS_NL, Half, Presence, PresentHalf

_SCHOOL_DAYS = 5
_HALVES: dict[str, tuple[Half, ...]] = {"": ("am", "pm"), "ochtend": ("am",), "middag": ("pm",)}


def presence_of(words: Iterable[str]) -> Presence:
    """Return when somebody works; raise ``ValueError`` for a word that is no half day of the week."""
    return Presence(tuple(half for word in words for half in _halves(word)))


def _halves(word: str) -> Iterable[PresentHalf]:
    day, _, part = word.strip().casefold().partition("-")
    for weekday, name in enumerate(WEEKDAYS_NL[:_SCHOOL_DAYS]):
        if day in {name, name[:2]} and part in _HALVES:
            return [PresentHalf(weekday, half, date.min) for half in _HALVES[part]]
    raise ValueError(f"{word!r} is geen dagdeel van een schoolweek")
