"""Where the ladder ends: nothing more is sent, and a conversation waits for the IB'er."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.ladder import add_working_days
from calendars.procedure import Procedure
from calendars.rungs import Remind
from calendars.schoolyear import OutsideCalendarError
from models import CLOSED_STATES, Case, Role, School, Task, TaskState
from service.cases.conversation import PREFIX, conversation_id, is_conversation
from service.cases.history import record
from service.reminders.ladder import STOPPED as RUNG
from service.reminders.ladder import Rung, Scene
from service.reminders.ledger import STOPPED, Ledger

# Of a conversation people hear once, on its day: who has to talk is not chased by mail.
LADDER = (Remind(key="gesprek", school_days=0, step="on"),)
_WITHIN = 3  # own working days of whoever talks


def ladder_of(task: Task, procedure: Procedure) -> tuple[Remind, ...]:
    """Return the reminder ladder of a task of a procedure, or of a conversation about one."""
    return LADDER if is_conversation(task) else procedure.ladder(task.key)


def stop(session: Session, school: School, case: Case, task: Task, scene: Scene, at: datetime) -> Task | None:
    """Put a conversation about a task in its case; return None when there was one already, open or done."""
    identity = conversation_id(task.id)
    if is_conversation(task) or session.get(Task, identity) is not None:
        return None
    role = _role(task, scene)
    talkers = sorted(scene.in_role(role), key=str)
    owner_id = talkers[0] if len(talkers) == 1 else None
    talk = Task(
        id=identity,
        school_id=school.id,
        case_id=case.id,
        key=f"{PREFIX}{task.key}",
        stage=task.stage,
        title=f"Gesprek: {task.title}",
        role=role,
        group_id=task.group_id,
        unit=task.unit,
        owner_id=owner_id,
        required=False,
        state=TaskState.RESERVED if owner_id else TaskState.READY,
        target_on=_due(scene, owner_id),
    )
    session.add(talk)
    record(session, task, "stopped", at=at, actor_id=None)
    record(session, talk, "talk_asked", at=at, actor_id=None, data={"about": str(task.id)})
    return talk


def write_stopped(ledger: Ledger, task: Task, scene: Scene, at: datetime) -> None:
    """Write for everyone whose task it is that nothing more is sent about it."""
    for person_id in scene.owners(task):
        ledger.not_told(Rung(task, person_id, RUNG, scene.today), STOPPED, at)


def drop_needless(session: Session, school_id: UUID, at: datetime) -> int:
    """Withdraw the open conversations about work that is done by now; return how many."""
    open_talks = select(Task).where(
        Task.school_id == school_id,
        col(Task.key).startswith(PREFIX),
        col(Task.state).in_((TaskState.READY, TaskState.RESERVED)),
    )
    dropped = 0
    for talk in session.exec(open_talks).all():
        about = _about(session, talk)
        if about and about.state in CLOSED_STATES:
            data = {"was": talk.state.value}
            talk.state, talk.closed_at, talk.version = TaskState.CANCELLED, at, talk.version + 1
            reason = "is intussen klaar"
            record(session, talk, "cancelled", at=at, actor_id=None, reason=reason, data=data)
            dropped += 1
    return dropped


def _about(session: Session, talk: Task) -> Task | None:
    key = talk.key.removeprefix(PREFIX)
    of_case = select(Task).where(Task.case_id == talk.case_id, Task.key == key, Task.unit == talk.unit)
    return next((t for t in session.exec(of_case) if conversation_id(t.id) == talk.id), None)


def _role(task: Task, scene: Scene) -> str:
    """Return who talks: the IB'er; with an IB'er the director, for nobody talks with herself."""
    ibs = scene.in_role(Role.IB)
    if scene.owners(task) and scene.owners(task) <= ibs and scene.in_role(Role.DIRECTOR):
        return Role.DIRECTOR.value
    return Role.IB.value


def _due(scene: Scene, owner_id: UUID | None) -> date | None:
    try:
        if owner_id:
            return add_working_days(scene.today, _WITHIN, scene.calendar, scene.presence(owner_id))
        return scene.calendar.add_school_days(scene.today, _WITHIN)
    except OutsideCalendarError:
        return None
