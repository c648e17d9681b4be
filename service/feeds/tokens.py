"""Hand out and withdraw subscription addresses; only the SHA-256 of an address is kept."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session, col, select

from models import Feed, Person
from service.access.actor import Actor
from service.access.scope import NotFoundError
from service.feeds.publish import publish_person

_NAME_LENGTH = 60


def create_feed(session: Session, actor: Actor, name: str, at: datetime) -> str:
    """Make an address for one device of the actor; return its token, which is shown once."""
    token = secrets.token_urlsafe(32)
    label = " ".join(name.split())[:_NAME_LENGTH] or "Agenda"
    session.add(Feed(person_id=actor.person_id, name=label, token_hash=hashed(token), created_at=at))
    session.flush()
    publish_person(session, session.get_one(Person, actor.person_id), at)
    return token


def revoke_feed(session: Session, actor: Actor, feed_id: UUID, at: datetime) -> None:
    """Withdraw an address of the actor; from then on it is unknown."""
    feed = session.get(Feed, feed_id)
    if feed is None or feed.person_id != actor.person_id:
        raise NotFoundError
    feed.revoked_at = feed.revoked_at or at
    session.add(feed)


def feeds_of(session: Session, actor: Actor) -> Sequence[Feed]:
    """Return the addresses of the actor that work, oldest first."""
    query = select(Feed).where(Feed.person_id == actor.person_id, col(Feed.revoked_at).is_(None))
    return session.exec(query.order_by(col(Feed.created_at))).all()


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return sha256(token.encode()).hexdigest()
