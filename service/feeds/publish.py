"""Render each person's calendar, and keep it only when its bytes changed.

A calendar is a pure function of the rows: fetched twice without a change, it is the same, byte for byte.
"""

from datetime import datetime
from hashlib import sha256

from sqlmodel import Session, col, select

from calendars.feed import feed
from models import Feed, FeedBytes, Person
from service.feeds.days import day_entries
from service.feeds.hours import meeting_entries

NAME = "Jaarritme"


def publish_feeds(session: Session, at: datetime) -> dict[str, int]:
    """Render the calendar of everyone with a subscription; count the changed and the unchanged."""
    counts = {"changed": 0, "unchanged": 0}
    for person in _subscribers(session):
        counts["changed" if publish_person(session, person, at) else "unchanged"] += 1
    return counts


def publish_person(session: Session, person: Person, at: datetime) -> bool:
    """Render one person's calendar; tell whether it changed."""
    body = feed(NAME, [*meeting_entries(session, person.id, at), *day_entries(session, person.id, at)])
    etag = sha256(body).hexdigest()
    kept = session.exec(select(FeedBytes).where(FeedBytes.person_id == person.id)).one_or_none()
    if kept and kept.etag == etag:
        return False
    kept = kept or FeedBytes(person_id=person.id, body=body, etag=etag, rendered_at=at)
    kept.body, kept.etag, kept.rendered_at = body, etag, at
    session.add(kept)
    session.flush()
    return True


def _subscribers(session: Session) -> list[Person]:
    subscribed = select(Feed.person_id).where(col(Feed.revoked_at).is_(None))
    query = select(Person).where(col(Person.id).in_(subscribed), col(Person.active).is_(True))
    return list(session.exec(query.order_by(col(Person.id))))
