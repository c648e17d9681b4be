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


def decline_counter(meeting: Meeting, attendee: Attendee, sequence: int) -> bytes:
    """Tell who proposed another hour for a version of the meeting that it stays as it is."""
    if sequence > meeting.sequence or attendee.mail not in {known.mail for known in meeting.attendees}:
        raise ValueError(f"nobody could propose that of meeting {meeting.uid}")
    return write(Method.DECLINECOUNTER, [meeting])


def publish(meeting: Meeting) -> bytes:
    """Return the meeting as a file to take over by hand, without who comes."""
    return write(Method.PUBLISH, [replace(meeting, attendees=())])
