"""Move a case on: open it, enter the stages whose gates hold, close it when its work is done."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, select

from calendars.procedure import Procedure, Stage
from models import CLOSED_STATES, Case, CaseState, Task, TaskState
from service.cases.gates import has_consent, holds
from service.cases.history import record
from service.clock import local


def tasks_of(session: Session, case: Case) -> list[Task]:
    """Return all tasks of a case."""
    return list(session.exec(select(Task).where(Task.case_id == case.id)))


def advance(session: Session, case: Case, procedure: Procedure, tasks: list[Task], at: datetime) -> int:
    """Open a case whose day has come and enter every stage that may begin; return how many began."""
    today = local(at).date()
    if case.state == CaseState.PLANNED and case.opens_on <= today:
        case.state = CaseState.ACTIVE
        record(session, case, "opened", at=at, actor_id=case.opened_by)
    if case.state != CaseState.ACTIVE:
        return 0
    entered = 0
    asks = any(stage.gate and stage.gate.consent for stage in procedure.stage)
    consented = asks and has_consent(session, case.id, today)
    while fresh := _next_stage(case, procedure, tasks, today, consented=consented):
        _enter(session, case, fresh, tasks, at)
        entered += 1
    if all(t.state in CLOSED_STATES for t in tasks if t.required):
        close_case(session, case, tasks, at=at, outcome=case.outcome or "afgerond")
    return entered


def _next_stage(
    case: Case, procedure: Procedure, tasks: list[Task], today: date, *, consented: bool
) -> Stage | None:
    previous: list[Task] = []
    for stage in procedure.stages_of(case.occurrence):
        mine = [t for t in tasks if t.stage == stage.key]
        waits = any(t.state == TaskState.PLANNED for t in mine)
        others = tasks if stage.gate else previous
        if waits and holds(stage.gate, mine, others, today, consented=consented):
            return stage
        previous = [*previous, *mine]
    return None


def _enter(session: Session, case: Case, stage: Stage, tasks: Iterable[Task], at: datetime) -> None:
    case.stage = stage.key
    record(session, case, "entered", at=at, actor_id=None, data={"stage": stage.key})
    for task in tasks:
        if task.stage == stage.key and task.state == TaskState.PLANNED:
            task.state = TaskState.RESERVED if task.owner_id else TaskState.READY


def close_case(
    session: Session,
    case: Case,
    tasks: Iterable[Task],
    *,
    at: datetime,
    outcome: str,
    actor_id: UUID | None = None,
    state: CaseState = CaseState.COMPLETED,
    reason: str | None = None,
) -> None:
    """Close a case with an outcome; what is still open in it is withdrawn, and nothing is deleted."""
    for task in tasks:
        if task.state not in CLOSED_STATES:
            task.state, task.closed_at = TaskState.CANCELLED, at
            record(session, task, "cancelled", at=at, actor_id=actor_id, reason=reason)
    case.state, case.closed_at, case.outcome = state, at, outcome
    verb = "closed" if state == CaseState.COMPLETED else "cancelled"
    record(session, case, verb, at=at, actor_id=actor_id, reason=reason, data={"outcome": outcome})
