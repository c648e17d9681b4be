"""A person leaves the school: roles, groups, logins, channels and calendar addresses end."""

import logging
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, delete, select

from models import Channel, Feed, FeedBytes, Group, LoginSession, Membership, Teaching
from service.clock import local
from service.school.presence import end_presence
from service.school.staff import end_membership, end_teaching, memberships_of, require_member

_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


def deactivate_person(
    session: Session, school_id: UUID, person_id: UUID, *, actor_id: UUID | None, at: datetime
) -> None:
    """Let a person leave a school today: yesterday was the last day.

    Logins and chat channels of this school end. Who works nowhere any more is inactive, and every
    calendar address stops.
    """
    person = require_member(session, school_id, person_id)
    last = local(at).date() - _DAY
    for row in memberships_of(session, school_id, person_id):
        if row.valid_until is None or row.valid_until > last:
            end_membership(session, school_id, row.id, until=last, actor_id=actor_id, at=at)
    for teaching in _teachings(session, school_id, person_id):
        if teaching.valid_until is None or teaching.valid_until > last:
            end_teaching(session, school_id, teaching.id, until=last, actor_id=actor_id, at=at)
    end_presence(session, school_id, person_id, last)
    _end_here(session, school_id, person_id)
    if not _works_somewhere(session, person_id, last + _DAY):
        person.active = False
        _end_all(session, person_id, at)
    session.flush()
    _log.info("person left: %s by %s at %s", person_id, actor_id, at.isoformat())


def _end_here(session: Session, school_id: UUID, person_id: UUID) -> None:
    session.exec(
        delete(LoginSession).where(
            col(LoginSession.person_id) == person_id, col(LoginSession.school_id) == school_id
        )
    )
    for channel in session.exec(
        select(Channel).where(Channel.school_id == school_id, Channel.person_id == person_id)
    ):
        channel.active = False


def _end_all(session: Session, person_id: UUID, at: datetime) -> None:
    session.exec(delete(LoginSession).where(col(LoginSession.person_id) == person_id))
    session.exec(delete(FeedBytes).where(col(FeedBytes.person_id) == person_id))
    for feed in session.exec(select(Feed).where(Feed.person_id == person_id, col(Feed.revoked_at).is_(None))):
        feed.revoked_at = at


def _works_somewhere(session: Session, person_id: UUID, on: date) -> bool:
    still = select(Membership.id).where(
        Membership.person_id == person_id,
        or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on),
    )
    return session.exec(still).first() is not None


def _teachings(session: Session, school_id: UUID, person_id: UUID) -> list[Teaching]:
    mine = (
        select(Teaching)
        .join(Group, col(Group.id) == Teaching.group_id)
        .where(Group.school_id == school_id, Teaching.person_id == person_id)
    )
    return list(session.exec(mine))
