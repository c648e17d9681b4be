"""Mistakes that show in the days of one row: a weekend, a holiday, outside the year, the wrong way around."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from calendars.derivation import day_nl
from calendars.phrases import Choice, Problem
from calendars.plan import Frame
from calendars.schoolyear import SATURDAY, Closed, SchoolCalendar, days_between
from service.yearplan.rows import ENDS, Dated

Tree = dict[str, object]
_HOLIDAY = 3  # weekdays; fewer closed days within a test window are a study day


def _off(row: Dated, frame: Frame) -> Iterator[Problem]:
    """Find what is due in a weekend or holiday, or lies in one altogether."""
    first, last, calendar = row.first, row.last, frame.calendar
    if first is None or last is None or not _known(calendar, first, last) or _is_outside(row, frame):
        return
    if row.is_deadline and not calendar.is_school_day(last):
        closed = calendar.closed_on(last)
        where = f"in: {closed.name}" if closed else "in het weekend"
        text = f"{day_nl(last).capitalize()} {last.year} valt {where}."
        yield Problem("day-off", text, tuple(_beside(row, last, closed, calendar)))
    elif not row.is_deadline and not any(map(calendar.is_school_day, days_between(first, last))):
        closed = calendar.closed_on(first) or calendar.closed_on(last)
        name = closed.name if closed else "een vrije tijd"
        fixes = tuple(_around(closed, ("week-before", "week-after"))) if closed else ()
        yield Problem("holiday", f"Dit valt helemaal in: {name}.", fixes)


def _beside(row: Dated, day: date, closed: Closed | None, calendar: SchoolCalendar) -> Iterator[Choice]:
    before, after = calendar.on_or_before(day), calendar.on_or_after(day)
    for key, at, found, words in (
        ("day-before", "last-day-before", before, "de laatste schooldag ervoor"),
        ("day-after", "first-day-after", after, "de eerste schooldag erna"),
    ):
        is_long = closed and closed.last_day - closed.first_day > timedelta(days=_HOLIDAY)
        of: object = f"{found:%m-%d}"
        if closed and is_long:
            of = {"rule": "holiday", "name": closed.name, "at": at}
        whole: Tree = {"rule": "until", "day": of}
        if row.kind not in ENDS:
            whole = of if isinstance(of, dict) else {"rule": "date", "day": of}
        yield Choice(key, f"{words}: {day_nl(found)}", whole)


def _around(closed: Closed, sides: Sequence[str]) -> Iterator[Choice]:
    words = {"week-before": "de week ervoor", "week-after": "de week erna"}
    for side in sides:
        yield Choice(
            side, words[side], {"rule": "holiday", "name": closed.replaces or closed.name, "at": side}
        )


def _through_holiday(row: Dated, frame: Frame) -> Iterator[Problem]:
    """Find a test that goes on through a holiday."""
    first, last = row.first, row.last
    if row.item.kind != "test" or first is None or last is None or row.kind in {"phase", "month", "times"}:
        return
    for closed in frame.calendar.closed_between(first, last):
        inside = [d for d in days_between(closed.first_day, closed.last_day) if d.weekday() < SATURDAY]
        if len(inside) < _HOLIDAY or not (first < inside[0] and inside[-1] < last):
            continue
        name = closed.replaces or closed.name
        end = {"rule": "holiday", "name": name, "at": "last-day-before"}
        begin = {"rule": "holiday", "name": name, "at": "first-day-after"}
        fixes = (
            Choice(
                "end-before",
                f"tot de {name.lower()}",
                {"rule": "period", "first": f"{first:%m-%d}", "last": end},
            ),
            Choice(
                "begin-after",
                f"na de {name.lower()}",
                {"rule": "period", "first": begin, "last": f"{last:%m-%d}"},
            ),
        )
        yield Problem("test-holiday", f"De toets loopt door een vakantie heen: {closed.name}.", fixes)


def _outside(row: Dated, frame: Frame) -> Iterator[Problem]:
    """Find a date outside the school year."""
    if not _is_outside(row, frame):
        return
    day = row.first or row.last or frame.year.first_day
    span = f"{day_nl(frame.year.first_day)} tot en met {day_nl(frame.year.last_day)}"
    text = f"{day_nl(day).capitalize()} {day.year} ligt buiten het schooljaar ({span})."
    edges = {"first": frame.year.first_day, "last": frame.year.last_day}
    fixes = tuple(
        Choice(f"year-{edge}", f"de {words} schooldag: {day_nl(edges[edge])}", {"rule": "year", "edge": edge})
        for edge, words in (("last", "laatste"), ("first", "eerste"))
    )
    yield Problem("outside-year", text, fixes)


def _is_outside(row: Dated, frame: Frame) -> bool:
    first, last = row.first, row.last
    if first is None or row.kind in {"phase", "month", "months", "times", "every"}:
        return False
    return first > frame.year.last_day or (last or first) < frame.year.first_day


def _backwards(row: Dated, _: Frame) -> Iterator[Problem]:
    """Find an end before its beginning, once both have days."""
    rule = row.item.when
    if isinstance(rule, str) or rule.rule != "period" or not _is_backwards(row):
        return
    data = rule.model_dump(mode="json", exclude_defaults=True)
    swap = {"rule": "period", "first": data["last"], "last": data["first"]}
    fix = Choice("swap", "draai begin en einde om", swap)
    yield Problem("end-before-start", "Het einde ligt vóór het begin.", (fix,))


def _is_backwards(row: Dated) -> bool:
    steps = row.result.steps if row.result else ()
    said = [
        row.result.why_not if row.result else "",
        *(step.text for step in steps if step.kind == "warning"),
    ]
    return any("vóór het begin" in text for text in said)


def _no_date(row: Dated, _: Frame) -> Iterator[Problem]:
    """Find a rule that comes to nothing this year."""
    if row.result and row.result.why_not and not row.result.placed and row.kind not in {"open", "age"}:
        waits = ("per leerling", "staat nog niet vast", "vóór het begin")
        if any(words in row.result.why_not for words in waits):
            return
        yield Problem("no-date", f"Hier komt dit jaar geen datum uit: {row.result.why_not}.")


def _other_week(row: Dated, _: Frame) -> Iterator[Problem]:
    """Find a week and a date beside each other that don't agree."""
    number = re.search(r"\d{1,2}", row.line.week)
    if not number or row.first is None or row.kind not in {"date", "dates", "period", "week"}:
        return
    week = int(number[0])
    if row.first.isocalendar().week != week and 1 <= week <= 53:  # noqa: PLR2004 -- ISO weeks
        found = row.first.isocalendar().week
        text = f"{day_nl(row.first).capitalize()} is in week {found}, niet in week {week}."
        fix = Choice("as-week", f"week {week}", {"rule": "week", "number": week})
        yield Problem("week-mismatch", text, (fix,))


def _known(calendar: SchoolCalendar, *days: date) -> bool:
    return all(calendar.first <= day <= calendar.last for day in days)


ALONE: tuple[Callable[[Dated, Frame], Iterator[Problem]], ...] = (
    *(_off, _through_holiday, _outside, _backwards, _no_date, _other_week),
)
