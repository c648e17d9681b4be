"""What every table shares: constraint names, a key, and how words of a closed list are kept."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Enum
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """A table row with a key of its own."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)


def word(kind: type[StrEnum]) -> Any:
    """Return the column type for one word of a closed list; kept as its value, not as a database enum."""
    return Enum(kind, native_enum=False, length=24, values_callable=lambda words: [w.value for w in words])
