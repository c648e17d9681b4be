"""Let through only the lines that say something about an answer, and no more than a person could mean.

This is the wall before the parser: what passes is small, flat and repeats nothing but a time zone's summer,
so that reading it costs little whatever was sent.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from calendars.itip.charset import letters

MAX_OCTETS = 1_000_000
MAX_LINE = 8_000  # characters, after unfolding
MAX_ATTENDEE = 1_500
MAX_EVENTS = 50
MAX_ATTENDEES = 300
MAX_ZONES = 10
MAX_ZONE_LINES = 60  # of a zone that nobody knows by name; others are not read
_EVENT_LINES = frozenset(
    "UID RECURRENCE-ID SEQUENCE DTSTAMP DTSTART DTEND DURATION ATTENDEE COMMENT LOCATION RRULE RDATE".split()
)
_ZONE_LINES = frozenset("TZID TZOFFSETFROM TZOFFSETTO TZNAME DTSTART RRULE RDATE".split())
_ZONE_PARTS = ("STANDARD", "DAYLIGHT")
_FRAME = ("BEGIN", "END", "METHOD")
_REPEATS = ("RRULE", "RDATE")
REPEATS = "X-REPEATS"  # that it repeats is enough to know
_DEEPEST = 8
_TWICE = 5  # said so often is strange enough
_SUMMER = re.compile(r"(?:(?:FREQ=YEARLY|INTERVAL=1|BYMONTH=\d+|BYDAY=[-+\dA-Z]+|WKST=[A-Z]+)(?:;|$))+")
_FOLD = re.compile(r"(?:\r{0,3}\n|\r)[ \t]")
_FOLD_IN_LETTER = re.compile(_FOLD.pattern.encode())
_LINES = re.compile(r"\r{0,3}\n|\r")
_NAME = re.compile(r"([A-Za-z0-9-]+)[;:]")
_LIKE_NAME = re.compile(r"[^\s;:\"=,@]{1,80}[;:]")
_METHODS = frozenset("PUBLISH REQUEST REPLY ADD CANCEL REFRESH COUNTER DECLINECOUNTER".split())


@dataclass(slots=True)
class Sifted:
    """What passed: the lines of each event and each zone, and the methods that were named."""

    methods: list[str] = field(default_factory=list)
    events: list[list[str]] = field(default_factory=list)
    zones: list[list[str]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problem: str = ""


def sift(data: bytes, charset: str = "") -> Sifted:
    """Sift the bytes of one calendar."""
    found = Sifted()
    if len(data) > MAX_OCTETS:
        found.problem = "de agenda in de mail is te groot"
        return found
    sieve = _Sieve(found)
    try:
        for name, line in _lines(letters(_FOLD_IN_LETTER.sub(b"", data), charset)):
            sieve.take(name, line)
    except _TooDeepError:
        found.problem = "de agenda in de mail zit te diep in elkaar"
    if len(found.events) > MAX_EVENTS:
        found.problem = "er staan te veel afspraken in de mail"
    del found.events[MAX_EVENTS:], found.zones[MAX_ZONES:]
    return found


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in _joined(_LINES.split(_FOLD.sub("", text))):
        named = _NAME.match(line)
        if named and len(line) <= MAX_LINE:
            yield named[1].upper(), line.strip()


def _joined(lines: list[str]) -> Iterator[str]:
    """Put behind a line what was folded from it without a space, or came of a bare new line."""
    last = ""
    for line in lines:
        if _LIKE_NAME.match(line.lstrip()):
            yield last
            last = line.lstrip()
        elif line and len(last) + len(line) < MAX_ATTENDEE:
            last += _more(last, line)
    yield last


def _more(last: str, line: str) -> str:
    name = last[:8].upper()
    if name.startswith("COMMENT"):
        return f" {line}"
    return line if name == "ATTENDEE" and "@" not in last.upper().rpartition("MAILTO:")[2] else ""


class _TooDeepError(Exception):
    """Parts within parts within parts: no calendar program writes that."""


class _Sieve:
    """Walks over the lines, and knows in which part it is."""

    def __init__(self, found: Sifted) -> None:
        self._found = found
        self._inside: list[str] = []
        self._seen: Counter[str] = Counter()

    def take(self, name: str, line: str) -> None:
        """Keep one line, or let it go."""
        value = line[len(name) + 1 :].strip().upper()[:40] if name in _FRAME else ""
        if name == "BEGIN":
            self._begin(value)
        elif name == "END":
            self._end(value)
        elif name == "METHOD" and self._inside == ["VCALENDAR"]:
            self._found.methods += [value] if value in _METHODS else []
        elif self._in_event() and name in _EVENT_LINES:
            self._keep_of_event(name, line)
        elif self._in_zone() and name in _ZONE_LINES:
            self._keep_of_zone(name, line)

    def _begin(self, part: str) -> None:
        if part == "VCALENDAR" and self._inside in ([], ["VCALENDAR"]):
            self._inside = ["VCALENDAR"]  # one inside another can't be; a second one after it can
            return
        self._inside.append(part)
        if len(self._inside) > _DEEPEST:
            raise _TooDeepError
        if self._in_event():
            self._open(self._found.events, MAX_EVENTS)
        elif self._in_zone() and part == "VTIMEZONE":
            self._open(self._found.zones, MAX_ZONES)
        elif self._in_zone():
            self._found.zones[-1].append(f"BEGIN:{part}")
        elif len(self._found.others) < MAX_EVENTS:
            self._found.others.append(part)

    def _open(self, kept: list[list[str]], most: int) -> None:
        """Begin a part; all that is one too many comes together in a last one, which is left out."""
        self._seen.clear()
        kept += [[]] if len(kept) <= most else []

    def _end(self, part: str) -> None:
        if part not in self._inside:
            return
        if self._in_zone() and part in _ZONE_PARTS:
            self._found.zones[-1].append(f"END:{part}")
        while self._inside.pop() != part:
            pass

    def _in_event(self) -> bool:
        return self._inside in (["VCALENDAR", "VEVENT"], ["VEVENT"])

    def _in_zone(self) -> bool:
        return self._inside[:2] == ["VCALENDAR", "VTIMEZONE"] and all(
            part in _ZONE_PARTS for part in self._inside[2:]
        )

    def _keep_of_event(self, name: str, line: str) -> None:
        self._seen[name] += 1
        if name == "ATTENDEE" and len(line) > MAX_ATTENDEE:
            return
        if name == "ATTENDEE" and self._seen[name] > MAX_ATTENDEES:
            self._found.problem = "er staan te veel mensen in de mail"
        elif name == "ATTENDEE" or self._seen[name] <= _TWICE:
            self._found.events[-1].append(line if name not in _REPEATS else f"{REPEATS}:1")

    def _keep_of_zone(self, name: str, line: str) -> None:
        self._seen["zone"] += 1
        summer = name != "RRULE" or _SUMMER.fullmatch(line.partition(":")[2].upper())
        if summer and self._seen["zone"] <= MAX_ZONE_LINES:
            self._found.zones[-1].append(line)
