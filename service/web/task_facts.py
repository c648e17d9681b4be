"""What the page of a task shows, read in one place."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.procedure import Outcome, Procedure, Stage
from models import (
    CLOSED_STATES,
    Case,
    CaseEvent,
    Group,
    Meeting,
    Membership,
    Person,
    ProcedureVersion,
    Task,
    TaskKind,
    TaskState,
)
from service import clock, procedures
from service.access.actor import Actor, holds_on
from service.access.scope import find_task, may_act, sees_whole
from service.reminders.by_hand import ByHand, last_by_hand, may_remind
from service.web.history import Line, lines
from service.web.page import Me
from service.web.subjects import subject_of


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task with everything around it."""

    task: Task
    case: Case
    subject: str
    group: Group | None
    procedure: Procedure
    stage: Stage
    owner: Person | None
    meeting: Meeting | None
    history: list[Line]
    colleagues: list[Person]
    sees_case: bool
    can: frozenset[str]
    may_remind: bool
    last_reminder: ByHand | None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return the ways in which this task can end; none when a newer version has it no more."""
        return next((rule.outcome for rule in self.procedure.tasks() if rule.key == self.task.key), ())

    @property
    def needs_consent(self) -> bool:
        """Tell whether this can't be done before the parents have consented."""
        return any(rule.needs_consent for rule in self.procedure.tasks() if rule.key == self.task.key)


def task_facts(session: Session, me: Me, task_id: UUID) -> TaskFacts:
    """Read a task that the person may see; raise ``NotFoundError`` otherwise."""
    task = find_task(session, me.actor, task_id)
    case = session.get_one(Case, task.case_id)
    procedure = procedures.of_version(session.get_one(ProcedureVersion, case.version_id))
    events = list(
        session.exec(select(CaseEvent).where(CaseEvent.task_id == task.id).order_by(col(CaseEvent.at).desc()))
    )
    sees = sees_whole(me.actor, case)
    return TaskFacts(
        task=task,
        case=case,
        subject=subject_of(session, case, sees=sees),
        group=session.get(Group, task.group_id or case.group_id) if task.group_id or case.group_id else None,
        procedure=procedure,
        stage=next(stage for stage in procedure.stage if stage.key == task.stage),
        owner=session.get(Person, task.owner_id) if task.owner_id else None,
        meeting=session.exec(select(Meeting).where(Meeting.task_id == task.id)).one_or_none(),
        history=lines(session, me, events, procedure, ()),
        colleagues=_colleagues(session, me.actor) if me.actor.is_manager else [],
        sees_case=sees,
        can=allowed(me.actor, task),
        may_remind=may_remind(me.actor, case, task),
        last_reminder=last_by_hand(session, task),
    )


def allowed(actor: Actor, task: Task) -> frozenset[str]:
    """Return which buttons make sense; the verbs themselves guard again."""
    if task.state in CLOSED_STATES:
        mine = may_act(actor, task) or task.closed_by == actor.person_id
        return frozenset({"reopen"} if mine and task.state != TaskState.CANCELLED else ())
    if not may_act(actor, task):
        return frozenset()
    can: set[str] = set()
    if task.state != TaskState.PLANNED:
        can |= {"complete", "release" if task.owner_id == actor.person_id else "claim"}
    if task.kind != TaskKind.MEETING:
        can.add("reschedule")
    if task.latest_on is None and (not task.required or actor.is_manager):
        can.add("skip")
    if actor.is_manager:
        can.add("assign")
    return frozenset(can)


def _colleagues(session: Session, actor: Actor) -> list[Person]:
    today = clock.today()
    here = select(Membership.person_id).where(
        Membership.school_id == actor.school_id,
        holds_on(col(Membership.valid_from), col(Membership.valid_until), today),
    )
    return list(
        session.exec(select(Person).where(col(Person.id).in_(here), Person.active).order_by(Person.name))
    )
