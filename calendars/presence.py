"""When a person works: half days of the week, each valid from one day until another."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from calendars.derivation import joined
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar

Half = Literal["am", "pm"]
_FURTHEST = 60  # calendar days to look for a day of presence; longer than a summer holiday

WEEKDAYS_NL = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
WEEKDAYS_SHORT = ("ma", "di", "wo", "do", "vr", "za", "zo")
_BOTH: tuple[Half, ...] = ("am", "pm")
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class PresentHalf:
    """A half day of the week (0 is Monday) on which a person works, from one day until another."""

    weekday: int
    half: Half
    valid_from: date
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether this half day of the week counts on ``day``."""
        return (
            day.weekday() == self.weekday
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True)
class Presence:
    """All half days of one person at one school; a person without any is taken as always there."""

    halves: tuple[PresentHalf, ...] = ()

    @cached_property
    def _known(self) -> dict[date, tuple[Half, ...]]:
        """Return the days that were asked for before: planning a year asks for them over and over."""
        return {}

    def halves_on(self, day: date) -> tuple[Half, ...]:
        """Return the half days worked on a calendar day, morning first."""
        if not self.halves:
            return _BOTH
        found = self._known.get(day)
        if found is None:
            found = tuple(sorted({h.half for h in self.halves if h.holds_on(day)}))
            self._known[day] = found
        return found

    def works_on(self, day: date, calendar: SchoolCalendar) -> bool:
        """Tell whether the person works on ``day``: present, and school is open."""
        return calendar.is_school_day(day) and bool(self.halves_on(day))

    def next_day(self, day: date, calendar: SchoolCalendar) -> date:
        """Return the person's first working day on or after ``day``."""
        return self._search(day, calendar, 1)

    def previous_day(self, day: date, calendar: SchoolCalendar) -> date:
        """Return the person's last working day on or before ``day``."""
        return self._search(day, calendar, -1)

    def _search(self, day: date, calendar: SchoolCalendar, step: int) -> date:
        for n in range(_FURTHEST):
            found = day + timedelta(days=n * step)
            if self.works_on(found, calendar):
                return found
        raise OutsideCalendarError("geen werkdag binnen twee maanden")

    def week(self, day: date) -> str:
        """Return the pattern of the week of ``day`` in words ("dinsdagmiddag en woensdag")."""
        monday = day - timedelta(days=day.weekday())
        days = [monday + timedelta(days=n) for n in range(7)]
        halves = [self.halves_on(d) if self.halves else () for d in days]
        if halves == [_BOTH] * (_FRIDAY + 1) + [()] * 2:
            return "maandag tot en met vrijdag"
        return joined([_day_word(d, h) for d, h in zip(days, halves, strict=True) if h])


def _day_word(day: date, halves: tuple[Half, ...]) -> str:
    part = "" if halves == _BOTH else "ochtend" if halves == ("am",) else "middag"
    return WEEKDAYS_NL[day.weekday()] + part
