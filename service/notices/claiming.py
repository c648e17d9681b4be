"""Claim what is due: one short transaction that also looks whether each message still has a purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, text, update
from sqlmodel import Session, col

from models import Channel, Meeting, Message, MessageState, Person, School
from service.notices.parcel import Parcel

EXPIRED = "Verlopen: de betekenis was voorbij voordat dit bericht weg kon."
INACTIVE = "Deze collega is niet meer actief."
SUPERSEDED = "Er is een nieuwere versie van deze afspraak."
CHANNEL_OFF = "Dit kanaal staat uit."
PAUSED = "Alle berichten van deze school zijn gepauzeerd."
NO_SERVER = "Mail is nog niet ingesteld: JAARRITME_SMTP_URL ontbreekt."

# Written out and not bound: only so does SQLite see that the partial index serves.
_OPEN = text("message.state in ('ready', 'leased')")


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one claim took, and how many messages it laid aside for good."""

    parcels: list[Parcel]
    expired: int
    suppressed: int

    @property
    def nothing(self) -> bool:
        """Tell whether there was nothing to do."""
        return not (self.parcels or self.expired or self.suppressed)


@dataclass(frozen=True, slots=True)
class _Found:
    """A message that is due, with what decides whether it may still go."""

    message: Message
    school: School
    person: Person
    sequence: int | None
    channel: Channel | None


def claim(session: Session, at: datetime, *, limit: int, lease: timedelta, mail: bool) -> Claimed:
    """Take at most ``limit`` due messages until ``at + lease``; without ``mail`` only those for channels."""
    found = [_Found(*row) for row in session.execute(_due(at, limit, mail=mail))]
    keep: list[Message] = []
    parcels: list[Parcel] = []
    aside = {MessageState.EXPIRED: 0, MessageState.SUPPRESSED: 0}
    for one in found:
        verdict = _objection(one, at)
        if verdict:
            one.message.state, one.message.last_error = verdict
            one.message.lease_until = None
            aside[verdict[0]] += 1
        else:
            keep.append(one.message)
            parcels.append(_parcel(one))
    _lease(session, [message.id for message in keep], at + lease)
    return Claimed(parcels, aside[MessageState.EXPIRED], aside[MessageState.SUPPRESSED])


def explain_waiting(session: Session, at: datetime, *, mail: bool) -> None:
    """Write beside messages that stay where they are why they do."""
    paused = select(col(School.id)).where(col(School.messages_paused))
    reasons: list[tuple[str, ColumnElement[bool]]] = [(PAUSED, col(Message.school_id).in_(paused))]
    if not mail:
        reasons.append((NO_SERVER, col(Message.channel_id).is_(None) & col(Message.school_id).not_in(paused)))
    for reason, whose in reasons:
        untold = col(Message.last_error).is_distinct_from(reason)
        session.execute(update(Message).where(_is_due(at), whose, untold).values(last_error=reason))


def _is_due(at: datetime) -> ColumnElement[bool]:
    """Tell which messages nobody holds and whose moment has come."""
    free = or_(col(Message.lease_until).is_(None), col(Message.lease_until) <= at)
    return and_(_OPEN, col(Message.next_try_at) <= at, free)


def _due(at: datetime, limit: int, *, mail: bool) -> Select[Message, School, Person, int, Channel]:
    by_mail = [] if mail else [col(Message.channel_id).is_not(None)]
    return (
        select(Message, School, Person, col(Meeting.sequence), Channel)
        .join(School, col(School.id) == Message.school_id)
        .join(Person, col(Person.id) == Message.person_id)
        .outerjoin(Meeting, col(Meeting.id) == Message.meeting_id)
        .outerjoin(Channel, col(Channel.id) == Message.channel_id)
        .where(_is_due(at), col(School.messages_paused).is_(False), *by_mail)
        .order_by(col(Message.next_try_at))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Message)
    )


def _objection(found: _Found, at: datetime) -> tuple[MessageState, str] | None:
    """Return why a message must not go after all: people leave and meetings move after it was written."""
    message = found.message
    if not found.person.active:
        return MessageState.SUPPRESSED, INACTIVE
    if message.expires_at <= at:
        return MessageState.EXPIRED, EXPIRED
    if message.kind == "invitation" and (found.sequence or 0) > (message.sequence or 0):
        return MessageState.SUPPRESSED, SUPERSEDED
    if found.channel and not found.channel.active:
        return MessageState.SUPPRESSED, CHANNEL_OFF
    return None


def _lease(session: Session, ids: Sequence[UUID], until: datetime) -> None:
    if ids:
        session.execute(
            update(Message)
            .where(col(Message.id).in_(ids))
            .values(state=MessageState.LEASED, lease_until=until, fence=col(Message.fence) + 1)
            .execution_options(synchronize_session=False)
        )


def _parcel(found: _Found) -> Parcel:
    message = found.message
    return Parcel(
        id=message.id,
        fence=message.fence + 1,
        attempts=message.attempts,
        expires_at=message.expires_at,
        school_name=found.school.name,
        mailbox=found.school.mailbox,
        person_name=found.person.name,
        to_address=message.to_address,
        subject=message.subject,
        body=message.body,
        html=message.html,
        calendar=message.calendar,
        message_id=message.message_id,
        made_at=message.made_at,
        channel_id=message.channel_id,
        secret_url=found.channel.secret_url if found.channel else None,
    )
