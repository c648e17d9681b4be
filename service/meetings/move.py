"""Move a meeting to another hour or place; everyone who was asked gets one update."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models import Attendee, Case, Meeting, MeetingState
from service.access.actor import Actor
from service.access.scope import find_meeting
from service.cases.change import given, move_on, task_to_change
from service.cases.errors import CaseError
from service.cases.history import record
from service.meetings.guests import forget_answer
from service.meetings.hours import require_hour
from service.meetings.proposals import overtake_proposals
from service.meetings.tell import tell
from service.school.pupil_names import refuse_names


def move_meeting(
    session: Session,
    meeting_id: UUID,
    *,
    actor: Actor,
    at: datetime,
    starts_at: datetime,
    minutes: int | None = None,
    location: str | None = None,
    reason: str,
    coming: Collection[UUID] = (),
) -> Meeting:
    """Give a meeting a new start (aware), length in minutes or place; what counts from it moves along.

    ``coming`` are the attendees who asked for this hour themselves.
    """
    meeting = find_meeting(session, actor, meeting_id)
    task = task_to_change(session, actor, meeting.task_id)
    why = given(reason)
    refuse_names(session, meeting.school_id, location or "")
    length = timedelta(minutes=minutes) if minutes else meeting.ends_at - meeting.starts_at
    _guard(session, meeting, starts_at, starts_at + length, at)
    old = meeting.starts_at
    meeting.location = meeting.location if location is None else location.strip()
    give_hour(session, meeting, starts_at, starts_at + length, at, coming)
    data = {"old": old.isoformat(), "new": starts_at.isoformat()}
    record(session, task, "moved", at=at, actor_id=actor.person_id, reason=why, data=data)
    move_on(session, session.get_one(Case, meeting.case_id), at, actor.person_id)
    tell(session, meeting, at, by=actor.person_id)
    return meeting


def give_hour(
    session: Session,
    meeting: Meeting,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
    coming: Collection[UUID] = (),
) -> None:
    """Give a meeting another hour (aware) in a new version of it; the answers to the old hour are void."""
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.sequence += 1
    meeting.modified_at = at
    _ask_again(session, meeting, at, coming)


def clash_of(
    session: Session, meeting: Meeting, starts_at: datetime, ends_at: datetime, but: Iterable[UUID] = ()
) -> Meeting | None:
    """Return another meeting of one of those who are asked, in that hour; ``but`` are looked past."""
    here = col(Attendee.removed).is_(False)
    people = select(Attendee.person_id).where(Attendee.meeting_id == meeting.id, here)
    return session.exec(
        select(Meeting)
        .join(Attendee, col(Attendee.meeting_id) == Meeting.id)
        .where(
            col(Attendee.person_id).in_(people),
            here,
            col(Meeting.id).not_in([meeting.id, *but]),
            Meeting.school_id == meeting.school_id,
            Meeting.state != MeetingState.CANCELLED,
            Meeting.starts_at < ends_at,
            Meeting.ends_at > starts_at,
        )
    ).first()


def _guard(session: Session, meeting: Meeting, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise CaseError("Dit overleg is afgezegd.")
    require_hour(starts_at, ends_at, at)
    clash = clash_of(session, meeting, starts_at, ends_at)
    if clash:
        raise CaseError(f"Op dat moment is er al: {clash.title}.")


def _ask_again(session: Session, meeting: Meeting, at: datetime, coming: Collection[UUID]) -> None:
    """Forget the answers to the old hour, and the other hours that were proposed instead of it."""
    for attendee in session.exec(select(Attendee).where(Attendee.meeting_id == meeting.id)):
        if not attendee.chair or attendee.partstat != "ACCEPTED":
            forget_answer(attendee)
        if attendee.id in coming:
            attendee.partstat, attendee.answered_at = "ACCEPTED", at
    overtake_proposals(session, meeting, at)
