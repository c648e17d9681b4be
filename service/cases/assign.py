"""Give a task to someone of the school; only who guards the school may."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import Task, TaskState
from service.access.actor import Actor, actor_for
from service.cases.change import task_to_change
from service.cases.errors import NotYoursError
from service.cases.history import record
from service.clock import local


def assign_task(session: Session, task_id: UUID, *, actor: Actor, at: datetime, to: UUID) -> Task:
    """Make a task someone else's; that person must work at the school today."""
    task = task_to_change(session, actor, task_id)
    if not actor.is_manager:
        raise NotYoursError("Alleen de IB'er of de directeur wijst taken toe.")
    if actor_for(session, to, actor.school_id, local(at).date()) is None:
        raise NotYoursError("Deze persoon werkt niet op deze school.")
    data = {"from": str(task.owner_id) if task.owner_id else None, "to": str(to)}
    task.owner_id = to
    if task.state == TaskState.READY:
        task.state = TaskState.RESERVED
    record(session, task, "assigned", at=at, actor_id=actor.person_id, data=data)
    return task
