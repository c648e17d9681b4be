"""Everyone a school's year is planned for, from rows to the planner's own shapes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from calendars.people import GroupFact, Member, People, PupilFact, RoleSpan
from calendars.presence import Presence as Pattern
from calendars.presence import PresentHalf
from models import (
    Group,
    GroupKind,
    Membership,
    Person,
    Placement,
    Presence,
    Pupil,
    School,
    Teaching,
)


def people_of(session: Session, school: School, label: str) -> People:
    """Return the members, groups and pupils of a school in one school year."""
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
    pupils = _pupils(session, school, label, [g.id for g in groups])
    years: dict[UUID | None, set[str]] = defaultdict(set)
    for pupil in pupils:
        years[pupil.group].add(pupil.year_group)
    facts = [
        GroupFact(g.id, g.key, g.name, frozenset(years[g.id]) or frozenset({g.year_group})) for g in groups
    ]
    return People(tuple(members_of(session, school)), tuple(facts), tuple(pupils))


def lasts(label: str) -> ColumnElement[bool]:
    """Return the condition that a placement lasts the year out, also when next year's roster ended it."""
    end = date(int(label[-4:]), 7, 31)
    return or_(col(Placement.valid_until).is_(None), col(Placement.valid_until) >= end)


def _pupils(session: Session, school: School, label: str, groups: list[UUID]) -> list[PupilFact]:
    in_groups = col(Placement.group_id).in_(groups)
    placed = session.exec(select(Placement.pupil_id, Placement.group_id).where(in_groups, lasts(label))).all()
    where = dict(placed)
    pupils = session.exec(
        select(Pupil.id, Pupil.key, Pupil.year_group)
        .where(Pupil.school_id == school.id, col(Pupil.active).is_(True))
        .order_by(Pupil.key)
    ).all()
    return [PupilFact(id_, key, where[id_], year) for id_, key, year in pupils if id_ in where]


def members_of(session: Session, school: School) -> Iterable[Member]:
    """Return the active staff of a school, each with roles, groups and presence."""
    roles: dict[UUID, list[RoleSpan]] = defaultdict(list)
    for m in session.exec(
        select(Membership)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(Membership.school_id == school.id, col(Person.active).is_(True))
        .order_by(Membership.role)
    ):
        roles[m.person_id].append(RoleSpan(m.role.value, m.unit, m.valid_from, m.valid_until))
    halves: dict[UUID, list[PresentHalf]] = defaultdict(list)
    for p in session.exec(select(Presence).where(Presence.school_id == school.id)):
        halves[p.person_id].append(PresentHalf(p.weekday, p.half.value, p.valid_from, p.valid_until))
    taught: dict[UUID, list[tuple[UUID, date, date | None]]] = defaultdict(list)
    for t in session.exec(
        select(Teaching).join(Group, col(Group.id) == Teaching.group_id).where(Group.school_id == school.id)
    ):
        taught[t.person_id].append((t.group_id, t.valid_from, t.valid_until))
    for person_id in sorted(roles, key=str):
        yield Member(
            person_id,
            tuple(roles[person_id]),
            Pattern(tuple(halves[person_id])),
            tuple(taught[person_id]),
        )
