"""Read the table of a year plan: CSV, pasted text, or a spreadsheet; in Dutch when it can't be.

It may be anybody's file, so it is measured before it is read, and a spreadsheet is opened elsewhere.
"""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from service.school.errors import SchoolError
from service.yearplan.spreadsheet import MAX_CELL, MAX_COLUMNS, MAX_ROWS

MAX_OCTETS = 5_000_000
MAX_UNPACKED = 60_000_000  # octets
_MAX_ENTRIES = 2_000
_SECONDS = 60  # on the wall, for reading one spreadsheet
_READER = Path(__file__).with_name("spreadsheet.py")
_PASSWORD = 3
_SAMPLE = 40  # lines
_DELIMITERS = ";\t,|"
_TOO_LARGE = f"Het bestand is te groot: hooguit {MAX_OCTETS // 1_000_000} MB."
_UNREADABLE = (
    "Dit bestand is niet te lezen. Open het in Excel of LibreOffice en bewaar het opnieuw als .xlsx."
)
_NO_TABLES = {
    b"%PDF": "een PDF. Kopieer de tabel eruit en plak die in het vak, of vraag om het Excel-bestand.",
    b"\x89PNG": "een plaatje. Er staan geen letters in die gelezen kunnen worden.",
    b"\xff\xd8\xff": "een foto. Er staan geen letters in die gelezen kunnen worden.",
    b"{\\rtf": "een tekstdocument. Kopieer de tabel eruit en plak die in het vak.",
    b"<htm": "een webpagina. Kopieer de tabel eruit en plak die in het vak.",
    b"<!DO": "een webpagina. Kopieer de tabel eruit en plak die in het vak.",
}
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"


class TableError(SchoolError):
    """Deze tabel kan niet worden gelezen."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of text, all equally wide, without the empty ones at its end."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def read_table(data: bytes) -> tuple[Sheet, ...]:
    """Return the sheets of a file, by what is in it and not by what it is called; text is one sheet."""
    if len(data) > MAX_OCTETS:
        raise TableError(_TOO_LARGE)
    if not data.strip():
        raise TableError("Het bestand is leeg.")
    start = data.lstrip()[:5]
    for mark, words in _NO_TABLES.items():
        if start.lower().startswith(mark.lower()):
            raise TableError(f"Dit is {words}")
    if data.startswith(_ZIP):
        _measure(data)
        return _spreadsheet(data)
    if data.startswith(_OLE):
        return _spreadsheet(data)
    return (_sheet("", _csv_rows(_decoded(data))),)


def read_pasted(text: str) -> tuple[Sheet, ...]:
    """Return what was pasted from a table."""
    if len(text.encode()) > MAX_OCTETS:
        raise TableError(_TOO_LARGE)
    if not text.strip():
        raise TableError("Plak eerst een tabel, of kies een bestand.")
    return (_sheet("", _csv_rows(text)),)


def _measure(data: bytes) -> None:
    """Refuse what is no spreadsheet, and what would unpack to far more than it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise TableError(_UNREADABLE) from error
    names = {entry.filename for entry in entries}
    if any(name.startswith("word/") for name in names):
        raise TableError("Dit is een Word-bestand. Kopieer de tabel eruit en plak die in het vak.")
    if not any(name.startswith("xl/") for name in names) and "content.xml" not in names:
        raise TableError("Dit is geen rekenblad. Kies een .xlsx-, .ods-, .xls- of .csv-bestand.")
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise TableError("Dit bestand is uitgepakt veel te groot voor een jaarplan.")


def _spreadsheet(data: bytes) -> tuple[Sheet, ...]:
    """Read a spreadsheet in a process of its own: what breaks there breaks nothing here."""
    try:
        done = subprocess.run(  # noqa: S603 -- our own file, without a shell
            [sys.executable, "-I", str(_READER)],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise TableError("Dit bestand is te ingewikkeld om te lezen.") from error
    if done.returncode == _PASSWORD:
        raise TableError("Dit bestand is beveiligd met een wachtwoord. Haal dat er eerst af.")
    if done.returncode:
        raise TableError(_UNREADABLE)
    sheets = [_sheet(sheet["name"], sheet["rows"]) for sheet in json.loads(done.stdout)]
    if not sheets:
        raise TableError("Er staat niets in dit bestand.")
    return tuple(sheets)


def _decoded(data: bytes) -> str:
    """Decode UTF-8 or UTF-16, marked or not, or else the Windows-1252 of an older Excel."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings = ["utf-16"]
    elif b"\0" in data:
        encodings = _unmarked(data[:400])
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableError("Dit is geen tabel. Kies een .xlsx-, .ods-, .xls- of .csv-bestand.")


def _unmarked(start: bytes) -> list[str]:
    """Return how text is kept of which every other octet is nought: UTF-16 that doesn't say so."""
    noughts = {"utf-16-be": start[::2].count(0), "utf-16-le": start[1::2].count(0)}
    return [name for name, count in noughts.items() if count > len(start) / 4]


def _csv_rows(text: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = lines.partition("\n")
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return _parsed(rest, first[-1])
    return _parsed(lines, _delimiter(lines))


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MAX_ROWS + _SAMPLE:
                break
    except csv.Error as error:
        raise TableError(f"Regel {reader.line_num}: de aanhalingstekens kloppen niet.") from error
    return rows


def _delimiter(text: str) -> str:
    """Return what separates the columns: by which most lines fall apart into equally many."""
    sample = "\n".join(text.split("\n")[:_SAMPLE])

    def score(delimiter: str) -> tuple[int, int]:
        try:
            rows = list(csv.reader(io.StringIO(sample), delimiter=delimiter))
        except csv.Error:
            return 0, 0
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, count = max(widths.items(), key=lambda found: (found[1], found[0]), default=(1, 0))
        return count, width

    return max(_DELIMITERS, key=score)


def _sheet(name: str, rows: list[list[str]]) -> Sheet:
    tidy = [[_cell(cell) for cell in row] for row in rows]
    while tidy and not any(tidy[-1]):
        tidy.pop()
    width = max((n + 1 for row in tidy for n, cell in enumerate(row) if cell), default=0)
    if len(tidy) > MAX_ROWS:
        raise TableError(f"De tabel is te groot: hooguit {MAX_ROWS} regels.")
    if width > MAX_COLUMNS:
        raise TableError(f"De tabel is te breed: hooguit {MAX_COLUMNS} kolommen.")
    if not width:
        raise TableError("Er staat niets in dit bestand.")
    return Sheet(name, tuple(tuple(row[:width]) + ("",) * (width - len(row)) for row in tidy))


def _cell(text: str) -> str:
    """Return a cell on one line, without what can't be printed."""
    line = " ".join(text[: 4 * MAX_CELL].split())
    return "".join(character for character in line if character.isprintable())[:MAX_CELL]
