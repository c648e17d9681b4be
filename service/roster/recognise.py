"""Recognise who in the file is whom in the tables: by key; with a dummy key by name and birth date."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID

from service.roster.problems import Report, shown
from service.roster.roster import DUMMY


class Recognisable(Protocol):
    """What has a key, perhaps a second one, and features to know it by."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def alias(self) -> str | None: ...  # noqa: D102
    @property
    def who(self) -> str: ...  # noqa: D102
    @property
    def born_on(self) -> date | None: ...  # noqa: D102


class Line(Recognisable, Protocol):
    """A record in the file."""

    @property
    def line(self) -> int: ...  # noqa: D102


class Row(Recognisable, Protocol):
    """A record in the tables."""

    @property
    def id(self) -> UUID: ...  # noqa: D102
    @property
    def active(self) -> bool: ...  # noqa: D102


L = TypeVar("L", bound=Line)
R = TypeVar("R", bound=Row)


def is_dummy(key: str) -> bool:
    """Tell whether a key is one that may differ in the next file."""
    return key.startswith(DUMMY)


def pair(lines: Sequence[L], rows: Sequence[R], path: str, report: Report) -> list[tuple[L, R | None]]:
    """Return each line with the row it is about, or nothing if it is new; report who can't be told apart."""
    found = _by_key(lines, rows)
    taken = {row.id for row in found.values()}
    _by_alias([line for line in lines if line.key not in found], rows, found, taken)
    rest = [line for line in lines if line.key not in found]
    _report_twins(lines, path, report)
    by_name: dict[str, list[R]] = defaultdict(list)
    for row in rows:
        if row.id not in taken:
            by_name[row.who].append(row)
    for line in rest:
        candidates = _here_or_gone(
            [row for row in by_name.get(line.who, ()) if row.id not in taken and _may_be(line, row)]
        )
        if len(candidates) > 1:
            text = f"Bij sleutel {shown(line.key)} passen meer bekenden; geef een vaste sleutel (zonder #)."
            report.refuse(line.line, path, text)
        elif candidates:
            found[line.key] = candidates[0]
            taken.add(candidates[0].id)
    return [(line, found.get(line.key)) for line in lines]


def _by_key(lines: Iterable[L], rows: Iterable[R]) -> dict[str, R]:
    keys = {row.key: row for row in rows}
    return {line.key: keys[line.key] for line in lines if line.key in keys and not is_dummy(line.key)}


def _by_alias(lines: Sequence[L], rows: Sequence[R], found: dict[str, R], taken: set[UUID]) -> None:
    asked = _unique(lines)
    known = _unique([row for row in rows if row.id not in taken])
    for alias, line in asked.items():
        if alias in known:
            found[line.key] = known[alias]
            taken.add(known[alias].id)


T = TypeVar("T", bound=Recognisable)


def _unique(records: Iterable[T]) -> dict[str, T]:
    by_alias: dict[str, list[T]] = defaultdict(list)
    for record in records:
        if record.alias:
            by_alias[record.alias].append(record)
    return {alias: found[0] for alias, found in by_alias.items() if len(found) == 1}


def _here_or_gone(candidates: list[R]) -> list[R]:
    """Return those who are here; only without them those who were."""
    return [row for row in candidates if row.active] or candidates


def _may_be(line: Line, row: Row) -> bool:
    # A fixed key that is new can only be a row whose key was a dummy until now.
    if not is_dummy(line.key) and not (is_dummy(row.key) and line.born_on):
        return False
    return _same_day(line.born_on, row.born_on)


def _same_day(one: date | None, other: date | None) -> bool:
    return one is None or other is None or one == other


def _report_twins(lines: Iterable[Line], path: str, report: Report) -> None:
    by_name: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_name[line.who].append(line)
    for namesakes in by_name.values():
        if len(namesakes) == 1:
            continue
        days: dict[date | None, int] = defaultdict(int)
        for line in namesakes:
            days[line.born_on] += 1
        for line in namesakes:
            alike = len(namesakes) if line.born_on is None else days[line.born_on] + days[None]
            if is_dummy(line.key) and alike > 1:
                text = (
                    f"Sleutel {shown(line.key)} is tijdelijk (#), en naam en geboortedatum komen vaker voor. "
                    "Geef een vaste sleutel."
                )
                report.refuse(line.line, path, text)
