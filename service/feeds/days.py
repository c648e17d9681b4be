"""A person's own open work in a subscription: target days, windows and the law's last days.

They are whole days that block nobody's time, and they go when the work is done.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from uuid import UUID

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
from service.feeds.links import case_link, domain_of, marked
from service.feeds.window import first_day

_SHOWN = (TaskState.PLANNED, *OPEN_STATES)
_RUNNING = (CaseState.PLANNED, CaseState.ACTIVE)
Found = tuple[Task, Case, School, Group | None]


def day_entries(session: Session, person_id: UUID, at: datetime) -> Iterator[DayEntry]:
    """Yield the days of what a person still has to do; what has an hour stands there as a meeting."""
    meetings = select(Meeting.task_id).where(Meeting.state != MeetingState.CANCELLED)
    query = (
        select(Task, Case, School, Group)
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
    found = session.exec(query).all()
    changed = _last_changes(session, [task.id for task, *_ in found])
    since = first_day(at)
    for row in found:
        yield from _days(row, changed, since)


def _days(found: Found, changed: dict[UUID, datetime], since: date) -> Iterator[DayEntry]:
    task, case, _, group = found
    title = marked(_with_group(task.title, case, group), case)
    modified = changed.get(task.id) or datetime.combine(case.opens_on, time(), AMSTERDAM).astimezone(UTC)
    if task.target_on and task.target_on != task.latest_on and task.target_on >= since:
        yield _entry("task", found, (_first_day(task, task.target_on), task.target_on), title, modified)
    if task.latest_on and task.latest_on >= since:
        legal = (_first_day(task, task.latest_on), task.latest_on)
        yield _entry("latest", found, legal, f"Uiterlijk (wettelijk): {title}", modified)


def _first_day(task: Task, last: date) -> date:
    """Return the first day of a window that ends here; everything else is one day."""
    is_window = task.kind == TaskKind.WINDOW and last == (task.target_on or last)
    return min(task.starts_on, last) if is_window and task.starts_on else last


def _entry(kind: str, found: Found, days: tuple[date, date], title: str, modified_at: datetime) -> DayEntry:
    task, case, school, _ = found
    link = case_link(case.id)
    return DayEntry(
        uid=f"{kind}-{task.id}@{domain_of(school)}",
        sequence=task.due_version - 1,
        first_day=days[0],
        last_day=days[1],
        title=title,
        modified_at=modified_at,
        description=f"Openen in Jaarritme: {link}",
        url=link,
    )


def _with_group(title: str, case: Case, group: Group | None) -> str:
    return f"{title} – groep {group.name}" if group and case.pupil_id is None else title


def _last_changes(session: Session, tasks: list[UUID]) -> dict[UUID, datetime]:
    """Return when each task last changed, by its history: the clock would change the bytes for nothing."""
    query = (
        select(CaseEvent.task_id, func.max(CaseEvent.at))
        .where(col(CaseEvent.task_id).in_(tasks))
        .group_by(col(CaseEvent.task_id))
    )
    return {task_id: at for task_id, at in session.exec(query) if task_id}
