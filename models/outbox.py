"""Messages that wait to leave the house, and the ledger of what was told to whom."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import Row, word


class MessageState(StrEnum):
    """Where a message stands; ``dead`` waits for an administrator."""

    READY = "ready"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


class Message(Row, table=True):
    """A message written in the transaction that caused it and sent after it.

    ``dedupe_key`` makes it once as an intention; ``message_id`` makes a second copy recognisable as the same.
    ``fence`` rises with every claim, so that a worker that lost its lease can't overwrite another's mark.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_ready",
            "next_try_at",
            sqlite_where=text("state in ('ready', 'leased')"),
            postgresql_where=text("state in ('ready', 'leased')"),
        ),
    )

    school_id: UUID = Field(foreign_key="school.id", index=True)
    dedupe_key: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    channel_id: UUID | None = Field(default=None, foreign_key="channel.id")
    kind: str
    to_address: str
    subject: str
    body: str
    html: str | None = None
    calendar: str | None = None
    calendar_method: str | None = None
    meeting_id: UUID | None = Field(default=None, foreign_key="meeting.id", index=True)
    sequence: int | None = None
    message_id: str
    made_at: datetime
    next_try_at: datetime
    expires_at: datetime
    state: MessageState = Field(default=MessageState.READY, sa_type=word(MessageState))
    lease_until: datetime | None = None
    fence: int = 0
    attempts: int = 0
    last_error: str | None = None
    sent_at: datetime | None = None


class LedgerOutcome(StrEnum):
    """What became of a reminder."""

    TOLD = "told"
    NOT_TOLD = "not_told"


class LedgerEntry(Row, table=True):
    """One rung of one task's reminder ladder for one person: told in which message, or why not.

    Written once. A message that never arrived doesn't count as told, so the next digest tells it again.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_task_person", "task_id", "person_id"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    task_id: UUID = Field(foreign_key="task.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    rung: str
    due_version: int
    due_day: date
    at: datetime
    outcome: LedgerOutcome = Field(sa_type=word(LedgerOutcome))
    reason: str | None = None
    message_id: UUID | None = Field(default=None, foreign_key="message.id")


class Channel(Row, table=True):
    """A way besides mail by which a person hears of reminders: an Apprise URL, kept encrypted."""

    __tablename__ = "channel"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    name: str
    secret_url: str
    active: bool = True
