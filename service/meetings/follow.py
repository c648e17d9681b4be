"""Keep who is asked to a meeting right when a group's teacher or the chair changes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from calendars.people import People
from models import Attendee, Meeting
from service.meetings.attendees import attendees_of


def follow_people(
    session: Session, meeting: Meeting, people: People, group: UUID | None, chair: str, at: datetime
) -> None:
    """Ask who belongs at a meeting now, and take off who doesn't; a removal raises its sequence."""
    wanted = attendees_of(people, meeting, group, chair)
    known = {a.person_id: a for a in session.exec(select(Attendee).where(Attendee.meeting_id == meeting.id))}
    for person_id, leads in wanted.items():
        attendee = known.get(person_id)
        if attendee is None:
            session.add(_asked(meeting, person_id, leads=leads))
        elif attendee.removed:
            attendee.removed = False
    gone = [a for id_, a in known.items() if id_ not in wanted and not a.removed]
    for attendee in gone:
        attendee.removed = True
    if gone:
        meeting.sequence += 1
        meeting.modified_at = at
    session.flush()


def _asked(meeting: Meeting, person_id: UUID, *, leads: bool) -> Attendee:
    partstat = "ACCEPTED" if leads else "NEEDS-ACTION"
    return Attendee(meeting_id=meeting.id, person_id=person_id, chair=leads, partstat=partstat)
