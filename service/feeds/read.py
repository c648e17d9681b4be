"""Serve a subscription: its bytes as they were rendered, and a note that somebody fetched them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from models import Feed, FeedBytes, Person
from service.feeds.tokens import hashed

NOTE_EVERY = timedelta(minutes=5)
_AGENT_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Served:
    """A calendar as it is served; ``etag`` stands without its quotes."""

    feed_id: UUID
    body: bytes
    etag: str
    rendered_at: datetime
    fetched_at: datetime | None

    def wants_note(self, at: datetime) -> bool:
        """Tell whether it is worth writing down that it was fetched."""
        return self.fetched_at is None or abs(at - self.fetched_at) >= NOTE_EVERY


def feed_bytes(session: Session, token: str) -> Served | None:
    """Return the calendar behind a token; nothing when it is unknown, withdrawn or of someone who left."""
    query = (
        select(Feed, FeedBytes)
        .join(FeedBytes, col(FeedBytes.person_id) == Feed.person_id)
        .join(Person, col(Person.id) == Feed.person_id)
        .where(Feed.token_hash == hashed(token), col(Feed.revoked_at).is_(None), col(Person.active).is_(True))
    )
    for feed, kept in session.exec(query):
        return Served(feed.id, kept.body, kept.etag, kept.rendered_at, feed.fetched_at)
    return None


def note_fetch(session: Session, feed_id: UUID, *, at: datetime, by: str) -> None:
    """Write down when and by which program a calendar was fetched, at most once per five minutes."""
    program = "".join(c for c in by if c.isprintable())[:_AGENT_LENGTH]
    fetched = col(Feed.fetched_at)
    stale = or_(fetched.is_(None), fetched <= at - NOTE_EVERY, fetched >= at + NOTE_EVERY)
    session.execute(
        update(Feed).where(col(Feed.id) == feed_id, stale).values(fetched_at=at, fetched_by=program or None)
    )
