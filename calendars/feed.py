"""A calendar to subscribe to: bytes that change only when the entries do."""

from collections.abc import Iterable
from dataclasses import replace

from calendars.entries import DayEntry, Entry, Mailbox
from calendars.ics_writer import Method, write

# RFC 5546 §3.2.1 wants an organizer in every published entry, also in a deadline that has none.
NOBODY = Mailbox(name="Jaarritme", mail="niet-antwoorden@jaarritme.invalid")


def feed(name: str, entries: Iterable[Entry], publisher: Mailbox = NOBODY) -> bytes:
    """Return the subscription called ``name``, without who else is invited."""
    return write(Method.PUBLISH, [_alone(entry) for entry in entries], publisher=publisher, name=name)


def _alone(entry: Entry) -> Entry:
    return entry if isinstance(entry, DayEntry) else replace(entry, attendees=())
