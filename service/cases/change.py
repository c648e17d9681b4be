"""What every change of a task shares: find it, guard it, and move its case on afterwards."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import CLOSED_STATES, Case, School, Task
from service.access.actor import Actor
from service.access.scope import find_task, may_act
from service.cases import engine
from service.cases.errors import NotYoursError, ReasonNeededError, StaleError, TaskClosedError
from service.cases.replan import Replanner


def task_to_change(session: Session, actor: Actor, task_id: UUID, version: int | None = None) -> Task:
    """Return an open task that the actor may act on, as the actor last saw it."""
    task = find_task(session, actor, task_id)
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


def move_on(session: Session, case: Case, at: datetime, actor_id: UUID | None) -> None:
    """Date the case again with what just happened, and enter what may begin now."""
    session.flush()
    school = session.get_one(School, case.school_id)
    replanner = Replanner(session, school, case.school_year)
    tasks = engine.tasks_of(session, case)
    replanner.redate(case, tasks, at, actor_id)
    engine.advance(session, case, replanner.procedure(case), tasks, at)
    session.flush()
