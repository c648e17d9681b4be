"""Official holidays and public days off, from the ``holidays`` package, as closed spans of days."""

from datetime import date, timedelta
from functools import cache
from typing import Literal

from holidays import country_holidays

from calendars.schoolyear import Closed

Region = Literal["noord", "midden", "zuid"]

_SUBDIVISION = {"noord": "Noord", "midden": "Midden", "zuid": "Zuid"}
# Days on which primary schools are as a rule closed, though no law closes them on a weekday.
_FRIDAY_AFTER_ASCENSION = "Dag na Hemelvaart"


@cache
def official_closures(region: Region, first_year: int, last_year: int) -> tuple[Closed, ...]:
    """Return the closed spans of a region that begin in the calendar years given (both included)."""
    years = range(first_year - 1, last_year + 2)
    part = _SUBDIVISION[region]
    school = country_holidays("NL", subdiv=part, categories="school", language="nl", years=years)
    public = country_holidays("NL", categories=("public", "optional"), language="nl", years=years)
    named = [*_spans(dict(school)), *_spans(dict(public)), *_days_after_ascension(dict(public))]
    return tuple(
        sorted(
            (c for c in named if first_year <= c.first_day.year <= last_year),
            key=lambda closed: (closed.first_day, closed.name),
        )
    )


def _spans(days: dict[date, str]) -> list[Closed]:
    """Join days that follow each other under one name into spans."""
    spans: list[Closed] = []
    for day, name in sorted(days.items()):
        last = next((s for s in reversed(spans) if s.name == name), None)
        if last and last.last_day + timedelta(days=1) == day:
            spans[spans.index(last)] = Closed(name, last.first_day, day)
        else:
            spans.append(Closed(name, day, day))
    return spans


def _days_after_ascension(days: dict[date, str]) -> list[Closed]:
    return [
        Closed(_FRIDAY_AFTER_ASCENSION, day + timedelta(days=1), day + timedelta(days=1))
        for day, name in days.items()
        if name == "Hemelvaartsdag"
    ]
