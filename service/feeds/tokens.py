"""Hand out and withdraw subscription addresses; only the SHA-256 of an address is kept."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models import Feed, Person, School
from service.access.actor import Actor
from service.access.scope import NotFoundError
from service.feeds.publish import publish_person, publish_school

_NAME_LENGTH = 60


def create_feed(session: Session, actor: Actor, name: str, at: datetime) -> str:
    """Make an address for one device of the actor; return its token, which is shown once."""
    token = _made(session, Feed(person_id=actor.person_id, name=name, token_hash="", created_at=at))
    publish_person(session, session.get_one(Person, actor.person_id), at)
    return token


def create_school_feed(session: Session, actor: Actor, name: str, at: datetime) -> str:
    """Make an address for the public dates of the actor's school; return its token, which is shown once."""
    _require_keeper(actor)
    token = _made(session, Feed(school_id=actor.school_id, name=name, token_hash="", created_at=at))
    publish_school(session, session.get_one(School, actor.school_id), at)
    return token


def revoke_feed(session: Session, actor: Actor, feed_id: UUID, at: datetime) -> Feed:
    """Withdraw an address of the actor, or of the actor's school; from then on it is unknown."""
    feed = _find(session, actor, feed_id)
    feed.revoked_at = feed.revoked_at or at
    session.add(feed)
    return feed


def feeds_of(session: Session, actor: Actor) -> Sequence[Feed]:
    """Return the addresses of the actor that work, oldest first."""
    return _listed(session, Feed.person_id == actor.person_id, col(Feed.revoked_at).is_(None))


def school_feeds(session: Session, actor: Actor) -> Sequence[Feed]:
    """Return the addresses of the actor's school that work, oldest first."""
    _require_keeper(actor)
    return _listed(session, Feed.school_id == actor.school_id, col(Feed.revoked_at).is_(None))


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return sha256(token.encode()).hexdigest()


def _made(session: Session, feed: Feed) -> str:
    token = secrets.token_urlsafe(32)
    feed.name = " ".join(feed.name.split())[:_NAME_LENGTH] or "Agenda"
    feed.token_hash = hashed(token)
    session.add(feed)
    session.flush()
    return token


def _find(session: Session, actor: Actor, feed_id: UUID) -> Feed:
    feed = session.get(Feed, feed_id)
    if feed is None or not (feed.person_id == actor.person_id or _keeps(actor, feed)):
        raise NotFoundError
    return feed


def _keeps(actor: Actor, feed: Feed) -> bool:
    return feed.school_id == actor.school_id and (actor.is_administrator or actor.is_manager)


def _require_keeper(actor: Actor) -> None:
    if not (actor.is_administrator or actor.is_manager):
        raise NotFoundError


def _listed(session: Session, *conditions: ColumnElement[bool] | bool) -> Sequence[Feed]:
    return session.exec(select(Feed).where(*conditions).order_by(col(Feed.created_at))).all()
