"""A school's year and the days on which it is closed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.base import Row, word


class ClosureSource(StrEnum):
    """Where a closed day comes from."""

    OFFICIAL = "official"
    OWN = "own"
    IMPORTED = "imported"


class Year(Row, table=True):
    """A school year of one school ("2026-2027"), opened or not yet.

    ``without`` names the procedures that the school leaves out this year.
    """

    __tablename__ = "year"
    __table_args__ = (UniqueConstraint("school_id", "label"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    label: str
    opened_at: datetime | None = None
    opened_by: UUID | None = Field(default=None, foreign_key="person.id")
    without: list[Any] = Field(default_factory=list, sa_type=JSON)


class Closure(Row, table=True):
    """Days (first and last included) without school, for everyone or for some groups.

    Official holidays come from the region and are not kept here; a row with ``replaces`` set takes the
    place of the official holiday of that name in the school year in which it falls.
    """

    __tablename__ = "closure"
    __table_args__ = (UniqueConstraint("school_id", "name", "first_day"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    name: str
    first_day: date
    last_day: date
    source: ClosureSource = Field(default=ClosureSource.OWN, sa_type=word(ClosureSource))
    replaces: str | None = None
    groups: list[Any] = Field(default_factory=list, sa_type=JSON)
