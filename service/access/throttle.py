"""Slow down guessing: each failed login makes the next wait longer, and nobody is locked out for good."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, func, select

from models import LoginFailure

_REMEMBERED = timedelta(hours=1)
_LONGEST = timedelta(minutes=15)
_FREE_TRIES = 3
# A school shares one address, and a colleague may be attacked: these two allow more before they slow down.
_FREE_PER_ACCOUNT = 12
_FREE_PER_ADDRESS = 30


def wait_until(session: Session, email: str, address: str, at: datetime) -> datetime | None:
    """Return until when this account, seen from this address, must wait; nothing when it need not."""
    account, place = col(LoginFailure.email) == email, col(LoginFailure.address) == address
    rules = ((account & place, _FREE_TRIES), (account, _FREE_PER_ACCOUNT), (place, _FREE_PER_ADDRESS))
    ends = [end for rule, free in rules if (end := _end(session, rule, free, at)) and end > at]
    return max(ends, default=None)


def _end(session: Session, rule: ColumnElement[bool], free: int, at: datetime) -> datetime | None:
    since = col(LoginFailure.at) > at - _REMEMBERED
    count = session.exec(select(func.count()).select_from(LoginFailure).where(rule, since)).one()
    if count < free:
        return None
    last = session.exec(
        select(LoginFailure.at).where(rule, since).order_by(col(LoginFailure.at).desc()).limit(1)
    ).one()
    return last + min(timedelta(seconds=2 ** min(count - free + 1, 10)), _LONGEST)


def failed(session: Session, email: str, address: str, at: datetime) -> None:
    """Remember a failed login."""
    session.add(LoginFailure(email=email, address=address, at=at))
    session.flush()


def succeeded(session: Session, email: str, address: str) -> None:
    """Forget the failures of this account from this address."""
    session.execute(
        delete(LoginFailure).where(col(LoginFailure.email) == email, col(LoginFailure.address) == address)
    )
