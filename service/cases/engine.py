"""Move a case on: open it, enter the stages whose gates hold, close it when its work is done."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, select

from calendars.procedure import Procedure, Stage
from models import CLOSED_STATES, OPEN_STATES, Case, CaseState, Task, TaskState
from service.cases.gates import Undone, has_consent, holds, waits_for
from service.cases.history import record
from service.clock import local
from service.meetings.standing import cancel_meetings_of

_UNTOUCHED = {TaskState.READY, TaskState.RESERVED, TaskState.MISSED}
_BEGUN = {TaskState.READY, TaskState.RESERVED}


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
    consented = _consented(session, case, procedure, today)
    while fresh := _next_stage(case, procedure, tasks, today, consented=consented):
        _enter(session, case, fresh, tasks, at)
        entered += 1
    case.stage = _stage_so_far(case, procedure, tasks)
    if all(t.state in CLOSED_STATES for t in tasks if t.required):
        close_case(session, case, tasks, at=at, outcome=case.outcome or _outcome(tasks))
    return entered


def _consented(session: Session, case: Case, procedure: Procedure, today: date) -> bool:
    asks = any(stage.gate and stage.gate.consent for stage in procedure.stage)
    return asks and has_consent(session, case.id, today)


def _outcome(tasks: Iterable[Task]) -> str:
    required = [task for task in tasks if task.required]
    missed = required and all(task.state == TaskState.MISSED for task in required)
    return "gemist" if missed else "afgerond"


def _next_stage(
    case: Case, procedure: Procedure, tasks: list[Task], today: date, *, consented: bool
) -> Stage | None:
    for stage, mine, others in _stages(case, procedure, tasks):
        waits = any(t.state == TaskState.PLANNED for t in mine)
        if waits and holds(stage.gate, mine, others, today, consented=consented):
            return stage
    return None


def _stages(
    case: Case, procedure: Procedure, tasks: list[Task]
) -> Iterator[tuple[Stage, list[Task], list[Task]]]:
    """Yield each stage with its own tasks and with those that it may wait for."""
    previous: list[Task] = []
    for stage in procedure.stages_of(case.occurrence):
        mine = [t for t in tasks if t.stage == stage.key]
        yield stage, mine, tasks if stage.gate else previous
        previous = [*previous, *mine]


def _enter(session: Session, case: Case, stage: Stage, tasks: Iterable[Task], at: datetime) -> None:
    record(session, case, "entered", at=at, actor_id=None, data={"stage": stage.key})
    for task in tasks:
        if task.stage == stage.key and task.state == TaskState.PLANNED:
            task.state = TaskState.RESERVED if task.owner_id else TaskState.READY


def step_back(
    session: Session, case: Case, procedure: Procedure, tasks: list[Task], at: datetime, undone: Undone
) -> None:
    """Let a stage wait again whose gate was opened by what is undone, unless work was done in it."""
    today = local(at).date()
    consented = _consented(session, case, procedure, today)
    for stage, mine, others in _stages(case, procedure, tasks):
        begun = [t for t in mine if t.state in _BEGUN]
        asked = waits_for(stage.gate, others, undone)
        if not (begun and asked) or holds(stage.gate, mine, others, today, consented=consented):
            continue
        if all(t.state in _UNTOUCHED for t in mine):
            for task in begun:
                task.state = TaskState.PLANNED
            record(session, case, "left", at=at, actor_id=None, data={"stage": stage.key})
    case.stage = _stage_so_far(case, procedure, tasks)


def _stage_so_far(case: Case, procedure: Procedure, tasks: list[Task]) -> str:
    """Return the furthest stage in which something is open or was done."""
    begun = {t.stage for t in tasks if t.state in OPEN_STATES or t.state == TaskState.COMPLETED}
    return next((s.key for s in reversed(procedure.stages_of(case.occurrence)) if s.key in begun), "")


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
    left = [task for task in tasks if task.state not in CLOSED_STATES]
    for task in left:
        data = {"was": task.state.value}
        task.state, task.closed_at = TaskState.CANCELLED, at
        record(session, task, "cancelled", at=at, actor_id=actor_id, reason=reason, data=data)
    for meeting in cancel_meetings_of(session, left, at):
        data = {"meeting": str(meeting.id)}
        record(session, case, "called_off", at=at, actor_id=actor_id, reason=reason, data=data)
    case.state, case.closed_at, case.outcome = state, at, outcome
    verb = "closed" if state == CaseState.COMPLETED else "cancelled"
    record(session, case, verb, at=at, actor_id=actor_id, reason=reason, data={"outcome": outcome})
