"""A person's own open work in a subscription: target days, windows and the law's last days.

They are whole days that block nobody's time, and they go when the work is done.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session, col, func, select

from calendars.entries import DayEntry
from models import (
    OPEN_STATES,
    Case,
    CaseEvent,
    CaseState,
    Group,
    Meeting,
    MeetingState,
    School,
    Task,
    TaskKind,
    TaskState,
)
from service.clock import AMSTERDAM, local
from service.feeds.leaving import schools_from
from service.feeds.links import case_link, coded, mail_domain
from service.feeds.window import first_day

_SHOWN = (TaskState.PLANNED, *OPEN_STATES)
_RUNNING = (CaseState.PLANNED, CaseState.ACTIVE)
# Columns, not whole rows: a calendar holds hundreds of tasks, and each of those its derivation.
_COLUMNS: tuple[Any, ...] = (
    col(Task.id),
    col(Task.title),
    col(Task.kind),
    col(Task.starts_on),
    col(Task.target_on),
    col(Task.latest_on),
    col(Task.due_version),
    col(Case.id).label("case_id"),
    col(Case.code),
    col(Case.pupil_id),
    col(Case.opens_on),
    col(School.mailbox),
    col(Group.name).label("group"),
)
Found = Row[Any]


def day_entries(session: Session, person_id: UUID, at: datetime) -> Iterator[DayEntry]:
    """Yield the days of what a person still has to do; what has an hour stands there as a meeting."""
    meetings = select(Meeting.task_id).where(Meeting.state != MeetingState.CANCELLED)
    query = (
        select(*_COLUMNS)
        .select_from(Task)
        .join(Case, col(Case.id) == Task.case_id)
        .join(School, col(School.id) == Task.school_id)
        .outerjoin(Group, col(Group.id) == Task.group_id)
        .where(
            Task.owner_id == person_id,
            col(Task.school_id).in_(schools_from(session, person_id, local(at).date())),
            col(Task.state).in_(_SHOWN),
            col(Case.state).in_(_RUNNING),
            col(Task.id).not_in(meetings),
        )
    )
    found = session.execute(query).all()
    changed = _last_changes(session, person_id)
    since = first_day(at)
    for row in found:
        yield from _days(row, changed, since)


def _days(found: Found, changed: dict[UUID, datetime], since: date) -> Iterator[DayEntry]:
    title = coded(_with_group(found), found.code, found.pupil_id)
    modified = changed.get(found.id) or datetime.combine(found.opens_on, time(), AMSTERDAM).astimezone(UTC)
    target, latest = found.target_on, found.latest_on
    if target and target != latest and target >= since:
        yield _entry("task", found, (_first_day(found, target), target), title, modified)
    if latest and latest >= since:
        legal = (_first_day(found, latest), latest)
        yield _entry("latest", found, legal, f"Uiterlijk (wettelijk): {title}", modified)


def _first_day(found: Found, last: date) -> date:
    """Return the first day of a window that ends here; everything else is one day."""
    is_window = found.kind == TaskKind.WINDOW and last == (found.target_on or last)
    return min(found.starts_on, last) if is_window and found.starts_on else last


def _entry(kind: str, found: Found, days: tuple[date, date], title: str, modified_at: datetime) -> DayEntry:
    link = case_link(found.case_id)
    return DayEntry(
        uid=f"{kind}-{found.id}@{mail_domain(found.mailbox)}",
        sequence=found.due_version - 1,
        first_day=days[0],
        last_day=days[1],
        title=title,
        modified_at=modified_at,
        description=f"Openen in Jaarritme: {link}",
        url=link,
    )


def _with_group(found: Found) -> str:
    """Add the group that a task is about, unless its title says so: work for each group of a school does."""
    suffix = f" – groep {found.group}" if found.group and found.pupil_id is None else ""
    return f"{found.title.removesuffix(suffix)}{suffix}"


def _last_changes(session: Session, person_id: UUID) -> dict[UUID, datetime]:
    """Return when each task last changed, by its history: the clock would change the bytes for nothing."""
    query = (
        select(CaseEvent.task_id, func.max(CaseEvent.at))
        .join(Task, col(Task.id) == CaseEvent.task_id)
        .where(Task.owner_id == person_id)
        .group_by(col(CaseEvent.task_id))
    )
    return {task_id: at for task_id, at in session.exec(query) if task_id}
