"""Who works nowhere any more has no calendar: its addresses stop by themselves."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, delete, select

from models import Feed, FeedBytes, Membership
from service.clock import local


def revoke_departed(session: Session, at: datetime) -> None:
    """Withdraw the addresses of people whose last role at their last school is over."""
    works = select(Membership.person_id).where(_running(local(at).date()))
    gone = col(Feed.person_id).is_not(None) & col(Feed.person_id).not_in(works)
    left = session.exec(select(Feed.person_id).where(gone, col(Feed.revoked_at).is_(None)).distinct()).all()
    if not left:
        return
    session.execute(
        update(Feed)
        .where(col(Feed.person_id).in_(left), col(Feed.revoked_at).is_(None))
        .values(revoked_at=at)
    )
    session.execute(delete(FeedBytes).where(col(FeedBytes.person_id).in_(left)))


def schools_from(session: Session, person_id: UUID, on: date) -> list[UUID]:
    """Return the schools at which a person works on a day or later."""
    mine = _running(on) & (col(Membership.person_id) == person_id)
    return list(session.exec(select(Membership.school_id).where(mine).distinct()))


def _running(on: date) -> ColumnElement[bool]:
    return or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on)
