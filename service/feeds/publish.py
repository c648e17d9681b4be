"""Render calendars, of people and of schools, and keep them only when their bytes changed.

A calendar is a pure function of the rows: fetched twice without a change, it is the same, byte for byte.
"""

import gzip
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, select

from calendars.entries import Entry, Mailbox
from calendars.feed import NOBODY, feed
from models import Feed, FeedBytes, Person, School
from service.clock import local
from service.feeds.days import day_entries
from service.feeds.hours import meeting_entries
from service.feeds.leaving import revoke_departed
from service.feeds.public import public_entries
from service.mishap import told

NAME = "Jaarritme"
_SECOND = timedelta(seconds=1)
_log = logging.getLogger(__name__)


def publish_feeds(session: Session, at: datetime) -> dict[str, int]:
    """Render the calendar of everyone and every school with a subscription; count what changed.

    Addresses of who works nowhere any more are withdrawn first. One that can't be rendered stops no other.
    """
    revoke_departed(session, at)
    counts = {"changed": 0, "unchanged": 0}
    for person in _people(session):
        _count(counts, session, lambda person=person: publish_person(session, person, at))  # type: ignore[misc]
    for school in _schools(session):
        _count(counts, session, lambda school=school: publish_school(session, school, at))  # type: ignore[misc]
    return counts


def publish_person(session: Session, person: Person, at: datetime) -> bool:
    """Render one person's calendar; tell whether it changed."""
    body = person_calendar(session, person, at)
    kept = session.exec(select(FeedBytes).where(FeedBytes.person_id == person.id)).one_or_none()
    return _keep(session, kept or _empty(at, person=person), body, at)


def publish_school(session: Session, school: School, at: datetime) -> bool:
    """Render the dates of a school's year that everyone may know; tell whether they changed."""
    publisher = Mailbox(name=school.name, mail=NOBODY.mail)  # who reads this is not to write to us
    body = _written(f"{NAME} {school.name}", public_entries(session, school, local(at).date()), publisher)
    kept = session.exec(select(FeedBytes).where(FeedBytes.school_id == school.id)).one_or_none()
    return _keep(session, kept or _empty(at, school=school), body, at)


def person_calendar(session: Session, person: Person, at: datetime) -> bytes:
    """Return one person's calendar as it is now."""
    return _written(NAME, person_entries(session, person, at), NOBODY)


def person_entries(session: Session, person: Person, at: datetime) -> list[Entry]:
    """Return what stands in one person's calendar now."""
    return [*meeting_entries(session, person.id, at), *day_entries(session, person.id, at)]


def packed(body: bytes) -> bytes:
    """Return a calendar as gzip packs it; the same bytes every time."""
    return gzip.compress(body, compresslevel=9, mtime=0)


def _written(name: str, entries: Iterable[Entry], publisher: Mailbox) -> bytes:
    return feed(name, entries, publisher)


def _empty(at: datetime, *, person: Person | None = None, school: School | None = None) -> FeedBytes:
    return FeedBytes(
        person_id=person.id if person else None,
        school_id=school.id if school else None,
        body=b"",
        etag="",
        rendered_at=at - _SECOND,
    )


def _keep(session: Session, kept: FeedBytes, body: bytes, at: datetime) -> bool:
    """Keep a calendar whose bytes changed, each at least a second after the one before.

    HTTP tells changes apart by the second (RFC 9110 §8.8.2), and the demo's clock may have been set back.
    """
    etag = sha256(body).hexdigest()
    if kept.etag == etag:
        if not kept.packed:  # kept by a version that packed nothing
            kept.packed = packed(body)
            session.add(kept)
        return False
    kept.body, kept.packed, kept.etag = body, packed(body), etag
    kept.rendered_at = max(at, kept.rendered_at + _SECOND)
    session.add(kept)
    session.flush()
    return True


def _count(counts: dict[str, int], session: Session, render: Callable[[], bool]) -> None:
    try:
        with session.begin_nested():
            key = "changed" if render() else "unchanged"
    except Exception as error:  # noqa: BLE001 -- the next one must have its turn; the run says how many failed
        _log.error("a calendar can't be rendered: %s", told(error))
        key = "failed"
    counts[key] = counts.get(key, 0) + 1


def _people(session: Session) -> list[Person]:
    subscribed = select(Feed.person_id).where(
        col(Feed.revoked_at).is_(None), col(Feed.person_id).is_not(None)
    )
    query = select(Person).where(col(Person.id).in_(subscribed), col(Person.active).is_(True))
    return list(session.exec(query.order_by(col(Person.id))))


def _schools(session: Session) -> list[School]:
    subscribed = select(Feed.school_id).where(
        col(Feed.revoked_at).is_(None), col(Feed.school_id).is_not(None)
    )
    return list(session.exec(select(School).where(col(School.id).in_(subscribed)).order_by(col(School.id))))
