"""Meetings in people's calendars: one UID for life, a sequence that rises with every change."""

from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.base import Row, word


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Meeting(Row, table=True):
    """A meeting with an hour; its row is the organiser's own calendar.

    ``locked`` keeps its hour when hours are sought for many at once. ``wishes`` says when parents can come:
    ``[{"weekday": 1, "half": "pm"}]``; empty is always.
    """

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
    locked: bool = False
    wishes: list[Any] = Field(default_factory=list, sa_type=JSON)


class Attendee(Row, table=True):
    """Who is asked to a meeting; ``invited_sequence`` is the last version they were told of.

    Someone of the school by ``person_id``; a parent or another from outside by ``email`` alone, one row per
    household. ``by_hand`` is who was asked by a person and not by the rule. ``reply_sequence`` and
    ``reply_stamp`` (DTSTAMP) are of the last answer that counted, so that an older one changes nothing.
    """

    __tablename__ = "attendee"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    meeting_id: UUID = Field(foreign_key="meeting.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    email: str | None = None
    name: str = ""
    by_hand: bool = False
    chair: bool = False
    partstat: str = "NEEDS-ACTION"
    invited_sequence: int | None = None
    removed: bool = False
    answered_at: datetime | None = None
    answered_via: str | None = None
    reply_sequence: int | None = None
    reply_stamp: datetime | None = None
    delegated_to: str | None = None
    comment: str | None = None


class Room(Row, table=True):
    """A room of a school in which meetings can be held, one at a time."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    name: str
    active: bool = True


class LessonHours(Row, table=True):
    """When a school teaches on a weekday (0 is Monday): no teacher can meet in those hours."""

    __tablename__ = "lesson_hours"
    __table_args__ = (UniqueConstraint("school_id", "weekday"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    weekday: int = Field(ge=0, le=6)
    starts: time
    ends: time


class ProposalState(StrEnum):
    """Where a search for hours stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DRAFT = "draft"
    APPLIED = "applied"
    STOPPED = "stopped"
    FAILED = "failed"
    DISCARDED = "discarded"


class SlotProposal(Row, table=True):
    """A draft of hours for many meetings at once; nobody hears of it before a person approves.

    ``asked`` is what was sought (ids and settings), ``progress`` how far it is, ``result`` what was found
    and why the rest was not. ``beat_at`` tells whether the search still lives.
    """

    __tablename__ = "slot_proposal"

    school_id: UUID = Field(foreign_key="school.id", index=True)
    school_year: str
    title: str
    state: ProposalState = Field(default=ProposalState.WAITING, sa_type=word(ProposalState))
    asked: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    made_by: UUID = Field(foreign_key="person.id")
    made_at: datetime
    beat_at: datetime | None = None
    ended_at: datetime | None = None
    applied_by: UUID | None = Field(default=None, foreign_key="person.id")
    applied_at: datetime | None = None
