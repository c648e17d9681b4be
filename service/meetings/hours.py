"""Which hours a meeting may have, and whose other meetings are in the way."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models import Attendee, Meeting, MeetingState
from service.cases.errors import CaseError
from service.clock import local

_FAR = timedelta(days=730)  # calendar days: of later years nothing is known yet


def require_near(starts_at: datetime, at: datetime) -> None:
    """Refuse a day that nobody plans on yet, and that may be the end of the calendar itself."""
    if starts_at > at + _FAR:
        raise CaseError("Kies een dag in dit of het volgende schooljaar.")


def require_hour(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Refuse an hour that has gone by, or that is not of one day."""
    if starts_at <= at:
        raise CaseError("Kies een moment dat nog moet komen.")
    require_near(starts_at, at)
    if local(starts_at).date() != local(ends_at).date():
        raise CaseError("Een overleg begint en eindigt op dezelfde dag.")


def busy_at(
    session: Session,
    school_id: UUID,
    people: Iterable[UUID],
    starts_at: datetime,
    ends_at: datetime,
    but: UUID | None = None,
) -> set[UUID]:
    """Return who of these people has another meeting in an hour."""
    query = (
        select(Attendee.person_id)
        .join(Meeting, col(Meeting.id) == Attendee.meeting_id)
        .where(
            col(Attendee.person_id).in_(list(people)),
            col(Attendee.removed).is_(False),
            Meeting.school_id == school_id,
            col(Meeting.id) != but,
            Meeting.state != MeetingState.CANCELLED,
            Meeting.starts_at < ends_at,
            Meeting.ends_at > starts_at,
        )
    )
    return {person_id for person_id in session.exec(query) if person_id}
