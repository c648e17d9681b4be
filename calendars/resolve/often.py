"""Answers of the rules that come back: occurrences come from the calendar, not from completion."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from calendars.derivation import MONTHS_NL, Step, day_nl
from calendars.resolve.counting import amount_nl, monday_of, month_end, move, span_of, span_step
from calendars.resolve.dated import Context, Dated, NoDateYetError, OtherYearError, Period
from calendars.resolve.refer import refer
from calendars.rules import Amount, Every, Ongoing, Ref, Times
from calendars.rules.words import WEEKDAYS
from calendars.schoolyear import DAY, OutsideCalendarError

_FRIDAY = timedelta(days=4)
_SCHOOL_WEEK = 5  # school days


def times(rule: Times, context: Context) -> Dated:
    """Answer ``times``: divides the school days of the window evenly, with the distance between."""
    first, last = _window(rule.within, context)
    days = [d for d in context.calendar.school_days(context.year) if first <= d <= last]
    gap = _gap(rule.apart) if rule.apart else 0
    length, extra = divmod(len(days) - gap * (rule.count - 1), rule.count)
    if length < 1:
        distance = f" met {amount_nl(rule.apart.unit, rule.apart.number)} ertussen" if rule.apart else ""
        raise NoDateYetError(
            f"{rule.count} keer{distance} past niet tussen {day_nl(first)} en {day_nl(last)}"
        )
    name = Step("rule", _times_nl(rule, first, last))
    periods, at = [], 0
    for number in range(rule.count):
        end = at + length + (number < extra)
        label = f"keer {number + 1}"
        steps = (name, span_step(label, days[at], days[end - 1]))
        periods.append(Period(days[at], days[end - 1], label, steps))
        at = end + gap
    return Dated(tuple(periods), (name, *(p.steps[-1] for p in periods)))


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


def every(rule: Every, context: Context) -> Dated:
    """Answer ``every``: steps in the unit that the rule names."""
    first, last = _window(rule.within, context)
    begin = refer(rule.start, context) if rule.start is not None else Dated.on(first, ())
    start = begin.anchor_first
    first = max(first, start)
    periods = [p for p in _periods(rule, begin, first, last, context) if p.last and p.last >= first]
    if not periods:
        raise NoDateYetError("er valt geen enkele keer in deze periode")
    often = f"elke {amount_nl(rule.unit, rule.number)}" if rule.number > 1 else f"elke {_ONE[rule.unit]}"
    weekday = f" op {rule.weekday}" if rule.weekday else ""
    span = f"van {day_nl(first)} tot en met {day_nl(last)}"
    name = Step("rule", f"{often}{weekday}, {span}: {len(periods)} keer")
    told = tuple(replace(p, steps=(name, _told(p, p.label or f"keer {n}"))) for n, p in enumerate(periods, 1))
    return Dated(told, (name, _told(periods[0], "de eerste keer")))


def _periods(rule: Every, begin: Dated, first: date, last: date, context: Context) -> Iterator[Period]:
    """Yield every occurrence from the begin on, also when the window opens later: nothing drifts."""
    start = begin.anchor_first
    if rule.unit == "months":
        yield from _months(rule, start, last, context)
    elif _names_no_day(rule, begin):
        for monday in map(monday_of, _days(rule, monday_of(start), last, context)):
            yield Period(max(monday, first), min(monday + _FRIDAY, last))
    else:
        yield from (Period(day, day) for day in _days(rule, start, last, context))


def _names_no_day(rule: Every, begin: Dated) -> bool:
    """Tell whether only weeks are said: no weekday, and no one day to begin on."""
    is_day = rule.start is not None and begin.anchor_first == begin.anchor_last
    return rule.unit.endswith("weeks") and rule.weekday is None and not is_day


def _told(period: Period, name: str) -> Step:
    first, last = period.first, period.last
    if first is None or last is None or first == last:
        return Step("rule", name, first)
    return span_step(name, first, last)


_ONE = {
    "calendar_days": "dag",
    "school_days": "schooldag",
    "calendar_weeks": "week",
    "school_weeks": "schoolweek",
    "months": "maand",
}


def _days(rule: Every, start: date, last: date, context: Context) -> Iterator[date]:
    day = start
    if rule.weekday:
        day += timedelta(days=(WEEKDAYS[rule.weekday] - day.weekday()) % 7)
    while day <= last:
        found = _open_day(day, rule, context)
        if found and found <= last:
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


def _months(rule: Every, start: date, last: date, context: Context) -> Iterator[Period]:
    begin = start.replace(day=1)
    while begin <= last:
        first, end = max(begin, start), min(month_end(begin), last)
        least = 1 if (first, end) == (begin, month_end(begin)) else _SCHOOL_WEEK
        if context.calendar.count_school_days(first - DAY, end) >= least:
            yield Period(first, end, MONTHS_NL[begin.month - 1])
        begin = move(begin, "months", rule.number, context)


def ongoing(rule: Ongoing, context: Context) -> Dated:
    """Answer ``ongoing``: calendar days without a deadline."""
    return replace(span_of("doorlopend", *_window(rule.within, context)), ongoing=True)


def _window(within: Ref | None, context: Context) -> tuple[date, date]:
    if within is None:
        return context.year.first_day, context.year.last_day
    found = refer(within, context)
    first, last = found.periods[0].first, found.periods[-1].last
    if (last and last < context.year.on(8, 1)) or (first and first > context.year.on(7, 31)):
        raise OtherYearError("ligt in een ander schooljaar")
    return first or context.year.first_day, last or context.year.last_day


ANSWERS = {Times: times, Every: every, Ongoing: ongoing}
