"""Claim what is due: one short transaction that also looks whether each message still has a purpose."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, func

from models import Channel, ChannelChoice, Meeting, Message, MessageState, Person, School
from service.mishap import told
from service.notices.bounces import REFUSED, refused_addresses
from service.notices.journal import Journal, identity
from service.notices.parcel import Parcel
from service.notices.restored import EXPIRED, KNOWN, OPEN, SAME
from service.notices.trials import PREFIX as TRIAL

INACTIVE = "Deze collega is niet meer actief."
SUPERSEDED = "Er is een nieuwere versie van deze afspraak."
CHANNEL_OFF = "Dit kanaal staat uit."
NOT_CHOSEN = "Dit kanaal is niet meer gekozen."
DIGEST = "digest"
_LATE = timedelta(hours=12)  # a digest that waited so long is of another day

_log = logging.getLogger(__name__)

Recheck = Callable[[Session, Sequence[Message], datetime], Mapping[UUID, str]]
_Verdict = tuple[MessageState, str]
_Reader = tuple[UUID, UUID | None, UUID | None]  # of a school, through a channel or by mail


class Lane(StrEnum):
    """Two ways out that never wait for each other."""

    MAIL = "mail"
    CHANNELS = "channels"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one claim took, and how many messages it laid aside for good."""

    parcels: list[Parcel] = field(default_factory=list)
    expired: int = 0
    suppressed: int = 0
    known: int = 0

    @property
    def nothing(self) -> bool:
        """Tell whether there was nothing to do."""
        return not (self.parcels or self.expired or self.suppressed or self.known)


@dataclass(frozen=True, slots=True)
class _Found:
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


def pick(at: datetime, limit: int, lane: Lane) -> Select[UUID]:
    """Return the question which messages are due: it walks a small index, however long the table is."""
    by_mail = col(Message.channel_id).is_(None)
    return (
        select(col(Message.id))
        .join(School, col(School.id) == Message.school_id)
        .where(is_due(at), by_mail if lane == Lane.MAIL else ~by_mail)
        .where(col(School.messages_paused).is_(False))
        .order_by(col(Message.next_try_at))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Message)
    )


def claim(
    session: Session,
    at: datetime,
    *,
    limit: int,
    lease: timedelta,
    lane: Lane = Lane.MAIL,
    recheck: Recheck | None = None,
    journal: Journal | None = None,
    doubt_all: bool = False,
) -> Claimed:
    """Take at most ``limit`` due messages of a lane until ``at + lease``.

    ``recheck`` says of which messages the purpose is gone by now, and why. The ``journal`` is asked about
    what another worker held when it died; with ``doubt_all`` about everything.
    """
    ids = list(session.execute(pick(at, limit, lane)).scalars())
    if not ids:
        return Claimed()
    found = [_Found(*row) for row in session.execute(_with_all(ids))]
    known = _known(found, journal, doubt_all=doubt_all)
    rest = [one for one in found if one.message.id not in known]
    verdicts = _verdicts(session, rest, at, recheck)
    for one in rest:
        _lay_aside(one.message, verdicts.get(one.message.id))
    keep = [one for one in rest if one.message.id not in verdicts]
    _lease(session, [one.message.id for one in keep], at + lease)
    states = [state for state, _ in verdicts.values()]
    return Claimed(
        [_parcel(one) for one in keep],
        expired=states.count(MessageState.EXPIRED),
        suppressed=states.count(MessageState.SUPPRESSED),
        known=len(known),
    )


def is_due(at: datetime) -> ColumnElement[bool]:
    """Tell which messages nobody holds and whose moment has come."""
    free = or_(col(Message.lease_until).is_(None), col(Message.lease_until) <= at)
    return and_(OPEN, col(Message.next_try_at) <= at, free)


def _with_all(ids: Sequence[UUID]) -> Select[Message, School, Person, int, Channel]:
    return (
        select(Message, School, Person, col(Meeting.sequence), Channel)
        .join(School, col(School.id) == Message.school_id)
        .outerjoin(Person, col(Person.id) == Message.person_id)
        .outerjoin(Meeting, col(Meeting.id) == Message.meeting_id)
        .outerjoin(Channel, col(Channel.id) == Message.channel_id)
        .where(col(Message.id).in_(ids))
        .order_by(col(Message.next_try_at))
    )


def _known(found: Iterable[_Found], journal: Journal | None, *, doubt_all: bool) -> set[UUID]:
    """Mark what was accepted already and has no mark; the journal says so."""
    doubted = [one.message for one in found if doubt_all or one.message.state == MessageState.LEASED]
    if not (journal and doubted):
        return set()
    sent = journal.known({identity(message.message_id) for message in doubted})
    known = set()
    for message in doubted:
        if sent_at := sent.get(identity(message.message_id)):
            message.state, message.sent_at, message.lease_until = MessageState.SENT, sent_at, None
            message.last_error = KNOWN if doubt_all else None
            known.add(message.id)
    return known


def _verdicts(
    session: Session, found: Sequence[_Found], at: datetime, recheck: Recheck | None
) -> dict[UUID, _Verdict]:
    """Return which messages must not go after all, and why: much happens after one was written."""
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

    def objection(self, found: _Found) -> _Verdict | None:
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

    def _by_mail(self, found: _Found) -> str | None:
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


def _no_longer_chosen(session: Session, found: Iterable[_Found]) -> set[UUID]:
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


def _newest(session: Session, found: Iterable[_Found], at: datetime) -> dict[_Reader, datetime]:
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


def _lay_aside(message: Message, verdict: _Verdict | None) -> None:
    if verdict:
        message.state, message.last_error = verdict
        message.lease_until = None


def _lease(session: Session, ids: Sequence[UUID], until: datetime) -> None:
    if ids:
        session.execute(
            update(Message)
            .where(col(Message.id).in_(ids))
            .values(state=MessageState.LEASED, lease_until=until, fence=col(Message.fence) + 1)
            .execution_options(synchronize_session=False)
        )


def _parcel(found: _Found) -> Parcel:
    message, channel = found.message, found.channel
    return Parcel(
        id=message.id,
        fence=message.fence + 1,
        attempts=message.attempts,
        expires_at=message.expires_at,
        school_name=found.school.name,
        mailbox=found.school.mailbox,
        person_name=message.to_name or (found.person.name if found.person else ""),
        to_address=message.to_address,
        subject=message.subject,
        body=message.body,
        html=message.html,
        calendar=message.calendar,
        message_id=message.message_id,
        made_at=message.made_at,
        channel_id=message.channel_id,
        secret_url=channel.secret_url if channel else None,
        channel_kind=channel.kind if channel else None,
    )
