"""Read a school's own closures from a file: .ics (RFC 5545) or CSV, all of it or nothing.

The problems are told in Dutch, to the person who offers the file. It may be anybody's work, so it
is measured before it is parsed, and no recurrence is ever expanded.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event

MAX_OCTETS = 500_000
MAX_ROWS = 500
MAX_PARTS = 4 * MAX_ROWS  # lines that begin or end a part: an entry with one alarm has four
MAX_NAME = 120  # characters
MAX_DAYS = 70  # calendar days; a summer is six weeks, and more is mostly a mistyped year
YEARS = range(2000, 2101)
COLUMNS = ("naam", "eerste dag", "laatste dag")

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_SATURDAY = 5
_WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
_DUTCH_DAY = re.compile(r"(?:([a-z]{2})[a-z]*\.?,? +)?(\d{1,2})-(\d{1,2})-(\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_REPEATS = ("RRULE", "RDATE", "EXRULE", "RECURRENCE-ID")
_TIMES = ("DTSTART", "DTEND", "DURATION", *_REPEATS)
_FOLD = re.compile(r"\r?\n[ \t]")
_PART = re.compile(r"^(?:BEGIN|END)\b", re.IGNORECASE | re.MULTILINE)
_Raw = TypeVar("_Raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRow:
    """Days on which the school is closed, ``last_day`` included."""

    name: str
    first_day: date
    last_day: date


class ClosureFileError(Exception):
    """The file holds something that can't be taken over; ``problems`` says what and where."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(self.problems))


class _RowError(Exception):
    """What is wrong with one row."""


def read_csv(data: bytes) -> list[ClosureRow]:
    """Read ``naam;eerste dag;laatste dag``, or with commas; an empty last day means one day."""
    text = _text(data)
    head = next(line for line in text.split("\n") if line.strip())
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",", strict=True)
    try:
        lines.fieldnames = [_name(column).casefold() for column in lines.fieldnames or ()]
        if not set(COLUMNS) <= set(lines.fieldnames):
            raise ClosureFileError([f"Regel 1: de kolommen moeten zijn {';'.join(COLUMNS)}."])
        rows = [(lines.line_num, row) for row in lines if any(row.values())]
    except csv.Error as error:
        at = lines.reader.line_num
        raise ClosureFileError([f"Regel {at}: de aanhalingstekens kloppen niet."]) from error
    return _all_or_nothing(rows, _csv_row)


def read_ics(data: bytes) -> list[ClosureRow]:
    """Read the whole days of an iCalendar file; what it marks as cancelled is left out."""
    text = _text(data)
    if len(_PART.findall(_FOLD.sub("", text))) > MAX_PARTS:
        raise ClosureFileError([f"Het bestand is te groot: hooguit {MAX_ROWS} afspraken."])
    lines = enumerate(text.split("\n"), start=1)
    starts = [number for number, line in lines if line.strip().upper() == "BEGIN:VEVENT"]
    events = _events(text)
    if len(events) != len(starts):
        raise ClosureFileError(["Er staan afspraken op een plek waar ze niet horen."])
    return _all_or_nothing(list(zip(starts, events, strict=True)), _ics_row)


def _text(data: bytes) -> str:
    """Decode UTF-8, with or without a mark, or else the Windows-1252 of an older Excel."""
    if len(data) > MAX_OCTETS:
        raise ClosureFileError([f"Het bestand is te groot: hooguit {MAX_OCTETS // 1000} kB."])
    if b"\0" in data:
        raise ClosureFileError(["Dit is geen tekstbestand. Sla het op als CSV of als .ics."])
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip():
            return text
        raise ClosureFileError(["Het bestand is leeg."])
    raise ClosureFileError(["De letters zijn niet te lezen. Sla het bestand op als UTF-8."])


def _events(text: str) -> list[Event]:
    # As bytes: a string of one line would be opened as the name of a file.
    try:
        calendars = Calendar.from_ical(text.encode(), multiple=True)
    except Exception as error:  # a damaged file may make icalendar stumble in any way
        raise ClosureFileError(["Dit is geen geldig agendabestand (.ics)."]) from error
    if any(_first(calendar, "METHOD").upper() == "CANCEL" for calendar in calendars):
        raise ClosureFileError(["Dit bestand trekt afspraken in; het bevat geen vrije dagen."])
    parts = [part for calendar in calendars for part in calendar.subcomponents]
    return [part for part in parts if isinstance(part, Event)]


