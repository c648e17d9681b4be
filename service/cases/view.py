"""Everything a person may see of one case, read in one place."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.procedure import Procedure, Stage
from models import (
    CLOSED_STATES,
    Case,
    CaseEvent,
    Consent,
    Group,
    Meeting,
    Person,
    ProcedureVersion,
    Pupil,
    Task,
    TaskState,
)
from service import procedures
from service.access.actor import Actor
from service.access.scope import find_case, sees_whole, visible_tasks


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage with the tasks of it that the actor may see."""

    stage: Stage
    tasks: tuple[Task, ...]
    state: str  # "done", "active" or "waiting"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case; history and consents only for who sees the whole of it."""

    case: Case
    procedure: Procedure
    subject: str
    group: Group | None
    whole: bool
    stages: tuple[StageView, ...]
    now_needed: tuple[Task, ...]
    meetings: dict[UUID, Meeting]
    consents: tuple[Consent, ...]
    history: tuple[CaseEvent, ...]
    people: dict[UUID, str]
    target_on: date | None
    latest_on: date | None


def case_view(session: Session, actor: Actor, case_id: UUID) -> CaseView:
    """Return a case as an actor may see it; raise ``NotFoundError`` when they may not."""
    case = find_case(session, actor, case_id)
    procedure = procedures.of_version(session.get_one(ProcedureVersion, case.version_id))
    whole = sees_whole(actor, case)
    mine = select(Task).where(Task.case_id == case.id, visible_tasks(actor))
    tasks = list(session.exec(mine.order_by(col(Task.target_on).asc().nulls_last(), Task.key)))
    dated = [t for t in tasks if t.target_on and t.required]
    legal = [t.latest_on for t in tasks if t.latest_on]
    return CaseView(
        case=case,
        procedure=procedure,
        subject=_subject(session, case, whole=whole),
        group=session.get(Group, case.group_id) if case.group_id else None,
        whole=whole,
        stages=_stages(procedure, case, tasks),
        now_needed=tuple(t for t in tasks if t.state not in (*CLOSED_STATES, TaskState.PLANNED)),
        meetings={m.task_id: m for m in session.exec(select(Meeting).where(Meeting.case_id == case.id))},
        consents=tuple(_consents(session, case)) if whole else (),
        history=tuple(_history(session, case)) if whole else (),
        people=dict(session.exec(select(Person.id, Person.name)).all()),
        target_on=max((t.target_on for t in dated if t.target_on), default=None),
        latest_on=max(legal, default=None),
    )


def _subject(session: Session, case: Case, *, whole: bool) -> str:
    if case.pupil_id:
        return session.get_one(Pupil, case.pupil_id).name if whole else case.code
    return f"groep {session.get_one(Group, case.group_id).name}" if case.group_id else ""


def _stages(procedure: Procedure, case: Case, tasks: list[Task]) -> tuple[StageView, ...]:
    views = []
    for stage in procedure.stages_of(case.occurrence):
        mine = tuple(t for t in tasks if t.stage == stage.key)
        if all(t.state in CLOSED_STATES for t in mine):
            state = "done" if mine else "waiting"
        else:
            state = "waiting" if all(t.state == TaskState.PLANNED for t in mine) else "active"
        views.append(StageView(stage, mine, state))
    return tuple(views)


def _consents(session: Session, case: Case) -> list[Consent]:
    query = select(Consent).where(Consent.case_id == case.id).order_by(col(Consent.recorded_at).desc())
    return list(session.exec(query))


def _history(session: Session, case: Case) -> list[CaseEvent]:
    query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.at).desc())
    return list(session.exec(query))
