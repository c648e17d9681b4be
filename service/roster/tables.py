"""The tables of one school's roster: what they hold, read in five queries, and what an import writes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, bindparam, func, select
from sqlmodel import Session, SQLModel

from models import GroupKind, School
from service.roster.roster import OfGroup, OfPupil, OfStaff

_TABLES = SQLModel.metadata.tables
GROUP, PUPIL, PLACEMENT = _TABLES["school_group"], _TABLES["pupil"], _TABLES["placement"]
STAFF, PERSON, IMPORT = _TABLES["staff_key"], _TABLES["person"], _TABLES["roster_import"]


@dataclass(frozen=True, slots=True)
class KnownGroup(OfGroup):
    """A group as it is kept."""

    id: UUID
    school_year: str
    key: str
    name: str
    kind: GroupKind
    year_group: str
    active: bool


@dataclass(frozen=True, slots=True)
class KnownPupil(OfPupil):
    """A pupil as they are kept; names and birth date stay out of every representation."""

    id: UUID
    key: str
    eckid: str | None
    first_name: str = field(repr=False)
    prefix: str = field(repr=False)
    last_name: str = field(repr=False)
    born_on: date | None = field(repr=False)
    year_group: str
    enrolled_on: date | None
    left_on: date | None
    active: bool


@dataclass(frozen=True, slots=True)
class KnownPlacement:
    """A pupil in a group as it is kept."""

    id: UUID
    pupil_id: UUID
    group_id: UUID
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class KnownStaff(OfStaff):
    """A key of a member of staff as it is kept."""

    id: UUID
    key: str
    person_id: UUID | None
    name: str
    email: str | None
    active: bool


@dataclass(frozen=True)
class Known:
    """All that is known of a school before an import."""

    school_id: UUID
    newest_year: str | None
    groups: list[KnownGroup]
    pupils: list[KnownPupil]
    placements: list[KnownPlacement]
    staff: list[KnownStaff]
    people: dict[str, UUID]

    @property
    def years(self) -> frozenset[str]:
        """Return the school years of which there are groups."""
        return frozenset(group.school_year for group in self.groups)


def load(session: Session, school: School) -> Known:
    """Read what is known of ``school``."""
    session.flush()
    groups = _rows(session, KnownGroup, GROUP.c.school_id == school.id)
    imported = session.connection().scalar(
        select(func.max(IMPORT.c.school_year)).where(IMPORT.c.school_id == school.id)
    )
    years = [group.school_year for group in groups] + ([imported] if imported else [])
    ours = PLACEMENT.c.pupil_id.in_(select(PUPIL.c.id).where(PUPIL.c.school_id == school.id))
    people = session.connection().execute(select(func.lower(PERSON.c.email), PERSON.c.id))
    return Known(
        school_id=school.id,
        newest_year=max(years, default=None),
        groups=groups,
        pupils=_rows(session, KnownPupil, PUPIL.c.school_id == school.id),
        placements=_rows(session, KnownPlacement, ours),
        staff=_rows(session, KnownStaff, STAFF.c.school_id == school.id),
        people={row[0]: row[1] for row in people},
    )


_T = TypeVar("_T", KnownGroup, KnownPupil, KnownPlacement, KnownStaff)
_SOURCE: dict[type[Any], Any] = {
    KnownGroup: GROUP,
    KnownPupil: PUPIL,
    KnownPlacement: PLACEMENT,
    KnownStaff: STAFF,
}


def _rows(session: Session, kind: type[_T], where: ColumnElement[bool]) -> list[_T]:
    table = _SOURCE[kind]
    columns: Sequence[Any] = [table.c[each.name] for each in fields(kind)]
    return [kind(*row) for row in session.connection().execute(select(*columns).where(where))]


Values = dict[str, Any]
# Pupils and groups come before the placements that point at them.
_ORDER = (GROUP, PUPIL, STAFF, PLACEMENT)


@dataclass
class Writes:
    """Rows to delete, change and add, per table; every change names the same columns."""

    deletes: dict[Table, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[Table, list[Values]] = field(default_factory=lambda: defaultdict(list))
    inserts: dict[Table, list[Values]] = field(default_factory=lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return any(any(rows.values()) for rows in (self.deletes, self.updates, self.inserts))

    def execute(self, connection: Connection) -> None:
        """Write all of it with one statement per table and kind."""
        for table in _ORDER:
            if gone := self.deletes.get(table):
                statement = table.delete().where(table.c.id == bindparam("row"))
                connection.execute(statement, [{"row": row} for row in gone])
            if changed := self.updates.get(table):
                columns: Values = {name: bindparam(name) for name in changed[0] if name != "row"}
                connection.execute(
                    table.update().where(table.c.id == bindparam("row")).values(columns), changed
                )
            if added := self.inserts.get(table):
                connection.execute(table.insert(), added)
