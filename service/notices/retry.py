"""Try dead messages again, at an administrator's word: one, or all that got stuck by one cause."""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import CursorResult, Select, Update, select, update
from sqlmodel import Session, col

from models import Channel, Message, MessageState
from service.notices.restored import EXPIRED

_NEW_LIFE = timedelta(days=1)
_AT_ONCE = 500  # ids in one statement
_TELLING = 120  # characters of an answer that decide what kind it is; the rest may be cut anywhere
_ADDRESS = re.compile(r"[^\s<>()]+@[^\s<>()]+")
# The code of an answer with its enhanced status, which says what kind of refusal it is (RFC 3463).
_STATUS = re.compile(r"(?:[^:]*: )?\d{3} [245]\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"\(?\d{3}\)?[.,:;]?")

_log = logging.getLogger(__name__)
_Question = Select[UUID, UUID | None, str | None, str, UUID | None, str, datetime, datetime]


class NotDeadError(Exception):
    """Dit bericht is niet vastgelopen en hoeft niet opnieuw."""


@dataclass(frozen=True, slots=True)
class Way:
    """What carried a message: mail, a channel of the school by its name, or something of a person's own."""

    account: str
    channel: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class _Dead:
    """What is asked of a dead message, in the order of the question."""

    id: UUID
    channel_id: UUID | None
    last_error: str | None
    kind: str
    person_id: UUID | None
    to_address: str
    expires_at: datetime
    made_at: datetime


@dataclass(slots=True)
class Stuck:
    """The dead messages of one school with one cause, the newest first; ``words`` hold no address."""

    key: str
    way: Way
    words: str
    newest: datetime
    oldest: datetime
    ids: list[UUID] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    readers: set[str] = field(default_factory=set)
    expired: int = 0

    @property
    def count(self) -> int:
        """Return how many messages there are."""
        return len(self.ids)

    def add(self, dead: _Dead, at: datetime) -> None:
        """Count one more, older than those before it."""
        self.ids.append(dead.id)
        self.kinds[dead.kind] += 1
        self.readers.add(str(dead.person_id or dead.to_address))
        self.expired += dead.expires_at <= at
        self.oldest = dead.made_at


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the messages of a cause: ready again, or expired in the meantime."""

    ready: int = 0
    expired: int = 0


def retry(session: Session, message_id: UUID, *, at: datetime) -> Message:
    """Make a dead message ready again; one whose time had passed gets a calendar day more."""
    wanted = select(Message).where(col(Message.id) == message_id).with_for_update()
    message: Message | None = session.execute(wanted).scalar_one_or_none()
    if message is None or message.state != MessageState.DEAD:
        raise NotDeadError(NotDeadError.__doc__)
    message.state, message.attempts, message.next_try_at = MessageState.READY, 0, at
    message.expires_at = max(message.expires_at, at + _NEW_LIFE)
    session.flush()
    return message


def retry_all(session: Session, school_id: UUID, key: str, *, actor_id: UUID | None, at: datetime) -> Retried:
    """Make ready again what one cause held up at a school; what has expired is laid aside with that reason.

    Unlike the one message that somebody picked, none gets more time: nobody looked at each of them.
    """
    found = stuck_by(session, school_id, key, at)
    if found is None:
        return Retried()
    late = update(Message).where(col(Message.expires_at) <= at)
    expired = _change(session, found.ids, late.values(state=MessageState.EXPIRED, last_error=EXPIRED))
    again = update(Message).values(state=MessageState.READY, attempts=0, next_try_at=at, last_error=None)
    ready = _change(session, found.ids, again)
    what, who = f"{found.way.account} of school {school_id}", actor_id or "command"
    _log.info("stuck by %s, tried again by %s: %d ready, %d expired", what, who, ready, expired)
    return Retried(ready, expired)


def stuck_of(session: Session, school_id: UUID, at: datetime) -> list[Stuck]:
    """Return the dead messages of a school by what stopped them, the largest heap first."""
    channels = {
        channel.id: channel
        for channel in session.execute(select(Channel).where(col(Channel.school_id) == school_id)).scalars()
    }
    heaps: dict[str, Stuck] = {}
    for row in session.execute(_dead(school_id)):
        dead = _Dead(*row)
        way, words = _way(channels, dead.channel_id), _ADDRESS.sub("…", dead.last_error or "")
        key = sha256(f"{way.account} {kind_of(words)}".encode()).hexdigest()[:16]
        if key not in heaps:
            heaps[key] = Stuck(key, way, words, dead.made_at, dead.made_at)
        heaps[key].add(dead, at)
    return sorted(heaps.values(), key=lambda stuck: -stuck.count)


def stuck_by(session: Session, school_id: UUID, key: str, at: datetime) -> Stuck | None:
    """Return what got stuck at a school by one cause; None when nothing did, or nothing does any more."""
    return next((stuck for stuck in stuck_of(session, school_id, at) if stuck.key == key), None)


def kind_of(words: str) -> str:
    """Return what makes two answers the same complaint: their status, or their words without what varies."""
    if status := _STATUS.match(words):
        return status.group()
    return " ".join(_constant(_ADDRESS.sub("…", words)))[:_TELLING]


def _constant(words: str) -> Iterator[str]:
    """Yield the words, each that holds a number and is no code of three digits as a gap."""
    for word in words.split():
        varies = any(letter.isdigit() for letter in word) and not _CODE.fullmatch(word)
        yield "…" if varies else word


def _dead(school_id: UUID) -> _Question:
    """Return the question which messages are dead, without their long texts."""
    return (
        select(
            col(Message.id),
            col(Message.channel_id),
            col(Message.last_error),
            col(Message.kind),
            col(Message.person_id),
            col(Message.to_address),
            col(Message.expires_at),
            col(Message.made_at),
        )
        .where(col(Message.school_id) == school_id, col(Message.state) == MessageState.DEAD)
        .order_by(col(Message.made_at).desc(), col(Message.id))
    )


def _way(channels: Mapping[UUID, Channel], channel_id: UUID | None) -> Way:
    """Return what carried a message; what people set up for themselves counts together, unnamed."""
    if channel_id is None:
        return Way("mail")
    channel = channels.get(channel_id)
    if channel is None or channel.person_id:
        own = channel.kind.value if channel else "apprise"
        return Way(f"own:{own}", own=own)
    return Way(f"channel:{channel_id}", channel.name)


def _change(session: Session, ids: Sequence[UUID], statement: Update) -> int:
    """Change those of the messages that are still dead, and return how many; another may have been first."""
    changed = 0
    for start in range(0, len(ids), _AT_ONCE):
        these = col(Message.id).in_(ids[start : start + _AT_ONCE])
        done = session.execute(
            statement.where(these, col(Message.state) == MessageState.DEAD).execution_options(
                synchronize_session=False
            )
        )
        changed += done.rowcount if isinstance(done, CursorResult) else 0
    return changed
