"""A second counter of days, as slow and simple as can be: it walks from day to day past closed days."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from calendars.official import Region, official_closures
from calendars.presence import Presence
from calendars.resolve import Anchor, Context
from calendars.schoolyear import Closed, SchoolCalendar
from tests.calendars.invented_school import presence
from tests.calendars.tried_rules import REGIONS

DAY, WEEK = timedelta(days=1), timedelta(days=7)
LABELS = [f"{year}-{year + 1}" for year in range(2024, 2036)]
PUBLISHED_UNTIL = 2030  # the calendar year of the last summer holiday that is published
WEEKS = ("ma di wo do vr", "di-pm wo", "ma", "wo do vr", "vr-am", "ma-am do-pm")
ALL_UNITS = (
    *("calendar_days", "school_days", "calendar_weeks", "school_weeks", "months"),
    *("working_days", "weekdays"),
)


@dataclass(frozen=True)
class Slow:
    """The walking counter: closed days, public holidays, and the days of the week on which someone works."""

    closed: frozenset[date]
    public: frozenset[date]
    works: frozenset[int]

    def is_open(self, day: date) -> bool:
        return day.isoweekday() <= 5 and day not in self.closed

    def counts(self, day: date, unit: str) -> bool:
        if unit == "weekdays":
            return day.isoweekday() <= 5 and day not in self.public
        if unit == "working_days":
            return self.is_open(day) and day.isoweekday() in self.works
        return self.is_open(day) if unit == "school_days" else True

    def has_school(self, day: date) -> bool:
        monday = day - timedelta(days=day.isoweekday() - 1)
        return any(self.is_open(monday + timedelta(days=n)) for n in range(5))

    def walk(self, day: date, unit: str, count: int) -> date:
        """Return the day so many units later, or earlier."""
        step = 1 if count > 0 else -1
        left = abs(count)
        while left:
            if unit.endswith("weeks"):
                day += WEEK * step
                left -= 1 if unit == "calendar_weeks" or self.has_school(day) else 0
            elif unit == "months":
                return walk_months(day, count)
            else:
                day += DAY * step
                left -= 1 if self.counts(day, unit) else 0
        return day

    def run(self, start: date, unit: str, count: int, pauses: list[tuple[date, date]]) -> date:
        """Return when a term ends that stands still on the days after each pause's first until its last."""
        day, left, end = start, count, start
        while left or any(since == end for since, until in pauses if until > end):
            if not left:
                # It was the last day, and it stands still from then on.
                last = max(until for since, until in pauses if since == end)
                while longer := [until for since, until in pauses if end <= since <= last < until]:
                    last = max(longer)
                still = [d for d in days(end + DAY, last) if self.counts(d, unit)]
                if not still:
                    return end
                end, day = still[-1], last
                pauses = [(max(since, last), until) for since, until in pauses if until > last]
                continue
            day += DAY
            if self.counts(day, unit) and not any(since < day <= until for since, until in pauses):
                left, end = left - 1, day
        return end


def walk_months(day: date, count: int) -> date:
    """Return the same day so many months on, or the last that there is."""
    year, month = day.year, day.month
    for _ in range(abs(count)):
        month += 1 if count > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(number, day.day))
        except ValueError:
            continue
    raise AssertionError


def days(first: date, last: date) -> list[date]:
    """Return every calendar day, both included."""
    found = []
    while first <= last:
        found.append(first)
        first += DAY
    return found


@dataclass(frozen=True)
class Both:
    """The same school year for the fast counter and for the slow one."""

    context: Context
    slow: Slow
    closures: tuple[Closed, ...]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        own = [f"{c.first_day}/{c.last_day}" for c in self.closures if c.name == "Vrij"]
        printer.text(f"{self.context.year} works {sorted(self.slow.works)} closed {own}{cycle or ''}")

    @property
    def first(self) -> date:
        return self.context.year.first_day

    @property
    def last(self) -> date:
        return self.context.year.last_day

    def school_days(self) -> list[date]:
        return [day for day in days(self.first, self.last) if self.slow.is_open(day)]

    def mondays(self) -> list[date]:
        """Return the Mondays of the weeks with school."""
        weeks = [day - timedelta(days=day.isoweekday() - 1) for day in self.school_days()]
        return sorted(set(weeks))

    def with_anchors(self, **named: date) -> Context:
        return self.context.with_anchors({f"fact.{name}": Anchor(day, name) for name, day in named.items()})


