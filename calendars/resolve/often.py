"""Answers of the rules that come back: occurrences come from the calendar, not from completion."""

from collections.abc import Iterator
from datetime import date, timedelta

from calendars.derivation import MONTHS_NL, Step, day_nl
from calendars.resolve.counting import amount_nl, monday_of, month_end, move
from calendars.resolve.dated import Context, Dated, NoDateYetError, Period
from calendars.resolve.refer import refer
from calendars.rules import Amount, Every, Ref, Times
from calendars.rules.words import WEEKDAYS
from calendars.schoolyear import DAY, OutsideCalendarError

_FRIDAY = timedelta(days=4)
_SCHOOL_WEEK = 5  # school days
_MOST = 250  # occurrences in one year; more is a mistake


def times(rule: Times, context: Context) -> Dated:
    """Answer ``times``: the school days of the window, divided evenly, with the distance between."""
    first, last = _window(rule.within, context)
    days = [d for d in context.calendar.school_days(context.year) if first <= d <= last]
    gap = _gap(rule.apart) if rule.apart else 0
    length, extra = divmod(len(days) - gap * (rule.count - 1), rule.count)
    if length < 1:
        distance = f" met {amount_nl(rule.apart.unit, rule.apart.number)} ertussen" if rule.apart else ""
        raise NoDateYetError(
            f"{rule.count} keer{distance} past niet tussen {day_nl(first)} en {day_nl(last)}"
        )
    periods, at = [], 0
    for number in range(rule.count):
        end = at + length + (number < extra)
        periods.append(Period(days[at], days[end - 1], f"keer {number + 1}"))
        at = end + gap
    return Dated(tuple(periods), (Step("rule", _times_nl(rule, first, last)), *_parts(periods)))


def _gap(apart: Amount) -> int:
    """Return a distance in school days that is certainly no less; weeks without school only add to it."""
    if apart.unit == "school_days":
        return apart.number
    if apart.unit == "school_weeks":
        return apart.number * _SCHOOL_WEEK
    calendar_days = apart.number * (7 if apart.unit == "calendar_weeks" else 1)
    return -(-calendar_days * _SCHOOL_WEEK // 7)


def _times_nl(rule: Times, first: date, last: date) -> str:
    how = f"minstens {rule.count}" if rule.at_least else f"{rule.count}"
    if rule.up_to:
        how += f" tot {rule.up_to}"
    apart = f", minstens {amount_nl(rule.apart.unit, rule.apart.number)} uit elkaar" if rule.apart else ""
    return f"{how} keer van {day_nl(first)} tot en met {day_nl(last)}{apart}, gelijk verdeeld"


def _parts(periods: list[Period]) -> Iterator[Step]:
    for period in periods:
        if period.first and period.last:
            yield Step("window", f"{period.label}: van {day_nl(period.first)} tot en met", period.last)


def every(rule: Every, context: Context) -> Dated:
    """Answer ``every``."""
    first, last = _window(rule.within, context)
    if rule.start is not None:
        first = refer(rule.start, context).anchor_first
    if rule.unit == "months":
        periods = list(_months(rule, first, last, context))
    else:
        periods = [Period(d, d) for d in _days(rule, first, last, context)]
    if not periods:
        raise NoDateYetError("er valt geen enkele keer in deze periode")
    text = f"elke {amount_nl(rule.unit, rule.number)}" if rule.number > 1 else f"elke {_ONE[rule.unit]}"
    weekday = f" op {rule.weekday}" if rule.weekday else ""
    step = Step(
        "rule", f"{text}{weekday}, van {day_nl(first)} tot en met {day_nl(last)}: {len(periods)} keer"
    )
    return Dated(tuple(periods), (step, Step("window", "de eerste keer", periods[0].first)))


_ONE = {
    "calendar_days": "dag",
    "school_days": "schooldag",
    "calendar_weeks": "week",
    "school_weeks": "schoolweek",
    "months": "maand",
}


def _days(rule: Every, first: date, last: date, context: Context) -> Iterator[date]:
    day = first
    if rule.weekday:
        day += timedelta(days=(WEEKDAYS[rule.weekday] - day.weekday()) % 7)
    for _ in range(_MOST):
        if day > last:
            return
        if found := _open_day(day, rule, context):
            yield found
        try:
            day = move(day, rule.unit, rule.number, context)
        except OutsideCalendarError:
            return


def _open_day(day: date, rule: Every, context: Context) -> date | None:
    """Return the school day of an occurrence: itself, else a later one of the same week, else none."""
    if rule.unit.endswith("days") and not context.calendar.is_school_day(day):
        return None
    friday = monday_of(day) + _FRIDAY
    while day <= friday:
        if context.calendar.is_school_day(day):
            return day
        day += DAY
    return None


def _months(rule: Every, first: date, last: date, context: Context) -> Iterator[Period]:
    begin = first.replace(day=1)
    while begin <= last:
        period = Period(max(begin, first), min(month_end(begin), last), MONTHS_NL[begin.month - 1])
        if any(context.calendar.is_school_day(d) for d in _all_days(period)):
            yield period
        begin = move(begin, "months", rule.number, context)


def _all_days(period: Period) -> Iterator[date]:
    day = period.first
    while day and period.last and day <= period.last:
        yield day
        day += DAY


def _window(within: Ref | None, context: Context) -> tuple[date, date]:
    if within is None:
        return context.year.first_day, context.year.last_day
    found = refer(within, context)
    period = found.periods[0]
    return period.first or context.year.first_day, found.periods[-1].last or context.year.last_day


ANSWERS = {Times: times, Every: every}
