"""Planning that is not, or no longer, the plan itself: trial years, applied re-plans, imports under way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from models.base import Row


class Trial(Row, table=True):
    """A trial year: what was supposed, and what came out; it sends nothing and opens nothing.

    ``wishes`` holds what differs from the school as it is; ``outcome`` the planned items, by ids and keys.
    """

    __tablename__ = "trial"

    school_id: UUID = Field(foreign_key="school.id", index=True)
    school_year: str
    name: str
    wishes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    outcome: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime
    activated_at: datetime | None = None


class Replan(Row, table=True):
    """A re-plan that was applied in one transaction, with what is needed to undo it once."""

    __tablename__ = "replan"

    school_id: UUID = Field(foreign_key="school.id", index=True)
    school_year: str
    reason: str
    moves: list[Any] = Field(default_factory=list, sa_type=JSON)
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime
    undone_by: UUID | None = Field(default=None, foreign_key="person.id")
    undone_at: datetime | None = None


class PlanImport(Row, table=True):
    """A year plan from a table that is being turned into rules: the rows, the proposals, the answers."""

    __tablename__ = "plan_import"

    school_id: UUID = Field(foreign_key="school.id", index=True)
    school_year: str
    file_name: str
    lines: list[Any] = Field(default_factory=list, sa_type=JSON)
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime
    finished_at: datetime | None = None
