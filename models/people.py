"""Who works at a school, in which role, for which groups, and when they are there."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Row, word


class Role(StrEnum):
    """What a person is at one school; rights follow from this, never from an imported file."""

    IB = "ib"
    TEACHER = "teacher"
    DIRECTOR = "director"
    ADMINISTRATOR = "administrator"
    ISB = "isb"
    COORDINATOR = "coordinator"
    ADMINISTRATION = "administration"
    RT = "rt"


class Half(StrEnum):
    """Half a working day."""

    MORNING = "am"
    AFTERNOON = "pm"


class School(Row, table=True):
    """One school (location), with the mailbox that organises its meetings.

    ``board`` and ``partnership`` (samenwerkingsverband) name the layers whose rules hold here too.
    """

    __tablename__ = "school"
    __table_args__ = (UniqueConstraint("brin", "dependance"),)

    brin: str
    dependance: str = "00"
    name: str
    region: str
    mailbox: str
    messages_paused: bool = False
    board: str = ""
    partnership: str = ""


class Person(Row, table=True):
    """A member of staff; the same person may work at two schools.

    ``mail_refused_at`` is since when their address bounces; no mail goes there until somebody looked at it.
    """

    __tablename__ = "person"

    name: str
    email: str = Field(unique=True)
    password_hash: str | None = None
    active: bool = True
    language: str = "nl"
    mail_refused_at: datetime | None = None


class Membership(Row, table=True):
    """A role of a person at a school, from one day until another (both included)."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("school_id", "person_id", "role", "valid_from"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: Role = Field(sa_type=word(Role))
    unit: str | None = None
    valid_from: date
    valid_until: date | None = None


class Teaching(Row, table=True):
    """A teacher of a group, from one day until another (both included); two of them are a duo."""

    __tablename__ = "teaching"
    __table_args__ = (UniqueConstraint("person_id", "group_id", "valid_from"),)

    person_id: UUID = Field(foreign_key="person.id", index=True)
    group_id: UUID = Field(foreign_key="school_group.id", index=True)
    valid_from: date
    valid_until: date | None = None


class Presence(Row, table=True):
    """A half day of the week on which a person works at a school, from one day until another."""

    __tablename__ = "presence"

    school_id: UUID = Field(foreign_key="school.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    weekday: int = Field(ge=0, le=6)
    half: Half = Field(sa_type=word(Half))
    valid_from: date
    valid_until: date | None = None


class StaffKey(Row, table=True):
    """The key under which a roster file knows a person at a school."""

    __tablename__ = "staff_key"
    __table_args__ = (UniqueConstraint("school_id", "key"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    key: str
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    name: str
    email: str | None = None
    active: bool = True
