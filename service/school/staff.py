"""Who works at the school: their roles and their groups."""

import logging
import re
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import Group, Membership, Person, Role, Teaching
from service.clock import local
from service.school.errors import NotOfThisSchoolError, SchoolError

MAX_TEXT = 120  # characters
_EMAIL = re.compile(r"[^@\s<>,;:\"\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_log = logging.getLogger(__name__)


class StaffError(SchoolError):
    """Deze gegevens van een medewerker kloppen niet."""


class LastAdministratorError(StaffError):
    """Er moet altijd iemand zijn die beheert. Geef eerst iemand anders die rol."""


def add_person(
    session: Session,
    school_id: UUID,
    *,
    name: str,
    email: str,
    role: Role,
    unit: str | None = None,
    valid_from: date,
    actor_id: UUID | None,
    at: datetime,
) -> Person:
    """Let a person work at a school; an address that is known already is the same person."""
    email = tidy_mail(email)
    person = session.exec(select(Person).where(Person.email == email)).one_or_none()
    if person is None:
        person = Person(name=_text(name, "de naam"), email=email)
        session.add(person)
    person.active = True
    session.flush()
    add_membership(
        session,
        school_id,
        person.id,
        role=role,
        unit=unit,
        valid_from=valid_from,
        actor_id=actor_id,
        at=at,
    )
    return person


def add_membership(
    session: Session,
    school_id: UUID,
    person_id: UUID,
    *,
    role: Role,
    unit: str | None = None,
    valid_from: date,
    valid_until: date | None = None,
    actor_id: UUID | None,
    at: datetime,
) -> Membership:
    """Give a person a role at a school, from a day on; a coordinator has a unit."""
    unit = " ".join((unit or "").split()) or None
    if role is Role.COORDINATOR and unit is None:
        raise StaffError("Noem de bouw van de coördinator, bijvoorbeeld onderbouw.")
    _check_span(valid_from, valid_until)
    same = _runs_at(session, school_id, person_id, role, valid_from, valid_until)
    if same:
        raise StaffError("Deze rol heeft deze persoon in die tijd al.")
    row = Membership(
        school_id=school_id,
        person_id=person_id,
        role=role,
        unit=unit if role is Role.COORDINATOR else None,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    session.add(row)
    session.flush()
    _note("role given", row.id, actor_id, at)
    return row


def end_membership(
    session: Session,
    school_id: UUID,
    membership_id: UUID,
    *,
    until: date,
    actor_id: UUID | None,
    at: datetime,
) -> None:
    """End a role after a day (included); one that never began is taken away."""
    row = session.get(Membership, membership_id)
    if row is None or row.school_id != school_id:
        raise NotOfThisSchoolError
    if row.role is Role.ADMINISTRATOR:
        _keep_an_administrator(session, row)
    _end(session, row, until, at)
    _note("role ended", row.id, actor_id, at)


def add_teaching(
    session: Session,
    school_id: UUID,
    person_id: UUID,
    group_id: UUID,
    *,
    valid_from: date,
    valid_until: date | None = None,
    actor_id: UUID | None,
    at: datetime,
) -> Teaching:
    """Give a person a group; a second teacher makes a duo. It lasts no longer than the group's year."""
    group = session.get(Group, group_id)
    if group is None or group.school_id != school_id:
        raise NotOfThisSchoolError
    require_member(session, school_id, person_id)
    ends = date(int(group.school_year[5:]), 7, 31)
    valid_until = min(valid_until or ends, ends)
    _check_span(valid_from, valid_until)
    for other in session.exec(
        select(Teaching).where(Teaching.person_id == person_id, Teaching.group_id == group_id)
    ):
        if other.valid_from <= valid_until and (other.valid_until or date.max) >= valid_from:
            raise StaffError("Deze persoon heeft deze groep in die tijd al.")
    row = Teaching(person_id=person_id, group_id=group_id, valid_from=valid_from, valid_until=valid_until)
    session.add(row)
    session.flush()
    _note("group given", row.id, actor_id, at)
    return row


def end_teaching(
    session: Session,
    school_id: UUID,
    teaching_id: UUID,
    *,
    until: date,
    actor_id: UUID | None,
    at: datetime,
) -> None:
    """End a person's turn at a group after a day (included); one that never began is taken away."""
    row = session.get(Teaching, teaching_id)
    group = session.get(Group, row.group_id) if row else None
    if row is None or group is None or group.school_id != school_id:
        raise NotOfThisSchoolError
    _end(session, row, until, at)
    _note("group ended", row.id, actor_id, at)


def require_member(session: Session, school_id: UUID, person_id: UUID) -> Person:
    """Return a person who works, worked or will work at this school."""
    row = session.exec(
        select(Membership.id).where(Membership.school_id == school_id, Membership.person_id == person_id)
    ).first()
    person = session.get(Person, person_id) if row else None
    if person is None:
        raise NotOfThisSchoolError
    return person


def memberships_of(session: Session, school_id: UUID, person_id: UUID) -> list[Membership]:
    """Return the roles a person has, had or will have at a school."""
    mine = select(Membership).where(Membership.school_id == school_id, Membership.person_id == person_id)
    return list(session.exec(mine))


def _keep_an_administrator(session: Session, leaving: Membership) -> None:
    others = session.exec(
        select(Membership)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(
            Membership.school_id == leaving.school_id,
            Membership.role == Role.ADMINISTRATOR,
            Membership.id != leaving.id,
            col(Membership.valid_until).is_(None),
            col(Person.active).is_(True),
        )
    ).first()
    if others is None:
        raise LastAdministratorError


def _runs_at(
    session: Session, school_id: UUID, person_id: UUID, role: Role, first: date, last: date | None
) -> bool:
    rows = memberships_of(session, school_id, person_id)
    return any(
        row.role is role
        and (last is None or row.valid_from <= last)
        and (row.valid_until is None or row.valid_until >= first)
        for row in rows
    )


def _end(session: Session, row: Membership | Teaching, until: date, at: datetime) -> None:
    """End a row after a day; take away what never began, but never what has run: that was a mistyped day."""
    if until < row.valid_from:
        if row.valid_from < local(at).date():
            _check_span(row.valid_from, until)
        session.delete(row)
    else:
        row.valid_until = until
    session.flush()


def _check_span(first: date, last: date | None) -> None:
    if last and last < first:
        raise StaffError("De laatste dag ligt voor de eerste dag.")


def _text(text: str, what: str) -> str:
    tidy = " ".join(text.split())
    if not tidy or not tidy.isprintable() or len(tidy) > MAX_TEXT:
        raise StaffError(f"Vul {what} in, met hooguit {MAX_TEXT} tekens.")
    return tidy


def tidy_mail(text: str) -> str:
    """Return a typed mail address as we keep addresses."""
    tidy = text.strip().casefold()
    if not _EMAIL.fullmatch(tidy) or not tidy.isascii() or len(tidy) > MAX_TEXT:
        raise StaffError("Dit is geen mailadres.")
    return tidy


def _note(what: str, row_id: UUID, actor_id: UUID | None, at: datetime) -> None:
    _log.info("%s: %s by %s at %s", what, row_id, actor_id, at.isoformat())
