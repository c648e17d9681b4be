"""Procedures that are left out or taken up again, and newer versions of those that run."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from calendars.procedure import Procedure
from models import Case, CaseState, Task, TaskState
from service.cases import engine
from service.cases.history import record
from service.cases.rows import is_past
from service.clock import local
from service.meetings.standing import restore_meeting_of
from service.replan.making import Making

LEFT_OUT = "dit jaar niet"


def cases_of(m: Making, procedure: str, states: Iterable[CaseState]) -> list[Case]:
    """Return the cases of a procedure in the school year, in the order in which they are held."""
    query = select(Case).where(
        Case.school_id == m.school.id,
        Case.school_year == m.label,
        Case.procedure == procedure,
        col(Case.state).in_(list(states)),
    )
    return list(m.session.exec(query.order_by(col(Case.id))))


def take_version(m: Making, definition: Procedure, version_id: UUID) -> None:
    """Let running cases follow another version; one whose round or begun work it lacks stays as it was."""
    known = {occurrence.key for occurrence in definition.occurrence}
    for case in cases_of(m, definition.key, (CaseState.PLANNED, CaseState.ACTIVE)):
        if case.occurrence in known and _begun(m, case) <= {task.key for task in definition.tasks()}:
            case.version_id = version_id


def _begun(m: Making, case: Case) -> set[str]:
    states = (TaskState.IN_PROGRESS, TaskState.SUSPENDED, TaskState.IN_REVIEW)
    return {task.key for task in engine.tasks_of(m.session, case) if task.state in states}


def withdraw_planned(m: Making, procedure: str) -> None:
    """Withdraw the cases of a procedure that have not begun; their meetings are called off."""
    for case in cases_of(m, procedure, [CaseState.PLANNED]):
        withdraw(m, case)


def withdraw(m: Making, case: Case) -> None:
    """Withdraw a case that has not begun."""
    engine.close_case(
        m.session,
        case,
        engine.tasks_of(m.session, case),
        at=m.at,
        outcome=LEFT_OUT,
        actor_id=m.actor_id,
        state=CaseState.CANCELLED,
        reason=m.reason,
    )


def bring_back(m: Making, procedure: str) -> None:
    """Plan the cases again that were withdrawn because their procedure was left out."""
    for case in cases_of(m, procedure, [CaseState.CANCELLED]):
        if case.outcome == LEFT_OUT:
            _bring_back(m, case)


def _bring_back(m: Making, case: Case) -> None:
    closed = case.closed_at
    case.state, case.outcome, case.closed_at = CaseState.PLANNED, None, None
    record(m.session, case, "reopened", at=m.at, actor_id=m.actor_id, reason=m.reason)
    for task in engine.tasks_of(m.session, case):
        if task.state == TaskState.CANCELLED and task.closed_at == closed:
            task.state, task.closed_at = TaskState.PLANNED, None
            record(m.session, task, "reopened", at=m.at, actor_id=m.actor_id, reason=m.reason)
            if not miss_when_past(m, task):
                restore_meeting_of(m.session, task, m.at)


def miss_when_past(m: Making, task: Task) -> bool:
    """Let work that comes back after its day be missed, not late: nobody could have done it."""
    if not is_past(task, local(m.at).date()):
        return False
    task.state, task.closed_at = TaskState.MISSED, m.at
    record(m.session, task, "missed", at=m.at, actor_id=None, reason="het moment was al voorbij")
    return True
