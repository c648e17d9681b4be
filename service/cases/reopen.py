"""Open a closed task again: the undo of completing, skipping and missing."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import CLOSED_STATES, Case, CaseEvent, CaseState, Task, TaskKind, TaskState
from service.access.actor import Actor
from service.access.scope import find_task, may_act
from service.cases import engine
from service.cases.change import given, hold_case, move_on
from service.cases.errors import CaseError, NotYoursError
from service.cases.history import record
from service.meetings.standing import restore_meeting_of


def reopen_task(session: Session, task_id: UUID, *, actor: Actor, at: datetime, reason: str) -> Task:
    """Put a closed task back to work; a case that was closed with it runs again."""
    task = find_task(session, actor, task_id)
    case = hold_case(session, task.case_id)
    session.refresh(task)
    if not may_act(actor, task) and task.closed_by != actor.person_id:
        raise NotYoursError
    if task.state not in CLOSED_STATES:
        raise CaseError("Deze taak staat al open.")
    why = given(reason)
    if case.state == CaseState.CANCELLED:
        raise CaseError("Dit traject is ingetrokken en kan niet verder.")
    data = {"old": task.state.value}
    if case.state == CaseState.COMPLETED:
        _run_again(session, case, task, at, actor.person_id)
    task.state = TaskState.RESERVED if task.owner_id else TaskState.READY
    task.closed_at = task.closed_by = task.outcome = task.note = None
    task.version += 1
    task.due_version += 1
    record(session, task, "reopened", at=at, actor_id=actor.person_id, reason=why, data=data)
    if task.kind == TaskKind.MEETING:
        restore_meeting_of(session, task, at)
    move_on(session, case, at, actor.person_id, undone=task)
    return task


def _run_again(session: Session, case: Case, task: Task, at: datetime, actor_id: UUID) -> None:
    """Bring back a case, with what was withdrawn as it closed in the state in which it was."""
    others = [other for other in engine.tasks_of(session, case) if other.id != task.id]
    before = _withdrawn_from(session, case)
    for other in others:
        if other.state == TaskState.CANCELLED and other.id in before:
            other.state, other.closed_at = before[other.id], None
            if other.kind == TaskKind.MEETING:
                restore_meeting_of(session, other, at)
    if all(other.state in CLOSED_STATES for other in others if other.required):
        task.required = True  # who opens it again wants it done, so the case waits for it
    if case.outcome == task.outcome:
        case.outcome = None
    case.state, case.closed_at = CaseState.ACTIVE, None
    record(session, case, "reopened", at=at, actor_id=actor_id, data={"task": str(task.id)})


def _withdrawn_from(session: Session, case: Case) -> dict[UUID, TaskState]:
    """Return the tasks that were withdrawn when the case closed, and how they stood until then."""
    query = select(CaseEvent).where(
        CaseEvent.case_id == case.id, CaseEvent.verb == "cancelled", CaseEvent.at == case.closed_at
    )
    events = session.exec(query.order_by(col(CaseEvent.at)))
    return {e.task_id: TaskState(e.data["was"]) for e in events if e.task_id and "was" in e.data}
