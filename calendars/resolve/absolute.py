"""Answers of the rules that stand on the calendar by themselves."""

import calendar as months
from dataclasses import replace
from datetime import date, timedelta

from calendars.derivation import MONTHS_NL, WEEKDAYS_NL, Step, day_nl
from calendars.resolve.counting import monday_of, month_end, span_of, span_step
from calendars.resolve.dated import Context, Dated, NoDateYetError, Period
from calendars.resolve.refer import FIXED, refer, refer_end, telling
from calendars.rules import Between, Edge, IsoWeek, Month, Months, OnDate, OnDates, WeekOf
from calendars.rules.words import WEEKDAYS, is_full
from calendars.schoolyear import DAY, SchoolYear

_FRIDAY = timedelta(days=4)
_PART_NL = {"eerste-helft": "de eerste helft van", "tweede-helft": "de tweede helft van"}


def in_year(day: str, year: SchoolYear) -> date:
    """Return a day of the school year ("03-24"), or one full date; 02-29 falls back on the 28th."""
    if is_full(day):
        return date.fromisoformat(day)
    month, number = (int(part) for part in day.split("-"))
    first = year.on(month, 1)
    return first.replace(day=min(number, months.monthrange(first.year, month)[1]))


def on_date(rule: OnDate, context: Context) -> Dated:
    """Answer ``date``: one calendar day."""
    day = in_year(rule.day, context.year)
    step = Step("rule", FIXED, day)
    if rule.weekday and WEEKDAYS_NL[day.weekday()] != rule.weekday:
        why = f"let op: {day.day} {MONTHS_NL[day.month - 1]} {day.year} is een {WEEKDAYS_NL[day.weekday()]}"
        return Dated.on(day, (step, Step("warning", f"{why}, geen {rule.weekday}")))
    return Dated.on(day, (step,))


def on_dates(rule: OnDates, context: Context) -> Dated:
    """Answer ``dates``: several calendar days."""
    days = sorted(in_year(day, context.year) for day in rule.days)
    steps = tuple(Step("rule", FIXED, d) for d in days)
    return Dated(tuple(Period(d, d, "", (s,)) for d, s in zip(days, steps, strict=True)), steps)


def iso_week(rule: IsoWeek, context: Context) -> Dated:
    """Answer ``week``: Monday to Friday of ISO weeks, or one day of one."""
    monday = _monday(rule.number, context.year)
    if rule.weekday:
        day = monday + timedelta(days=WEEKDAYS[rule.weekday])
        return Dated.on(day, (Step("rule", f"{rule.weekday} van week {rule.number}", day),))
    last = _monday(rule.until, context.year) + _FRIDAY if rule.until else monday + _FRIDAY
    if last < monday:
        raise NoDateYetError(f"week {rule.until} ligt in dit schooljaar vóór week {rule.number}")
    name = f"week {rule.number} tot en met {rule.until}" if rule.until else f"week {rule.number}"
    return span_of(name, monday, last)


def _monday(number: int, year: SchoolYear) -> date:
    starts = year.starts_in
    # Weeks from August on belong to the first calendar year; a 53rd week exists only in long years.
    at = starts if number >= date(starts, 8, 1).isocalendar().week else starts + 1
    if at == starts and number > date(starts, 12, 28).isocalendar().week:
        raise NoDateYetError(f"{starts} heeft geen week {number}")
    return date.fromisocalendar(at, number, 1)


def week_of(rule: WeekOf, context: Context) -> Dated:
    """Answer ``week-of``: shifts in calendar weeks."""
    found = refer(rule.day, context)
    monday = monday_of(found.anchor_first) + timedelta(weeks=rule.shift)
    last = max(monday, monday_of(found.anchor_last) + timedelta(weeks=rule.shift)) + _FRIDAY
    name = _which_week(rule.shift)
    if rule.weekday:
        day = monday + timedelta(days=WEEKDAYS[rule.weekday])
        return Dated.on(day, (*found.steps, Step("rule", f"{rule.weekday} van {name}", day)))
    return Dated.span(monday, last, (*found.steps, span_step(name, monday, last)))


