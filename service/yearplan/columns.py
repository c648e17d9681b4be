"""What the columns of a table are: by the words above them, and by what stands in them."""

import re
from collections.abc import Callable, Sequence

from calendars.phrases import groups_of, rule_of, who_of

Rows = Sequence[Sequence[str]]
Part = str
PARTS: tuple[Part, ...] = (
    *("", "when", "week", "month", "weekday", "from", "until", "deadline", "time"),
    *("what", "groups", "who", "note", "cell", "mark"),
)
_HEADERS: tuple[tuple[Part, str], ...] = (
    ("deadline", r"uiterlijk|deadline|inleverdatum|klaar|gereed|einddatum|uiterste"),
    ("from", r"van|vanaf|begin|start|startdatum|begindatum|eerste dag"),
    ("until", r"tot|t/m|tot en met|eind|einde|laatste dag"),
    ("week", r"week|wk|weeknr|weeknummer|week nr|weken|kalenderweek"),
    ("month", r"maand|maanden"),
    ("weekday", r"dag|weekdag"),
    ("time", r"tijd|tijdstip|hoe laat|uur"),
    ("when", r"wanneer|datum|data|periode|moment|planning|afname|afnameperiode|wanneer\?"),
    ("groups", r"groep|groepen|gr|groep\(en\)|leerjaar|doelgroep|klas|voor wie|bouw"),
    (
        "who",
        r"wie|door|door wie|wie\?|verantwoordelijke?|uitvoering|uitvoerder|betrokkenen|eigenaar|trekker|rol",
    ),
    (
        "what",
        (
            r"wat|wat\?|activiteit|activiteiten|toets|toetsen|omschrijving|onderwerp|onderdeel|taak|actie|item|"
            r"naam|titel|wat te doen"
        ),
    ),
    (
        "note",
        r"opmerking|opmerkingen|bijzonderheden|toelichting|notitie|hoe|middel|materiaal|aandachtspunten",
    ),
)
_LOOK, _ENOUGH, _HEAD_CELLS = 12, 0.6, 2
_MARK = re.compile(r"x|v|•|✓|✔|\*|ja|●|■|1|X")
_GROUP_HEAD = re.compile(
    r"(?:groep|gr\.?)? ?[1-8](?: ?[/-] ?[1-8])?[a-d]?|(?:onder|midden|boven)bouw|kleuters", re.IGNORECASE
)


def part_of(header: str) -> Part:
    """Return what a column is by the words above it."""
    even = " ".join(header.casefold().replace(":", " ").split())
    for part, pattern in _HEADERS:
        if re.fullmatch(pattern, even):
            return part
    for part, pattern in _HEADERS:
        if re.search(rf"\b(?:{pattern})(?!\w)", even):
            return part
    return ""


def header_at(rows: Rows) -> int:
    """Return the row with the words above the columns; -1 when there is none. Titles may stand above it."""
    best, score = -1, 1
    for number, row in enumerate(rows[:_LOOK]):
        known = sum(bool(cell) and len(cell) < 40 and _is_header(cell) for cell in row)  # noqa: PLR2004 -- longer is no header
        filled = sum(bool(cell) for cell in row)
        if filled >= _HEAD_CELLS and known > score:
            best, score = number, known
    return best


def _is_header(cell: str) -> bool:
    words = part_of(cell) != "" and not any(letter.isdigit() for letter in cell)
    return words or _GROUP_HEAD.fullmatch(cell.strip()) is not None


def headers_of(rows: Rows, head: int) -> list[str]:
    """Return the words above each column; a second row of them is joined when it is one too."""
    width = max((len(row) for row in rows), default=0)
    if head < 0:
        return [""] * width
    words = list(rows[head])
    if has_two(rows, head):
        words = [" ".join(filter(None, pair)) for pair in zip(_spread(words), rows[head + 1], strict=True)]
    return words


def has_two(rows: Rows, head: int) -> bool:
    """Tell whether a second row of words above the columns follows the first."""
    if not 0 <= head < len(rows) - 1:
        return False
    below = [cell for cell in rows[head + 1] if cell]
    if any(rule_of(cell, label="2026-2027").recognised for cell in below if not _GROUP_HEAD.fullmatch(cell)):
        return False
    return len(below) >= _HEAD_CELLS and all(_is_header(cell) for cell in below)


def _spread(words: Sequence[str]) -> list[str]:
    """Let a word that stands above several columns stand above each of them."""
    found, last = [], ""
    for word in words:
        last = word or last
        found.append(last)
    return found


def first_row(rows: Rows, head: int) -> int:
    """Return the row at which what is planned begins."""
    return 0 if head < 0 else head + (2 if has_two(rows, head) else 1)


def parts_of(rows: Rows, head: int) -> list[Part]:
    """Return what every column is, as far as can be seen; a person may say otherwise."""
    headers = headers_of(rows, head)
    body = rows[first_row(rows, head) :]
    parts = [_part(header, _column(body, n)) for n, header in enumerate(headers)]
    for wanted, chooser in (("when", _is_moment), ("what", _is_story)):
        if not _has(parts, wanted):
            _choose(parts, body, chooser, wanted)
    return parts


def _has(parts: Sequence[Part], wanted: str) -> bool:
    moments = {"when", "week", "month", "from", "deadline"}
    stories = {"what", "cell"}
    return any(part in (moments if wanted == "when" else stories) for part in parts)


def _part(header: str, cells: Sequence[str]) -> Part:
    head = header.strip()
    if head and _GROUP_HEAD.fullmatch(head) and cells:
        return "mark" if _share(cells, lambda cell: _MARK.fullmatch(cell) is not None) >= _ENOUGH else "cell"
    named = part_of(header)
    if named or not cells:
        return named
    if _share(cells, lambda cell: groups_of(cell).sure and len(cell) < 30) >= _ENOUGH:  # noqa: PLR2004 -- letters
        return "groups"
    if _share(cells, lambda cell: who_of(cell).sure and len(cell) < 30) >= _ENOUGH:  # noqa: PLR2004 -- letters
        return "who"
    return ""


def _choose(parts: list[Part], body: Rows, score: Callable[[Sequence[str]], float], wanted: Part) -> None:
    scores = [(score(_column(body, n)), -n) for n, part in enumerate(parts) if part in {"", "groups"}]
    best, place = max(scores, default=(0.0, 0))
    if best > 0:
        parts[-place] = wanted


def _is_moment(cells: Sequence[str]) -> float:
    share = _share(cells, lambda cell: rule_of(cell, label="2026-2027").recognised)
    return share if share >= _ENOUGH else 0.0


def _is_story(cells: Sequence[str]) -> float:
    return sum(len(cell) for cell in cells) / max(1, len(cells))


def _column(rows: Rows, number: int) -> list[str]:
    return [row[number] for row in rows if number < len(row) and row[number]]


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    looked = cells[:_LOOK]
    return sum(test(cell) for cell in looked) / len(looked) if looked else 0.0