@cache
def closures_of(region: Region, label: str) -> tuple[Closed, ...]:
    """Return the published closures of a year and the two after it, invented where there are none."""
    starts = int(label[:4])
    published = official_closures(region, starts, min(starts + 2, PUBLISHED_UNTIL))
    later = official_closures(region, PUBLISHED_UNTIL + 1, PUBLISHED_UNTIL + 9)
    public = [c for c in later if "vakantie" not in c.name.casefold() and starts <= c.first_day.year]
    return (*published, *public, *_invented(region, starts))


def _invented(region: Region, starts: int) -> Iterable[Closed]:
    shift = timedelta(weeks=REGIONS.index(region))
    for year in range(max(starts, PUBLISHED_UNTIL), starts + 3):
        spans = {
            "Herfstvakantie": (date(year, 10, 12) + shift, 9),
            "Kerstvakantie": (date(year, 12, 21), 16),
        }
        if year > PUBLISHED_UNTIL:
            spans |= {
                "Voorjaarsvakantie": (date(year, 2, 14) + shift, 9),
                "Meivakantie": (date(year, 4, 25), 14),
                "Zomervakantie": (date(year, 7, 8) + shift, 44),
            }
        for name, (first, length) in spans.items():
            yield Closed(name, first, first + timedelta(days=length - 1))


def both(region: Region, label: str, extra: Iterable[Closed] = (), week: str = "ma di wo do vr") -> Both:
    """Return one school year, for both counters."""
    starts = int(label[:4])
    closures = (*closures_of(region, label), *extra)
    calendar = SchoolCalendar(date(starts, 7, 1), date(starts + 2, 7, 31), closures)
    halves = (replace(half, valid_from=date.min) for half in presence(week).halves)
    there = Presence(tuple(halves))
    context = Context(calendar, calendar.year(label), {}, {}, presence=there)
    closed = frozenset(day for c in closures for day in days(c.first_day, c.last_day))
    public = frozenset(
        day
        for c in closures
        if c.official and "vakantie" not in c.name and c.name != "Dag na Hemelvaart"
        for day in days(c.first_day, c.last_day)
    )
    works = frozenset("ma di wo do vr".split().index(word[:2]) + 1 for word in week.split())
    return Both(context, Slow(closed, public, works), closures)


@st.composite
def years(draw: st.DrawFn, labels: Iterable[str] = tuple(LABELS)) -> Both:
    """Draw a school year of a region, with days off of the school itself, and someone's working days."""
    label = draw(st.sampled_from([*labels]))
    starts = int(label[:4])
    first = st.dates(date(starts, 8, 1), date(starts + 1, 7, 31))
    spans = draw(st.lists(st.tuples(first, st.integers(0, 20)), max_size=5))
    extra = [Closed("Vrij", day, day + timedelta(days=n), official=False) for day, n in spans]
    return both(draw(st.sampled_from(REGIONS)), label, extra, draw(st.sampled_from(WEEKS)))


@st.composite
def years_and_days(draw: st.DrawFn, count: int = 1) -> tuple[Both, list[date]]:
    """Draw a school year and some calendar days in it, in order."""
    year = draw(years())
    found = draw(st.lists(st.dates(year.first, year.last), min_size=count, max_size=count))
    return year, sorted(found)


def weeks_apart(found: list[date]) -> list[int]:
    """Return how many calendar days lie between the Mondays of days."""
    mondays = [day - timedelta(days=day.isoweekday() - 1) for day in found]
    return [(b - a).days for a, b in pairwise(mondays)]
