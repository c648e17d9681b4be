"""What may be wrong with an hour for the people who are asked: off that day, or asked elsewhere."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from models import School
from service.clock import local
from service.meetings.hours import busy_at
from service.year.people import members_of

Concern = Literal["off", "busy"]
_NOON = 12


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
