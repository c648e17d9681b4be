"""The days on which a school is open, and counting in them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

SATURDAY = 5
DAY = timedelta(days=1)
SUMMER = "Zomervakantie"
_YEAR_LABEL = re.compile(r"2[0-9]{3}-2[0-9]{3}")  # any other is a mistyped one


class OutsideCalendarError(Exception):
    """De datum valt buiten de schoolkalender."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Days without school (first and last included), for everyone or for some groups only."""

    name: str
    first_day: date
    last_day: date
    official: bool = True
    replaces: str | None = None
    groups: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school year ("2026-2027") from its first school day until its last."""

    label: str
    first_day: date
    last_day: date

    @property
    def starts_in(self) -> int:
        """Return the calendar year in which the school year begins."""
        return int(self.label[:4])

    def on(self, month: int, day: int) -> date:
        """Return a month and day in this school year, which turns over on 1 August."""
        return date(self.starts_in + (month < 8), month, day)  # noqa: PLR2004 -- August, the turn


class SchoolCalendar:
    """The school days of a span of calendar days, with the reason for every closed weekday.

    ``lessons`` are the hours by weekday (0 is Monday) in which teachers stand before their class.
    """

    def __init__(
        self,
        first: date,
        last: date,
        closures: Iterable[Closed],
        lessons: Mapping[int, tuple[time, time]] | None = None,
    ) -> None:
        self.first, self.last = first, last
        self.lessons = lessons or {}
        self.closures = _without_replaced(sorted(closures, key=lambda c: (c.first_day, c.name)))
        shut = {
            day
            for closed in self.closures
            if not closed.groups
            for day in days_between(closed.first_day, closed.last_day)
        }
        self.days = [d for d in days_between(first, last) if d.weekday() < SATURDAY and d not in shut]
        self._open = frozenset(self.days)
        self._for_groups = [c for c in self.closures if c.groups]

    def is_school_day(self, day: date) -> bool:
        """Tell whether school is open on ``day``."""
        return day in self._open

    def on_or_after(self, day: date) -> date:
        """Return the first school day on or after ``day``."""
        return self._at(bisect_left(self.days, self._known(day)))

    def on_or_before(self, day: date) -> date:
        """Return the last school day on or before ``day``."""
        return self._at(bisect_right(self.days, self._known(day)) - 1)

    def add_school_days(self, day: date, count: int) -> date:
        """Return the ``count``-th school day strictly after ``day`` (before it, when negative)."""
        if count > 0:
            return self._at(bisect_right(self.days, day) + count - 1)
        return self._at(bisect_left(self.days, day) + count) if count < 0 else day

    def add_school_weeks(self, day: date, count: int) -> date:
        """Return the same weekday, ``count`` weeks in which there is school later (or earlier)."""
        step = timedelta(weeks=1 if count > 0 else -1)
        while count:
            day += step
            if day < self.first or day > self.last:
                raise OutsideCalendarError("voorbij het einde van de schoolkalender")
            count -= (1 if count > 0 else -1) * self.has_school(day)
        return day

    def has_school(self, day: date) -> bool:
        """Tell whether the week of ``day`` has at least one school day."""
        monday = day - timedelta(days=day.weekday())
        return bisect_left(self.days, monday) < bisect_left(self.days, monday + timedelta(days=7))

    def school_days(self, year: SchoolYear) -> list[date]:
        """Return the school days of a school year."""
        return self.days[bisect_left(self.days, year.first_day) : bisect_right(self.days, year.last_day)]

    def count_school_days(self, first: date, last: date) -> int:
        """Return how many school days lie after ``first``, until ``last`` (included)."""
        return max(0, bisect_right(self.days, last) - bisect_right(self.days, first))

    def school_weeks(self, year: SchoolYear) -> list[date]:
        """Return the Mondays of the weeks with school in a school year."""
        return sorted({day - timedelta(days=day.weekday()) for day in self.school_days(year)})

    def closed_between(self, one: date, other: date) -> list[Closed]:
        """Return the closures that take a weekday between two days, both included.

        A closure inside another one, such as Koningsdag in the May holiday, takes nothing more.
        """
        first, last = min(one, other), max(one, other)
        overlapping = (c for c in self.closures if c.first_day <= last and c.last_day >= first)
        found = [c for c in overlapping if not c.groups and _takes_a_weekday(c, first, last)]
        return [c for c in found if not any(_is_inside(c, other) for other in found)]

    def closed_on(self, day: date) -> Closed | None:
        """Return why school is closed for everyone on ``day``, or nothing; the longest reason first."""
        found = [c for c in self.closures if not c.groups and c.first_day <= day <= c.last_day]
        return max(found, key=lambda c: c.last_day - c.first_day, default=None)

    def is_open_for(self, group: str, day: date) -> bool:
        """Tell whether a group, by its name, has school on ``day``."""
        return self.is_school_day(day) and not any(
            group in c.groups and c.first_day <= day <= c.last_day for c in self._for_groups
        )

    def year(self, label: str) -> SchoolYear:
        """Return a school year: what lies between the summer holidays around it."""
        starts = int(label[:4])
        before = self._summer(starts)
        after = self._summer(starts + 1)
        return SchoolYear(
            label, self.on_or_after(before.last_day + DAY), self.on_or_before(after.first_day - DAY)
        )

    def year_of(self, day: date) -> SchoolYear:
        """Return the school year that ``day`` belongs to; it turns over on 1 August."""
        starts = day.year - (day.month < 8)  # noqa: PLR2004 -- August, the turn
        return self.year(f"{starts}-{starts + 1}")

    def _summer(self, year: int) -> Closed:
        for closed in self.closures:
            if SUMMER in {closed.name, closed.replaces} and closed.first_day.year == year:
                return closed
        raise OutsideCalendarError(f"geen zomervakantie bekend voor {year}")

    def _known(self, day: date) -> date:
        if not self.first <= day <= self.last:
            raise OutsideCalendarError(f"{day:%d-%m-%Y} valt buiten de schoolkalender")
        return day

    def _at(self, index: int) -> date:
        if not 0 <= index < len(self.days):
            raise OutsideCalendarError("voorbij het einde van de schoolkalender")
        return self.days[index]


def days_between(first: date, last: date) -> Iterable[date]:
    """Return every calendar day from ``first`` until ``last``, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def is_year_label(label: str) -> bool:
    """Tell whether a text names a school year, such as "2026-2027"."""
    if not _YEAR_LABEL.fullmatch(label):
        return False
    return int(label[5:]) == int(label[:4]) + 1


def _takes_a_weekday(closed: Closed, first: date, last: date) -> bool:
    within = days_between(max(first, closed.first_day), min(last, closed.last_day))
    return any(day.weekday() < SATURDAY for day in within)


def _is_inside(inner: Closed, outer: Closed) -> bool:
    return (
        outer != inner
        and outer.first_day <= inner.first_day
        and inner.last_day <= outer.last_day
        and outer.last_day - outer.first_day > inner.last_day - inner.first_day
    )


def _without_replaced(closures: list[Closed]) -> list[Closed]:
    """Drop an official span where the school has put its own in its place in the same school year."""
    replaced = {(c.replaces, _turn(c.first_day)) for c in closures if c.replaces}
    return [c for c in closures if not (c.official and (c.name, _turn(c.first_day)) in replaced)]


def _turn(day: date) -> int:
    # A summer holiday belongs to the year that it ends, so July and August count together.
    return day.year - (day.month < 7)  # noqa: PLR2004 -- July
