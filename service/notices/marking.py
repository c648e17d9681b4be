"""Record what became of claimed messages, in transactions of their own and only while the claim holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import Boolean, Engine, Update, bindparam, or_, update
from sqlmodel import SQLModel

from models import MessageState
from service.notices.channels import GoneError, switch_off_gone
from service.notices.parcel import NotSentError, Parcel, UncertainError

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
_JITTER = 0.2  # of a wait, so that what failed together doesn't come back together
_LONGEST = 300  # characters of a reason

# The bare table, statements made once: a mark per message is the price of losing none, so let it be cheap.
_messages = SQLModel.metadata.tables["message"]
_ours = (
    update(_messages)
    .where(_messages.c.id == bindparam("our_id"))
    .where(_messages.c.fence == bindparam("our_fence"))
    .where(_messages.c.state == MessageState.LEASED)
)
_tried = {"attempts": _messages.c.attempts + 1, "lease_until": None}
# Once it may have arrived, it stays known that there may be two of it.
_doubt = {"uncertain": or_(_messages.c.uncertain, bindparam("unsure", type_=Boolean))}
_SENT = _ours.values(state=MessageState.SENT, sent_at=bindparam("moment"), last_error=None, **_tried)
_AGAIN = _ours.values(
    state=MessageState.READY, next_try_at=bindparam("moment"), last_error=bindparam("why"), **_tried, **_doubt
)
_DEAD = _ours.values(state=MessageState.DEAD, last_error=bindparam("why"), **_tried, **_doubt)
_ASIDE = _ours.values(state=MessageState.SUPPRESSED, last_error=bindparam("why"), **_tried)
_BACK = _ours.values(state=MessageState.READY, lease_until=None)
_LATER = _ours.values(
    state=MessageState.READY, next_try_at=bindparam("moment"), last_error=bindparam("why"), lease_until=None
)
_RENEWED = _ours.values(lease_until=bindparam("moment"))


def mark_sent(engine: Engine, accepted: Sequence[tuple[Parcel, datetime]]) -> int:
    """Record that messages were accepted and when; return of how many we still hold the claim."""
    return _run(engine, _SENT, [_key(parcel) | {"moment": at} for parcel, at in accepted])


def mark_failed(engine: Engine, parcel: Parcel, error: NotSentError, at: datetime) -> None:
    """Record why a message did not arrive, and when it is tried again, if ever."""
    wait = _wait(parcel, error)
    why, unsure = one_line(str(error) or str(error.__doc__)), isinstance(error, UncertainError)
    if isinstance(error, GoneError):
        _mark(engine, _ASIDE, [parcel], why=why)
        switch_off_gone(engine, parcel.channel_id, parcel.secret_url)
    elif error.final or at + wait >= parcel.expires_at:
        _mark(engine, _DEAD, [parcel], why=why, unsure=unsure)
    else:
        _mark(engine, _AGAIN, [parcel], why=why, moment=at + wait, unsure=unsure)


def _wait(parcel: Parcel, error: NotSentError) -> timedelta:
    """Return how long until the next try: longer each time, and not the same for all."""
    share = crc32(f"{parcel.id} {parcel.attempts}".encode()) / 2**32
    return max(BACK_OFF[min(parcel.attempts, len(BACK_OFF) - 1)] * (1 + _JITTER * share), error.rest)


def release(engine: Engine, parcels: Sequence[Parcel]) -> None:
    """Give back what was claimed and not tried."""
    _mark(engine, _BACK, parcels)


def defer(engine: Engine, parcels: Sequence[Parcel], why: str, until: datetime) -> None:
    """Give back what was claimed and can't be tried before a moment."""
    _mark(engine, _LATER, parcels, why=why, moment=until)


def renew(engine: Engine, parcels: Sequence[Parcel], until: datetime) -> int:
    """Keep claims while a slow server thinks; return how many are still ours."""
    return _mark(engine, _RENEWED, parcels, moment=until)


def _mark(engine: Engine, statement: Update, parcels: Sequence[Parcel], **values: Any) -> int:
    return _run(engine, statement, [_key(parcel) | values for parcel in parcels])


def _run(engine: Engine, statement: Update, rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    with engine.begin() as connection:
        return connection.execute(statement, rows if len(rows) > 1 else rows[0]).rowcount


def _key(parcel: Parcel) -> dict[str, Any]:
    return {"our_id": parcel.id, "our_fence": parcel.fence}


def one_line(text: str) -> str:
    """Return a server's words fit to be kept: PostgreSQL takes no NUL, and a terminal no escapes."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:_LONGEST]