def _all_or_nothing(
    rows: list[tuple[int, _Raw]], read: Callable[[_Raw], ClosureRow | None]
) -> list[ClosureRow]:
    """Read every row before judging any, so that all problems are told at once."""
    if len(rows) > MAX_ROWS:
        raise ClosureFileError([f"Het bestand is te groot: hooguit {MAX_ROWS} vrije dagen."])
    closures: dict[ClosureRow, None] = {}
    problems = []
    for line, raw in rows:
        try:
            closure = read(raw)
        except _RowError as error:
            problems.append(f"Regel {line}: {error}")
        else:
            closures.update({closure: None} if closure else {})
    if not closures and not problems:
        problems = ["Er staan geen vrije dagen in dit bestand."]
    if problems:
        raise ClosureFileError(problems)
    return list(closures)


def _csv_row(row: dict[str, Any]) -> ClosureRow:
    if None in row:  # the key under which csv collects what has no column
        raise _RowError("er staan meer velden dan kolommen.")
    name, first, last = (_name(row[column]) for column in COLUMNS)
    first_day = _written_day(first)
    closure = _closure(name, first_day, _written_day(last) if last else first_day)
    days = range((closure.last_day - first_day).days + 1)
    if all((first_day + timedelta(days=day)).weekday() >= _SATURDAY for day in days):
        raise _RowError(f"{first} valt in het weekend; klopt de datum?")
    return closure


def _ics_row(event: Event) -> ClosureRow | None:
    if _first(event, "STATUS").upper() == "CANCELLED":
        return None
    if any(name in event for name in _REPEATS):
        raise _RowError("herhalingen worden niet gelezen; zet elke vrije dag er apart in.")
    # A line that could not be read at all has no name; it may have been the end.
    if any(name is None or name in _TIMES for name, _ in event.errors):
        raise _RowError("de datum is niet te lezen.")
    try:
        first, until = _whole_day(event.start), _whole_day(event.end)
        # An end on the first day itself is wrong, and often written for a single day.
        last = first if until == first else until - timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise _RowError("de datum is niet te lezen.") from error
    return _closure(_first(event, "SUMMARY"), first, last)


def _closure(name: str, first: date, last: date) -> ClosureRow:
    """Check what holds for every closure, however it was written."""
    if not name:
        raise _RowError("de naam ontbreekt.")
    if len(name) > MAX_NAME:
        raise _RowError(f"de naam is langer dan {MAX_NAME} tekens.")
    if first.year not in YEARS or last.year not in YEARS:
        raise _RowError("het jaartal kan niet kloppen.")
    if last < first:
        raise _RowError("de laatste dag ligt voor de eerste dag.")
    if (last - first).days >= MAX_DAYS:
        raise _RowError(f"langer dan {MAX_DAYS} dagen; klopt het jaartal?")
    return ClosureRow(name=name, first_day=first, last_day=last)


def _written_day(text: str) -> date:
    """Read ``21-12-2026``, ``ma 21-12-2026`` or ``2026-12-21``."""
    dutch, iso = _DUTCH_DAY.fullmatch(text.casefold()), _ISO_DAY.fullmatch(text)
    if dutch:
        weekday, *numbers = dutch.groups()
    elif iso:
        weekday, *numbers = (None, *reversed(iso.groups()))
    else:
        raise _RowError(f"{text[:40]!r} is geen datum; schrijf dd-mm-jjjj.")
    day_of_month, month, year = map(int, numbers)
    try:
        day = date(year, month, day_of_month)
    except ValueError as error:
        raise _RowError(f"{text} bestaat niet.") from error
    if weekday not in (None, _WEEKDAYS[day.weekday()]):
        raise _RowError(f"{text} is een {_WEEKDAYS[day.weekday()]}.")
    return day


def _whole_day(moment: date | datetime) -> date:
    """Return the Amsterdam day that starts at ``moment``; a time without a zone is local."""
    if not isinstance(moment, datetime):
        return moment
    local = moment.astimezone(_AMSTERDAM) if moment.tzinfo else moment
    if local.time() != time():
        raise _RowError(f"begint of eindigt om {local:%H:%M}; alleen hele dagen worden gelezen.")
    return local.date()


def _first(component: Component, name: str) -> str:
    """Return the property's text, the first one if it is there twice."""
    value = component.get(name, "")
    return _name(value[0] if isinstance(value, list) else value)


def _name(text: object) -> str:
    """Return the text on one line, without what can't be printed."""
    line = " ".join(str(text or "").split())
    return "".join(character for character in line if character.isprintable())
