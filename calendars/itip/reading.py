"""Read what passed the sieve, line by line with icalendar, into plain facts."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Timezone, vDuration, vText
from icalendar.parser import Contentline
from icalendar.timezone import tzp

from calendars.itip.address import address_of
from calendars.itip.parts import Asked, Event, Reading, When
from calendars.itip.sieve import REPEATS, sift
from calendars.itip.zones import SCHOOL, zone_named

_LONGEST = 2_000  # characters of a comment
_SHORT = 250  # characters of a word, a place
_LONGEST_UID = 600  # characters, also when Exchange packs one
_YEARS = range(1990, 2100)
_MEETING = timedelta(days=2)
_PARTSTAT = re.compile(r";\s*PARTSTAT\s*=\s*\"?([A-Za-z-]{3,20})", re.IGNORECASE)
_MAILTO = re.compile(r":\s*mailto:\s*([^\s<>;,\"]{3,250})\s*$", re.IGNORECASE)
# A zone's name with a colon in it that nobody quoted runs on until the time.
_WHEN = re.compile(
    r"(?:(?P<zone>.{1,80}):)?(?P<year>\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)(?P<utc>Z?))?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
# Which of two contradicting methods is meant: what answers us goes before what asks us.
_FIRST = ("COUNTER", "REPLY", "REFRESH", "DECLINECOUNTER", "CANCEL", "REQUEST", "ADD", "PUBLISH")


def read_calendar(data: bytes, *, charset: str = "", method: str = "") -> Reading:
    """Read the events of one calendar; ``method`` is what the mail itself says beside it."""
    sifted = sift(data, charset)
    meant = _method([*sifted.methods, method.strip().strip("\"'").upper()])
    zones = _zones(sifted.zones)
    return Reading(
        events=tuple(_event(_Lines(lines), meant, zones) for lines in sifted.events),
        others=tuple(dict.fromkeys(sifted.others)),
        problem=sifted.problem,
    )


def _method(named: Iterable[str]) -> str:
    said = set(named)
    return next((method for method in _FIRST if method in said), "")


class _Lines:
    """The lines of one event by their name; a line that icalendar can't read is left out."""

    def __init__(self, lines: list[str]) -> None:
        self._read: dict[str, list[tuple[dict[str, Any], str]]] = {}
        self.unread: list[str] = []
        for line in lines:
            try:
                name, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # icalendar has no types here
            except Exception:  # noqa: BLE001 -- what anybody sends may make a parser stumble in any way
                self.unread.append(line)
                continue
            self._read.setdefault(name.upper(), []).append((dict(params), str(value)))

    def all(self, name: str) -> list[tuple[dict[str, Any], str]]:
        """Return the parameters and the value of each line with a name."""
        return self._read.get(name, [])

    def texts(self, name: str) -> Iterator[str]:
        """Return what was written, on one line each."""
        for _, value in self.all(name):
            text = _printable(" ".join(str(vText.from_ical(value)).split()))
            if text:
                yield text

    def text(self, name: str) -> str:
        """Return the first text of a name."""
        return next(self.texts(name), "")[:_SHORT]


def _event(lines: _Lines, method: str, zones: dict[str, tzinfo]) -> Event:
    starts, strange = _time(lines, "DTSTART", zones)
    ends, strange_end = _time(lines, "DTEND", zones)
    stamp, _ = _time(lines, "DTSTAMP", zones)
    return Event(
        method=method,
        uid=next(lines.texts("UID"), "")[:_LONGEST_UID],
        recurrence_id=_time(lines, "RECURRENCE-ID", zones)[0],
        one_of_series=bool(lines.all("RECURRENCE-ID")),
        repeats=bool(lines.all(REPEATS)),
        sequence=_number(lines),
        stamp=stamp if isinstance(stamp, datetime) else None,
        starts_at=starts,
        ends_at=ends or _after(lines, starts),
        strange_zone=(strange or strange_end)[:_SHORT],
        location=lines.text("LOCATION"),
        comment="\n".join(dict.fromkeys(lines.texts("COMMENT")))[:_LONGEST],
        attendees=tuple(_attendees(lines)),
    )


def _printable(text: str) -> str:
    kept = "".join(letter for letter in text if letter.isprintable())
    return kept.encode("utf-8", "ignore").decode()


