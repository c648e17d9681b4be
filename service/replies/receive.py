"""Take in one mail, whichever way it came: understood once, counted once, and kept until somebody saw it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from models import InboundMail, InboundState, MailAlias, Membership, Person, School
from service.mishap import told
from service.notices.vault import Vault
from service.replies.kinds import Kind
from service.replies.mail import Mail, open_mail
from service.replies.outcome import Outcome
from service.replies.understand import understand

MAX_KEPT = 2_000_000  # octets of a mail that somebody has to look at
_FAILED = "Bij het verwerken ging iets mis; de beheerder ziet wat."


def receive(
    session: Session,
    raw: bytes,
    *,
    source: str,
    at: datetime,
    vault: Vault,
    octets: int = 0,
    problem: str = "",
) -> InboundMail:
    """Take in a mail and return its row; the same bytes again change nothing.

    ``source`` says which way it came. With a ``problem`` (Dutch) not all of its ``octets`` are here.
    """
    fingerprint = sha256(raw).hexdigest()
    mail = open_mail(raw)  # before the first statement: whatever was sent, nobody waits for our transaction
    row = _row(session, fingerprint, source, at)
    if row is None:
        return session.exec(select(InboundMail).where(InboundMail.fingerprint == fingerprint)).one()
    mail.problem = problem or mail.problem
    _fill_in(session, row, mail, at)
    if mail.problem:
        row.data = row.data | {"octets": octets or len(raw)}
    if row.state == InboundState.OPEN:
        row.secret_body = vault.seal(raw[:MAX_KEPT].decode("latin-1"), about=about(row.id))
    session.flush()
    return row


def again(session: Session, row: InboundMail, *, at: datetime, vault: Vault) -> InboundMail:
    """Understand a mail that waits once more, now that more is known."""
    mail = opened(vault, row)
    if mail is not None and row.state == InboundState.OPEN and "octets" not in row.data:
        _fill_in(session, row, mail, at)
        if row.state != InboundState.OPEN:
            row.secret_body = None
        session.flush()
    return row


def _fill_in(session: Session, row: InboundMail, mail: Mail, at: datetime) -> None:
    outcome = _understood(session, mail, row, at)
    row.sender = mail.sender[:320]
    row.kind, row.state, row.reason = outcome.kind.value, outcome.state, outcome.reason
    row.school_id = outcome.school_id or row.school_id or _school_of(session, mail)
    row.meeting_id, row.attendee_id = outcome.meeting_id, outcome.attendee_id
    row.message_id, row.data = outcome.message_id, outcome.data
    session.add(row)


def about(inbound_id: UUID) -> str:
    """Return what the seal of a mail is bound to."""
    return f"inbound:{inbound_id}"


def opened(vault: Vault, row: InboundMail) -> Mail | None:
    """Open a mail that somebody still has to look at; None when it is no longer kept."""
    if row.secret_body is None:
        return None
    return open_mail(vault.unseal(row.secret_body, about=about(row.id)).encode("latin-1"))


def _row(session: Session, fingerprint: str, source: str, at: datetime) -> InboundMail | None:
    """Make the row, unless this mail was taken in before or by another at the same moment."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "source": source[:60],
        "fingerprint": fingerprint,
        "received_at": at,
        "sender": "",
        "kind": Kind.UNREADABLE.value,
        "state": InboundState.OPEN,
        "reason": "",
        "data": {},
    }
    session.flush()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(InboundMail).values(**values)
    once = insert.on_conflict_do_nothing(index_elements=["fingerprint"]).returning(col(InboundMail.id))
    made = session.execute(once).scalar_one_or_none()
    return session.get_one(InboundMail, made) if made else None


def _understood(session: Session, mail: Mail, row: InboundMail, at: datetime) -> Outcome:
    """Understand a mail; when that fails, nothing of it happened and somebody looks at it."""
    try:
        with session.begin_nested():
            outcome = understand(session, mail, inbound_id=row.id, at=at)
            session.flush()
    except Exception as error:  # noqa: BLE001 -- one mail must never hold up the next, nor be lost
        return Outcome(
            kind=Kind.UNREADABLE, state=InboundState.OPEN, reason=_FAILED, data={"error": told(error)}
        )
    if mail.trouble and outcome.state != InboundState.OPEN:
        told_too = f"Niet alles is gelezen: {mail.trouble}."
        return replace(outcome, state=InboundState.OPEN, reason=told_too)
    return outcome


def _school_of(session: Session, mail: Mail) -> UUID | None:
    """Return which school a mail is for: its mailbox, where its sender works, or the only one there is."""
    return next((school for school in _guesses(session, mail) if school), None)


def _guesses(session: Session, mail: Mail) -> Iterator[UUID | None]:
    boxes = select(School.id).where(func.lower(School.mailbox).in_(mail.recipients))
    yield _only(list(session.exec(boxes)))
    staff = (
        select(Membership.school_id)
        .join(Person, col(Person.id) == Membership.person_id)
        .outerjoin(MailAlias, col(MailAlias.person_id) == Person.id)
        .where((func.lower(Person.email) == mail.sender) | (col(MailAlias.email) == mail.sender))
    )
    yield _only(list(session.exec(staff.distinct()))) if mail.sender else None
    yield _only(list(session.exec(select(School.id).limit(2))))


def _only(found: list[UUID]) -> UUID | None:
    return found[0] if len(found) == 1 else None
