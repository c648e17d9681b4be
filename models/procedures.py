"""Published procedures: what a running case was opened under."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.base import Row


class ProcedureVersion(Row, table=True):
    """An immutable copy of a procedure file, made when it is published."""

    __tablename__ = "procedure_version"
    __table_args__ = (UniqueConstraint("key", "digest"),)

    key: str = Field(index=True)
    digest: str
    definition: dict[str, Any] = Field(sa_type=JSON)
    published_at: datetime
