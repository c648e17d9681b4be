"""See what a change would do: it is made, looked at, and taken back; nothing is written or sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import School, Year
from service.replan.carry import Outcome, carry_out
from service.replan.changes import Change
from service.replan.letters import Hearing, hearings


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do, and who would hear of it."""

    outcome: Outcome
    hearings: tuple[Hearing, ...]


def is_open(session: Session, school_id: UUID, label: str) -> bool:
    """Tell whether a school has opened a year."""
    opened = select(Year.id).where(
        Year.school_id == school_id, Year.label == label, col(Year.opened_at).is_not(None)
    )
    return session.exec(opened).first() is not None


def preview_change(
    session: Session, school: School, label: str, change: Change, *, actor_id: UUID | None, at: datetime
) -> Preview:
    """Return what a change would do; raise ``SchoolError`` for one that can't be made."""
    trial = session.begin_nested()
    try:
        outcome = carry_out(session, school, label, change, actor_id=actor_id, at=at)
        return Preview(outcome, tuple(hearings(session, school, outcome.shifts, at)))
    finally:
        trial.rollback()
        session.expire_all()
