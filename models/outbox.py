"""Messages that wait to leave the house, and the ledger of what was told to whom."""

from datetime import date, datetime, time
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
    BOUNCED = "bounced"


class Message(Row, table=True):
    """A message written in the transaction that caused it and sent after it.

    ``dedupe_key`` makes it once as an intention; ``message_id`` makes a second copy recognisable as the same.
    ``fence`` rises with every claim, so that a worker that lost its lease can't overwrite another's mark.
    ``due_at`` is when it ought to leave, so that ``sent_at - due_at`` is how long it dwelt here.
    ``copy_of`` is the mail of which this is the copy for a channel. Without ``person_id`` it is for someone
    outside the school, who has an address and no account.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_ready",
            "next_try_at",
            sqlite_where=text("state in ('ready', 'leased')"),
            postgresql_where=text("state in ('ready', 'leased')"),
        ),
        Index(
            "ix_message_channel",
            "channel_id",
            sqlite_where=text("channel_id is not null"),
            postgresql_where=text("channel_id is not null"),
        ),
        Index(
            "ix_message_sent",
            "sent_at",
            sqlite_where=text("sent_at is not null"),
            postgresql_where=text("sent_at is not null"),
        ),
    )

    school_id: UUID = Field(foreign_key="school.id", index=True)
    dedupe_key: str = Field(unique=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    channel_id: UUID | None = Field(default=None, foreign_key="channel.id")
    copy_of: UUID | None = Field(default=None, foreign_key="message.id", index=True)
    kind: str
    to_address: str
    to_name: str = ""
    subject: str
    body: str
    html: str | None = None
    calendar: str | None = None
    calendar_method: str | None = None
    meeting_id: UUID | None = Field(default=None, foreign_key="meeting.id", index=True)
    sequence: int | None = None
    message_id: str = Field(index=True)
    made_at: datetime
    due_at: datetime
    next_try_at: datetime
    expires_at: datetime
    state: MessageState = Field(default=MessageState.READY, sa_type=word(MessageState))
    lease_until: datetime | None = None
    fence: int = 0
    attempts: int = 0
    last_error: str | None = None
    sent_at: datetime | None = None
    uncertain: bool = False
    bounced_at: datetime | None = None


class LedgerOutcome(StrEnum):
    """What became of a reminder."""

    TOLD = "told"
    NOT_TOLD = "not_told"


class LedgerEntry(Row, table=True):
    """One rung of one task's reminder ladder for one person: told in which message, or why not.

    Written once, but for what a message leaves out when it goes. A message that never arrived
    doesn't count as told, so the next digest tells it again.
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
    message_id: UUID | None = Field(default=None, foreign_key="message.id", index=True)
    by_id: UUID | None = Field(default=None, foreign_key="person.id")


class ChannelKind(StrEnum):
    """What carries a message for a channel: Apprise, or the push service of a browser."""

    APPRISE = "apprise"
    PUSH = "push"


class Channel(Row, table=True):
    """A way besides mail by which people hear of reminders: an Apprise URL or a push subscription, sealed.

    One without ``person_id`` is the school's: whoever works there may choose it (``ChannelChoice``).
    """

    __tablename__ = "channel"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    name: str
    kind: ChannelKind = Field(default=ChannelKind.APPRISE, sa_type=word(ChannelKind))
    secret_url: str
    active: bool = True


class ChannelChoice(Row, table=True):
    """A person's choice to hear of reminders through a channel of the school."""

    __tablename__ = "channel_choice"
    __table_args__ = (UniqueConstraint("channel_id", "person_id"),)

    channel_id: UUID = Field(foreign_key="channel.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)


class DeliveryGate(Row, table=True):
    """What stands before one account that messages leave by: its circuit breaker and its rate budget.

    ``account`` is ``mail`` or ``channel:<id>``. ``reason`` is why the breaker opened. ``tokens`` are what may
    still leave this minute; ``sent_on_day`` counts a day.
    """

    __tablename__ = "delivery_gate"

    account: str = Field(unique=True)
    failures: int = 0
    open_until: datetime | None = None
    reason: str | None = None
    tokens: float = 0
    tokens_at: datetime | None = None
    day: date | None = None
    sent_on_day: int = 0


class Installation(Row, table=True):
    """One row: how far this database is, to be held against what was written outside it.

    After a backup was put back ``restored_at`` is set, and nothing leaves until an administrator says so.
    """

    __tablename__ = "installation"

    epoch: int = 0
    beat_at: datetime
    restored_at: datetime | None = None
    released_at: datetime | None = None
    released_by: UUID | None = Field(default=None, foreign_key="person.id")


class ReminderWish(Row, table=True):
    """When and how one person wants to hear from one school; without a row the school's own hours hold."""

    __tablename__ = "reminder_wish"
    __table_args__ = (UniqueConstraint("school_id", "person_id"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    hour: time | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    paused_from: date | None = None
    paused_until: date | None = None
    by_mail: bool = True


class ReminderBounds(Row, table=True):
    """Within which bounds the people of a school may choose; ``most`` is the last message of a ladder."""

    __tablename__ = "reminder_bounds"

    school_id: UUID = Field(foreign_key="school.id", unique=True)
    hour: time = time(6, 30)
    latest_hour: time = time(12, 0)
    quiet_from: time = time(18, 0)
    quiet_until: time = time(6, 30)
    most_pause_days: int = 14
    hand_wait_hours: int = 24
    most: int = 4
