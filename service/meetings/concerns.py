"""What may be wrong with an hour: no school that day, or somebody who is asked is off or asked elsewhere."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from calendars.schoolyear import OutsideCalendarError
from models import School
from service.clock import local
from service.meetings.hours import busy_at
from service.year.frame import calendar_on
from service.year.people import members_of

Concern = Literal["off", "busy"]
_NOON = 12


def is_closed(session: Session, school_id: UUID, day: date) -> bool:
    """Tell whether there is no school on a day, as far as its calendar goes."""
    calendar = calendar_on(session, session.get_one(School, school_id), day)
    try:
        return not calendar.is_school_day(day)
    except OutsideCalendarError:
        return False


def concerns(
    session: Session,
    school_id: UUID,
    people: Iterable[UUID],
    starts_at: datetime,
    ends_at: datetime,
    but: UUID | None = None,
) -> list[tuple[UUID, Concern]]:
    """Return who of these people does not work then, or has another meeting."""
    wanted = set(people)
    school = session.get_one(School, school_id)
    start = local(starts_at)
    half = "am" if start.hour < _NOON else "pm"
    off = {
        member.id
        for member in members_of(session, school)
        if member.id in wanted and half not in member.presence.halves_on(start.date())
    }
    busy = busy_at(session, school_id, wanted, starts_at, ends_at, but)
    found: list[tuple[UUID, Concern]] = [(person, "off") for person in off]
    found += [(person, "busy") for person in busy]
    return sorted(found, key=lambda pair: (pair[1], pair[0].int))
