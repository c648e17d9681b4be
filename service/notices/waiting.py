"""How much still waits in the outbox and for how long, and how long what left had to wait (dwell)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, and_, update
from sqlmodel import Session, col, func, select

from models import Message, School
from service.notices.claiming import Lane
from service.notices.restored import OPEN

PAUSED = "Alle berichten van deze school zijn gepauzeerd."
NO_SERVER = "Mail is nog niet ingesteld: JAARRITME_SMTP_URL ontbreekt."
_DAY = timedelta(hours=24)
_MOST = 20_000  # of a day's messages, the newest


@dataclass(frozen=True, slots=True)
class Dwell:
    """How many seconds messages waited between when they were due and when a server accepted them."""

    count: int
    p50: float
    p99: float
    most: float


def oldest_waiting(session: Session, at: datetime) -> timedelta | None:
    """Return how long the message that waits longest has been due; None when none waits."""
    oldest = session.exec(select(func.min(Message.due_at)).where(*_due(at))).one()
    return at - oldest if oldest else None


def count_waiting(session: Session, at: datetime) -> int:
    """Count the messages that are due and have not left, those that are tried again included."""
    return session.exec(select(func.count()).select_from(Message).where(*_due(at))).one()


def dwell(session: Session, at: datetime) -> Dwell | None:
    """Return how long what left in the last 24 hours had waited; None when nothing left."""
    left = (
        select(Message.sent_at, Message.due_at)
        .where(col(Message.sent_at) > at - _DAY, col(Message.sent_at) <= at)
        .order_by(col(Message.sent_at).desc())
        .limit(_MOST)
    )
    waits = sorted(
        max(0.0, (sent_at - due_at).total_seconds()) for sent_at, due_at in session.exec(left) if sent_at
    )
    if not waits:
        return None
    return Dwell(len(waits), _part(waits, 0.5), _part(waits, 0.99), waits[-1])


def explain(session: Session, at: datetime, reason: str, lane: Lane | None = None) -> None:
    """Write beside what is due why it stays where it is; with a lane only in that one."""
    by_mail = col(Message.channel_id).is_(None)
    whose = [] if lane is None else [by_mail if lane == Lane.MAIL else ~by_mail]
    paused = select(col(School.id)).where(col(School.messages_paused))
    _tell(session, at, reason, col(Message.school_id).not_in(paused), *whose)


def explain_pauses(session: Session, at: datetime) -> None:
    """Write beside what is due at a school that holds its messages that it does."""
    paused = select(col(School.id)).where(col(School.messages_paused))
    _tell(session, at, PAUSED, col(Message.school_id).in_(paused))


def _tell(session: Session, at: datetime, reason: str, *whose: ColumnElement[bool]) -> None:
    untold = col(Message.last_error).is_distinct_from(reason)
    session.execute(
        update(Message)
        .where(OPEN, col(Message.next_try_at) <= at, untold, *whose)
        .values(last_error=reason)
        .execution_options(synchronize_session=False)
    )


def _due(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return and_(OPEN), col(Message.due_at) <= at


def _part(waits: list[float], share: float) -> float:
    """Return the wait that so large a share of messages did not exceed (nearest rank)."""
    return waits[ceil(share * len(waits)) - 1]
