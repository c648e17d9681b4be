"""Write iCalendar (RFC 5545) with ``ics``: the only module that knows that library.

Version 0.7.3 by itself puts METHOD behind the events, does not fold, moves whole days by the time
zone, and escapes names and addresses the wrong way. The serializers below put that right.
``ics`` sorts its serializers by name, calls them without ``self``, and skips those that are None.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from enum import StrEnum
from urllib.parse import quote

import ics
from ics.grammar.parse import Container, ContentLine
from ics.serializers.event_serializer import EventSerializer
from ics.serializers.icalendar_serializer import CalendarSerializer

from calendars.entries import Attendee, DayEntry, Entry, Mailbox, Meeting

PRODUCT = "-//Jaarritme//Jaarritme//NL"
ZONE = "Europe/Amsterdam"
REFRESH = "PT1H"
LINE_OCTETS = 75  # RFC 5545 §3.1, without the line break

_LINE_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # what str.splitlines splits
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_UID = re.compile(r"[A-Za-z0-9._@+-]{1,255}")
_URL = re.compile(r"https?://[!-~]{1,2000}")
_PARAMETER = re.compile(r"[A-Z-]{1,40}")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_CARETS = str.maketrans({"^": "^^", '"': "^'", "\n": "^n"})  # RFC 6868


class Method(StrEnum):
    """What the receiver is asked to do with the calendar (RFC 5546)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    DECLINECOUNTER = "DECLINECOUNTER"


def write(
    method: Method, entries: Iterable[Entry], *, publisher: Mailbox | None = None, name: str = ""
) -> bytes:
    """Return the calendar's bytes: a pure function of its arguments, entries in order of time.

    ``publisher`` is the organizer of whole days; ``name`` makes it a calendar to subscribe to.
    """
    ordered = sorted(entries, key=_moment)
    if len({entry.uid for entry in ordered}) < len(ordered):
        raise ValueError("two entries of one calendar share a UID")
    calendar = _Calendar(creator=PRODUCT)
    calendar.method, calendar.shown_as = method.value, name
    calendar.events = [
        _bare(entry) if method is Method.DECLINECOUNTER else _event(entry, method, publisher)
        for entry in ordered
    ]
    lines = calendar.serialize().split("\r\n")
    return b"".join(_folded(line) for line in lines)


def _moment(entry: Entry) -> tuple[str, str]:
    if isinstance(entry, DayEntry):
        return f"{entry.first_day:%Y%m%d}", entry.uid
    return f"{entry.starts_at.astimezone(UTC):%Y%m%dT%H%M%S}", entry.uid


def _event(entry: Entry, method: Method, publisher: Mailbox | None) -> "_Event":
    event = _Event(
        uid=_require(_UID, entry.uid, "UID"),
        created=entry.modified_at,  # ics writes `created` as DTSTAMP; the clock would break ETags
        last_modified=entry.modified_at,
        name=_title(entry),
        description=plain(entry.description),
        status=_status(entry, method),
        classification="PRIVATE",
        transparent=isinstance(entry, DayEntry),
    )
    event.sequence = entry.sequence
    event.link = _require(_URL, entry.url, "URL") if entry.url else ""
    event.host = publisher
    if isinstance(entry, DayEntry):
        event.days = (entry.first_day, entry.last_day + timedelta(days=1))
    else:
        _add_meeting(event, entry)
    return event


def _bare(entry: Entry) -> "_Event":
    """Say which meeting it is about and no more: all else is forbidden here (RFC 5546 §3.2.8)."""
    event = _Event(uid=_require(_UID, entry.uid, "UID"), created=entry.modified_at)
    event.sequence, event.link = None, ""
    event.host = entry.organizer if isinstance(entry, Meeting) else None
    return event


def _add_meeting(event: "_Event", meeting: Meeting) -> None:
    event.begin = meeting.starts_at
    event.end = meeting.ends_at
    event.location = plain(meeting.location)
    event.host, event.guests = meeting.organizer, meeting.attendees


def _title(entry: Entry) -> str:
    """Refuse an entry that would show as nothing; RFC 5546 §3.2 wants a SUMMARY."""
    title = plain(entry.title)
    if not title:
        raise ValueError(f"entry {entry.uid} has no title")
    return title


def _status(entry: Entry, method: Method) -> str | None:
    """Say nothing of the meeting itself to those who are only taken off it (RFC 5546 §3.2.5)."""
    if entry.cancelled:
        return "CANCELLED"
    return None if method is Method.CANCEL else "CONFIRMED"


