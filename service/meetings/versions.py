"""A new version of a meeting: for everyone, or only for those who are taken off it."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from models import Meeting
from service.meetings.guests import Guest
from service.meetings.heard import heard


def raise_version(meeting: Meeting, at: datetime) -> None:
    """Begin a new version, of which everyone hears."""
    meeting.sequence += 1
    meeting.modified_at = at


def raise_in_silence(session: Session, meeting: Meeting, staying: Iterable[Guest], at: datetime) -> None:
    """Begin a new version that is old news for who stays and has the last one.

    Delivery lays aside what waits of an earlier version, so who still waits for a mail gets it anew;
    so does who has one under way, that may yet come back.
    """
    last = meeting.sequence
    raise_version(meeting, at)
    for guest in staying:
        if not heard(session, meeting, guest).is_certain:
            guest.attendee.invited_sequence = None
        elif guest.attendee.invited_sequence == last:
            guest.attendee.invited_sequence = meeting.sequence
