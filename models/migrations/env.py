"""Run migrations against the database the service is set to, or the one a caller hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Enum
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

import models  # noqa: F401 -- registers every table
from models.database import connect


def plain_types(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write our own types as SQLAlchemy's, so that a migration imports no code of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String({item.length})"
    return False


def same_type(*args: object) -> bool | None:
    """Take a word of a closed list for what it is in the database: a short string."""
    return False if isinstance(args[4], Enum) else None


def run(connection: Connection) -> None:
    """Run what was asked for over one connection."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=plain_types,
        compare_type=same_type,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if given := context.config.attributes.get("connection"):
    run(given)
else:
    url = context.config.attributes["url"]
    engine = connect(url, foreign_keys=False)
    try:
        with engine.begin() as opened:
            run(opened)
    finally:
        engine.dispose()
