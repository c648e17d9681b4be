"""Claim what is due: one short transaction that also looks whether each message still has a purpose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlmodel import Session, col

from models import Channel, Meeting, Message, MessageState, Person, School
from service.notices.journal import Journal, identity
from service.notices.parcel import Parcel
from service.notices.restored import KNOWN, OPEN
from service.notices.verdicts import Found, Recheck, Verdict, verdicts_of


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
    found = [Found(*row) for row in session.execute(_with_all(ids))]
    known = _known(found, journal, doubt_all=doubt_all)
    rest = [one for one in found if one.message.id not in known]
    verdicts = verdicts_of(session, rest, at, recheck)
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


def _known(found: Iterable[Found], journal: Journal | None, *, doubt_all: bool) -> set[UUID]:
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


def _lay_aside(message: Message, verdict: Verdict | None) -> None:
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


def _parcel(found: Found) -> Parcel:
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
