"""Answers of the rules that stand on the school year."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from calendars.derivation import MONTHS_NL, Step, day_nl, span_nl
from calendars.resolve.counting import monday_of, month_end, span_of
from calendars.resolve.dated import Context, Dated, NoDateYetError, OtherYearError
from calendars.resolve.refer import edge_of, refer
from calendars.rules import (
    FullWeek,
    Holiday,
    InPhase,
    Legal,
    NthWeekday,
    SchoolDay,
    SchoolWeek,
    YearEdge,
)
from calendars.rules.words import WEEKDAYS
from calendars.schoolyear import DAY, Closed, OutsideCalendarError, SchoolCalendar, days_between

_FRIDAY = timedelta(days=4)
_ORDER = {
    1: "eerste",
    2: "tweede",
    3: "derde",
    4: "vierde",
    5: "vijfde",
    -1: "laatste",
    -2: "op een na laatste",
}
_SEASONS = {"najaar": (9, 11), "winter": (12, 2), "voorjaar": (3, 5), "zomer": (6, 7)}
_PARTS = {"helft": 2, "trimester": 3, "kwartaal": 4}
_WEEKS = {"start": 3, "begin": 6, "eind": 6}
_NEXT_SUMMER = 70  # calendar days; the summer holiday begins within them after the last school day


def year_edge(rule: YearEdge, context: Context) -> Dated:
    """Answer ``year``: a school day."""
    year, is_first, of = context.year, rule.edge == "first", ""
    day = year.first_day if is_first else year.last_day
    if rule.year == "next":
        day, of = _next_year(context, is_first=is_first), " van het volgende schooljaar"
    return Dated.on(day, (Step("rule", f"{'eerste' if is_first else 'laatste'} schooldag{of}", day),))


def _next_year(context: Context, *, is_first: bool) -> date:
    """Return a side of the next school year; for its first day only the summer before it need be known."""
    calendar, starts = context.calendar, context.year.starts_in + 1
    try:
        if is_first:
            summer = _closure(Holiday(rule="holiday", name="zomer"), context)
            return calendar.on_or_after(summer.last_day + DAY)
        return calendar.year(f"{starts}-{starts + 1}").last_day
    except (OutsideCalendarError, NoDateYetError) as error:
        raise NoDateYetError(f"schooljaar {starts}-{starts + 1} is nog niet bekend") from error


def school_day(rule: SchoolDay, context: Context) -> Dated:
    """Answer ``school-day``: counts in school days."""
    days = context.calendar.school_days(context.year)
    index = rule.number - 1 if rule.number > 0 else rule.number
    if not -len(days) <= index < len(days):
        raise NoDateYetError(f"dit schooljaar heeft geen schooldag {rule.number}")
    name = (
        f"schooldag {rule.number} van het jaar"
        if rule.number > 0
        else _from_the_end(rule.number, "schooldag")
    )
    return Dated.on(days[index], (Step("rule", name, days[index]),))


def _from_the_end(number: int, what: str) -> str:
    if number in _ORDER:
        return f"de {_ORDER[number]} {what} van het jaar"
    return f"{what} {-number} van het jaar, van achteren geteld"


def school_week(rule: SchoolWeek, context: Context) -> Dated:
    """Answer ``school-week``: counts in weeks that have school."""
    monday, name = _school_monday(rule.number, context)
    if rule.weekday:
        day = monday + timedelta(days=WEEKDAYS[rule.weekday])
        return Dated.on(day, (Step("rule", f"{rule.weekday} van {name}", day),))
    last = monday
    if rule.until is not None:
        last, until = _school_monday(rule.until, context)
        name += f" tot en met {until}"
    if last < monday:
        raise NoDateYetError(f"{name}: het einde ligt vóór het begin")
    return _weeks(monday, last, name)


def _weeks(first: date, last: date, name: str) -> Dated:
    return span_of(name, first, last + _FRIDAY)


def _school_monday(number: int, context: Context) -> tuple[date, str]:
    weeks = context.calendar.school_weeks(context.year)
    index = number - 1 if number > 0 else number
    if not -len(weeks) <= index < len(weeks):
        raise NoDateYetError(f"dit schooljaar heeft geen schoolweek {number}")
    if number > 0:
        return weeks[index], f"schoolweek {number}"
    return weeks[index], _from_the_end(number, "schoolweek")


def phase(rule: InPhase, context: Context) -> Dated:
    """Answer ``phase``: counts in weeks that have school; seasons in whole months."""
    year = context.year
    if rule.phase == "jaar":
        first, last = year.first_day, year.last_day
        return span_of("het hele schooljaar", first, last)
    if rule.phase in _SEASONS:
        begin, end = _SEASONS[rule.phase]
        first, last = year.on(begin, 1), month_end(year.on(end, 1))
        name = f"{rule.phase} ({MONTHS_NL[begin - 1]} tot en met {MONTHS_NL[end - 1]})"
        return span_of(name, first, min(last, year.last_day) if rule.phase == "zomer" else last)
    weeks = context.calendar.school_weeks(year)
    if rule.phase in _PARTS:
        part, parts = rule.number or 1, _PARTS[rule.phase]
        begin, end = (round(len(weeks) * n / parts) for n in (part - 1, part))
        return span_of(
            f"{_ORDER[part]} {rule.phase} van het schooljaar", weeks[begin], weeks[end - 1] + _FRIDAY
        )
    count = min(rule.weeks or _WEEKS[rule.phase], len(weeks))
    name = "schoolweek" if count == 1 else f"{count} schoolweken"
    if rule.phase == "eind":
        return span_of(f"de laatste {name}", weeks[-count], year.last_day)
    return span_of(f"de eerste {name}", year.first_day, weeks[count - 1] + _FRIDAY)


def holiday(rule: Holiday, context: Context) -> Dated:
    """Answer ``holiday``: calendar days of the closed time, or school days around it."""
    found = _closure(rule, context)
    steps: tuple[Step, ...] = (Step("anchor", f"{found.name}, {span_nl(found.first_day, found.last_day)}"),)
    if rule.at == "during":
        return Dated.span(found.first_day, found.last_day, steps)
    calendar = context.calendar
    before, after = calendar.on_or_before(found.first_day - DAY), calendar.on_or_after(found.last_day + DAY)
    if rule.at == "last-day-before":
        steps = (*steps, Step("rule", "de laatste schooldag ervoor", before))
        return Dated.on(before, steps).before(before)
    if rule.at == "first-day-after":
        return Dated.on(after, (*steps, Step("rule", "de eerste schooldag erna", after)))
    name = "de schoolweek ervoor" if rule.at == "week-before" else "de schoolweek erna"
    monday = monday_of(before if rule.at == "week-before" else after)
    week = _weeks(monday, monday, name)
    bound = before if rule.at == "week-before" else None
    return replace(week, steps=(*steps, *week.steps)).before(bound)


def _closure(rule: Holiday, context: Context) -> Closed:
    """Return the closed time that is meant; raise ``NoDateYetError`` when the year has none of that name."""
    year, name = context.year, rule.name.casefold()
    first = refer(rule.after, context).anchor_last if rule.after else year.first_day
    if first < context.calendar.first:
        raise OtherYearError(f"{rule.name!r} na {day_nl(first)} {first.year} is van een eerder schooljaar")
    until = year.last_day + timedelta(days=_NEXT_SUMMER)
    named = _joined(
        (
            c
            for c in context.calendar.closures
            if (name in c.name.casefold() or name in (c.replaces or "").casefold())
            and not c.groups
            and first <= c.first_day <= until
            and (c.first_day <= year.last_day or "zomer" in (c.replaces or c.name).casefold())
        ),
        context.calendar,
    )
    if len(named) < rule.nth:
        after = f" na {day_nl(first)}" if rule.after else ""
        raise NoDateYetError(f"er staat{after} geen {rule.name!r} in de schoolkalender van {year.label}")
    return named[rule.nth - 1]


def _joined(closures: Iterable[Closed], calendar: SchoolCalendar) -> list[Closed]:
    """Join closed times between which there is no school day, such as two weeks in May."""
    found: list[Closed] = []
    for closed in closures:
        last = found[-1] if found else None
        if last and not calendar.count_school_days(last.last_day, closed.first_day):
            found[-1] = replace(last, last_day=max(last.last_day, closed.last_day))
        else:
            found.append(closed)
    return found


def legal(rule: Legal, context: Context) -> Dated:
    """Answer ``legal``: calendar days, as the law counts."""
    found = context.legal.get(rule.key)
    if found is None or (rule.edge == "first" and found.first is None):
        raise NoDateYetError(f"wettelijke datum {rule.key!r} is voor {context.year.label} niet bekend")
    text = f"wettelijk: {found.title} ({found.source})"
    if rule.edge == "both":
        dated = Dated.span(found.first, found.last, (Step("legal", text, found.last),))
        return replace(dated, limit=found.last)
    if rule.edge == "first" and found.first is not None:
        return Dated.on(found.first, (Step("legal", text, found.first),))
    return replace(Dated.on(found.last, (Step("legal", text, found.last),)), limit=found.last)


def nth_weekday(rule: NthWeekday, context: Context) -> Dated:
    """Answer ``weekday``: counts in weekdays of the calendar."""
    beside = rule.before if rule.before is not None else rule.after
    if beside is not None:
        return _beside(rule, *edge_of(beside, context, back=rule.before is not None))
    first, last, name, steps = _place(rule.month, rule.of, context)
    hits = [d for d in days_between(first, last) if d.weekday() == WEEKDAYS[rule.weekday]]
    day = _nth(hits, rule.nth, f"{rule.weekday} in {name}")
    return Dated.on(day, (*steps, Step("rule", f"{_ORDER[rule.nth]} {rule.weekday} van {name}", day)))


def _beside(rule: NthWeekday, edge: date, named: Iterable[Step]) -> Dated:
    step = -DAY if rule.before is not None else DAY
    day, left = edge if rule.or_on else edge + step, rule.nth
    while day.weekday() != WEEKDAYS[rule.weekday]:
        day += step
    day += step * 7 * (left - 1)
    order = "" if rule.nth == 1 else f"{_ORDER[rule.nth]} "
    side = ("op of " if rule.or_on else "") + ("vóór" if rule.before is not None else "na")
    bound = (edge if rule.or_on else edge - DAY) if rule.before is not None else None
    text = f"de {order}{rule.weekday} {side} {day_nl(edge)}"
    return Dated.on(day, (*named, Step("offset", text, day))).before(bound)


def full_week(rule: FullWeek, context: Context) -> Dated:
    """Answer ``full-week``: counts in calendar weeks, Monday to Friday."""
    first, last, name, steps = _place(rule.month, rule.of, context)
    mondays = [d for d in days_between(first, last) if d.weekday() == 0 and d + _FRIDAY <= last]
    begin = _nth(mondays, rule.nth, f"volle week in {name}")
    end = _nth(mondays, rule.until, f"volle week in {name}") if rule.until else begin
    until = f" tot en met de {_ORDER[rule.until]}" if rule.until else ""
    weeks = _weeks(begin, end, f"de {_ORDER[rule.nth]}{until} volle week van {name}")
    return Dated(weeks.periods, (*steps, *weeks.steps))


def _place(month: int | None, of: object, context: Context) -> tuple[date, date, str, Iterable[Step]]:
    if month is not None:
        first = context.year.on(month, 1)
        return first, month_end(first), MONTHS_NL[month - 1], ()
    found = refer(of, context)  # type: ignore[arg-type]  # a rule has one of the two
    return found.first, found.day, f"{day_nl(found.first)} tot en met {day_nl(found.day)}", found.steps


def _nth(days: list[date], nth: int, name: str) -> date:
    index = nth - 1 if nth > 0 else nth
    if not -len(days) <= index < len(days):
        raise NoDateYetError(f"er is geen {_ORDER[nth]} {name}")
    return days[index]


ANSWERS = {
    YearEdge: year_edge,
    SchoolDay: school_day,
    SchoolWeek: school_week,
    InPhase: phase,
    Holiday: holiday,
    Legal: legal,
    NthWeekday: nth_weekday,
    FullWeek: full_week,
}
