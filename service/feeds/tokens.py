"""Hand out, withdraw and put back subscription addresses; only the SHA-256 of an address is kept."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models import Feed, Membership, Person, School
from service.access.actor import Actor, holds_on
from service.access.scope import NotFoundError
from service.clock import local
from service.feeds.publish import publish_person, publish_school

RESTORABLE = timedelta(days=30)  # calendar days after which a withdrawn address stays withdrawn
_NAME_LENGTH = 60
_log = logging.getLogger(__name__)


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
    _log.info("calendar address %s withdrawn by %s at %s", feed.id, actor.person_id, at.isoformat())
    return feed


def restore_feed(session: Session, actor: Actor, feed_id: UUID, at: datetime) -> Feed:
    """Let a withdrawn address of the actor, or of the actor's school, work again with what holds now."""
    feed = _find(session, actor, feed_id)
    if feed.revoked_at is None:
        return feed
    if not _may_return(session, feed, at):
        raise NotFoundError
    feed.revoked_at = None
    session.add(feed)
    session.flush()
    if feed.person_id:
        publish_person(session, session.get_one(Person, feed.person_id), at)
    else:
        publish_school(session, session.get_one(School, feed.school_id), at)
    _log.info("calendar address %s put back by %s at %s", feed.id, actor.person_id, at.isoformat())
    return feed


def feeds_of(session: Session, actor: Actor) -> Sequence[Feed]:
    """Return the addresses of the actor that work, oldest first."""
    return _listed(session, Feed.person_id == actor.person_id, col(Feed.revoked_at).is_(None))


def school_feeds(session: Session, actor: Actor) -> Sequence[Feed]:
    """Return the addresses of the actor's school that work, oldest first."""
    _require_keeper(actor)
    return _listed(session, Feed.school_id == actor.school_id, col(Feed.revoked_at).is_(None))


def withdrawn_feeds(session: Session, actor: Actor, at: datetime) -> Sequence[Feed]:
    """Return the addresses of the actor that were withdrawn and may still be put back, oldest first."""
    found = _listed(session, Feed.person_id == actor.person_id, col(Feed.revoked_at) > at - RESTORABLE)
    return [feed for feed in found if _may_return(session, feed, at)]


def withdrawn_school_feeds(session: Session, actor: Actor, at: datetime) -> Sequence[Feed]:
    """Return the addresses of the actor's school that may still be put back, oldest first."""
    _require_keeper(actor)
    return _listed(session, Feed.school_id == actor.school_id, col(Feed.revoked_at) > at - RESTORABLE)


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


def _may_return(session: Session, feed: Feed, at: datetime) -> bool:
    """Tell whether a withdrawn address may work again: not after thirty days, nor when its owner left since.

    Who leaves loses the address on a day without a role; so one role must hold on that day and today.
    """
    if feed.revoked_at is None or feed.revoked_at <= at - RESTORABLE:
        return False
    if feed.person_id is None:
        return True
    first, last = col(Membership.valid_from), col(Membership.valid_until)
    stayed = select(Membership.id).where(
        Membership.person_id == feed.person_id,
        holds_on(first, last, local(feed.revoked_at).date()),
        holds_on(first, last, local(at).date()),
    )
    return session.exec(stayed).first() is not None


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