def _number(lines: _Lines) -> int | None:
    numbers = (value.strip() for _, value in lines.all("SEQUENCE"))
    return next((int(text) for text in numbers if _NUMBER.fullmatch(text)), None)


def _time(lines: _Lines, name: str, zones: dict[str, tzinfo]) -> tuple[When | None, str]:
    """Return a time, aware, and the name of its zone when nobody knows that one."""
    for params, value in lines.all(name):
        match = _WHEN.fullmatch(value.strip())
        if not match or int(match["year"]) not in _YEARS:
            continue
        year, month, day, hour, minute, second = (int(number or 0) for number in match.groups()[1:7])
        try:
            if match["utc"] is None:
                return date(year, month, day), ""
            plain = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 -- its zone follows
        except ValueError:
            continue
        if match["utc"]:
            return plain.replace(tzinfo=UTC), ""
        return _in_zone(plain, ":".join(filter(None, (_one(params.get("TZID")), match["zone"]))), zones)
    return None, ""


def _in_zone(plain: datetime, name: str, zones: dict[str, tzinfo]) -> tuple[datetime, str]:
    zone = (zone_named(name) or zones.get(name)) if name else SCHOOL
    return plain.replace(tzinfo=zone or SCHOOL).astimezone(UTC), "" if zone else name


def _after(lines: _Lines, starts: When | None) -> When | None:
    for _, value in lines.all("DURATION"):
        try:
            length: timedelta = vDuration.from_ical(value)  # type: ignore[no-untyped-call]  # as above
        except Exception:  # noqa: BLE001, S112 -- what anybody sends may make a parser stumble in any way
            continue
        if isinstance(starts, datetime) and timedelta() < length < _MEETING:
            return starts + length
    return None


def _attendees(lines: _Lines) -> Iterator[Asked]:
    for params, value in lines.all("ATTENDEE"):
        asked = _asked(params, value)
        # Exchange may write an address that means something at home only; then the mail says who it is.
        if asked.address or asked.partstat:
            yield asked
    # What icalendar can't read, often a name with quotes in it, still says who and what.
    for line in lines.unread:
        mail, said = _MAILTO.search(line), _PARTSTAT.search(line)
        address = address_of(mail[1]) if mail and line[:8].upper() == "ATTENDEE" else ""
        if address:
            yield Asked(address=address, partstat=said[1].upper() if said else "")


def _asked(params: dict[str, Any], value: str) -> Asked:
    named = {name.upper(): found for name, found in params.items()}
    return Asked(
        # Apple writes a principal and puts the address beside it.
        address=address_of(value) or address_of(_one(named.get("EMAIL"))),
        partstat=_one(named.get("PARTSTAT")).upper()[:40],
        sent_by=address_of(_one(named.get("SENT-BY"))),
        delegated_to=_addresses(named.get("DELEGATED-TO")),
        delegated_from=_addresses(named.get("DELEGATED-FROM")),
        comment=_printable(" ".join(_one(named.get("X-RESPONSE-COMMENT")).split()))[:_LONGEST],
    )


def _addresses(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value] if value else []
    found = (address_of(part) for one in values[:10] for part in str(one).split(","))
    return tuple(dict.fromkeys(address for address in found if address))


def _one(value: Any) -> str:
    """Return the text of a parameter; one with a comma in it that nobody quoted is still one text."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "").strip()


def _zones(kept: list[list[str]]) -> dict[str, tzinfo]:
    """Return the zones that a calendar describes itself, save those with a name that everybody knows."""
    found: dict[str, tzinfo] = {}
    for lines in kept:
        name = next((line.partition(":")[2].strip() for line in lines if line[:4].upper() == "TZID"), "")
        if not name or zone_named(name) or name in found:
            continue
        text = "\r\n".join(["BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE", ""])
        try:
            zone = Timezone.from_ical(text.encode("utf-8", "replace"))
            if isinstance(zone, Timezone):
                found[name] = zone.to_tz(lookup_tzid=False)
        except Exception:  # noqa: BLE001, S112 -- whatever it stumbles over, this zone is not known
            continue
        finally:
            tzp.use_zoneinfo()  # forgets the zone: another mail may mean another one by the same name
    return found
