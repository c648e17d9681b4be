"""Put what a rule means on days on which it can be done: roll, margin, presence and the law's limit.

A single day rolls to the next day of school and presence; a deadline is done on or before its last day, but
not before its period begins. What a law limits (calendar days) never shifts later, and is not left for the
first day after a holiday.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from calendars.derivation import WHO_IS_IN, Step, closed_nl, day_nl
from calendars.resolve.counting import amount_nl, move
from calendars.resolve.dated import Context, Dated, NoDateYetError, Period
from calendars.rules import Amount
from calendars.schoolyear import DAY, OutsideCalendarError, SchoolCalendar, SchoolYear
from calendars.yearplan.items import PlanItem

State = Literal["planned", "missed", "done"]
_HOLIDAY = 7  # calendar days between two school days; more of them make a holiday


@dataclass(frozen=True, slots=True)
class Placed:
    """One occurrence: the days that are meant (open ends are None), and the day to plan it on.

    ``from_`` and ``until`` are how far it may be moved without asking; ``steps`` how it came to be;
    ``conditions`` what isn't known yet of this one.
    """

    first: date | None
    last: date | None
    plan_on: date | None
    label: str = ""
    from_: date | None = None
    until: date | None = None
    steps: tuple[Step, ...] = ()
    status: State = "planned"
    meant: Period | None = None
    conditions: tuple[str, ...] = ()

    @property
    def counted(self) -> Period:
        """Return the days that others count from: those that are meant, without the margin around them."""
        return self.meant or Period(self.first, self.last, self.label)


def place_periods(
    item: PlanItem, dated: Dated, limit: date | None, context: Context
) -> tuple[tuple[Placed, ...], tuple[Step, ...]]:
    """Return every occurrence on its days, and the steps from the rule to there, of all of them."""
    steps = [*dated.steps]
    found = []
    for period in dated.periods:
        room = _Room(item, context, limit, period.bound, [])
        placed = _placed(period, room, ongoing=dated.ongoing)
        found.append(replace(placed, steps=(*(period.steps or dated.steps), *room.more)))
        steps += room.more
    return tuple(found), tuple(dict.fromkeys(steps))


def last_before_law(limit: date, calendar: SchoolCalendar) -> date:
    """Return the last school day on or before a legal day; not the first one after a holiday."""
    day = calendar.on_or_before(limit)
    earlier = calendar.add_school_days(day, -1)
    return earlier if day - earlier > timedelta(days=_HOLIDAY) else day


@dataclass(frozen=True, slots=True)
class _Room:
    """What a day is looked for in: nothing after the law's ``limit``, or after it is of use (``bound``)."""

    item: PlanItem
    context: Context
    limit: date | None
    bound: date | None
    more: list[Step]

    def ceiling(self, period: Period) -> date | None:
        """Return the last day on which a period may be planned."""
        days = [self.bound] if self.bound else []
        if self.limit:
            day = last_before_law(self.limit, self.context.calendar)
            too_early = _is_deadline(period) and period.first is not None and day < period.first
            days.append(self.limit if too_early else day)
        return min(days, default=None)

    def say(self, kind: str, text: str, day: date | None = None) -> None:
        """Tell a step of the way."""
        self.more.append(Step(kind, text, day))


def _placed(period: Period, room: _Room, *, ongoing: bool) -> Placed:
    meant = _clipped(period, room)
    wide = _widened(period, room.item.margin, room) if room.item.margin else meant
    if wide.last:
        wide = replace(wide, last=min(day for day in (wide.last, room.limit, room.bound) if day))
    plan_on = None if ongoing else _plan_day(meant, room)
    from_, until = _tolerated(plan_on, room)
    return Placed(wide.first, wide.last, plan_on, period.label, from_, until, meant=meant)


def _widened(period: Period, margin: Amount, room: _Room) -> Period:
    unit, number = margin.unit, margin.number
    first = move(period.first, unit, -number, room.context) if period.first else None
    last = move(period.last, unit, number, room.context) if period.last else None
    room.say("margin", f"ongeveer: {amount_nl(unit, number)} eerder of later mag ook")
    return _in_school_year(replace(period, first=first, last=last), period, room.context.year)


