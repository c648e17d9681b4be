"""Tests in a week with a parents' evening or an evening walk."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from calendars.plan import Frame, Item, Plan
from calendars.schoolyear import Closed

# How schools write what keeps children or teachers up in the evening.
_EVENING = re.compile(
    r"avond\s*-?\s*(?:vierdaagse|4\s*-?\s*daagse|wandel)|wandel\s*(?:vierdaagse|4daagse)|ouderavond|"
    r"informatieavond|kijkavond|zakelijke avond|inloopavond|oudergesprek|rapportgesprek|"
    r"(?:10|tien)\s*-?\s*minuten\s*-?\s*gesprek|voorstelling|musical",
    re.IGNORECASE,
)
_TEST = re.compile(r"toets", re.IGNORECASE)
_TESTING = frozenset({"test-calendar"})
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Beside:
    """A test and an evening in one week, and the groups that have both (none: the whole school)."""

    monday: date
    test: str
    evening: str
    groups: tuple[str, ...]
    items: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Evening:
    name: str
    first: date
    last: date
    groups: frozenset[str]
    item: UUID | None = None


def is_evening(name: str) -> bool:
    """Tell whether a name speaks of a parents' evening, parents' talks or an evening walk."""
    return bool(_EVENING.search(name))


def is_test(item: Item) -> bool:
    """Tell whether an item is the time in which tests are taken."""
    if item.kind != "window":
        return False
    return item.case.procedure.key in _TESTING or bool(_TEST.search(item.rule.key + item.rule.title.nl))


def tests_beside_evenings(plan: Plan, frame: Frame) -> Iterator[Beside]:
    """Find the weeks in which groups take tests and have such an evening; one find per test and evening."""
    evenings = [*_of_days_off(frame.calendar.closures), *_of_items(plan)]
    tests = [item for item in plan.items if is_test(item)] if evenings else []
    found: defaultdict[tuple[date, str, _Evening], list[Item]] = defaultdict(list)
    for evening in evenings:
        for item in tests:
            for monday in _shared_weeks(item, evening):
                if _meets(item, evening):
                    found[monday, item.case.occurrence.title.nl, evening].append(item)
    for (monday, test, evening), items in found.items():
        groups = tuple(sorted({item.group.name for item in items if item.group}))
        extra = (evening.item,) if evening.item else ()
        yield Beside(monday, test, evening.name, groups, (*(item.id for item in items), *extra))


def _of_days_off(closures: Iterable[Closed]) -> Iterator[_Evening]:
    for closed in closures:
        if is_evening(closed.name):
            yield _Evening(closed.name, closed.first_day, closed.last_day, closed.groups)


def _of_items(plan: Plan) -> Iterator[_Evening]:
    for item in plan.items:
        day = item.dates.target_on
        if day and is_evening(item.title) and item.case.pupil is None:
            group = item.group or item.case.group
            first = item.dates.starts_on if item.kind == "window" else None
            names = frozenset({group.name}) if group else frozenset()
            yield _Evening(item.rule.title.nl, first or day, day, names, item.id)


def _meets(item: Item, evening: _Evening) -> bool:
    return not evening.groups or item.group is None or item.group.name in evening.groups


def _shared_weeks(item: Item, evening: _Evening) -> Iterator[date]:
    last = item.dates.target_on
    if last is None:
        return
    # A test on Tuesday and an evening on Thursday share their week, not their days.
    monday = max(_monday(item.dates.starts_on or last), _monday(evening.first))
    while monday <= min(_monday(last), _monday(evening.last)):
        yield monday
        monday += _WEEK


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
