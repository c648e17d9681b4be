"""Tell somebody again of the meetings to come, after mail could not reach them or their address changed."""

from datetime import datetime

from sqlmodel import Session, col, select

from models import Attendee, Meeting, Person
from service.meetings.guests import Guest
from service.meetings.heard import Heard, heard
from service.meetings.tell import is_off, tell


def tell_again(session: Session, person: Person, at: datetime) -> int:
    """Post what a person's calendar does not show of meetings to come, at any school; return of how many.

    Who never was written to of a meeting, because she leads it or planned it, isn't written to now.
    """
    session.flush()
    asked = (
        select(Meeting, Attendee)
        .join(Attendee, col(Attendee.meeting_id) == Meeting.id)
        .where(Attendee.person_id == person.id, Meeting.ends_at > at)
        .order_by(col(Meeting.starts_at), col(Meeting.id))
    )
    return sum(_tell(session, meeting, Guest(row, person), at) for meeting, row in session.exec(asked).all())


def _tell(session: Session, meeting: Meeting, guest: Guest, at: datetime) -> bool:
    known, off = heard(session, meeting, guest), is_off(meeting, guest)
    if not known.known or _is_right(meeting, known, off=off):
        return False
    guest.attendee.invited_sequence = meeting.sequence if off else None  # so that what is true now is news
    session.add(guest.attendee)
    return tell(session, meeting, at) > 0


def _is_right(meeting: Meeting, known: Heard, *, off: bool) -> bool:
    """Tell whether a calendar shows what is true, or will when what waits has come."""
    if known.waiting:
        return known.waiting[-1].to_address == known.mail
    if off:
        return not known.has_it
    return known.has_it and not known.came_back and known.left[-1].sequence == meeting.sequence
