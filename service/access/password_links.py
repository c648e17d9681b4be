"""Let a person choose a password by a mailed link: nobody else, not even an administrator, ever knows it.

A link works once and not for ever. The browser and the mail hold its token, the database only a digest.
"""

import hashlib
import logging
import secrets
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, delete, select

from models import Message, MessageState, PasswordLink, Person, School
from service.access import password_letter, throttle
from service.access.passwords import check_strength, hash_password
from service.access.sessions import ThrottledError, end_all, schools_of
from service.notices.outbox import Letter, post
from service.settings import settings

INVITED_FOR = timedelta(days=7)
ASKED_FOR = timedelta(days=1)
_ONE_PER = timedelta(minutes=5)
_LETTER = "password-link:"
_ASKED = "link:"  # counted apart from failed logins, so that asking on someone's behalf never keeps them out
_log = logging.getLogger(__name__)


class TooSoonError(Exception):
    """Er is net al een link gestuurd. Wacht vijf minuten en probeer het dan opnieuw."""

    def __str__(self) -> str:
        """Return the message for the screen."""
        return (self.__doc__ or "").strip()


class DeadLinkError(Exception):
    """Deze link werkt niet meer."""


def invite_to_log_in(
    session: Session, person: Person, school_id: UUID, *, at: datetime, lasts: timedelta = INVITED_FOR
) -> None:
    """Mail a person a link to choose a password; the links before it end. At most one per five minutes."""
    session.exec(select(Person.id).where(Person.id == person.id).with_for_update()).one()
    before = session.exec(select(PasswordLink.created_at).where(PasswordLink.person_id == person.id)).all()
    if any(at - _ONE_PER < made <= at for made in before):
        raise TooSoonError
    session.execute(delete(PasswordLink).where(col(PasswordLink.person_id) == person.id))
    token = secrets.token_urlsafe(32)
    link = PasswordLink(token_hash=_digest(token), person_id=person.id, created_at=at, expires_at=at + lasts)
    session.add(link)
    post(session, _letter(session, person, school_id, link, token))
    _log.info("password link for %s at %s", person.id, at.isoformat())


def _letter(session: Session, person: Person, school_id: UUID, link: PasswordLink, token: str) -> Letter:
    words = password_letter.write(
        person,
        session.get_one(School, school_id),
        address=f"{settings().base_url}/wachtwoord/{token}",
        until=link.expires_at,
    )
    return Letter(
        school_id=school_id,
        person_id=person.id,
        kind="notice",
        dedupe_key=f"{_LETTER}{link.id}",
        to_address=person.email,
        subject=words.subject,
        body=words.text,
        html=words.html,
        at=link.created_at,
        expires_at=link.expires_at,
    )


def end_links(session: Session, person_id: UUID) -> None:
    """End every link of a person; a mail with one that still waits does not go."""
    session.execute(delete(PasswordLink).where(col(PasswordLink.person_id) == person_id))
    waiting = select(Message).where(
        Message.person_id == person_id,
        Message.state == MessageState.READY,
        col(Message.dedupe_key).startswith(_LETTER),
    )
    for message in session.exec(waiting.with_for_update()):
        message.state, message.last_error = MessageState.SUPPRESSED, DeadLinkError.__doc__
    session.flush()


def note_question(session: Session, email: str, *, at: datetime, address: str) -> None:
    """Count that someone asks for a link; raise ``ThrottledError`` when that goes too fast."""
    account, place = _ASKED + tidy(email), _ASKED + address
    if until := throttle.wait_until(session, account, place, at):
        raise ThrottledError(until)
    throttle.failed(session, account, place, at)


def mail_link_to(session: Session, email: str, *, at: datetime, today: date) -> None:
    """Mail a link to whoever has this address and works somewhere today; to others nothing happens."""
    person = session.exec(select(Person).where(Person.email == tidy(email), Person.active)).one_or_none()
    schools = schools_of(session, person.id, today) if person else []
    if person and schools:
        with suppress(TooSoonError):
            invite_to_log_in(session, person, schools[0].id, at=at, lasts=ASKED_FOR)


def owner_of(session: Session, token: str, at: datetime) -> Person | None:
    """Return who may choose a password by a token; nothing when it is unknown, used or too old."""
    link = session.exec(select(PasswordLink).where(PasswordLink.token_hash == _digest(token))).one_or_none()
    return _owner(session, link, at)


def choose_password(session: Session, token: str, password: str, *, at: datetime) -> Person:
    """Keep the password that the owner of a link chose, end the link and all their logins."""
    found = select(PasswordLink).where(PasswordLink.token_hash == _digest(token)).with_for_update()
    link = session.exec(found).one_or_none()
    person = _owner(session, link, at)
    if link is None or person is None:
        raise DeadLinkError
    check_strength(password)
    link.used_at = at
    person.password_hash = hash_password(password)
    end_all(session, person.id)
    _log.info("password chosen by %s at %s", person.id, at.isoformat())
    return person


def open_until(session: Session, person_id: UUID, at: datetime) -> datetime | None:
    """Return until when a link of this person still works, if there is one."""
    mine = select(PasswordLink.expires_at).where(
        PasswordLink.person_id == person_id,
        PasswordLink.expires_at > at,
        col(PasswordLink.used_at).is_(None),
    )
    return session.exec(mine.order_by(col(PasswordLink.expires_at).desc())).first()


def tidy(email: str) -> str:
    """Return a typed address as we keep addresses."""
    return email.strip().lower()


def _owner(session: Session, link: PasswordLink | None, at: datetime) -> Person | None:
    if link is None or link.used_at is not None or link.expires_at <= at:
        return None
    person = session.get_one(Person, link.person_id)
    return person if person.active else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
