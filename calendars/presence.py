"""When a person works: half days of the week, each valid from one day until another."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from calendars.schoolyear import OutsideCalendarError, SchoolCalendar

Half = Literal["am", "pm"]
_FURTHEST = 60  # calendar days to look for a day of presence; longer than a summer holiday

WEEKDAYS_NL = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
WEEKDAYS_SHORT = ("ma", "di", "wo", "do", "vr", "za", "zo")


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


@dataclass(frozen=True, slots=True)
class Presence:
    """All half days of one person at one school; a person without any is taken as always there."""

    halves: tuple[PresentHalf, ...] = ()

    def halves_on(self, day: date) -> tuple[Half, ...]:
        """Return the half days worked on a calendar day, morning first."""
        if not self.halves:
            return ("am", "pm")
        return tuple(sorted({h.half for h in self.halves if h.holds_on(day)}))

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
        """Return the pattern of the week of ``day`` in words ("di-middag, wo")."""
        monday = day - timedelta(days=day.weekday())
        words = [_day_word(monday + timedelta(days=n), self) for n in range(7)]
        return ", ".join(word for word in words if word)


def _day_word(day: date, presence: Presence) -> str:
    halves = presence.halves_on(day) if presence.halves else ()
    suffix = {("am",): "-ochtend", ("pm",): "-middag", ("am", "pm"): ""}
    return WEEKDAYS_SHORT[day.weekday()] + suffix[halves] if halves else ""
