"""Who is logged in, who may choose a password, and which calendar addresses may be read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from models.base import Row


class LoginSession(Row, table=True):
    """A login; the browser holds a random token of which only the SHA-256 stands here."""

    __tablename__ = "login_session"

    token_hash: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    school_id: UUID = Field(foreign_key="school.id")
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class LoginFailure(Row, table=True):
    """A failed login, kept to slow down guessing."""

    __tablename__ = "login_failure"

    email: str = Field(index=True)
    address: str
    at: datetime = Field(index=True)


class PasswordLink(Row, table=True):
    """A mailed link to choose a password once; only the SHA-256 of its token stands here."""

    __tablename__ = "password_link"

    token_hash: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Feed(Row, table=True):
    """A subscription address for one device; its bytes are rendered on change.

    Of one person, or of a school: then it holds only the dates of the year that everyone may know.
    """

    __tablename__ = "feed"

    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    school_id: UUID | None = Field(default=None, foreign_key="school.id", index=True)
    name: str
    token_hash: str = Field(unique=True)
    created_at: datetime
    revoked_at: datetime | None = None
    fetched_at: datetime | None = None
    fetched_by: str | None = None


class FeedBytes(Row, table=True):
    """The calendar of one person or school as it is served, plain and packed, with its strong ETag."""

    __tablename__ = "feed_bytes"

    person_id: UUID | None = Field(default=None, foreign_key="person.id", unique=True)
    school_id: UUID | None = Field(default=None, foreign_key="school.id", unique=True)
    body: bytes
    packed: bytes = b""
    etag: str
    rendered_at: datetime


class CaldavTarget(Row, table=True):
    """A person's calendar on a server of the school's own, to which we push; address and password sealed.

    ``known`` is what stands there by our hand: the digest of each entry by UID.
    """

    __tablename__ = "caldav_target"

    person_id: UUID = Field(foreign_key="person.id", index=True)
    name: str
    secret: str
    active: bool = True
    created_at: datetime
    pushed_at: datetime | None = None
    error: str | None = None
    known: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
