"""Groups and pupils, as the roster file of the school's administration gave them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.base import Row, word


class GroupKind(StrEnum):
    """A class of its own, or one that pupils of several classes visit."""

    BASE = "base"
    COMPOSITE = "composite"


class Group(Row, table=True):
    """A group in one school year; a combination class holds pupils of several years."""

    __tablename__ = "school_group"
    __table_args__ = (UniqueConstraint("school_id", "school_year", "key"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    school_year: str
    key: str
    name: str
    kind: GroupKind = Field(default=GroupKind.BASE, sa_type=word(GroupKind))
    year_group: str = ""
    active: bool = True


class Pupil(Row, table=True):
    """A pupil; one who is gone is made inactive and never deleted, except by retention."""

    __tablename__ = "pupil"
    __table_args__ = (UniqueConstraint("school_id", "key"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    key: str
    eckid: str | None = None
    first_name: str
    prefix: str = ""
    last_name: str = ""
    born_on: date | None = None
    year_group: str = ""
    enrolled_on: date | None = None
    left_on: date | None = None
    active: bool = True

    @property
    def name(self) -> str:
        """Return first name, prefix and last name; for pages behind the login only."""
        return " ".join(part for part in (self.first_name, self.prefix, self.last_name) if part)


class Placement(Row, table=True):
    """A pupil in a group; a move ends one row and begins another."""

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("pupil_id", "group_id", "valid_from"),)

    pupil_id: UUID = Field(foreign_key="pupil.id", index=True)
    group_id: UUID = Field(foreign_key="school_group.id", index=True)
    valid_from: date
    valid_until: date | None = None


class RosterImport(Row, table=True):
    """A line in the journal of imports: who, when, which file (by digest), how much changed."""

    __tablename__ = "roster_import"

    school_id: UUID = Field(foreign_key="school.id", index=True)
    school_year: str
    at: datetime
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")
    digest: str
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
