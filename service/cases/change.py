"""What every change of a task shares: find it, guard it, and move its case on afterwards."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from models import CLOSED_STATES, Case, School, Task
from service.access.actor import Actor
from service.access.scope import find_task, may_act
from service.cases import engine
from service.cases.errors import NotYoursError, ReasonNeededError, StaleError, TaskClosedError
from service.cases.gates import Undone
from service.cases.replan import Replanner


def hold_case(session: Session, case_id: UUID) -> Case:
    """Return a case as it is by now, and keep others from changing it until this transaction ends."""
    query = select(Case).where(Case.id == case_id).with_for_update()
    return session.exec(query, execution_options={"populate_existing": True}).one()


def task_to_change(session: Session, actor: Actor, task_id: UUID, version: int | None = None) -> Task:
    """Return an open task that the actor may act on, as the actor last saw it."""
    task = find_task(session, actor, task_id)
    hold_case(session, task.case_id)
    session.refresh(task)  # someone may have changed it while we waited
    if not may_act(actor, task):
        raise NotYoursError
    if task.state in CLOSED_STATES:
        raise TaskClosedError
    if version is not None and version != task.version:
        raise StaleError
    task.version += 1
    return task


def given(reason: str | None) -> str:
    """Return a reason that says something."""
    text = (reason or "").strip()
    if not text:
        raise ReasonNeededError
    return text


def move_on(
    session: Session, case: Case, at: datetime, actor_id: UUID | None, *, undone: Undone | None = None
) -> None:
    """Date the case again with what just happened, and enter what may begin now.

    What had begun because of something that is ``undone`` now waits again.
    """
    session.flush()
    school = session.get_one(School, case.school_id)
    replanner = Replanner(session, school, case.school_year)
    procedure, tasks = replanner.procedure(case), engine.tasks_of(session, case)
    replanner.redate(case, tasks, at, actor_id)
    if undone:
        engine.step_back(session, case, procedure, tasks, at, undone)
    engine.advance(session, case, procedure, tasks, at)
    session.flush()
