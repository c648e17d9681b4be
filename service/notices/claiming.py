"""Claim what is due: one short transaction that also looks whether each message still has a purpose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, text, update
from sqlmodel import Session, col

from models import Channel, Meeting, Message, MessageState, Person, School
from service.notices.bounces import REFUSED, refused_addresses
from service.notices.parcel import Parcel

Recheck = Callable[[Session, Sequence[Message], datetime], Mapping[UUID, str]]

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
    person: Person | None
    sequence: int | None
    channel: Channel | None


def claim(
    session: Session,
    at: datetime,
    *,
    limit: int,
    lease: timedelta,
    mail: bool,
    recheck: Recheck | None = None,
) -> Claimed:
    """Take at most ``limit`` due messages until ``at + lease``; without ``mail`` only those for channels.

    ``recheck`` says of which messages the purpose is gone by now, and why.
    """
    found = [_Found(*row) for row in session.execute(_due(at, limit, mail=mail))]
    refused = refused_addresses(session, [one.person for one in found if one.person])
    verdicts = {one.message.id: verdict for one in found if (verdict := _objection(one, at, refused))}
    left = [one.message for one in found if one.message.id not in verdicts]
    if recheck and left:
        gone = recheck(session, left, at)
        verdicts |= {key: (MessageState.SUPPRESSED, why) for key, why in gone.items()}
    for one in found:
        _lay_aside(one.message, verdicts.get(one.message.id))
    keep = [one for one in found if one.message.id not in verdicts]
    _lease(session, [one.message.id for one in keep], at + lease)
    states = [state for state, _ in verdicts.values()]
    parcels = [_parcel(one) for one in keep]
    return Claimed(parcels, states.count(MessageState.EXPIRED), states.count(MessageState.SUPPRESSED))


def _lay_aside(message: Message, verdict: tuple[MessageState, str] | None) -> None:
    if verdict:
        message.state, message.last_error = verdict
        message.lease_until = None


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
        .outerjoin(Person, col(Person.id) == Message.person_id)
        .outerjoin(Meeting, col(Meeting.id) == Message.meeting_id)
        .outerjoin(Channel, col(Channel.id) == Message.channel_id)
        .where(_is_due(at), col(School.messages_paused).is_(False), *by_mail)
        .order_by(col(Message.next_try_at))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Message)
    )


def _objection(
    found: _Found, at: datetime, refused: set[tuple[UUID, str]]
) -> tuple[MessageState, str] | None:
    """Return why a message must not go after all: people leave and meetings move after it was written."""
    message = found.message
    if found.person and not found.person.active:
        return MessageState.SUPPRESSED, INACTIVE
    if message.expires_at <= at:
        return MessageState.EXPIRED, EXPIRED
    if message.kind == "invitation" and (found.sequence or 0) > (message.sequence or 0):
        return MessageState.SUPPRESSED, SUPERSEDED
    if found.channel and not found.channel.active:
        return MessageState.SUPPRESSED, CHANNEL_OFF
    if found.person and found.channel is None and (found.person.id, message.to_address) in refused:
        return MessageState.SUPPRESSED, REFUSED
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
        person_name=message.to_name or (found.person.name if found.person else ""),
        to_address=message.to_address,
        subject=message.subject,
        body=message.body,
        html=message.html,
        calendar=message.calendar,
        message_id=message.message_id,
        made_at=message.made_at,
        channel_id=message.channel_id,
        secret_url=found.channel.secret_url if found.channel else None,
        channel_kind=found.channel.kind if found.channel else None,
    )
