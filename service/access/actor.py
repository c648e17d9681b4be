"""Who acts: a person at one school, with the roles, groups and units of that day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from models import Group, Membership, Person, Role, Teaching

MANAGERS = frozenset({Role.IB, Role.DIRECTOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who looks or acts, at one school, on one day."""

    person_id: UUID
    school_id: UUID
    roles: frozenset[Role]
    groups: frozenset[UUID] = frozenset()
    units: frozenset[str] = frozenset()

    @property
    def is_manager(self) -> bool:
        """Tell whether the person guards everything of the school (IB'er or director)."""
        return bool(self.roles & MANAGERS)

    @property
    def is_administrator(self) -> bool:
        """Tell whether the person watches flows and keeps the school's data."""
        return Role.ADMINISTRATOR in self.roles


def actor_for(session: Session, person_id: UUID, school_id: UUID, on: date) -> Actor | None:
    """Return a person as they are at a school on a day; nothing when they don't work there."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return None
    rows = session.exec(
        select(Membership.role, Membership.unit).where(
            Membership.person_id == person_id,
            Membership.school_id == school_id,
            holds_on(col(Membership.valid_from), col(Membership.valid_until), on),
        )
    ).all()
    if not rows:
        return None
    taught = session.exec(
        select(Teaching.group_id)
        .join(Group, col(Group.id) == Teaching.group_id)
        .where(
            Teaching.person_id == person_id,
            Group.school_id == school_id,
            holds_on(col(Teaching.valid_from), col(Teaching.valid_until), on),
        )
    ).all()
    units = frozenset(unit for _, unit in rows if unit)
    return Actor(person_id, school_id, frozenset(Role(role) for role, _ in rows), frozenset(taught), units)


def holds_on(first: Mapped[date], last: Mapped[date | None], on: date) -> ColumnElement[bool]:
    """Return the condition that a span of days (both included, open-ended when empty) holds on a day."""
    return (first <= on) & or_(last.is_(None), last >= on)