def _in_school_year(wide: Period, meant: Period, year: SchoolYear) -> Period:
    """Return a widened period without what the margin took outside the school year."""
    first, last = wide.first, wide.last
    if first and meant.first and meant.first >= year.first_day:
        first = max(first, year.first_day)
    if last and meant.last and meant.last <= year.last_day:
        last = min(last, year.last_day)
    return replace(wide, first=first, last=last)


def _clipped(period: Period, room: _Room) -> Period:
    """Return what a law leaves of a period."""
    limit = room.limit
    if limit is None or (period.last is not None and period.last <= limit):
        return period
    if period.last is not None:
        room.say("clip", f"{day_nl(period.last)} ligt na de wettelijke grens", limit)
    return replace(period, first=period.first and min(period.first, limit), last=limit)


def _plan_day(period: Period, room: _Room) -> date | None:
    """Return the day to do it on: of a deadline at the latest, of a start the first, of a period its last."""
    day = period.last or period.first
    if day is None or room.item.roll == "keep":
        return day
    try:
        return _rolled(day, period, room)
    except OutsideCalendarError:
        return day  # of another year, of which the holidays aren't known


def _rolled(day: date, period: Period, room: _Room) -> date:
    roll, ceiling = room.item.roll, room.ceiling(period)
    back = roll == "previous" or (roll is None and (period.back or _is_deadline(period)))
    found = _present(day, room.context, back=back)
    if back and _is_deadline(period) and period.first and found < period.first:
        found = _inside(day, period.first, ceiling, room) or found
    why = _why(day, found, room.context)
    if ceiling and found > ceiling:
        found, why = _present(ceiling, room.context, back=True), _in_time(ceiling, room.bound)
        if _is_deadline(period) and period.first and found < period.first:
            found = _inside(ceiling, period.first, ceiling, room) or found
    if found != day:
        room.say("roll", why, found)
    return found


def _in_time(ceiling: date, bound: date | None) -> str:
    return f"klaar vóór {day_nl(bound + DAY)}" if ceiling == bound else "op tijd voor de wettelijke datum"


def _is_deadline(period: Period) -> bool:
    """Tell whether a period ends something: then its work is done on or before its last day."""
    return period.last is not None and period.first != period.last


def _inside(day: date, first: date, ceiling: date | None, room: _Room) -> date | None:
    """Return when to do it if who does it is never there in its period: later, or else without them."""
    later = _present(day, room.context, back=False)
    if ceiling is None or later <= ceiling:
        room.say("warning", "in deze periode is er geen dag waarop het kan")
        return later
    without = room.context.calendar.on_or_before(min(day, ceiling))
    if without < first:
        return None
    room.say("warning", "wie dit doet is er in deze periode niet")
    return without


def _present(day: date, context: Context, *, back: bool) -> date:
    """Return the next or previous school day on which someone is there; any, when they are never there."""
    calendar, presence = context.calendar, context.presence
    open_day = calendar.on_or_before(day) if back else calendar.on_or_after(day)
    if presence is None:
        return open_day
    try:
        return presence.previous_day(open_day, calendar) if back else presence.next_day(open_day, calendar)
    except OutsideCalendarError:
        return open_day


def _why(day: date, found: date, context: Context) -> str:
    """Say why a day is not the one: closed, or who does it isn't there."""
    closed, back = context.calendar.closed_on(day), found < day
    parts = []
    if closed:
        verb = "is" if closed.first_day == closed.last_day else "valt in"
        parts.append(f"{day_nl(day)} {verb} {closed_nl(closed.name)}")
    open_day = context.calendar.on_or_before(day) if back else context.calendar.on_or_after(day)
    if found != open_day and context.presence:
        return ", en ".join([*parts, f"{WHO_IS_IN} {context.presence.week(found)}"])
    return ", dus ".join([*parts, f"de {'laatste schooldag ervoor' if back else 'eerste schooldag erna'}"])


def _tolerated(day: date | None, room: _Room) -> tuple[date | None, date | None]:
    if room.item.tolerance is None or day is None:
        return None, None
    unit, number = room.item.tolerance.unit, room.item.tolerance.number
    try:
        first, last = move(day, unit, -number, room.context), move(day, unit, number, room.context)
    except (OutsideCalendarError, NoDateYetError):
        return day, day
    return first, min(day for day in (last, room.limit, room.bound) if day)
