"""Keep who is asked to a meeting right when a group's teacher or the chair changes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.people import People
from models import Attendee, Meeting, Message, MessageState
from service.meetings.attendees import attendees_of


def follow_people(
    session: Session, meeting: Meeting, people: People, group: UUID | None, chair: str, at: datetime
) -> None:
    """Ask who belongs at a meeting now, and take off who doesn't; a removal raises its sequence.

    For who stays nothing changed, so they hear nothing of it.
    """
    wanted = attendees_of(people, meeting, group, chair)
    known = {a.person_id: a for a in session.exec(select(Attendee).where(Attendee.meeting_id == meeting.id))}
    for person_id, leads in wanted.items():
        attendee = known.get(person_id)
        if attendee is None:
            session.add(_asked(meeting, person_id, leads=leads))
        else:
            attendee.removed, attendee.chair = False, leads
    gone = [a for id_, a in known.items() if id_ not in wanted and not a.removed]
    for attendee in gone:
        attendee.removed = True
    if gone:
        _raise_sequence(session, meeting, [a for id_, a in known.items() if id_ in wanted], at)
    session.flush()


def _raise_sequence(session: Session, meeting: Meeting, staying: list[Attendee], at: datetime) -> None:
    """Begin a new version of a meeting that is old news for who has the last one."""
    waiting = select(Message.person_id).where(
        Message.meeting_id == meeting.id, col(Message.state).in_((MessageState.READY, MessageState.LEASED))
    )
    unsent = set(session.exec(waiting))  # delivery lays aside the invitation to an earlier version
    meeting.sequence += 1
    meeting.modified_at = at
    for attendee in staying:
        if attendee.person_id in unsent:
            attendee.invited_sequence = None
        elif attendee.invited_sequence == meeting.sequence - 1:
            attendee.invited_sequence = meeting.sequence


def _asked(meeting: Meeting, person_id: UUID, *, leads: bool) -> Attendee:
    partstat = "ACCEPTED" if leads else "NEEDS-ACTION"
    return Attendee(meeting_id=meeting.id, person_id=person_id, chair=leads, partstat=partstat)
