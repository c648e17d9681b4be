"""Log in and out: a row per login, and a random token of which only the browser knows the text."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models import LoginSession, Membership, Person, School
from service.access import throttle
from service.access.actor import holds_on
from service.access.passwords import check_strength, hash_password, verify_password

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)


class LoginRefusedError(Exception):
    """Dit e-mailadres en wachtwoord horen niet bij elkaar."""

    def __str__(self) -> str:
        """Return the message for the screen."""
        return (self.__doc__ or "").strip()


class NoSchoolError(LoginRefusedError):
    """Je hebt op dit moment geen rol op een school. Vraag het na bij de beheerder van je school."""


class ThrottledError(LoginRefusedError):
    """Dit ging een paar keer mis. Wacht even en probeer het dan opnieuw."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


def log_in(session: Session, email: str, password: str, *, at: datetime, today: date, address: str) -> str:
    """Check a password and return the token of a new login; a refusal is kept when the caller commits."""
    email = email.strip().lower()
    if until := throttle.wait_until(session, email, address, at):
        raise ThrottledError(until)
    person = session.exec(select(Person).where(Person.email == email, Person.active)).one_or_none()
    if not verify_password(password, person.password_hash if person else None) or person is None:
        throttle.failed(session, email, address, at)
        raise LoginRefusedError
    schools = schools_of(session, person.id, today)
    if not schools:
        raise NoSchoolError
    throttle.succeeded(session, email, address)
    return _begin(session, person.id, schools[0].id, at)


def _begin(session: Session, person_id: UUID, school_id: UUID, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    login = LoginSession(
        token_hash=_digest(token),
        person_id=person_id,
        school_id=school_id,
        created_at=at,
        seen_at=at,
        expires_at=at + ABSOLUTE,
    )
    session.add(login)
    session.flush()
    return token


def who(session: Session, token: str, at: datetime, *, idle: timedelta = IDLE) -> tuple[Person, UUID] | None:
    """Return who a token belongs to and at which school; nothing when the login has ended."""
    login = _login(session, token)
    if login is None or login.expires_at <= at or login.seen_at + idle <= at:
        return None
    person = session.get_one(Person, login.person_id)
    return (person, login.school_id) if person.active else None


def needs_touch(session: Session, token: str, at: datetime) -> bool:
    """Tell whether the login was last noted long enough ago to note it again."""
    login = _login(session, token)
    return login is not None and login.seen_at + _SEEN_EVERY <= at


def touch(session: Session, token: str, at: datetime) -> None:
    """Note that the login is still in use."""
    if login := _login(session, token):
        login.seen_at = at


def log_out(session: Session, token: str) -> None:
    """End a login."""
    session.execute(delete(LoginSession).where(col(LoginSession.token_hash) == _digest(token)))


def end_all(session: Session, person_id: UUID, *, keep: str | None = None) -> None:
    """End every login of a person, except the one with the token to keep."""
    statement = delete(LoginSession).where(col(LoginSession.person_id) == person_id)
    if keep:
        statement = statement.where(col(LoginSession.token_hash) != _digest(keep))
    session.execute(statement)


def change_password(session: Session, person_id: UUID, old: str, new: str, *, keep: str) -> None:
    """Replace a person's password and end their other logins."""
    person = session.get_one(Person, person_id)
    if not verify_password(old, person.password_hash):
        raise LoginRefusedError
    check_strength(new)
    person.password_hash = hash_password(new)
    end_all(session, person_id, keep=keep)


def switch_school(session: Session, token: str, school_id: UUID, *, today: date) -> bool:
    """Move a login to another school of the same person; tell whether the person works there."""
    login = _login(session, token)
    if login is None or school_id not in {s.id for s in schools_of(session, login.person_id, today)}:
        return False
    login.school_id = school_id
    return True


def schools_of(session: Session, person_id: UUID, on: date) -> list[School]:
    """Return the schools where a person works on a day, by name."""
    holds = holds_on(col(Membership.valid_from), col(Membership.valid_until), on)
    here = select(Membership.school_id).where(Membership.person_id == person_id, holds)
    return list(session.exec(select(School).where(col(School.id).in_(here)).order_by(School.name)))


def _login(session: Session, token: str) -> LoginSession | None:
    return session.exec(select(LoginSession).where(LoginSession.token_hash == _digest(token))).one_or_none()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
