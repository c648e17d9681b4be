"""A calendar to subscribe to: bytes that change only when the entries do."""

import re
from collections.abc import Iterable
from dataclasses import replace

from calendars.entries import DayEntry, Entry, Mailbox
from calendars.ics_writer import Method, write

# A line and what it is folded into (RFC 5545 §3.1).
_OF_MESSAGES = re.compile(rb"^(?:METHOD|ORGANIZER)[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", re.MULTILINE)
# RFC 5546 §3.2.1 wants an organizer in every published entry, also in a deadline that has none.
NOBODY = Mailbox(name="Jaarritme", mail="niet-antwoorden@jaarritme.invalid")


def feed(name: str, entries: Iterable[Entry], publisher: Mailbox = NOBODY) -> bytes:
    """Return the subscription called ``name``, without who else is invited."""
    return write(Method.PUBLISH, [_alone(entry) for entry in entries], publisher=publisher, name=name)


def _alone(entry: Entry) -> Entry:
    return entry if isinstance(entry, DayEntry) else replace(entry, attendees=())


def single(entry: Entry) -> bytes:
    """Return one entry as it stands on a calendar server: a thing of its owner, not a message.

    There METHOD is forbidden (RFC 4791 §4.1), and an organizer would make the server send invitations.
    """
    return _OF_MESSAGES.sub(b"", write(Method.PUBLISH, [_alone(entry)], publisher=NOBODY))
