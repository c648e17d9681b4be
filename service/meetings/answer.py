"""Take an answer to an invitation, by mail or on the page; an older one than we have changes nothing."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session

from models import Attendee, Meeting, MeetingState, Person, Task
from service.cases.history import record
from service.meetings.guests import Guest
from service.meetings.heard import held_version

ANSWERS = ("ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED")  # RFC 5545 §3.2.12
_COMMENT = 1000  # characters


def answer(
    session: Session,
    attendee: Attendee,
    partstat: str,
    *,
    at: datetime,
    via: Literal["mail", "page"],
    comment: str = "",
    sequence: int | None = None,
    stamp: datetime | None = None,
    delegated_to: str | None = None,
) -> bool:
    """Keep an answer and return True; False when it is stale or says the same again.

    ``sequence`` and ``stamp`` (DTSTAMP) are those of a reply by mail; without them it answers what holds now.
    """
    meeting = session.get_one(Meeting, attendee.meeting_id)
    partstat = partstat.upper()
    if partstat not in ANSWERS or attendee.removed or meeting.state == MeetingState.CANCELLED:
        return False
    version = _version(session, meeting, attendee, sequence, min(stamp or at, at))
    if version is None:
        return False
    said = comment.strip()[:_COMMENT] or None
    to = delegated_to if partstat == "DELEGATED" else None
    same = (attendee.partstat, attendee.comment, attendee.delegated_to) == (partstat, said, to)
    attendee.reply_sequence, attendee.reply_stamp = version
    session.add(attendee)
    if same and attendee.answered_at:
        return False
    attendee.partstat, attendee.comment, attendee.delegated_to = partstat, said, to
    attendee.answered_at, attendee.answered_via = at, via
    _note(session, meeting, attendee, at)
    session.flush()
    return True


def _version(
    session: Session, meeting: Meeting, attendee: Attendee, sequence: int | None, stamp: datetime
) -> tuple[int, datetime] | None:
    """Return which version was answered and when; nothing when that is older than what we know."""
    person = session.get(Person, attendee.person_id) if attendee.person_id else None
    holds = held_version(session, meeting, Guest(attendee, person))
    version = max(holds, meeting.sequence) if sequence is None else min(sequence, meeting.sequence)
    if sequence is not None and sequence < holds:
        return None
    if attendee.reply_sequence is not None and attendee.reply_stamp is not None:
        last = attendee.reply_sequence, attendee.reply_stamp
        if sequence is not None and (version, stamp) <= last:
            return None
    return version, stamp


def _note(session: Session, meeting: Meeting, attendee: Attendee, at: datetime) -> None:
    """Write the answer in the history; what they said with it stays with the meeting."""
    task = session.get_one(Task, meeting.task_id)
    data = {"attendee": str(attendee.id), "partstat": attendee.partstat, "via": attendee.answered_via}
    verb = "answered" if attendee.person_id else "answered_outside"
    record(session, task, verb, at=at, actor_id=attendee.person_id, data=data)
