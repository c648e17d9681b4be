"""What stands in a calendar, in words that no calendar library owns.

Titles and texts come from the caller and name no pupil.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*")
_ADDRESS_LENGTH = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A name with a plain mail address (RFC 5321 dot-string)."""

    name: str
    mail: str

    def __post_init__(self) -> None:
        if len(self.mail) > _ADDRESS_LENGTH or not _ADDRESS.fullmatch(self.mail):
            raise ValueError(f"not a mail address: {self.mail!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee(Mailbox):
    """Someone who is invited, and what we know of the answer (RFC 5545 §3.2.12, §3.2.16)."""

    role: str = "REQ-PARTICIPANT"
    partstat: str = "NEEDS-ACTION"
    rsvp: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting between two instants; its organizer is our own mailbox, never an attendee.

    ``sequence`` rises when time, place or status changes; ``modified_at`` with every change.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    title: str
    organizer: Mailbox
    modified_at: datetime
    description: str = ""
    location: str = ""
    url: str = ""
    attendees: tuple[Attendee, ...] = ()
    cancelled: bool = False

    def __post_init__(self) -> None:
        _require_zones(self.starts_at, self.ends_at, self.modified_at)
        if self.ends_at <= self.starts_at:
            raise ValueError(f"meeting {self.uid} ends before it starts")
        addresses = [person.mail.casefold() for person in (self.organizer, *self.attendees)]
        if len(set(addresses)) < len(addresses):
            raise ValueError(f"meeting {self.uid} names one mailbox twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEntry:
    """A deadline or a period of whole days, ``last_day`` included; it blocks nobody's time."""

    uid: str
    sequence: int
    first_day: date
    last_day: date
    title: str
    modified_at: datetime
    description: str = ""
    url: str = ""
    cancelled: bool = False

    def __post_init__(self) -> None:
        _require_zones(self.modified_at)
        if isinstance(self.first_day, datetime) or isinstance(self.last_day, datetime):
            raise TypeError(f"entry {self.uid} wants days, not instants")
        if self.last_day < self.first_day:
            raise ValueError(f"entry {self.uid} ends before it starts")


Entry = Meeting | DayEntry


def _require_zones(*moments: datetime) -> None:
    """Refuse a time without a zone: a calendar would take it for anybody's local time."""
    if any(moment.utcoffset() is None for moment in moments):
        raise ValueError("a calendar wants times with a zone")
