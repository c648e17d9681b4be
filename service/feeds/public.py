"""The dates of a school's year that everyone may know: days off, test windows and rounds of discussions.

No group that is discussed, no hour, no pupil; whoever has the address may give it to anyone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from sqlmodel import Session, col, func, select

from calendars.entries import DayEntry
from calendars.legal import legal_dates
from calendars.schoolyear import SATURDAY, days_between
from models import Case, CaseState, School, Task, TaskKind, TaskState
from service.feeds.links import mail_domain
from service.feeds.window import BACK
from service.year.frame import calendar_of, label_on

_TESTS, _ROUNDS, _LEGAL_TEST = "test-calendar", "group-discussions", "doorstroomtoets"
_GONE = (TaskState.CANCELLED, TaskState.SKIPPED)


@dataclass(frozen=True, slots=True, order=True)
class _Dates:
    first: date
    last: date
    title: str


def public_entries(session: Session, school: School, today: date) -> list[DayEntry]:
    """Return the public dates of this school year and the next, and never less than sixty days back."""
    since = min(date(int(label_on(today)[:4]), 8, 1), today - BACK)
    starts = int(label_on(today)[:4])
    labels = [f"{year}-{year + 1}" for year in (int(label_on(since)[:4]), starts, starts + 1)]
    found = {*_days_off(session, school, starts), *_rounds(session, school, labels), *_legal(labels)}
    until = date(starts + 2, 8, 1)
    return [_entry(school, dates) for dates in sorted(found) if dates.last >= since and dates.first < until]


def _days_off(session: Session, school: School, starts: int) -> Iterator[_Dates]:
    """Yield closures with a weekday in them, the official ones and the school's own."""
    for closed in calendar_of(session, school, starts).closures:
        if any(day.weekday() < SATURDAY for day in days_between(closed.first_day, closed.last_day)):
            says_for_whom = not closed.groups or "groep" in closed.name.casefold()
            for_whom = "" if says_for_whom else f" (groep {', '.join(sorted(closed.groups))})"
            yield _Dates(closed.first_day, closed.last_day, f"{closed.name}{for_whom}")


def _rounds(session: Session, school: School, labels: list[str]) -> Iterator[_Dates]:
    """Yield the span of days of each round of tests and of discussions, all groups together."""
    tests = (Case.procedure == _TESTS) & (Task.kind == TaskKind.WINDOW)
    talks = (Case.procedure == _ROUNDS) & (Task.kind == TaskKind.MEETING)
    span = (func.min(func.coalesce(Task.starts_on, Task.target_on)), func.max(Task.target_on))
    query = (
        select(func.min(Case.title), *span)
        .join(Task, col(Task.case_id) == Case.id)
        .where(
            Case.school_id == school.id,
            col(Case.school_year).in_(labels),
            col(Case.pupil_id).is_(None),
            Case.state != CaseState.CANCELLED,
            tests | talks,
            col(Task.state).not_in(_GONE),
            col(Task.target_on).is_not(None),
        )
        .group_by(Case.procedure, Case.occurrence, Case.school_year)
    )
    for title, first, last in session.exec(query):
        if first and last:
            yield _Dates(min(first, last), last, title.partition(" – ")[0])


def _legal(labels: list[str]) -> Iterator[_Dates]:
    for label in labels:
        test = legal_dates(label).get(_LEGAL_TEST)
        if test:
            yield _Dates(test.first or test.last, test.last, test.title.partition(":")[0])


def _entry(school: School, dates: _Dates) -> DayEntry:
    """Write a span down under a key of its own content: other days are another entry, the old one goes.

    So it needs no memory of when it changed, and every calendar program takes a change over.
    """
    content = f"{dates.title}|{dates.first}|{dates.last}"
    known = datetime(dates.first.year - 1, 1, 1, tzinfo=UTC)
    return DayEntry(
        uid=f"dag-{sha256(content.encode()).hexdigest()[:24]}@{mail_domain(school.mailbox)}",
        sequence=0,
        first_day=dates.first,
        last_day=dates.last,
        title=dates.title,
        modified_at=known,
    )
