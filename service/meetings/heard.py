"""What somebody has heard of a meeting by mail: what left the house, and what still waits to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from models import Attendee, Meeting, Message, MessageState
from service.meetings.guests import Guest

OVERTAKEN = "Er is een nieuwere versie van deze afspraak."
_KINDS = ("invitation", "cancellation")
_LEFT = frozenset({MessageState.SENT, MessageState.LEASED, MessageState.BOUNCED})
# Of what a calendar shows of a meeting these say nothing: its version, and who else comes (RFC 5545 §3.1).
_BESIDE = re.compile(
    r"^(?:SEQUENCE|DTSTAMP|LAST-MODIFIED|ATTENDEE)[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", re.MULTILINE
)
_START = re.compile(r"^DTSTART:(\d{8}T\d{6}Z)\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Heard:
    """The mails to one guest about one meeting, oldest first; some may have left without our knowing.

    ``mail`` is the address at which they are written to now.
    """

    mail: str
    left: Sequence[Message]
    waiting: Sequence[Message]
    known: bool
    in_doubt: bool

    @property
    def has_it(self) -> bool:
        """Tell whether the meeting stands in their calendar because of a mail of ours."""
        told = [m for m in self.left if m.kind == "invitation" or m.state != MessageState.BOUNCED]
        return bool(told) and told[-1].kind == "invitation"

    @property
    def came_back(self) -> bool:
        """Tell whether the last mail was given back, or went to an address that they no longer have."""
        last = self.left[-1] if self.left else None
        return last is not None and (last.state == MessageState.BOUNCED or last.to_address != self.mail)

    @property
    def is_certain(self) -> bool:
        """Tell whether nothing waits or is under way, so that what they know is sure."""
        return not self.waiting and not any(m.state == MessageState.LEASED for m in self.left)

    @property
    def starts_at(self) -> datetime | None:
        """Return the start in the last invitation that left."""
        invitations = [m for m in self.left if m.kind == "invitation" and m.calendar]
        found = _START.search(invitations[-1].calendar or "") if invitations else None
        return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None

    @property
    def sequence(self) -> int | None:
        """Return the newest version that was written to them, on its way or there."""
        written = [m.sequence for m in (*self.left, *self.waiting) if m.sequence is not None]
        return max(written, default=None)

    def shows(self, calendar: str) -> bool:
        """Tell whether their calendar surely shows a meeting as ``calendar`` does."""
        if self.in_doubt or not self.has_it or self.came_back or self.left[-1].state != MessageState.SENT:
            return False
        return _BESIDE.sub("", self.left[-1].calendar or "") == _BESIDE.sub("", calendar)

    def overtake(self) -> None:
        """Lay aside what still waits: something newer takes its place."""
        for message in self.waiting:
            message.state, message.last_error = MessageState.SUPPRESSED, OVERTAKEN


def heard(session: Session, meeting: Meeting, guest: Guest, *, hold: bool = False) -> Heard:
    """Return what a guest heard of a meeting; with ``hold``, delivery takes none of it meanwhile."""
    query = select(Message).where(Message.meeting_id == meeting.id, col(Message.kind).in_(_KINDS))
    if guest.person:
        query = query.where(Message.person_id == guest.person.id)
    else:
        query = query.where(col(Message.person_id).is_(None), Message.to_address == guest.mail)
    query = query.where(col(Message.channel_id).is_(None)).order_by(
        col(Message.made_at), col(Message.sequence)
    )
    found = session.exec(
        query.with_for_update() if hold else query, execution_options=_fresh(hold=hold)
    ).all()
    return Heard(
        mail=guest.mail,
        left=[m for m in found if m.state in _LEFT],
        waiting=[m for m in found if m.state == MessageState.READY],
        known=bool(found),
        in_doubt=any(m.fence for m in found if m.state not in _LEFT),  # delivery had it
    )


def _fresh(*, hold: bool) -> dict[str, bool]:
    return {"populate_existing": True} if hold else {}


def held_version(session: Session, meeting: Meeting, guest: Guest) -> int:
    """Return the version of a meeting that a guest was last written about."""
    written = heard(session, meeting, guest).sequence
    return (guest.attendee.invited_sequence or 0) if written is None else written


def answers(attendees: Iterable[Attendee]) -> dict[str, int]:
    """Count the answers of who is asked and does not chair, by PARTSTAT."""
    counted: dict[str, int] = {}
    for attendee in attendees:
        if not attendee.chair and not attendee.removed:
            counted[attendee.partstat] = counted.get(attendee.partstat, 0) + 1
    return counted
