"""What comes back by mail: answers, other proposals, bounces, and what nobody could place."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from models.base import Row, word


class InboundState(StrEnum):
    """Whether somebody still has to look at a mail that came in."""

    OPEN = "open"
    PROCESSED = "processed"
    DISMISSED = "dismissed"


class InboundMail(Row, table=True):
    """A mail that came in, once: ``fingerprint`` is the SHA-256 of its bytes, its size bounded.

    ``kind`` is what it turned out to be (reply, counter, bounce, absence, unknown …), ``reason`` why it is
    open. ``secret_body`` is the mail itself, sealed, kept only while somebody has to look at it.
    """

    __tablename__ = "inbound_mail"
    __table_args__ = (Index("ix_inbound_mail_state", "state", "received_at"),)

    school_id: UUID | None = Field(default=None, foreign_key="school.id", index=True)
    source: str
    fingerprint: str = Field(unique=True)
    received_at: datetime
    sender: str = ""
    kind: str
    state: InboundState = Field(sa_type=word(InboundState))
    reason: str = ""
    meeting_id: UUID | None = Field(default=None, foreign_key="meeting.id", index=True)
    attendee_id: UUID | None = Field(default=None, foreign_key="attendee.id")
    message_id: UUID | None = Field(default=None, foreign_key="message.id")
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    secret_body: str | None = None
    handled_by: UUID | None = Field(default=None, foreign_key="person.id")
    handled_at: datetime | None = None


class CounterState(StrEnum):
    """What became of another hour that somebody proposed."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"


class CounterProposal(Row, table=True):
    """Another hour for a meeting, proposed by somebody who is asked; a person decides, never we."""

    __tablename__ = "counter_proposal"

    meeting_id: UUID = Field(foreign_key="meeting.id", index=True)
    attendee_id: UUID = Field(foreign_key="attendee.id")
    inbound_id: UUID | None = Field(default=None, foreign_key="inbound_mail.id")
    sequence: int
    starts_at: datetime
    ends_at: datetime
    location: str = ""
    comment: str = ""
    state: CounterState = Field(default=CounterState.OPEN, sa_type=word(CounterState))
    at: datetime
    handled_by: UUID | None = Field(default=None, foreign_key="person.id")
    handled_at: datetime | None = None


class MailAlias(Row, table=True):
    """Another address under which a person answers."""

    __tablename__ = "mail_alias"

    person_id: UUID = Field(foreign_key="person.id", index=True)
    email: str = Field(unique=True)


class MailboxCursor(Row, table=True):
    """How far a mailbox was read (RFC 3501: a UID means something only with its UIDVALIDITY)."""

    __tablename__ = "mailbox_cursor"

    mailbox: str = Field(unique=True)
    uid_validity: int = 0
    last_uid: int = 0
    read_at: datetime | None = None
    error: str | None = None
