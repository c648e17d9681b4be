"""What a calendar says, as icalendar (which is not ours) reads it, in the shape that judge.mjs prints."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from icalendar import Calendar
from icalendar.prop import vCalAddress


def understood(data: bytes) -> dict[str, Any]:
    """Return the method and the events of one calendar, in the order in which they stand there."""
    calendar = Calendar.from_ical(data)
    events = [part for part in calendar.subcomponents if part.name == "VEVENT"]
    return {"method": str(calendar.get("METHOD", "")), "events": [_event(event) for event in events]}


def complaints(data: bytes) -> list[str]:
    """Return what icalendar could not make sense of, and the lines that break the rules for bytes."""
    calendar = Calendar.from_ical(data)
    errors = [str(error) for part in calendar.walk() for error in part.errors]
    return errors + _of_bytes(data)


def _of_bytes(data: bytes) -> list[str]:
    """Hold lines against RFC 5545 §3.1 and the order of §3.6: properties first, then what is inside."""
    lines = data.split(b"\r\n")
    found = [f"longer than 75 octets: {line[:30]!r}" for line in lines if len(line) > 75]
    if lines.pop() != b"":
        found.append("the last line does not end")
    if re.search(rb"\r(?!\n)|(?<!\r)\n", data):
        found.append("a line ends in something else than CRLF")
    inside = 0
    for line in lines:
        inside += line.startswith(b"BEGIN:") - line.startswith(b"END:")
    if inside:
        found.append("something begins that does not end")
    seen = re.search(rb"END:VEVENT\r\n(?!BEGIN:VEVENT|END:VCALENDAR)", data)
    return [*found, "a property stands behind an event"] if seen else found


def _event(event: Any) -> dict[str, Any]:
    return {
        "uid": str(event["UID"]),
        "sequence": int(event.get("SEQUENCE", 0)),
        "title": str(event.get("SUMMARY", "")),
        "text": str(event.get("DESCRIPTION", "")),
        "place": str(event.get("LOCATION", "")),
        "starts": _moment(event.decoded("DTSTART", None)),
        "ends": _moment(event.decoded("DTEND", None)),
        "status": str(event.get("STATUS", "")),
        "organizer": [
            {k: v for k, v in _person(p).items() if k != "partstat"} for p in _all(event, "ORGANIZER")
        ],
        "attendees": [_person(p) for p in _all(event, "ATTENDEE")],
    }


def _all(event: Any, name: str) -> list[vCalAddress]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


def _person(found: vCalAddress) -> dict[str, str]:
    return {
        "mail": unquote(str(found).removeprefix("mailto:")),
        "name": str(found.params.get("CN", "")),
        "partstat": str(found.params.get("PARTSTAT", "")),
    }


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return str(value.isoformat()) if value else ""  # to decline a proposal names no hour
