"""What one person is reminded of by hand goes together, in one message, as long as that has not left.

Delivery holds the rows that it takes, and so does who adds to one: what delivery ever had is not added to.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from models import LedgerEntry, LedgerOutcome, Message, MessageState
from service.notices.restored import paused_since
from service.reminders.rewrite import rewrite

KEY = "hand:"
GATHER = timedelta(minutes=2)  # so long the first waits for what else is asked
APART = timedelta(hours=1)  # between two messages by hand to one person
_FRESH = {"populate_existing": True}
_UNDER_WAY = (MessageState.READY, MessageState.LEASED, MessageState.SENT)


def waiting_for(session: Session, school_id: UUID, person_id: UUID, at: datetime) -> Message | None:
    """Return the reminder by hand to a person that can still take another task, held for this transaction.

    Nothing is added to what an old copy of the database holds: it may have left already.
    """
    if paused_since(session):
        return None
    query = select(Message).where(
        Message.school_id == school_id,
        Message.person_id == person_id,
        Message.state == MessageState.READY,
        col(Message.dedupe_key).startswith(KEY),
        col(Message.copy_of).is_(None),
        col(Message.expires_at) > at,
    )
    found = session.exec(
        query.order_by(col(Message.due_at)).with_for_update(), execution_options=_FRESH
    ).all()
    return next((one for one in found if all(map(_is_here, _with_copies(session, one)))), None)


def free_from(session: Session, school_id: UUID, person_id: UUID, at: datetime) -> datetime:
    """Return from when a person may get a next message by hand: now, or an hour after the last."""
    left = func.coalesce(Message.sent_at, Message.due_at)
    query = select(Message.sent_at, Message.due_at).where(
        Message.school_id == school_id,
        Message.person_id == person_id,
        col(Message.dedupe_key).startswith(KEY),
        col(Message.copy_of).is_(None),
        col(Message.state).in_(_UNDER_WAY),
        left > at - APART,
    )
    moments = [(sent_at or due_at) + APART for sent_at, due_at in session.exec(query)]
    return max([at, *moments])


def write_again(session: Session, message: Message) -> None:
    """Let a message that waits, and its copies, name all that the ledger says it tells."""
    session.flush()
    for one in _with_copies(session, message):
        rewrite(session, one)


def leave_out(session: Session, message: Message, reasons: dict[UUID, str]) -> None:
    """Let a message that is about to go not tell of some lines of the ledger (by id, each with why).

    The ledger says that they were not told, unless a copy that left did tell them.
    """
    others = [one for one in session.exec(select(Message).where(_group(message))) if one.id != message.id]
    if all(map(_is_here, others)):
        for entry in session.exec(select(LedgerEntry).where(col(LedgerEntry.id).in_(reasons))):
            entry.outcome, entry.reason, entry.message_id = LedgerOutcome.NOT_TOLD, reasons[entry.id], None
    session.flush()
    if not message.uncertain:  # a second copy of what may have left says the same
        rewrite(session, message, reasons)


def _is_here(message: Message) -> bool:
    """Tell whether delivery never had a message in its hands."""
    return message.state == MessageState.READY and message.fence == 0


def _with_copies(session: Session, message: Message) -> Sequence[Message]:
    """Return a message with its copies for channels, held for this transaction."""
    held = select(Message).where(_group(message)).with_for_update()
    return session.exec(held, execution_options=_FRESH).all()


def _group(message: Message) -> ColumnElement[bool]:
    first = message.copy_of or message.id
    return (col(Message.id) == first) | (col(Message.copy_of) == first)
