"""Open a closed task again: the undo of completing, skipping and missing."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from models import CLOSED_STATES, Case, CaseState, Task, TaskState
from service.access.actor import Actor
from service.access.scope import find_task, may_act
from service.cases.change import given
from service.cases.errors import CaseError, NotYoursError
from service.cases.history import record


def reopen_task(session: Session, task_id: UUID, *, actor: Actor, at: datetime, reason: str) -> Task:
    """Put a closed task back to work; a case that was closed with it runs again."""
    task = find_task(session, actor, task_id)
    if not may_act(actor, task) and task.closed_by != actor.person_id:
        raise NotYoursError
    if task.state not in CLOSED_STATES:
        raise CaseError("Deze taak staat al open.")
    why = given(reason)
    case = session.get_one(Case, task.case_id)
    if case.state == CaseState.CANCELLED:
        raise CaseError("Dit traject is ingetrokken en kan niet verder.")
    if case.state == CaseState.COMPLETED:
        _run_again(session, case, task, at, actor.person_id)
    old = task.state.value
    task.state = TaskState.RESERVED if task.owner_id else TaskState.READY
    task.closed_at = task.closed_by = task.outcome = None
    task.version += 1
    task.due_version += 1
    record(session, task, "reopened", at=at, actor_id=actor.person_id, reason=why, data={"old": old})
    return task


def _run_again(session: Session, case: Case, task: Task, at: datetime, actor_id: UUID) -> None:
    """Bring back a case with the work that was withdrawn at the moment it closed."""
    withdrawn = session.exec(
        select(Task).where(
            Task.case_id == case.id,
            Task.state == TaskState.CANCELLED,
            Task.closed_at == case.closed_at,
        )
    )
    for other in withdrawn:
        other.state = TaskState.RESERVED if other.owner_id else TaskState.READY
        other.closed_at = None
    case.state, case.closed_at, case.outcome = CaseState.ACTIVE, None, None
    record(session, case, "reopened", at=at, actor_id=actor_id, data={"task": str(task.id)})
