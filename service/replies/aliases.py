"""Other addresses under which a person answers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from calendars.itip.address import address_of
from models import InboundMail, InboundState, MailAlias, Membership, Person, School
from service.notices.vault import Vault, VaultError
from service.replies.receive import again
from service.school.errors import NotOfThisSchoolError, SchoolError

_MOST = 20  # addresses of one person


class AliasError(SchoolError):
    """Dit adres kan er niet bij."""


def aliases_of(session: Session, person_id: UUID) -> Sequence[MailAlias]:
    """Return the other addresses of a person."""
    mine = select(MailAlias).where(MailAlias.person_id == person_id)
    return session.exec(mine.order_by(MailAlias.email)).all()


def add_alias(
    session: Session, school_id: UUID, person_id: UUID, email: str, *, vault: Vault, at: datetime
) -> int:
    """Add an address at which a person also answers; return how many waiting mails that placed."""
    _require_staff(session, school_id, person_id)
    address = address_of(email)
    if not address:
        raise AliasError("Dit is geen mailadres.")
    if taken := taken_by(session, address, person_id):
        raise AliasError(taken)
    if len(aliases_of(session, person_id)) >= _MOST:
        raise AliasError(f"Iemand heeft hoogstens {_MOST} andere adressen.")
    session.add(MailAlias(person_id=person_id, email=address))
    session.flush()
    return _place_waiting(session, school_id, address, vault, at)


def remove_alias(session: Session, school_id: UUID, person_id: UUID, alias_id: UUID) -> None:
    """Forget an address; what was answered from it stays."""
    _require_staff(session, school_id, person_id)
    alias = session.get(MailAlias, alias_id)
    if alias is None or alias.person_id != person_id:
        raise NotOfThisSchoolError
    session.delete(alias)
    session.flush()


def _require_staff(session: Session, school_id: UUID, person_id: UUID) -> None:
    here = select(Membership.id).where(Membership.school_id == school_id, Membership.person_id == person_id)
    if session.exec(here).first() is None:
        raise NotOfThisSchoolError


def taken_by(session: Session, address: str, person_id: UUID) -> str:
    """Return in Dutch why an address can't become a person's; nobody learns whose it is."""
    owner = session.exec(select(Person.id).where(func.lower(Person.email) == address)).first()
    alias = session.exec(select(MailAlias.person_id).where(MailAlias.email == address)).first()
    if person_id in {owner, alias}:
        return "Dit adres heeft deze persoon al."
    if owner or alias:
        return "Dit adres is al van iemand anders."
    box = session.exec(select(School.id).where(func.lower(School.mailbox) == address)).first()
    return "Dit is het postvak van een school." if box else ""


def _place_waiting(session: Session, school_id: UUID, address: str, vault: Vault, at: datetime) -> int:
    """Read again what waits from an address that is known now, or says to be of it."""
    waiting = select(InboundMail).where(
        InboundMail.school_id == school_id,
        InboundMail.state == InboundState.OPEN,
        col(InboundMail.secret_body).is_not(None),
    )
    rows = session.exec(waiting.order_by(col(InboundMail.received_at))).all()
    named = [row for row in rows if address in {row.sender, row.data.get("attendee")}]
    return sum(_placed(session, row, vault, at) for row in named)


def _placed(session: Session, row: InboundMail, vault: Vault, at: datetime) -> bool:
    try:
        return again(session, row, at=at, vault=vault).state != InboundState.OPEN
    except VaultError:
        return False
