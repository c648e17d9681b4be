"""Cases, their human tasks, their consents and their history."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Row, word


class CaseState(StrEnum):
    """Where a case stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """Where a human task stands (WS-HumanTask 1.1, with the school's ``missed`` and ``planned``)."""

    PLANNED = "planned"
    READY = "ready"
    RESERVED = "reserved"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    IN_REVIEW = "in_review"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    MISSED = "missed"
    CANCELLED = "cancelled"


OPEN_STATES = (
    TaskState.READY,
    TaskState.RESERVED,
    TaskState.IN_PROGRESS,
    TaskState.SUSPENDED,
    TaskState.IN_REVIEW,
)
CLOSED_STATES = (
    TaskState.COMPLETED,
    TaskState.SKIPPED,
    TaskState.MISSED,
    TaskState.CANCELLED,
)


class TaskKind(StrEnum):
    """What a task is in time: work with a due date, a meeting with an hour, or a window of days."""

    TASK = "task"
    MEETING = "meeting"
    WINDOW = "window"


class Case(Row, table=True):
    """One run of a procedure, for the school, a group or a pupil.

    ``key`` names the occurrence and its subject ("M", "didactisch-m:5"); it makes opening twice harmless.
    ``code`` is what leaves the building instead of a name ("T-7K3F9Q").
    """

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("school_id", "school_year", "procedure", "key"),
        UniqueConstraint("school_id", "code"),
    )

    school_id: UUID = Field(foreign_key="school.id", index=True)
    version_id: UUID = Field(foreign_key="procedure_version.id")
    school_year: str
    procedure: str = Field(index=True)
    occurrence: str
    key: str
    code: str
    title: str
    group_id: UUID | None = Field(default=None, foreign_key="school_group.id", index=True)
    pupil_id: UUID | None = Field(default=None, foreign_key="pupil.id", index=True)
    state: CaseState = Field(default=CaseState.PLANNED, sa_type=word(CaseState), index=True)
    stage: str = ""
    opens_on: date
    opened_by: UUID | None = Field(default=None, foreign_key="person.id")
    closed_at: datetime | None = None
    outcome: str | None = None


class Task(Row, table=True):
    """A piece of work that waits for a person.

    ``target_on`` is the customary or planning day; ``latest_on`` the statutory last calendar day.
    ``due_version`` rises with every change of a date, and re-arms the reminders.
    """

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("case_id", "key", "group_id", "unit"),
        Index("ix_task_open", "school_id", "state", "target_on"),
    )

    school_id: UUID = Field(foreign_key="school.id")
    case_id: UUID = Field(foreign_key="case.id", index=True)
    key: str
    stage: str
    title: str
    kind: TaskKind = Field(default=TaskKind.TASK, sa_type=word(TaskKind))
    role: str
    group_id: UUID | None = Field(default=None, foreign_key="school_group.id", index=True)
    unit: str = ""
    owner_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    required: bool = True
    state: TaskState = Field(default=TaskState.PLANNED, sa_type=word(TaskState))
    starts_on: date | None = None
    target_on: date | None = None
    latest_on: date | None = None
    law: str | None = None
    pinned: bool = False
    due_version: int = 1
    derivation: list[Any] = Field(default_factory=list, sa_type=JSON)
    outcome: str | None = None
    note: str | None = None
    closed_at: datetime | None = None
    closed_by: UUID | None = Field(default=None, foreign_key="person.id")
    version: int = 1


class CaseEvent(Row, table=True):
    """A line of a case's history: who, acting for whom, when, why, old and new; written once."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_case_at", "case_id", "at"), Index("ix_case_event_at", "at"))

    case_id: UUID = Field(foreign_key="case.id")
    task_id: UUID | None = Field(default=None, foreign_key="task.id", index=True)
    at: datetime
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")
    acting_for_id: UUID | None = Field(default=None, foreign_key="person.id")
    verb: str
    reason: str | None = None
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Consent(Row, table=True):
    """A recorded consent of the parents: for what, to whom, which data, given by whom, until when."""

    __tablename__ = "consent"

    case_id: UUID = Field(foreign_key="case.id", index=True)
    pupil_id: UUID = Field(foreign_key="pupil.id", index=True)
    purpose: str
    recipient: str
    scope: str
    given: bool
    given_by: str
    given_on: date
    method: str
    valid_until: date | None = None
    withdrawn_on: date | None = None
    recorded_by: UUID = Field(foreign_key="person.id")
    recorded_at: datetime
