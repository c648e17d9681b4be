"""Compare the pupils in a file with those who are kept; who is gone is made inactive, never deleted."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from service.roster.changes import Change, Changes
from service.roster.problems import Report
from service.roster.recognise import is_dummy, pair
from service.roster.roster import HISTORIC, PupilLine
from service.roster.tables import PUPIL, Known, KnownPupil, Writes
from service.roster.term import DAY, Term, lasting_key, new_id

_FIELDS = (
    *("key", "eckid", "first_name", "prefix", "last_name", "born_on"),
    *("year_group", "enrolled_on", "left_on"),
)


@dataclass(frozen=True)
class Stay:
    """A pupil after the import: in the file and here, or gone after a last day."""

    id: UUID
    key: str
    name: str = field(repr=False)
    line: PupilLine | None
    last_day: date | None
    fresh: bool = False


@dataclass
class Pupils:
    """What changes about pupils, and where each of them stands."""

    stays: list[Stay] = field(default_factory=list)
    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    left: list[Change] = field(default_factory=list)
    returned: list[Change] = field(default_factory=list)
    strangers_gone: int = 0

    def changes(self) -> Changes:
        """Return the changes by kind; who moved is found later, with the groups."""
        return Changes(*map(tuple, (self.new, self.changed, self.left, self.returned)))


def compare_pupils(
    lines: tuple[PupilLine, ...], known: Known, term: Term, writes: Writes, report: Report
) -> Pupils:
    """Return what changes about pupils."""
    found = Pupils()
    seen: set[UUID] = set()
    for line, row in pair(lines, known.pupils, "EDEX/leerlingen/leerling", report):
        gone = line.year_group == HISTORIC or term.is_over(line.left_on)
        if row is None:
            _add(line, term, writes, found, gone=gone)
            continue
        seen.add(row.id)
        if gone:
            last = line.left_on or row.left_on or term.on - DAY
            _leave(row, _values(line, row, term) | {"left_on": last}, last, term, writes, found)
        else:
            _keep(line, row, term, writes, found)
    for row in known.pupils:
        if row.active and row.id not in seen:
            last = min(row.left_on or term.last_day_of_the_absent, term.last_day_of_the_absent)
            _leave(row, _kept(row) | {"left_on": last}, last, term, writes, found)
    return found


def _add(line: PupilLine, term: Term, writes: Writes, found: Pupils, *, gone: bool) -> None:
    if gone:  # never known here and gone already: there is no ground to keep them
        found.strangers_gone += 1
        return
    row_id = new_id()
    values = {name: getattr(line, name) for name in _FIELDS}
    values["key"] = lasting_key(line.key, row_id)
    writes.inserts[PUPIL].append({"id": row_id, "school_id": term.school_id, **values, "active": True})
    found.stays.append(Stay(row_id, line.key, line.name, line, None, fresh=True))
    found.new.append(Change(line.key, line.name))


def _values(line: PupilLine, row: KnownPupil, term: Term) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in _FIELDS}
    values["key"] = row.key if is_dummy(line.key) else line.key
    values["eckid"] = line.eckid or row.eckid
    if not term.begun:  # until the year begins, a pupil is in last year's
        values["year_group"] = row.year_group or line.year_group
    return values


def _kept(row: KnownPupil) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIELDS}


def _changed(values: dict[str, Any], row: KnownPupil) -> tuple[str, ...]:
    return tuple(name for name in _FIELDS if values[name] != getattr(row, name))


def _keep(line: PupilLine, row: KnownPupil, term: Term, writes: Writes, found: Pupils) -> None:
    values = _values(line, row, term)
    changed = _changed(values, row)
    found.stays.append(Stay(row.id, values["key"], line.name, line, None, fresh=not row.active))
    if not changed and row.active:
        return
    writes.updates[PUPIL].append({"row": row.id, **values, "active": True})
    change = Change(values["key"], line.name, changed)
    (found.changed if row.active else found.returned).append(change)


def _leave(
    row: KnownPupil, values: dict[str, Any], last: date, term: Term, writes: Writes, found: Pupils
) -> None:
    active = row.active and term.still_here(last)
    changed = _changed(values, row)
    if not changed and active == row.active:
        return
    writes.updates[PUPIL].append({"row": row.id, **values, "active": active})
    change = Change(values["key"], row.name, changed, last_day=last)
    if row.active and (not active or "left_on" in changed):
        found.left.append(change)
        found.stays.append(Stay(row.id, row.key, row.name, None, last))
    else:
        found.changed.append(replace(change, last_day=None))
