"""Move a wanted day to one on which there is school and the owner works, never past its limits."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from calendars.derivation import WHO_IS_IN, Step, closed_nl, day_nl
from calendars.people import Member
from calendars.procedure import Occurrence
from calendars.resolve import Context
from calendars.schoolyear import DAY, OutsideCalendarError, SchoolCalendar

_HOLIDAY = 7  # calendar days between two school days; more of them make a holiday
Roll = Literal["next", "previous", "keep"]
Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A day (itself included) that a planned day may not pass, and how to say so."""

    day: date
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule says before anyone's working days or limits are looked at; an unknown end is None.

    ``roll`` is how to go from a day on which it can't be done: a deadline goes back, a day goes on.
    ``bound`` is the last day on which it still makes sense.
    """

    first: date | None
    last: date | None
    steps: Steps
    roll: Roll = "next"
    bound: date | None = None

    @property
    def is_period(self) -> bool:
        """Tell whether it has a begin of its own."""
        return self.first is not None and self.first != self.last


def limits_of(wanted: Wanted, occurrence: Occurrence, latest: date | None, context: Context) -> list[Limit]:
    """Return the days that a task may not pass, the first of them first."""
    calendar = context.calendar
    limits = []
    if latest:
        text = "op tijd voor de wettelijke datum"
        limits.append(Limit(_last_before_law(latest, calendar), "clip", text))
    if occurrence.opened_by == "year":
        limits.append(Limit(context.year.last_day, "warning", "anders valt het na de laatste schooldag"))
    if wanted.bound:
        text = f"klaar vóór {day_nl(wanted.bound + DAY)}"
        limits.append(Limit(calendar.on_or_before(wanted.bound), "roll", text))
    return sorted(limits, key=lambda limit: limit.day)


def _last_before_law(latest: date, calendar: SchoolCalendar) -> date:
    """Return the last school day on or before a legal day; before a holiday, not the day after it."""
    day = calendar.on_or_before(latest)
    earlier = calendar.add_school_days(day, -1)
    return earlier if day - earlier > timedelta(days=_HOLIDAY) else day


def roll(
    wanted: Wanted, limits: list[Limit], owner: Member | None, context: Context
) -> tuple[date | None, Steps]:
    """Move a day to one on which there is school and the owner works, never past its limits."""
    asked = wanted.last
    if asked is None and not any(limit.kind == "clip" for limit in limits):
        return None, ()
    day = _moved(asked, wanted, owner, context) if asked else None
    steps = (Step("roll", _why_moved(asked, day, owner, context), day),) if asked and day != asked else ()
    if limits and (day is None or day > limits[0].day):
        day = _previous(limits[0].day, owner, context)
        steps = (*steps, Step(limits[0].kind, limits[0].text, day)) if day != asked else ()
    return day, steps


def _moved(day: date, wanted: Wanted, owner: Member | None, context: Context) -> date:
    if wanted.roll == "keep":
        return day
    if wanted.roll == "next":
        return _next(day, owner, context)
    found = _previous(day, owner, context)
    if wanted.is_period and wanted.first and found < wanted.first:
        # Who does it isn't there in the whole period: then the last school day of the period itself.
        within = context.calendar.on_or_before(day)
        return within if within >= wanted.first else found
    return found


def _next(day: date, owner: Member | None, context: Context) -> date:
    open_day = context.calendar.on_or_after(day)
    try:
        return owner.presence.next_day(open_day, context.calendar) if owner else open_day
    except OutsideCalendarError:
        return open_day


def _previous(day: date, owner: Member | None, context: Context) -> date:
    open_day = context.calendar.on_or_before(day)
    try:
        return owner.presence.previous_day(open_day, context.calendar) if owner else open_day
    except OutsideCalendarError:
        return open_day


def _why_moved(day: date, found: date | None, owner: Member | None, context: Context) -> str:
    """Say why a day is not the one: closed, or the person isn't there."""
    closed = context.calendar.closed_on(day)
    parts = []
    if closed:
        verb = "is" if closed.first_day == closed.last_day else "valt in"
        parts.append(f"{day_nl(day)} {verb} {closed_nl(closed.name)}")
    back = found is not None and found < day
    open_day = context.calendar.on_or_before(day) if back else context.calendar.on_or_after(day)
    if owner and owner.presence.halves and found != open_day:
        parts.append(f"{WHO_IS_IN} {owner.presence.week(found or day)}")
    else:
        parts.append(f"de {'laatste schooldag ervoor' if back else 'eerste schooldag erna'}")
    return ", en ".join(parts) if len(parts) > 1 and WHO_IS_IN in parts[1] else ", dus ".join(parts)
