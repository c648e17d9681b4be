"""From a due rule to a date, with the steps that led there."""

import calendar as months
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from calendars.derivation import Skipped, Step, day_nl
from calendars.legal import LegalDate
from calendars.rules import (
    Earliest,
    IsoWeek,
    Latest,
    Legal,
    NthWeekday,
    Offset,
    OnDate,
    Rule,
    SchoolWeek,
    YearEdge,
)
from calendars.schoolyear import SchoolCalendar, SchoolYear

_WEEKDAY = {w: n for n, w in enumerate("maandag dinsdag woensdag donderdag vrijdag".split())}
_FULL_DATE = len("2027-03-24")


class NoDateYetError(Exception):
    """De datum hangt aan iets dat nog niet vaststaat: nog te plannen."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A day to count from, with its name on the screen."""

    day: date
    title: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A date and its derivation."""

    day: date
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What rules are resolved in: a calendar, a school year, its legal dates, and the anchors so far."""

    calendar: SchoolCalendar
    year: SchoolYear
    legal: Mapping[str, LegalDate]
    anchors: Mapping[str, Anchor]

    def with_anchors(self, more: Mapping[str, Anchor]) -> "Context":
        """Return a context that knows more anchors."""
        return replace(self, anchors={**self.anchors, **more})


def resolve(rule: Rule, context: Context) -> Dated:
    """Return the date that a rule means; raise ``NoDateYetError`` when an anchor isn't known yet."""
    answer: Callable[[Rule, Context], Dated] = _ANSWERS[type(rule)]
    return answer(rule, context)


def _on_date(rule: OnDate, context: Context) -> Dated:
    if len(rule.day) == _FULL_DATE:
        day = date.fromisoformat(rule.day)
    else:
        month, number = (int(part) for part in rule.day.split("-"))
        in_year = context.year.on(month, 1)
        day = in_year.replace(day=min(number, months.monthrange(in_year.year, month)[1]))
    return Dated(day, (Step("rule", "vaste datum", day),))


def _year_edge(rule: YearEdge, context: Context) -> Dated:
    if rule.edge == "first":
        return Dated(context.year.first_day, (Step("rule", "eerste schooldag", context.year.first_day),))
    return Dated(context.year.last_day, (Step("rule", "laatste schooldag", context.year.last_day),))


def _legal(rule: Legal, context: Context) -> Dated:
    found = context.legal.get(rule.key)
    if found is None or (rule.edge == "first" and found.first is None):
        raise NoDateYetError(f"wettelijke datum {rule.key!r} is voor {context.year.label} niet bekend")
    day = found.last if rule.edge == "last" or found.first is None else found.first
    return Dated(day, (Step("legal", f"wettelijk: {found.title} ({found.source})", day),))


def _offset(rule: Offset, context: Context) -> Dated:
    anchor = context.anchors.get(rule.anchor)
    if anchor is None:
        raise NoDateYetError(f"{rule.anchor!r} staat nog niet vast")
    start = Step("anchor", anchor.title, anchor.day)
    if not rule.count:
        return Dated(anchor.day, (start,))
    day = _move(anchor.day, rule, context.calendar)
    text = f"{_amount(rule)} {'na' if rule.count > 0 else 'vóór'} {day_nl(anchor.day)}"
    return Dated(day, (start, Step("offset", text, day, _skipped(rule, anchor.day, day, context.calendar))))


def _skipped(rule: Offset, start: date, day: date, calendar: SchoolCalendar) -> tuple[Skipped, ...]:
    """Return the closures that a count in school days, or in whole school weeks, passed over."""
    if not rule.unit.startswith("school"):
        return ()
    closed = calendar.closed_between(start, day)
    if rule.unit == "school_weeks":
        closed = [c for c in closed if any(not calendar.has_school(d) for d in (c.first_day, c.last_day))]
    return tuple(Skipped(c.name, c.first_day, c.last_day) for c in closed)


