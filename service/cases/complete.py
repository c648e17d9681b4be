"""Complete a task: its gates hold, its outcome is chosen, and the case moves on."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from calendars.procedure import Outcome, TaskRule
from models import Case, CaseState, ProcedureVersion, Task, TaskState
from service import procedures
from service.access.actor import Actor
from service.cases import engine
from service.cases.change import given, move_on, task_to_change
from service.cases.errors import (
    ConsentMissingError,
    GateClosedError,
    OutcomeNeededError,
)
from service.cases.gates import has_consent
from service.cases.history import record
from service.clock import local


def complete_task(
    session: Session,
    task_id: UUID,
    *,
    actor: Actor,
    at: datetime,
    outcome: str | None = None,
    note: str | None = None,
    version: int | None = None,
) -> Task:
    """Complete a task with one of its outcomes; some ask for a reason, some close the case."""
    task = task_to_change(session, actor, task_id, version)
    case = session.get_one(Case, task.case_id)
    rule = rule_of(session, case, task)
    if case.state != CaseState.ACTIVE or task.state == TaskState.PLANNED:
        raise GateClosedError("Deze taak is nog niet aan de beurt.")
    chosen = _chosen(rule, outcome)
    if _asks_consent(rule, chosen) and not has_consent(session, case.id, local(at).date()):
        raise ConsentMissingError
    text = given(note) if chosen and chosen.reason_required else (note or "").strip() or None
    task.state, task.closed_at, task.closed_by = TaskState.COMPLETED, at, actor.person_id
    task.outcome, task.note = chosen.key if chosen else None, text
    data = {"outcome": task.outcome} if task.outcome else {}
    record(session, task, "completed", at=at, actor_id=actor.person_id, reason=text, data=data)
    if chosen and chosen.closes:
        tasks = engine.tasks_of(session, case)
        engine.close_case(session, case, tasks, at=at, outcome=chosen.key, actor_id=actor.person_id)
    else:
        move_on(session, case, at, actor.person_id)
    return task


def rule_of(session: Session, case: Case, task: Task) -> TaskRule:
    """Return the rule of a task in the version that its case was opened under."""
    version = session.get_one(ProcedureVersion, case.version_id)
    return procedures.of_version(version).task(task.key)


def _asks_consent(rule: TaskRule, chosen: Outcome | None) -> bool:
    """Tell whether a consent must stand: to send anything, and to say that the parents gave one."""
    says_given = rule.records_consent and chosen is not None and not chosen.reason_required
    return rule.needs_consent or says_given


def _chosen(rule: TaskRule, key: str | None) -> Outcome | None:
    if not rule.outcome:
        return None
    for outcome in rule.outcome:
        if outcome.key == key:
            return outcome
    raise OutcomeNeededError
