"""Move a day by a number of one unit; each unit counts in its own way."""

import calendar as months
from datetime import date, timedelta

from calendars.derivation import Skipped
from calendars.resolve.dated import Context, NoDateYetError
from calendars.rules import Amount
from calendars.schoolyear import DAY, SchoolCalendar

_UNIT_NL = {
    "calendar_days": ("dag", "dagen"),
    "school_days": ("schooldag", "schooldagen"),
    "calendar_weeks": ("week", "weken"),
    "school_weeks": ("schoolweek", "schoolweken"),
    "months": ("maand", "maanden"),
    "working_days": ("werkdag", "werkdagen"),
}


def amount_nl(unit: str, number: int) -> str:
    """Write an amount as "15 schooldagen"."""
    return f"{number} {_UNIT_NL[unit][number != 1]}"


def move(day: date, unit: str, count: int, context: Context) -> date:
    """Return the day ``count`` units after ``day``, before it when negative; nought is the day itself."""
    if not count:
        return day
    if unit == "school_days":
        return context.calendar.add_school_days(day, count)
    if unit == "school_weeks":
        return context.calendar.add_school_weeks(day, count)
    if unit == "months":
        return add_months(day, count)
    if unit == "working_days":
        return _add_working_days(day, count, context)
    return day + timedelta(days=count * (7 if unit == "calendar_weeks" else 1))


def _add_working_days(day: date, count: int, context: Context) -> date:
    if context.presence is None:
        raise NoDateYetError("van wie dit doet zijn de werkdagen nog niet bekend")
    for _ in range(abs(count)):
        if count > 0:
            day = context.presence.next_day(day + DAY, context.calendar)
        else:
            day = context.presence.previous_day(day - DAY, context.calendar)
    return day


def add_months(day: date, count: int) -> date:
    """Return the same day ``count`` months on, or the last day of that month when it has none."""
    month = day.year * 12 + day.month - 1 + count
    year, number = divmod(month, 12)
    return date(year, number + 1, min(day.day, months.monthrange(year, number + 1)[1]))


def month_end(day: date) -> date:
    """Return the last day of the month of a day."""
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def skipped(unit: str, start: date, day: date, calendar: SchoolCalendar) -> tuple[Skipped, ...]:
    """Return the closures that a count in school days, or in whole school weeks, passed over."""
    if not unit.startswith("school"):
        return ()
    closed = calendar.closed_between(start, day)
    if unit == "school_weeks":
        closed = [c for c in closed if any(not calendar.has_school(d) for d in (c.first_day, c.last_day))]
    return tuple(Skipped(c.name, c.first_day, c.last_day) for c in closed)


def distance(first: date, last: date, amount: Amount, calendar: SchoolCalendar) -> int:
    """Return how long a pause was: school days for a term in school days or weeks, else calendar days."""
    if amount.unit.startswith("school") or amount.unit == "working_days":
        return calendar.count_school_days(first, last)
    return (last - first).days
