"""From planned cases and items to rows, always with the same ids for the same work."""

import base64
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from calendars.derivation import as_data
from calendars.plan import Item, PlannedCase
from models import CLOSED_STATES, Case, Meeting, MeetingState, ProcedureVersion, Task, TaskKind
from service.cases.facts import mailbox_domain

_KINDS = {kind.value: kind for kind in TaskKind}


def case_row(
    planned: PlannedCase, *, school_id: UUID, label: str, version: ProcedureVersion, opened_by: UUID | None
) -> Case:
    """Return the row of a case that the year or a person opens."""
    return Case(
        **case_values(planned, school_id=school_id, label=label, version=version, opened_by=opened_by)
    )


def case_values(
    planned: PlannedCase, *, school_id: UUID, label: str, version: ProcedureVersion, opened_by: UUID | None
) -> dict[str, Any]:
    """Return what the row of a case holds, apart from its defaults."""
    return {
        "id": planned.id,
        "school_id": school_id,
        "version_id": version.id,
        "school_year": label,
        "procedure": planned.procedure.key,
        "occurrence": planned.occurrence.key,
        "key": planned.key,
        "code": code_of(planned.id),
        "title": planned.title,
        "group_id": planned.group.id if planned.group else None,
        "pupil_id": planned.pupil.id if planned.pupil else None,
        "opens_on": planned.opens_on,
        "opened_by": opened_by,
    }


def code_of(case_id: UUID) -> str:
    """Return the short code that stands for a case where no name may ("T-7K3F9Q")."""
    return "T-" + base64.b32encode(case_id.bytes)[:6].decode()


def task_row(item: Item, school_id: UUID) -> Task:
    """Return the row of a planned task."""
    return Task(**task_values(item, school_id), derivation=as_data(item.dates.steps))


def task_values(item: Item, school_id: UUID) -> dict[str, Any]:
    """Return what the row of a planned task holds, apart from its defaults and its derivation."""
    rule, dates = item.rule, item.dates
    return {
        "id": item.id,
        "school_id": school_id,
        "case_id": item.case.id,
        "key": rule.key,
        "stage": item.stage.key,
        "title": item.title,
        "kind": _KINDS[item.kind],
        "role": rule.role,
        "group_id": item.group.id if item.group else None,
        "unit": item.unit or "",
        "owner_id": item.owner,
        "required": rule.required,
        "starts_on": dates.starts_on,
        "target_on": dates.target_on,
        "latest_on": dates.latest_on,
        "law": dates.law or rule.law,
    }


def meeting_row(item: Item, school_id: UUID, mailbox: str, at: datetime) -> Meeting | None:
    """Return the row of a meeting that has an hour."""
    values = meeting_values(item, school_id, mailbox, at)
    return Meeting(**values) if values else None


def meeting_values(item: Item, school_id: UUID, mailbox: str, at: datetime) -> dict[str, Any] | None:
    """Return what the row of a meeting that has an hour holds, apart from its defaults."""
    if item.meeting is None or item.rule.meeting is None:
        return None
    title = f"{item.rule.title.nl} ({code_of(item.case.id)})" if item.case.pupil else item.case.title
    return {
        "id": uuid4(),
        "school_id": school_id,
        "case_id": item.case.id,
        "task_id": item.id,
        "uid": f"{uuid4()}@{mailbox_domain(mailbox)}",  # random: whoever knows it may answer by mail
        "title": title,
        "starts_at": item.meeting.starts_at,
        "ends_at": item.meeting.ends_at,
        "location": item.rule.meeting.location,
        "state": MeetingState.CONFIRMED,
        "modified_at": at,
    }


def open_tasks(session: Session, case_id: UUID) -> list[Task]:
    """Return the tasks of a case that are not closed."""
    query = select(Task).where(Task.case_id == case_id, col(Task.state).not_in(CLOSED_STATES))
    return list(session.exec(query))


def is_past(task: Task, today: date) -> bool:
    """Tell whether the last day on which a task could be done has gone by."""
    return is_over(task.latest_on, task.target_on, today)


def is_over(latest_on: date | None, target_on: date | None, today: date) -> bool:
    """Tell whether the last of a task's days has gone by: the legal one, when it has that."""
    last = latest_on or target_on
    return last is not None and last < today
