"""Place pupils in groups: a move ends one placement and begins another, each with its first and last day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from service.roster.changes import Change
from service.roster.groups import Rooms
from service.roster.pupils import Stay
from service.roster.roster import PupilLine
from service.roster.tables import PLACEMENT, KnownPlacement, Writes
from service.roster.term import DAY, Term, new_id


@dataclass(frozen=True)
class Placing:
    """What placing needs to know: the year, its groups, and where to write."""

    term: Term
    rooms: Rooms
    writes: Writes


def place(stays: Iterable[Stay], rows: Iterable[KnownPlacement], placing: Placing) -> tuple[Change, ...]:
    """Place everyone; return the pupils known before who are in other groups now."""
    mine: dict[UUID, list[KnownPlacement]] = defaultdict(list)
    for row in rows:
        mine[row.pupil_id].append(row)
    moved = (_place(stay, mine.get(stay.id, []), placing) for stay in stays)
    return tuple(change for change in moved if change)


def _place(stay: Stay, rows: list[KnownPlacement], placing: Placing) -> Change | None:
    if stay.line is None:
        for row in rows:
            _end(row, stay.last_day or placing.term.on - DAY, placing.writes)
        return None
    this_year = [row for row in rows if row.group_id in placing.rooms.this_year]
    now = {row.group_id: row for row in this_year if row.valid_until is None}
    before = set(now) or {row.group_id for row in rows if _runs_on(row, placing)}
    asked = _asked(stay.line, placing.rooms)
    for row in rows:
        if _runs_on(row, placing):
            _end(row, placing.term.first_day - DAY, placing.writes)
    start = _start(stay.line, this_year, placing.term)
    for group_id in set(now) - asked:
        _end(now[group_id], start - DAY, placing.writes)
    for group_id in asked - set(now):
        _begin(stay.id, group_id, start, this_year, placing.writes)
    if stay.fresh or before == asked:
        return None
    names = placing.rooms.names
    was, becomes = (tuple(sorted(names[each] for each in groups)) for groups in (before, asked))
    return Change(stay.key, stay.name, from_groups=was, to_groups=becomes)


def _asked(line: PupilLine, rooms: Rooms) -> set[UUID]:
    keys = (*((line.group,) if line.group else ()), *line.composites)
    return {rooms.ids[key] for key in keys}


def _runs_on(row: KnownPlacement, placing: Placing) -> bool:
    """Tell whether a placement of an earlier year was never ended."""
    if row.group_id in placing.rooms.this_year:
        return False
    return row.valid_until is None or row.valid_until >= placing.term.first_day


def _start(line: PupilLine, this_year: list[KnownPlacement], term: Term) -> date:
    """Return the first day in a new group: 1 August or the enrolment; in a move, the day of the import."""
    floor = max(line.enrolled_on or term.first_day, term.first_day)
    if not this_year and (line.enrolled_on or term.first_groups):
        return floor
    return max(term.on, floor)


def _end(row: KnownPlacement, last: date, writes: Writes) -> None:
    if row.valid_until is not None and row.valid_until <= last:
        return
    if last < row.valid_from:
        writes.deletes[PLACEMENT].append(row.id)  # it never lasted a day
    else:
        writes.updates[PLACEMENT].append({"row": row.id, "valid_until": last})


def _begin(
    pupil_id: UUID, group_id: UUID, start: date, this_year: list[KnownPlacement], writes: Writes
) -> None:
    for row in this_year:
        if row.group_id == group_id and row.valid_until and row.valid_until >= start - DAY:
            writes.updates[PLACEMENT].append({"row": row.id, "valid_until": None})
            return
    writes.inserts[PLACEMENT].append(
        {
            "id": new_id(),
            "pupil_id": pupil_id,
            "group_id": group_id,
            "valid_from": start,
            "valid_until": None,
        }
    )
