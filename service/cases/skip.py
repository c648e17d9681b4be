"""Skip a task that isn't required, with a reason."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import Case, Task, TaskState
from service.access.actor import Actor
from service.cases.change import given, move_on, task_to_change
from service.cases.errors import NotSkippableError
from service.cases.history import record
from service.meetings.standing import cancel_meetings_of


def skip_task(session: Session, task_id: UUID, *, actor: Actor, at: datetime, reason: str) -> Task:
    """Close a task as not needed this time; whoever guards the school may skip required ones too."""
    task = task_to_change(session, actor, task_id)
    if task.latest_on or (task.required and not actor.is_manager):
        raise NotSkippableError
    why = given(reason)
    task.state, task.closed_at, task.closed_by = TaskState.SKIPPED, at, actor.person_id
    record(session, task, "skipped", at=at, actor_id=actor.person_id, reason=why)
    cancel_meetings_of(session, [task], at)
    move_on(session, session.get_one(Case, task.case_id), at, actor.person_id)
    return task
