"""Compare the staff in a file with the keys that are kept; a file gives nobody a role, a group or a login."""

from typing import Any
from uuid import UUID

from service.roster.changes import Change, Changes
from service.roster.problems import Report
from service.roster.recognise import is_dummy, pair
from service.roster.roster import StaffLine
from service.roster.tables import STAFF, Known, KnownStaff, Writes
from service.roster.term import Term, lasting_key, new_id


def compare_staff(
    lines: tuple[StaffLine, ...] | None, known: Known, term: Term, writes: Writes, report: Report
) -> Changes:
    """Return what changes among the staff; a file that is silent about them changes nothing."""
    if lines is None:
        return Changes()
    kinds: dict[str, list[Change]] = {"new": [], "changed": [], "left": [], "returned": []}
    kept: set[UUID] = set()
    for line, row in pair(lines, known.staff, "EDEX/leerkrachten", report):
        person_id = known.people.get(line.email) if line.email else None
        if row is None:
            _add(line, person_id, term, writes)
            kinds["new"].append(Change(line.key, line.name))
            continue
        kept.add(row.id)
        _update(line, row, row.person_id or person_id, writes, kinds)
    for row in known.staff:
        if row.active and row.id not in kept:
            writes.updates[STAFF].append({"row": row.id, **_values(row), "active": False})
            kinds["left"].append(Change(row.key, row.name))
    return Changes(**{kind: tuple(found) for kind, found in kinds.items()})


def _values(row: KnownStaff) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("key", "name", "email", "person_id")}


def _add(line: StaffLine, person_id: UUID | None, term: Term, writes: Writes) -> None:
    row_id = new_id()
    writes.inserts[STAFF].append(
        {
            "id": row_id,
            "school_id": term.school_id,
            "key": lasting_key(line.key, row_id),
            "person_id": person_id,
            "name": line.name,
            "email": line.email,
            "active": True,
        }
    )


def _update(
    line: StaffLine, row: KnownStaff, person_id: UUID | None, writes: Writes, kinds: dict[str, list[Change]]
) -> None:
    key = row.key if is_dummy(line.key) else line.key
    values = {"key": key, "name": line.name, "email": line.email, "person_id": person_id}
    before = _values(row)
    changed = tuple(name for name, value in values.items() if value != before[name])
    if not changed and row.active:
        return
    writes.updates[STAFF].append({"row": row.id, **values, "active": True})
    kinds["changed" if row.active else "returned"].append(Change(key, line.name, changed))