def _which_week(shift: int) -> str:
    if not shift:
        return "die week"
    weeks = "de week" if abs(shift) == 1 else f"{abs(shift)} weken"
    return f"{weeks} {'erna' if shift > 0 else 'ervoor'}"


def month(rule: Month, context: Context) -> Dated:
    """Answer ``month``: calendar days, first until last."""
    first, last = _month(rule, context.year)
    if last < first:
        raise NoDateYetError(
            f"{MONTHS_NL[last.month - 1]} ligt in dit schooljaar vóór {MONTHS_NL[first.month - 1]}"
        )
    name = MONTHS_NL[rule.month - 1]
    if rule.part:
        name = f"{_PART_NL.get(rule.part, rule.part)} {name}"
    if rule.until:
        name += f" tot en met {MONTHS_NL[rule.until - 1]}"
    return span_of(name, first, last)


def _month(rule: Month, year: SchoolYear) -> tuple[date, date]:
    first = year.on(rule.month, 1)
    last = month_end(year.on(rule.until, 1) if rule.until else first)
    ends = {
        "begin": (first, first.replace(day=10)),
        "midden": (first.replace(day=11), first.replace(day=20)),
        "eind": (first.replace(day=21), last),
        "eerste-helft": (first, first.replace(day=15)),
        "tweede-helft": (first.replace(day=16), last),
    }
    return ends[rule.part] if rule.part else (first, last)


def several_months(rule: Months, context: Context) -> Dated:
    """Answer ``months``: calendar days, a period for each month."""
    firsts = sorted(context.year.on(number, 1) for number in rule.of)
    spans = [(MONTHS_NL[f.month - 1], f, month_end(f)) for f in firsts]
    periods = tuple(Period(f, last, name, (span_step(name, f, last),)) for name, f, last in spans)
    return Dated(periods, tuple(step for period in periods for step in period.steps))


def between(rule: Between, context: Context) -> Dated:
    """Answer ``period``: calendar days, both ends included."""
    first, last = refer(rule.first, context), refer_end(rule.last, context)
    begin, end = first.anchor_first, last.anchor_last
    if end < begin:
        raise NoDateYetError(f"het einde ({day_nl(end)}) ligt vóór het begin ({day_nl(begin)})")
    steps = (*telling(first), *telling(last), span_step("de periode", begin, end))
    return replace(Dated.span(begin, end, steps), limit=last.limit)


def edge(rule: Edge, context: Context) -> Dated:
    """Answer ``from``, ``after``, ``until``, ``before`` and ``on``: calendar days, one end open."""
    ends = rule.rule in {"until", "before"}
    found = refer_end(rule.day, context) if ends else refer(rule.day, context)
    if rule.rule == "on":
        return found
    day = {
        "from": found.anchor_first,
        "after": found.anchor_last + DAY,
        "until": found.anchor_last,
        "before": found.anchor_first - DAY,
    }[rule.rule]
    if rule.rule in {"from", "after"}:
        text = "vanaf" if rule.rule == "from" else f"na {day_nl(found.anchor_last)}, dus vanaf"
        return Dated.span(day, None, (*telling(found), Step("rule", text, day)))
    text = "uiterlijk" if rule.rule == "until" else f"vóór {day_nl(found.anchor_first)}, dus uiterlijk"
    limit = found.limit and min(found.limit, day)
    return replace(Dated.span(None, day, (*telling(found), Step("rule", text, day))), limit=limit)


ANSWERS = {
    OnDate: on_date,
    OnDates: on_dates,
    IsoWeek: iso_week,
    WeekOf: week_of,
    Month: month,
    Months: several_months,
    Between: between,
    Edge: edge,
}
