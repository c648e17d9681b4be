"""Put what a rule means on days on which it can be done: roll, margin, presence and the law's limit.

A single day rolls; a period only shrinks to its school days; a deadline is done on or before it.
"""

from dataclasses import dataclass
from datetime import date

from calendars.derivation import Step, day_nl
from calendars.items import PlanItem
from calendars.resolve.counting import amount_nl, move
from calendars.resolve.dated import Context, Dated, Period
from calendars.schoolyear import OutsideCalendarError


@dataclass(frozen=True, slots=True)
class Placed:
    """One occurrence: the days that are meant (open ends are None), and the day to plan it on.

    ``from_`` and ``until`` are how far it may be moved without asking.
    """

    first: date | None
    last: date | None
    plan_on: date | None
    label: str = ""
    from_: date | None = None
    until: date | None = None


def place_periods(
    item: PlanItem, dated: Dated, limit: date | None, context: Context
) -> tuple[tuple[Placed, ...], tuple[Step, ...]]:
    """Return every occurrence on its days, and the steps from the rule to there."""
    steps = [*dated.steps]
    placed = []
    for period in dated.periods:
        wide = _widened(item, period, context)
        if wide != period and item.margin:
            steps.append(
                Step("margin", f"ongeveer: {amount_nl(item.margin.unit, item.margin.number)} speling")
            )
        placed.append(_placed(item, wide, limit, context, steps))
    return tuple(placed), tuple(dict.fromkeys(steps))


def _widened(item: PlanItem, period: Period, context: Context) -> Period:
    if item.margin is None:
        return period
    unit, number = item.margin.unit, item.margin.number
    first = move(period.first, unit, -number, context) if period.first else None
    last = move(period.last, unit, number, context) if period.last else None
    return Period(first, last, period.label)


def _placed(
    item: PlanItem, period: Period, limit: date | None, context: Context, steps: list[Step]
) -> Placed:
    last = period.last
    if limit and (last is None or last > limit):
        if last is not None:
            steps.append(Step("clip", f"{day_nl(last)} ligt na de wettelijke grens", limit))
        last = limit
    plan_on = _plan_day(item, Period(period.first, last), limit, context, steps)
    from_, until = _tolerated(item, plan_on, limit, context)
    return Placed(period.first, last, plan_on, period.label, from_, until)


def _plan_day(
    item: PlanItem, period: Period, limit: date | None, context: Context, steps: list[Step]
) -> date | None:
    """Return the day to do it on: of a deadline at the latest, of a start the first, of a period its last."""
    day = period.last or period.first
    if day is None or item.roll == "keep":
        return day
    back = item.roll == "previous" or (item.roll is None and _is_deadline(period))
    try:
        found = _present(day, context, back=back)
        if limit and found > limit:
            found = _present(limit, context, back=True)
    except OutsideCalendarError:
        return day
    if found != day:
        steps.append(Step("roll", _why(day, context, back=found < day), found))
    return found


def _is_deadline(period: Period) -> bool:
    """Tell whether a period ends something: then its work is done on or before its last day."""
    return period.last is not None and period.first != period.last


def _present(day: date, context: Context, *, back: bool) -> date:
    calendar, presence = context.calendar, context.presence
    open_day = calendar.on_or_before(day) if back else calendar.on_or_after(day)
    if presence is None:
        return open_day
    return presence.previous_day(open_day, calendar) if back else presence.next_day(open_day, calendar)


def _why(day: date, context: Context, *, back: bool) -> str:
    closed = context.calendar.closed_on(day)
    parts = [f"{day_nl(day)} valt in: {closed.name}"] if closed else []
    if not closed and not context.calendar.is_school_day(day):
        parts = [f"{day_nl(day)} is geen schooldag"]
    if context.presence and context.presence.halves:
        parts.append(f"wie dit doet is er op {context.presence.week(day)}")
    side = "ervoor" if back else "erna"
    return "; ".join(parts) or f"de eerste dag {side}"


def _tolerated(
    item: PlanItem, day: date | None, limit: date | None, context: Context
) -> tuple[date | None, date | None]:
    if item.tolerance is None or day is None:
        return None, None
    unit, number = item.tolerance.unit, item.tolerance.number
    try:
        first, last = move(day, unit, -number, context), move(day, unit, number, context)
    except OutsideCalendarError:
        return day, day
    return first, min(last, limit) if limit else last