def _move(day: date, rule: Offset, calendar: SchoolCalendar) -> date:
    if rule.unit == "school_days":
        return calendar.add_school_days(day, rule.count)
    if rule.unit == "school_weeks":
        return calendar.add_school_weeks(day, rule.count)
    if rule.unit == "months":
        return add_months(day, rule.count)
    return day + timedelta(days=rule.count * (7 if rule.unit == "calendar_weeks" else 1))


def add_months(day: date, count: int) -> date:
    """Return the same day ``count`` months on, or the last day of that month when it has none."""
    month = day.year * 12 + day.month - 1 + count
    year, number = divmod(month, 12)
    return date(year, number + 1, min(day.day, months.monthrange(year, number + 1)[1]))


_UNIT_NL = {
    "calendar_days": ("dag", "dagen"),
    "school_days": ("schooldag", "schooldagen"),
    "calendar_weeks": ("week", "weken"),
    "school_weeks": ("schoolweek", "schoolweken"),
    "months": ("maand", "maanden"),
}


def _amount(rule: Offset) -> str:
    count = abs(rule.count)
    return f"{count} {_UNIT_NL[rule.unit][count != 1]}"


def _iso_week(rule: IsoWeek, context: Context) -> Dated:
    starts = context.year.starts_in
    last = date(starts, 12, 28).isocalendar().week
    # Weeks from August on belong to the first calendar year; a 53rd week exists only in long years.
    year = starts if rule.number >= date(starts, 8, 1).isocalendar().week else starts + 1
    if year == starts and rule.number > last:
        raise NoDateYetError(f"{starts} heeft geen week {rule.number}")
    day = date.fromisocalendar(year, rule.number, _WEEKDAY[rule.weekday] + 1)
    return Dated(day, (Step("rule", f"{rule.weekday} van week {rule.number}", day),))


def _school_week(rule: SchoolWeek, context: Context) -> Dated:
    weeks = context.calendar.school_weeks(context.year)
    index = rule.number - 1 if rule.number > 0 else rule.number
    if not -len(weeks) <= index < len(weeks):
        raise NoDateYetError(f"dit schooljaar heeft geen schoolweek {rule.number}")
    day = weeks[index] + timedelta(days=_WEEKDAY[rule.weekday])
    name = f"schoolweek {rule.number}" if rule.number > 0 else f"schoolweek {-rule.number} vóór het einde"
    return Dated(day, (Step("rule", f"{rule.weekday} van {name}", day),))


def _nth_weekday(rule: NthWeekday, context: Context) -> Dated:
    first = context.year.on(rule.month, 1)
    length = months.monthrange(first.year, first.month)[1]
    days = [first + timedelta(days=n) for n in range(length)]
    hits = [day for day in days if day.weekday() == _WEEKDAY[rule.weekday]]
    day = hits[rule.nth - 1 if rule.nth > 0 else rule.nth]
    order = {1: "eerste", 2: "tweede", 3: "derde", 4: "vierde", -1: "laatste"}[rule.nth]
    return Dated(day, (Step("rule", f"{order} {rule.weekday} van de maand", day),))


def _earliest(rule: Earliest, context: Context) -> Dated:
    return _chosen(min((resolve(part, context) for part in rule.of), key=_by_day), "de vroegste telt")


def _latest(rule: Latest, context: Context) -> Dated:
    return _chosen(max((resolve(part, context) for part in rule.of), key=_by_day), "de laatste telt")


def _by_day(dated: Dated) -> date:
    return dated.day


def _chosen(dated: Dated, why: str) -> Dated:
    return Dated(dated.day, (*dated.steps, Step("choice", why, dated.day)))


_ANSWERS: dict[type, Callable[..., Dated]] = {
    OnDate: _on_date,
    YearEdge: _year_edge,
    Legal: _legal,
    Offset: _offset,
    IsoWeek: _iso_week,
    SchoolWeek: _school_week,
    NthWeekday: _nth_weekday,
    Earliest: _earliest,
    Latest: _latest,
}
