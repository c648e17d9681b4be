"""Meetings in people's calendars: one UID for life, a sequence that rises with every change."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Row, word


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Meeting(Row, table=True):
    """A meeting with an hour; its row is the organiser's own calendar."""

    __tablename__ = "meeting"

    school_id: UUID = Field(foreign_key="school.id", index=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    task_id: UUID = Field(foreign_key="task.id", unique=True)
    uid: str = Field(unique=True)
    sequence: int = 0
    title: str
    starts_at: datetime
    ends_at: datetime
    location: str = ""
    state: MeetingState = Field(default=MeetingState.PROPOSED, sa_type=word(MeetingState))
    modified_at: datetime


class Attendee(Row, table=True):
    """A person who is asked to a meeting; ``invited_sequence`` is the last version they were told of."""

    __tablename__ = "attendee"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    meeting_id: UUID = Field(foreign_key="meeting.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    chair: bool = False
    partstat: str = "NEEDS-ACTION"
    invited_sequence: int | None = None
    removed: bool = False
