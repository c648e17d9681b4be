"""Take a task on, or give it back."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import Task, TaskState
from service.access.actor import Actor
from service.cases.change import task_to_change
from service.cases.errors import StaleError
from service.cases.history import record


def claim_task(
    session: Session, task_id: UUID, *, actor: Actor, at: datetime, version: int | None = None
) -> Task:
    """Make a task the actor's own; of two who try, the first wins.

    Teachers of one group may take over from each other, unless the task changed since ``version``.
    """
    task = task_to_change(session, actor, task_id, version)
    if task.owner_id not in {None, actor.person_id} and not _may_take_over(actor, task):
        raise StaleError
    data = {"from": str(task.owner_id) if task.owner_id else None, "to": str(actor.person_id)}
    task.owner_id = actor.person_id
    if task.state == TaskState.READY:
        task.state = TaskState.RESERVED
    record(session, task, "claimed", at=at, actor_id=actor.person_id, data=data)
    return task


def release_task(session: Session, task_id: UUID, *, actor: Actor, at: datetime) -> Task:
    """Put a task back in the queue."""
    task = task_to_change(session, actor, task_id)
    data = {"from": str(task.owner_id) if task.owner_id else None}
    task.owner_id = None
    if task.state in {TaskState.RESERVED, TaskState.IN_PROGRESS}:
        task.state = TaskState.READY
    record(session, task, "released", at=at, actor_id=actor.person_id, data=data)
    return task


def _may_take_over(actor: Actor, task: Task) -> bool:
    return actor.is_manager or (task.group_id is not None and task.group_id in actor.groups)
