"""The outbox of one school as its administrator sees it: numbers, reasons and keys; no text of a message."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, func, select

from models import Feed, Membership, Message, MessageState, Person, School
from service.access.actor import holds_on
from service.clock import AMSTERDAM, local
from service.notices.restored import OPEN
from service.reminders.logbook import ways
from service.web.post_view import Heap, heaps_of


@dataclass(frozen=True, slots=True)
class Outbox:
    """How the outgoing post stands."""

    waiting: int
    oldest: timedelta | None
    retried: int
    sent_today: int
    expired_today: int
    suppressed_today: int
    dead: list[Heap]
    dead_count: int


def outbox_of(session: Session, school: School, at: datetime) -> Outbox:
    """Return the numbers of a school's outbox, and what got stuck in it."""
    here = col(Message.school_id) == school.id
    due = and_(OPEN, col(Message.due_at) <= at)
    midnight = datetime.combine(local(at).date(), time(), AMSTERDAM)
    oldest = session.exec(select(func.min(Message.due_at)).where(here, due)).one()
    ended_today = col(Message.made_at) >= midnight
    dead = here & (col(Message.state) == MessageState.DEAD)
    return Outbox(
        waiting=_count(session, here & due),
        oldest=at - oldest if oldest else None,
        retried=_count(session, here & due & (col(Message.attempts) > 0)),
        sent_today=_count(session, here & (col(Message.sent_at) >= midnight)),
        expired_today=_count(session, here & ended_today & (col(Message.state) == MessageState.EXPIRED)),
        suppressed_today=_count(
            session, here & ended_today & (col(Message.state) == MessageState.SUPPRESSED)
        ),
        dead=heaps_of(session, school, at),
        dead_count=_count(session, dead),
    )


def message_of(
    session: Session, school: School, message_id: UUID, reader_id: UUID
) -> tuple[Message, str, tuple[str, str]] | None:
    """Return a message with its person and channel: its name, or only the kind of somebody else's own."""
    message = session.get(Message, message_id)
    if message is None or message.school_id != school.id:
        return None
    person = session.get(Person, message.person_id) if message.person_id else None
    found = ways(session, [message], reader_id)
    name = message.to_name or (person.name if person else "")
    return message, name, next(iter(found.values()), ("", ""))


def feeds_of_school(session: Session, school: School, at: datetime) -> list[tuple[str, int, datetime | None]]:
    """Return who of the school's people has calendar addresses: how many, and when last fetched."""
    members = select(Membership.person_id).where(
        Membership.school_id == school.id,
        holds_on(col(Membership.valid_from), col(Membership.valid_until), local(at).date()),
    )
    rows = session.exec(
        select(Person.name, func.count(col(Feed.id)), func.max(Feed.fetched_at))
        .join(Feed, col(Feed.person_id) == Person.id)
        .where(col(Person.id).in_(members), col(Feed.revoked_at).is_(None))
        .group_by(Person.name, col(Person.id))
        .order_by(Person.name)
    )
    return [(name, count, fetched) for name, count, fetched in rows]


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.exec(select(func.count(col(Message.id))).where(condition)).one()
