"""How much still waits in the outbox, and for how long: the two numbers that warn first."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from models import Message, MessageState

_OPEN = (MessageState.READY, MessageState.LEASED)


def oldest_waiting(session: Session, at: datetime) -> timedelta | None:
    """Return how long the message that waits longest has been due; None when none waits."""
    oldest = session.exec(select(func.min(Message.made_at)).where(*_due(at))).one()
    return at - oldest if oldest else None


def count_waiting(session: Session, at: datetime) -> int:
    """Count the messages that are due and have not left, those that are tried again included."""
    return session.exec(select(func.count()).select_from(Message).where(*_due(at))).one()


def _due(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Message.state).in_(_OPEN), col(Message.made_at) <= at
