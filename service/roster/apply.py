"""Import a roster."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from models import RosterImport, School
from service.roster.changes import RosterDiff
from service.roster.diff import plan
from service.roster.problems import Problem, RosterFileError
from service.roster.roster import Roster
from service.roster.tables import load

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of a file, by which the journal of imports knows it."""
    return sha256(data).hexdigest()


def apply(
    session: Session,
    school: School,
    roster: Roster,
    *,
    actor_id: UUID | None,
    at: datetime,
    digest: str,
    force: bool = False,
) -> RosterDiff:
    """Write what ``roster`` changes and a line in the journal; nothing at all if nothing changes.

    Raises ``RosterFileError`` for a file that is not this school's next one and, without ``force``, for one
    that there is an objection to.
    """
    session.exec(select(School.id).where(School.id == school.id).with_for_update()).one()
    planned = plan(load(session, school), school, roster, at.astimezone(_AMSTERDAM).date())
    if planned.diff.objections and not force:
        raise RosterFileError([Problem(0, "", text) for text in planned.diff.objections])
    if not planned.writes:
        return planned.diff
    planned.writes.execute(session.connection())
    line = RosterImport(
        school_id=school.id,
        school_year=roster.school_year,
        at=at,
        actor_id=actor_id,
        digest=digest,
        counts=planned.diff.counts(),
    )
    session.add(line)
    session.flush()
    session.expire_all()
    return planned.diff
