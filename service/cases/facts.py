"""What has really happened in a school's year, in the planner's own shapes."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from calendars.people import Facts, MeetingFact, Overrides
from models import Case, Meeting, Task, TaskState
from service.clock import local


def facts_of(session: Session, school_id: UUID, label: str, case_id: UUID | None = None) -> Facts:
    """Return the closing days of tasks and the hours of meetings, of a year or of one case.

    A meeting that was called off keeps its hour, so that what counts from its day stays where it is.
    """
    tasks = select(Task.id, Task.closed_at).where(
        _within(school_id, label, case_id), Task.state == TaskState.COMPLETED
    )
    closed = {id_: local(at).date() for id_, at in session.exec(tasks) if at}
    meetings = select(Meeting).where(Meeting.school_id == school_id)
    if case_id:
        meetings = meetings.where(Meeting.case_id == case_id)
    hours = {m.task_id: MeetingFact(m.starts_at, m.ends_at) for m in session.exec(meetings)}
    return Facts(closed, hours)


def overrides_of(session: Session, school_id: UUID, label: str, case_id: UUID | None = None) -> Overrides:
    """Return the days that people pinned."""
    pinned = select(Task.id, col(Task.target_on)).where(
        _within(school_id, label, case_id), col(Task.pinned).is_(True)
    )
    pins: dict[UUID, tuple[date, str]] = {
        id_: (day, "met de hand verzet") for id_, day in session.exec(pinned) if day
    }
    return Overrides(pins=pins)


def _within(school_id: UUID, label: str, case_id: UUID | None) -> ColumnElement[bool]:
    if case_id:
        return col(Task.case_id) == case_id
    cases = select(Case.id).where(Case.school_id == school_id, Case.school_year == label)
    return col(Task.case_id).in_(cases)


def mailbox_domain(mailbox: str) -> str:
    """Return the domain of a school's mailbox."""
    return mailbox.rpartition("@")[2]
