"""Record what became of each claimed message, in a transaction of its own and only while the claim holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, bindparam, update
from sqlmodel import SQLModel

from models import MessageState
from service.notices.parcel import NotSentError, Parcel

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
_LONGEST = 300  # characters of a reason

# The bare table: a mark per message is the price of losing none, so it must be cheap.
_messages = SQLModel.metadata.tables["message"]
_ours = (
    update(_messages)
    .where(_messages.c.id == bindparam("our_id"))
    .where(_messages.c.fence == bindparam("our_fence"))
    .where(_messages.c.state == MessageState.LEASED)
)


def mark_sent(engine: Engine, parcel: Parcel, at: datetime) -> bool:
    """Record that a message was accepted; return False when another worker holds it by now."""
    values = {"state": MessageState.SENT, "sent_at": at, "last_error": None, "lease_until": None}
    return _mark(engine, [parcel], values | {"attempts": parcel.attempts + 1}) == 1


def mark_failed(engine: Engine, parcel: Parcel, error: NotSentError, at: datetime) -> None:
    """Record why a message did not arrive, and when it is tried again, if ever."""
    wait = max(BACK_OFF[min(parcel.attempts, len(BACK_OFF) - 1)], error.rest)
    dead = error.final or at + wait >= parcel.expires_at
    values = {
        "state": MessageState.DEAD if dead else MessageState.READY,
        "attempts": parcel.attempts + 1,
        "last_error": _one_line(str(error) or str(error.__doc__)),
        "lease_until": None,
    }
    _mark(engine, [parcel], values if dead else values | {"next_try_at": at + wait})


def release(engine: Engine, parcels: Sequence[Parcel]) -> None:
    """Give back what was claimed and not tried."""
    _mark(engine, parcels, {"state": MessageState.READY, "lease_until": None})


def renew(engine: Engine, parcels: Sequence[Parcel], until: datetime) -> None:
    """Keep a claim while a slow server thinks."""
    _mark(engine, parcels, {"lease_until": until})


def _mark(engine: Engine, parcels: Sequence[Parcel], values: dict[str, Any]) -> int:
    if not parcels:
        return 0
    keys = [{"our_id": parcel.id, "our_fence": parcel.fence} for parcel in parcels]
    with engine.begin() as connection:
        return connection.execute(_ours.values(**values), keys).rowcount


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
