"""Postpone a task, or bring it forward, with a reason; never past a legal day."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from calendars.derivation import day_nl
from models import Case, Task, TaskKind
from service.access.actor import Actor
from service.cases.change import given, move_on, task_to_change
from service.cases.errors import BeyondLawError, GateClosedError
from service.cases.history import record
from service.clock import local


def reschedule_task(
    session: Session, task_id: UUID, *, actor: Actor, at: datetime, to: date, reason: str
) -> Task:
    """Pin a task to another day; what counts from it moves along, and reminders are armed anew."""
    task = task_to_change(session, actor, task_id)
    why = given(reason)
    if task.kind == TaskKind.MEETING:
        raise GateClosedError("Een overleg verzet je bij het overleg zelf, met dag en uur.")
    if to < local(at).date():
        raise GateClosedError("Kies een dag die nog moet komen.")
    if task.latest_on and to > task.latest_on:
        raise BeyondLawError(f"Dit moet uiterlijk {day_nl(task.latest_on)}: {task.law}.")
    data = {"old": task.target_on.isoformat() if task.target_on else None, "new": to.isoformat()}
    task.target_on, task.pinned = to, True
    task.due_version += 1
    record(session, task, "rescheduled", at=at, actor_id=actor.person_id, reason=why, data=data)
    move_on(session, session.get_one(Case, task.case_id), at, actor.person_id)
    return task
