"""An import under way: the table as it was read, what its columns are, and every answer that was given.

It is kept in a ``PlanImport``, so that nothing is lost when a browser closes. Answers are kept by what a row
says and not by where it stands: a file that is sent again finds its answers back.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from calendars.phrases import Style, rule_of
from service.yearplan.columns import first_row, headers_of
from service.yearplan.table import Sheet

_PLACED = ("when", "from", "week", "month", "deadline")


class Answer(BaseModel):
    """What a person said about one row; ``settled`` are the questions that were answered, or left as is."""

    choice: str = ""
    rule: dict[str, Any] | None = None
    extra: dict[str, Any] = Field(default_factory=dict)
    settled: list[str] = Field(default_factory=list)
    when: str | None = None
    title: str | None = None
    groups: str | None = None
    who: str | None = None
    drop: bool = False


class Draft(BaseModel):
    """A table that is being turned into rules.

    ``style`` says what its fixed dates are in other years; ``written_for`` is the school year that its dates
    are of. Both are empty until a person has said so. ``taken`` holds what taking over changed.
    """

    sheets: dict[str, list[list[str]]] = Field(default_factory=dict)
    sheet: str = ""
    head: int = -1
    parts: list[str] = Field(default_factory=list)
    style: Style | None = None
    written_for: str = ""
    ignore_years: bool = False
    answers: dict[str, Answer] = Field(default_factory=dict)
    mapped: bool = False
    file_name: str = ""
    taken: dict[str, Any] = Field(default_factory=dict)

    def rows(self) -> list[list[str]]:
        """Return the rows of the chosen sheet."""
        return self.sheets.get(self.sheet, [])

    def headers(self) -> list[str]:
        """Return the words above each column."""
        return headers_of(self.rows(), self.head)


@dataclass(frozen=True, slots=True)
class Line:
    """What one row of the table says, in its own words."""

    id: str
    number: int
    when: str
    title: str
    groups: str = ""
    who: str = ""
    note: str = ""
    deadline: str = ""
    under: str = ""
    week: str = ""


def sheets_of(sheets: Iterable[Sheet]) -> dict[str, list[list[str]]]:
    """Return sheets as they are kept."""
    return {sheet.name: [list(row) for row in sheet.rows] for sheet in sheets}


def lines_of(draft: Draft) -> list[Line]:
    """Return the rows that plan something, each under a key that survives a move in the table."""
    seen: Counter[str] = Counter()
    found = []
    for line in _lines(draft):
        said = f"{line.when}|{line.title}|{line.groups}".casefold()
        seen[said] += 1
        digest = hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest()[:16]
        found.append(Line(digest, *(getattr(line, name) for name in _FIELDS)))
    return found


_FIELDS = ("number", "when", "title", "groups", "who", "note", "deadline", "under", "week")


def _lines(draft: Draft) -> Iterator[Line]:
    under = ""
    rows, start = draft.rows(), first_row(draft.rows(), draft.head)
    for number, row in enumerate(rows[start:], start=start + 1):
        filled = [cell for cell in row if cell]
        if not filled:
            continue
        if len(set(filled)) == 1 and len(row) > 1 and _is_heading(filled[0]):
            under = filled[0]
            continue
        yield from _of_row(draft, row, number, under)


def _is_heading(cell: str) -> bool:
    """Tell whether a row of one cell says of those below it when they are: a month or a week."""
    found = rule_of(cell, label="2026-2027")
    return found.sure and found.rule["rule"] in {"month", "week", "phase", "school-week", "holiday"}


def _of_row(draft: Draft, row: Sequence[str], number: int, under: str) -> Iterator[Line]:
    said: dict[str, list[str]] = {}
    for part, cell in zip(draft.parts, row, strict=False):
        if cell and part:
            said.setdefault(part, []).append(cell)
    when = moment_of(said) or under
    deadline = " ".join(said.get("deadline", ())) if any(said.get(p) for p in _PLACED[:-1]) else ""
    who, note = ", ".join(said.get("who", ())), "; ".join(said.get("note", ()))
    marked = [
        h for h, p, cell in zip(draft.headers(), draft.parts, row, strict=False) if p == "mark" and cell
    ]
    groups = ", ".join([*said.get("groups", ()), *marked])
    title = ": ".join(said.get("what", ()))
    used = under if when == under else ""
    week = _joined(said, "week") if any(said.get(part) for part in ("when", "from")) else ""
    if title:
        yield Line("", number, when, title, groups, who, note, deadline, used, week)
    for header, part, cell in zip(draft.headers(), draft.parts, row, strict=False):
        if part == "cell" and cell and cell != when:
            yield Line("", number, when, cell, header, who, note, deadline, used, week)


def moment_of(said: dict[str, list[str]]) -> str:
    """Return what the columns of one row say together about when."""
    first, last = _joined(said, "from"), _joined(said, "until")
    if first and last and first != last:
        return f"{first} t/m {last}"
    day = _joined(said, "when") or first or last
    week, month, weekday = _joined(said, "week"), _joined(said, "month"), _joined(said, "weekday")
    if day:
        return _with_time(_completed(day, month, weekday), said)
    if week:
        number = week if not week[0].isdigit() else f"week {week}"
        return _with_time(f"{weekday} {number}".strip(), said)
    if month:
        return f"{weekday} {month}".strip() if weekday[:1].isdigit() else month
    deadline = _joined(said, "deadline")
    sided = deadline.casefold().startswith(("uiterlijk", "voor", "vóór", "tot"))
    return deadline if sided or not deadline else f"uiterlijk {deadline}"


def _completed(day: str, month: str, weekday: str) -> str:
    """Return a day with what other columns say of it: its weekday before it, its month after it."""
    bare = len(day) < len("12 t/m") and day.replace("-", "").replace(" ", "").isdigit()
    with_month = f"{day} {month}" if month and bare else day
    is_named = weekday.isalpha() and with_month[:1].isdigit()
    return f"{weekday} {with_month}" if is_named else with_month


def _with_time(moment: str, said: dict[str, list[str]]) -> str:
    time = _joined(said, "time")
    return f"{moment} {time}" if time and any(letter.isdigit() for letter in time) else moment


def _joined(said: dict[str, list[str]], part: str) -> str:
    return ", ".join(dict.fromkeys(said.get(part, ())))
