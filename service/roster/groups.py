"""Compare the groups of the file's school year with those that are kept; other years are left alone."""

from dataclasses import dataclass
from uuid import UUID

from service.roster.changes import Change, Changes
from service.roster.problems import Report
from service.roster.recognise import pair
from service.roster.roster import GroupLine
from service.roster.tables import GROUP, Known, KnownGroup, Writes
from service.roster.term import Term, lasting_key, new_id

_FIELDS = ("name", "kind", "year_group")


@dataclass(frozen=True)
class Rooms:
    """The groups after the import: who is meant by a key in the file, and what every group is called."""

    changes: Changes
    ids: dict[str, UUID]
    names: dict[UUID, str]
    this_year: frozenset[UUID]


def compare_groups(
    lines: tuple[GroupLine, ...] | None, known: Known, term: Term, writes: Writes, report: Report
) -> Rooms:
    """Return the groups of the year and what changes about them."""
    rows = [group for group in known.groups if group.school_year == term.school_year]
    names = {group.id: group.name for group in known.groups}
    pairs = pair(lines or (), rows, "EDEX/groepen", report)
    ids: dict[str, UUID] = {}
    kinds: dict[str, list[Change]] = {"new": [], "changed": [], "left": [], "returned": []}
    for line, row in pairs:
        ids[line.key] = row.id if row else _add(line, term, writes, kinds)
        names[ids[line.key]] = line.name
        if row:
            _update(line, row, writes, kinds)
    if lines is not None:
        _end({row.id for _, row in pairs if row}, rows, writes, kinds)
    changes = Changes(**{kind: tuple(found) for kind, found in kinds.items()})
    this_year = frozenset(row.id for row in rows) | frozenset(ids.values())
    return Rooms(changes, ids, names, this_year)


def _add(line: GroupLine, term: Term, writes: Writes, kinds: dict[str, list[Change]]) -> UUID:
    row_id = new_id()
    writes.inserts[GROUP].append(
        {
            "id": row_id,
            "school_id": term.school_id,
            "school_year": term.school_year,
            "key": lasting_key(line.key, row_id),
            "name": line.name,
            "kind": line.kind,
            "year_group": line.year_group,
            "active": True,
        }
    )
    kinds["new"].append(Change(line.key, line.name))
    return row_id


def _update(line: GroupLine, row: KnownGroup, writes: Writes, kinds: dict[str, list[Change]]) -> None:
    changed = tuple(name for name in _FIELDS if getattr(line, name) != getattr(row, name))
    if not changed and row.active:
        return
    values = {name: getattr(line, name) for name in _FIELDS}
    writes.updates[GROUP].append({"row": row.id, **values, "active": True})
    was = row.name if row.name != line.name else ""
    kinds["changed" if row.active else "returned"].append(Change(row.key, line.name, changed, was))


def _end(kept: set[UUID], rows: list[KnownGroup], writes: Writes, kinds: dict[str, list[Change]]) -> None:
    for row in rows:
        if row.active and row.id not in kept:
            values = {name: getattr(row, name) for name in _FIELDS}
            writes.updates[GROUP].append({"row": row.id, **values, "active": False})
            kinds["left"].append(Change(row.key, row.name))
