"""Move a day by a number of one unit; each unit counts in its own way."""

import calendar as months
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from calendars.derivation import Skipped, Step, day_nl
from calendars.resolve.dated import Context, Dated, NoDateYetError, OtherYearError
from calendars.rules import Amount
from calendars.schoolyear import DAY, SATURDAY, OutsideCalendarError, SchoolCalendar, days_between

# Closed by custom: the law counts this Friday as a working day.
_NO_PUBLIC_HOLIDAY = {"Dag na Hemelvaart"}
# Calendar days that one of a unit takes at most over a long time: a year has 190 school days in 38 weeks.
_LONGEST = {"school_days": 2, "school_weeks": 10, "working_days": 10, "weekdays": 2}
_ALL_HOLIDAYS = timedelta(weeks=12)  # what a short count can meet on top of that
_EARLIER = "ligt in een eerder schooljaar"
_UNIT_NL = {
    "calendar_days": ("dag", "dagen"),
    "school_days": ("schooldag", "schooldagen"),
    "calendar_weeks": ("week", "weken"),
    "school_weeks": ("schoolweek", "schoolweken"),
    "months": ("maand", "maanden"),
    "working_days": ("werkdag van wie dit doet", "werkdagen van wie dit doet"),
    "weekdays": ("werkdag", "werkdagen"),
}


def amount_nl(unit: str, number: int) -> str:
    """Write an amount as "15 schooldagen"."""
    return f"{number} {_UNIT_NL[unit][number != 1]}"


def move(day: date, unit: str, count: int, context: Context) -> date:
    """Return the day ``count`` units after ``day``, before it when negative; nought is the day itself."""
    if not count:
        return day
    if day < context.calendar.first and unit in _LONGEST:
        raise _of_before(day, unit, count, context)
    try:
        return _MOVES[unit](day, count, context)
    except OutsideCalendarError as error:
        if count < 0 and day <= context.calendar.last:
            raise OtherYearError(_EARLIER) from error
        raise


def _of_before(day: date, unit: str, count: int, context: Context) -> NoDateYetError:
    """Say of what counts from a day before the calendar that it is over, or else that nobody can tell."""
    longest = timedelta(days=max(count, 0) * _LONGEST[unit]) + _ALL_HOLIDAYS
    if day + longest < context.year.on(8, 1):
        return OtherYearError(_EARLIER)
    return NoDateYetError(f"van {day_nl(day)} {day.year} af is niet bekend wanneer er school was")


def _add_working_days(day: date, count: int, context: Context) -> date:
    if context.presence is None:
        raise NoDateYetError("van wie dit doet zijn de werkdagen nog niet bekend")
    for _ in range(abs(count)):
        if count > 0:
            day = context.presence.next_day(day + DAY, context.calendar)
        else:
            day = context.presence.previous_day(day - DAY, context.calendar)
    return day


def _add_weekdays(day: date, count: int, context: Context) -> date:
    calendar, step, left = context.calendar, (DAY if count > 0 else -DAY), abs(count)
    while left:
        day += step
        if not calendar.first <= day <= calendar.last:
            raise OutsideCalendarError("voorbij het einde van de schoolkalender")
        left -= is_weekday(day, calendar)
    return day


def is_weekday(day: date, calendar: SchoolCalendar) -> bool:
    """Tell whether a day is a "werkdag" as the law means it: Monday to Friday, and no public holiday."""
    return day.weekday() < SATURDAY and day not in _public_holidays(calendar)


@lru_cache(maxsize=32)
def _public_holidays(calendar: SchoolCalendar) -> frozenset[date]:
    named = [c for c in calendar.closures if c.official and c.name not in _NO_PUBLIC_HOLIDAY]
    return frozenset(
        day for c in named if not c.name.endswith("vakantie") for day in days_between(c.first_day, c.last_day)
    )


def add_months(day: date, count: int) -> date:
    """Return the same day ``count`` months on, or the last day of that month when it has none."""
    month = day.year * 12 + day.month - 1 + count
    year, number = divmod(month, 12)
    return date(year, number + 1, min(day.day, months.monthrange(year, number + 1)[1]))


_MOVES: dict[str, Callable[[date, int, Context], date]] = {
    "calendar_days": lambda day, count, _: day + timedelta(days=count),
    "calendar_weeks": lambda day, count, _: day + timedelta(weeks=count),
    "school_days": lambda day, count, context: context.calendar.add_school_days(day, count),
    "school_weeks": lambda day, count, context: context.calendar.add_school_weeks(day, count),
    "months": lambda day, count, _: add_months(day, count),
    "working_days": _add_working_days,
    "weekdays": _add_weekdays,
}


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


def paused(first: date, last: date, amount: Amount, context: Context) -> tuple[str, int]:
    """Return how long a pause was, in a unit in which it can be given back to a term of an amount.

    Calendar weeks and months are given back in calendar days, school weeks in school days.
    """
    if amount.unit.startswith("school"):
        return "school_days", context.calendar.count_school_days(first, last)
    if amount.unit in {"working_days", "weekdays"}:
        days = days_between(first + DAY, last)
        return amount.unit, sum(_counts(day, amount.unit, context) for day in days)
    return "calendar_days", (last - first).days


def _counts(day: date, unit: str, context: Context) -> bool:
    if unit == "weekdays":
        return is_weekday(day, context.calendar)
    return context.presence is not None and context.presence.works_on(day, context.calendar)


def span_of(name: str, first: date, last: date) -> Dated:
    """Return days from one day until another, both included, and how to say it."""
    return Dated.span(first, last, (span_step(name, first, last),))


def span_step(name: str, first: date, last: date) -> Step:
    """Return a step that names a period of calendar days."""
    days = f"van {day_nl(first)} tot en met {day_nl(last)}" if first != last else day_nl(first)
    return Step("rule", f"{name}, {days}")
