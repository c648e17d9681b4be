"""The people of a school as their pages show them: roles, groups, days, and what waits for them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, func, select

from models import OPEN_STATES, Group, GroupKind, Half, Membership, Person, School, Task, Teaching
from service.school.presence import Pattern, patterns_of

WORKDAYS = range(5)
HALVES = (Half.MORNING, Half.AFTERNOON)


@dataclass(slots=True)
class StaffRow:
    """A person at a school, with everything that is or was theirs there."""

    person: Person
    memberships: list[Membership] = field(default_factory=list)
    teaching: list[tuple[Teaching, Group]] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)

    def pattern_on(self, day: date) -> Pattern | None:
        """Return the week that runs on a day."""
        return next((pattern for pattern in self.patterns if pattern.holds_on(day)), None)

    def roles_on(self, day: date) -> list[Membership]:
        """Return the roles that hold on a day."""
        return [m for m in self.memberships if _holds(m, day)]

    def groups_on(self, day: date) -> list[str]:
        """Return the names of the groups taught on a day."""
        return [group.name for teaching, group in self.teaching if _holds(teaching, day)]

    def is_gone(self, day: date) -> bool:
        """Tell whether no role runs or is to come."""
        return all(m.valid_until is not None and m.valid_until < day for m in self.memberships)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group, its teachers, and per weekday and half who of them is there."""

    group: Group
    teachers: tuple[str, ...]
    there: dict[tuple[int, Half], tuple[str, ...]]

    @property
    def gaps(self) -> tuple[int, ...]:
        """Return the weekdays on which no teacher is there in the morning."""
        return tuple(day for day in WORKDAYS if not self.there[day, Half.MORNING])


def staff_of(session: Session, school: School) -> list[StaffRow]:
    """Return everyone who works, worked or will work at a school, by name."""
    rows: dict[UUID, StaffRow] = {}
    members = session.exec(
        select(Membership, Person)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(Membership.school_id == school.id)
        .order_by(Person.name, col(Membership.valid_from))
    )
    for membership, person in members:
        rows.setdefault(person.id, StaffRow(person)).memberships.append(membership)
    for teaching, group in _teaching(session, school):
        if teaching.person_id in rows:
            rows[teaching.person_id].teaching.append((teaching, group))
    for row in rows.values():
        row.patterns = patterns_of(session, school.id, row.person.id)
    return list(rows.values())


def groups_of(
    session: Session, school: School, label: str, staff: list[StaffRow], on: date
) -> list[GroupRow]:
    """Return the classes of a school year, each with who is there in the week of a day."""
    groups = session.exec(
        select(Group)
        .where(
            Group.school_id == school.id,
            Group.school_year == label,
            Group.kind == GroupKind.BASE,
            col(Group.active).is_(True),
        )
        .order_by(Group.name)
    ).all()
    teachers: dict[UUID, list[StaffRow]] = defaultdict(list)
    for row in staff:
        for teaching, group in row.teaching:
            if _holds(teaching, on):
                teachers[group.id].append(row)
    return [_group_row(group, teachers[group.id], on) for group in groups]


def open_work(session: Session, school: School, person_id: UUID) -> int:
    """Count the open tasks that are a person's."""
    mine = select(func.count(col(Task.id))).where(
        Task.school_id == school.id, Task.owner_id == person_id, col(Task.state).in_(OPEN_STATES)
    )
    return session.exec(mine).one()


def _group_row(group: Group, teachers: list[StaffRow], on: date) -> GroupRow:
    there = {
        (day, half): tuple(row.person.name for row in teachers if _is_there(row, day, half, on))
        for day in WORKDAYS
        for half in HALVES
    }
    return GroupRow(group, tuple(row.person.name for row in teachers), there)


def _is_there(row: StaffRow, weekday: int, half: Half, on: date) -> bool:
    # Someone without any pattern counts as always there, as the planner has it.
    if not row.patterns:
        return True
    pattern = row.pattern_on(on)
    return pattern is not None and (weekday, half) in pattern.halves


def _teaching(session: Session, school: School) -> list[tuple[Teaching, Group]]:
    rows = session.exec(
        select(Teaching, Group)
        .join(Group, col(Group.id) == Teaching.group_id)
        .where(Group.school_id == school.id)
        .order_by(Group.name, col(Teaching.valid_from))
    )
    return [(teaching, group) for teaching, group in rows]


def _holds(row: Membership | Teaching, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
