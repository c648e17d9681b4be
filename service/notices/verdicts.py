"""Whether a message that is due still has a purpose: much happens after one was written."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, func

from models import Channel, ChannelChoice, Message, MessageState, Person, School
from service.mishap import told
from service.notices.bounces import REFUSED, refused_addresses
from service.notices.restored import EXPIRED, SAME
from service.notices.trials import PREFIX as TRIAL

INACTIVE = "Deze collega is niet meer actief."
SUPERSEDED = "Er is een nieuwere versie van deze afspraak."
CHANNEL_OFF = "Dit kanaal staat uit."
NOT_CHOSEN = "Dit kanaal is niet meer gekozen."
DIGEST = "digest"
_LATE = timedelta(hours=12)  # a digest that waited so long is of another day

_log = logging.getLogger(__name__)

Recheck = Callable[[Session, Sequence[Message], datetime], Mapping[UUID, str]]
Verdict = tuple[MessageState, str]
_Reader = tuple[UUID, UUID | None, UUID | None]  # of a school, through a channel or by mail


@dataclass(frozen=True, slots=True)
class Found:
    """A message that is due, with what decides whether it may still go."""

    message: Message
    school: School
    person: Person | None
    sequence: int | None
    channel: Channel | None

    @property
    def reader(self) -> _Reader:
        """Return who reads it through what: of one reader's digests the newest says all."""
        return self.message.school_id, self.message.person_id, self.message.channel_id


def verdicts_of(
    session: Session, found: Sequence[Found], at: datetime, recheck: Recheck | None
) -> dict[UUID, Verdict]:
    """Return which messages must not go after all, and why; ``recheck`` has its say about the rest."""
    facts = _Facts(
        at,
        refused_addresses(session, [one.person for one in found if one.person]),
        _newest(session, found, at),
        _no_longer_chosen(session, found),
    )
    verdicts = {one.message.id: said for one in found if (said := facts.objection(one))}
    left = [one.message for one in found if one.message.id not in verdicts]
    if recheck and left:
        gone = _asked(session, recheck, left, at)
        verdicts |= {key: (MessageState.SUPPRESSED, why) for key, why in gone.items()}
    return verdicts


def _asked(
    session: Session, recheck: Recheck, messages: Sequence[Message], at: datetime
) -> Mapping[UUID, str]:
    """Ask for all at once, and one by one when that fails; what can't be looked at is sent, not lost."""
    try:
        with session.begin_nested():
            return recheck(session, messages, at)
    except OperationalError:
        raise  # the database itself is away
    except Exception as error:  # noqa: BLE001 -- one message that can't be looked at must not hold up the others
        if len(messages) == 1:
            _log.error("message %s could not be looked at once more: %s", messages[0].id, told(error))
            return {}
    found = [_asked(session, recheck, [message], at) for message in messages]
    return {key: why for one in found for key, why in one.items()}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What decides about all messages of one claim."""

    at: datetime
    refused: set[tuple[UUID, str]]
    newest: Mapping[_Reader, datetime]
    left: set[UUID]

    def objection(self, found: Found) -> Verdict | None:
        """Return why a message must not go."""
        message = found.message
        if found.person and not found.person.active:
            return MessageState.SUPPRESSED, INACTIVE
        if message.expires_at <= self.at:
            return MessageState.EXPIRED, EXPIRED
        why = self._by_mail(found) if found.channel is None else self._by_channel(message, found.channel)
        if not why and message.kind == DIGEST:
            is_old = self.newest.get(found.reader, message.due_at) > message.due_at + _LATE
            why = SAME if is_old else None
        return (MessageState.SUPPRESSED, why) if why else None

    def _by_mail(self, found: Found) -> str | None:
        message = found.message
        if message.kind == "invitation" and (found.sequence or 0) > (message.sequence or 0):
            return SUPERSEDED
        if found.person and (found.person.id, message.to_address) in self.refused:
            return REFUSED
        return None

    def _by_channel(self, message: Message, channel: Channel) -> str | None:
        if not channel.active:
            return CHANNEL_OFF
        return NOT_CHOSEN if message.id in self.left else None


def _no_longer_chosen(session: Session, found: Iterable[Found]) -> set[UUID]:
    """Return which messages go by a channel of the school that their reader has left; a trial is nobody's."""
    asked = [
        (one.message.id, (one.channel.id, one.message.person_id))
        for one in found
        if one.channel and not one.channel.person_id and not one.message.dedupe_key.startswith(TRIAL)
    ]
    if not asked:
        return set()
    chosen = select(col(ChannelChoice.channel_id), col(ChannelChoice.person_id)).where(
        col(ChannelChoice.channel_id).in_({channel for _, (channel, _) in asked})
    )
    kept = {(channel, person) for channel, person in session.execute(chosen)}
    return {key for key, reader in asked if reader not in kept}


def _newest(session: Session, found: Iterable[Found], at: datetime) -> dict[_Reader, datetime]:
    """Return when the newest digest is of each reader who has one that waited long; usually nobody."""
    late = [one for one in found if one.message.kind == DIGEST and one.message.due_at < at - _LATE]
    if not late:
        return {}
    rows = session.execute(
        select(
            col(Message.school_id), col(Message.person_id), col(Message.channel_id), func.max(Message.due_at)
        )
        .where(
            col(Message.person_id).in_({one.message.person_id for one in late}),
            col(Message.kind) == DIGEST,
            col(Message.due_at) <= at,
            col(Message.state).in_((MessageState.READY, MessageState.LEASED, MessageState.SENT)),
        )
        .group_by(col(Message.school_id), col(Message.person_id), col(Message.channel_id))
    )
    newest = {(school, person, channel): due for school, person, channel, due in rows}
    return {one.reader: newest.get(one.reader, one.message.due_at) for one in late}
