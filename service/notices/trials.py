"""What became of the trial messages of channels, read from the outbox itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from models import Message, MessageState

PREFIX = "channel-test:"


class TrialState(StrEnum):
    """How far a trial message is."""

    WAITING = "waiting"
    UNDERWAY = "underway"
    ARRIVED = "arrived"
    AGAIN = "again"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Trial:
    """The last trial of a channel; ``why`` says in Dutch why it has not arrived."""

    state: TrialState
    at: datetime
    why: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether there may still come news."""
        return self.state in {TrialState.WAITING, TrialState.UNDERWAY, TrialState.AGAIN}


def last_trials(session: Session, channels: Collection[UUID]) -> dict[UUID, Trial]:
    """Return the last trial of each channel that was ever tried."""
    wanted = (
        select(Message)
        .where(col(Message.channel_id).in_(channels), col(Message.dedupe_key).startswith(PREFIX))
        .order_by(col(Message.made_at))
    )
    return {m.channel_id: _trial(m) for m in session.exec(wanted) if m.channel_id} if channels else {}


def _trial(message: Message) -> Trial:
    if message.state == MessageState.SENT:
        return Trial(TrialState.ARRIVED, message.sent_at or message.made_at)
    why = message.last_error or ""
    if message.state == MessageState.LEASED:
        return Trial(TrialState.UNDERWAY, message.made_at)
    if message.state == MessageState.READY:
        again = TrialState.AGAIN if message.attempts else TrialState.WAITING
        return Trial(again, message.next_try_at, why)
    return Trial(TrialState.FAILED, message.made_at, why)
