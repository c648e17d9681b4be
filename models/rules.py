"""What a school, or a layer above or below it, says about its year: own items and stricter rules."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Row, word


class Layer(StrEnum):
    """Who says a rule, from wide to narrow; the nation's rules are files."""

    REGION = "region"
    BOARD = "board"
    SCHOOL = "school"
    GROUP = "group"
    PUPIL = "pupil"


class OwnItem(Row, table=True):
    """An item of a school's own year plan: a rule, never a date of one year.

    ``definition`` is a ``calendars.yearplan.items.PlanItem``; a removed item stays, inactive.
    """

    __tablename__ = "own_item"
    __table_args__ = (UniqueConstraint("school_id", "key"),)

    school_id: UUID = Field(foreign_key="school.id", index=True)
    key: str
    position: int = 0
    definition: dict[str, Any] = Field(sa_type=JSON)
    active: bool = True
    source: str = ""
    changed_by: UUID | None = Field(default=None, foreign_key="person.id")
    changed_at: datetime


class LayerRule(Row, table=True):
    """A change that one layer makes to a task of a procedure.

    ``scope`` names whom it holds for: a region or samenwerkingsverband, a board, a school's id, a group's
    key or a pupil's key. Rules of the region and the board have no ``school_id``. ``school_year`` is empty
    for every year. ``definition`` is a ``calendars.layers.TaskChange``.
    """

    __tablename__ = "layer_rule"
    __table_args__ = (Index("ix_layer_rule_task", "layer", "scope", "procedure", "task"),)

    layer: Layer = Field(sa_type=word(Layer))
    scope: str
    school_id: UUID | None = Field(default=None, foreign_key="school.id", index=True)
    school_year: str = ""
    procedure: str
    task: str
    definition: dict[str, Any] = Field(sa_type=JSON)
    reason: str = ""
    active: bool = True
    changed_by: UUID | None = Field(default=None, foreign_key="person.id")
    changed_at: datetime