class _CalendarSerializer(CalendarSerializer):  # type: ignore[misc] # ics has no types
    serialize_method = None

    # The numbers place METHOD and what follows between PRODID and the events.
    def serialize_2scale(calendar: "_Calendar", lines: Container) -> None:  # noqa: N805 -- see the module
        lines.append(ContentLine("CALSCALE", {}, "GREGORIAN"))
        lines.append(ContentLine("METHOD", {}, calendar.method))

    def serialize_3name(calendar: "_Calendar", lines: Container) -> None:  # noqa: N805 -- see the module
        if not calendar.shown_as:
            return
        shown_as = plain(calendar.shown_as).translate(_ESCAPES)
        lines.append(ContentLine("NAME", {}, shown_as))
        lines.append(ContentLine("X-WR-CALNAME", {}, shown_as))
        lines.append(ContentLine("X-WR-TIMEZONE", {}, ZONE))
        lines.append(ContentLine("REFRESH-INTERVAL", {"VALUE": ["DURATION"]}, REFRESH))
        lines.append(ContentLine("X-PUBLISHED-TTL", {}, REFRESH))


class _Calendar(ics.Calendar):  # type: ignore[misc] # ics has no types
    shown_as: str

    class Meta:
        name = "VCALENDAR"
        parser = ics.Calendar.Meta.parser
        serializer = _CalendarSerializer


class _EventSerializer(EventSerializer):  # type: ignore[misc] # ics has no types
    serialize_all_day = serialize_attendee = serialize_organizer = serialize_url = None

    def serialize_days(event: "_Event", lines: Container) -> None:  # noqa: N805 -- see the module
        if event.days:
            for name, day in zip(("DTSTART", "DTEND"), event.days, strict=True):
                lines.append(ContentLine(name, {"VALUE": ["DATE"]}, f"{day:%Y%m%d}"))

    def serialize_link(event: "_Event", lines: Container) -> None:  # noqa: N805 -- see the module
        if event.link:
            lines.append(ContentLine("URL", {}, event.link))

    def serialize_people(event: "_Event", lines: Container) -> None:  # noqa: N805 -- see the module
        if event.host:
            lines.append(_person("ORGANIZER", event.host, {}))
        for guest in sorted(event.guests, key=lambda guest: guest.mail):
            lines.append(_person("ATTENDEE", guest, _participation(guest)))

    def serialize_sequence(event: "_Event", lines: Container) -> None:  # noqa: N805 -- see the module
        if event.sequence is not None:
            lines.append(ContentLine("SEQUENCE", {}, f"{event.sequence:d}"))


class _Event(ics.Event):  # type: ignore[misc] # ics has no types
    sequence: int | None
    link: str
    host: Mailbox | None
    guests: tuple[Attendee, ...] = ()
    days: tuple[date, date] | None = None

    class Meta:
        name = "VEVENT"
        parser = ics.Event.Meta.parser
        serializer = _EventSerializer


def _participation(guest: Attendee) -> dict[str, list[str]]:
    parameters = {
        "CUTYPE": ["INDIVIDUAL"],
        "ROLE": [_require(_PARAMETER, guest.role, "ROLE")],
        "PARTSTAT": [_require(_PARAMETER, guest.partstat, "PARTSTAT")],
    }
    return {**parameters, "RSVP": ["TRUE"]} if guest.rsvp else parameters


def _person(kind: str, person: Mailbox, parameters: dict[str, list[str]]) -> ContentLine:
    name = (plain(person.name) or person.mail).translate(_CARETS)
    address = quote(person.mail, safe="@!$&'*+-./=_~")  # RFC 6068
    return ContentLine(kind, {**parameters, "CN": [f'"{name}"']}, f"mailto:{address}")


def plain(text: str) -> str:
    """Return ``text`` with every line break as LF and nothing that a calendar may not hold."""
    printable = _UNPRINTABLE.sub("", _LINE_BREAKS.sub("\n", text))
    writable = printable.encode("utf-8", "replace").decode("utf-8")
    return writable if writable.strip() else ""


def _require(pattern: re.Pattern[str], value: str, name: str) -> str:
    """Refuse a value that could end its own line."""
    if not pattern.fullmatch(value):
        raise ValueError(f"not a safe {name}: {value!r}")
    return value


def _folded(line: str) -> bytes:
    """Return the line in pieces of at most 75 octets, no character broken (RFC 5545 §3.1)."""
    octets, pieces, room = line.encode(), [], LINE_OCTETS
    while len(octets) > room:
        cut = room
        while octets[cut] & 0xC0 == 0x80:  # noqa: PLR2004 -- a continuation octet of UTF-8
            cut -= 1
        pieces.append(octets[:cut])
        octets, room = octets[cut:], LINE_OCTETS - 1  # the next piece starts with a space
    return b"\r\n ".join([*pieces, octets]) + b"\r\n"
