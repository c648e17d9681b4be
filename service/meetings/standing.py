"""Call meetings off, or bring them back, when the work that they belong to ends or goes on."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import Meeting, MeetingState, Task
from service.meetings.proposals import overtake_proposals
from service.meetings.tell import tell


def cancel_meeting(session: Session, meeting: Meeting, at: datetime, by: UUID | None = None) -> None:
    """Call a meeting off; everyone who was asked gets one cancellation, who did it herself excepted."""
    overtake_proposals(session, meeting, at)
    _change(session, meeting, MeetingState.CANCELLED, at, by)


def cancel_meetings_of(session: Session, tasks: Iterable[Task], at: datetime) -> list[Meeting]:
    """Call off what is still to come of tasks that end without their meeting; return those meetings."""
    ids = [task.id for task in tasks]
    coming = _meetings(session, ids, Meeting.state != MeetingState.CANCELLED, Meeting.ends_at > at)
    for meeting in coming:
        cancel_meeting(session, meeting, at)
    return coming


def restore_meeting_of(session: Session, task: Task, at: datetime) -> None:
    """Bring back the meeting of a task that is open again; who was asked is asked again.

    One whose hour has gone by waits for a new hour.
    """
    for meeting in _meetings(session, [task.id], Meeting.state == MeetingState.CANCELLED):
        _change(session, meeting, MeetingState.CONFIRMED, at)


def _meetings(session: Session, tasks: list[UUID], *which: bool) -> list[Meeting]:
    if not tasks:
        return []
    return list(session.exec(select(Meeting).where(col(Meeting.task_id).in_(tasks), *which)))


def _change(
    session: Session, meeting: Meeting, state: MeetingState, at: datetime, by: UUID | None = None
) -> None:
    meeting.state = state
    meeting.sequence += 1
    meeting.modified_at = at
    session.flush()
    tell(session, meeting, at, by=by)
