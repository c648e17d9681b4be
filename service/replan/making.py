"""Where, by whom, when and why a change is made."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import School


@dataclass(frozen=True, slots=True)
class Making:
    """What every step of a re-plan needs to know; ``label`` is the school year that it is at."""

    session: Session
    school: School
    label: str
    actor_id: UUID | None
    at: datetime
    reason: str
