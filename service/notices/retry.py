"""Try a dead message again, at an administrator's word."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models import Message, MessageState

_NEW_LIFE = timedelta(days=1)


class NotDeadError(Exception):
    """Dit bericht is niet vastgelopen en hoeft niet opnieuw."""


def retry(session: Session, message_id: UUID, *, at: datetime) -> Message:
    """Make a dead message ready again; one whose time had passed gets a calendar day more."""
    wanted = select(Message).where(col(Message.id) == message_id).with_for_update()
    message = session.exec(wanted).one_or_none()
    if message is None or message.state != MessageState.DEAD:
        raise NotDeadError(NotDeadError.__doc__)
    message.state, message.attempts, message.next_try_at = MessageState.READY, 0, at
    message.expires_at = max(message.expires_at, at + _NEW_LIFE)
    session.flush()
    return message
