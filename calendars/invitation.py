"""The calendar part of an invitation by mail (iTIP, RFC 5546): one meeting in each message."""

from collections.abc import Iterable
from dataclasses import replace

from calendars.entries import Attendee, Meeting
from calendars.ics_writer import Method, write


def request(meeting: Meeting) -> bytes:
    """Invite, or tell of a change: the same UID with a higher sequence."""
    if meeting.cancelled or not meeting.attendees:
        raise ValueError(f"meeting {meeting.uid} is off or invites nobody")
    return write(Method.REQUEST, [meeting])


def cancel(meeting: Meeting, attendees: Iterable[Attendee] | None = None) -> bytes:
    """Call the meeting off; with ``attendees``, take only those off a meeting that stays."""
    called_off = attendees is None or meeting.cancelled
    receivers = meeting.attendees if attendees is None else tuple(attendees)
    if not receivers:
        raise ValueError(f"nobody to tell that meeting {meeting.uid} is off")
    silent = tuple(replace(receiver, rsvp=False) for receiver in receivers)
    return write(Method.CANCEL, [replace(meeting, attendees=silent, cancelled=called_off)])
