"""What the tests of the re-plan share: a re-plan of De Wilgenhof's year, and looking at all that is kept."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from models import CLOSED_STATES, Case, Meeting, MeetingState, Replan, Task
from service.cases.sweep import sweep
from service.procedures import RHYTHMS
from service.replan.apply import apply_change
from service.replan.changes import Change, ClosureAdded
from service.replan.preview import Preview, preview_change
from service.replan.shifts import Shift
from service.replan.undo import Undone, undo_replan
from tests.cast import YEAR, Cast, moment

NOW = moment("2027-01-11", 8)  # the Monday after the Christmas holiday
FREE = ClosureAdded(name="Studiedag", first_day=date(2027, 3, 24), last_day=date(2027, 3, 24))


def preview(cast: Cast, change: Change, at: datetime = NOW) -> Preview:
    return preview_change(cast.session, cast.school, YEAR, change, actor_id=cast.id("ineke"), at=at)


def apply(cast: Cast, change: Change, at: datetime = NOW, expected: str | None = None) -> Replan:
    who = cast.id("ineke")
    return apply_change(cast.session, cast.school, YEAR, change, actor_id=who, at=at, expected=expected)


def undo(cast: Cast, replan: Replan, at: datetime = NOW) -> Undone:
    return undo_replan(cast.session, cast.school, replan.id, actor_id=cast.id("dirk"), at=at)


def night(cast: Cast, at: datetime = NOW) -> dict[str, int]:
    """Let all rhythms make their round; return how many dates moved and how many were told."""
    rounds = [sweep(cast.session, procedure, at, cast.school.id) for procedure in RHYTHMS]
    return {what: sum(each[what] for each in rounds) for what in ("redated", "told", "entered")}


def rows(session: Session) -> dict[str, list[Any]]:
    """Return every row of every table."""
    session.flush()
    return {
        table.name: sorted(repr(tuple(row)) for row in session.connection().execute(table.select()))
        for table in SQLModel.metadata.sorted_tables
    }


def standing(session: Session, school_id: UUID) -> dict[str, tuple[Any, ...]]:
    """Return the days, hour and owner of everything that is still to be done."""
    session.flush()
    hours = {
        m.task_id: (m.starts_at, m.ends_at)
        for m in session.exec(select(Meeting).where(Meeting.state != MeetingState.CANCELLED))
    }
    work = (
        select(Task, Case)
        .join(Case, col(Case.id) == Task.case_id)
        .where(Task.school_id == school_id, col(Task.state).not_in(CLOSED_STATES))
    )
    return {
        f"{case.key} {task.key} {task.group_id} {task.unit} {task.id}": (
            task.starts_on,
            task.target_on,
            task.latest_on,
            task.owner_id,
            task.pinned,
            case.opens_on,
            hours.get(task.id),
        )
        for task, case in session.exec(work)
    }


def of(shifts: Iterable[Shift], title: str) -> list[Shift]:
    return [shift for shift in shifts if shift.title.startswith(title)]
