"""Bring a database to the newest tables, tell how far it is, and take it back for a test."""

import sqlite3
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_ROOT = Path(__file__).parents[1]


def _config(url: str) -> Config:
    config = Config(toml_file=_ROOT / "pyproject.toml")
    config.attributes["url"] = url
    return config


def upgrade(url: str, to: str = "head") -> None:
    """Run every migration that hasn't run yet, or those until one that is named, in one transaction."""
    command.upgrade(_config(url), to)


def downgrade(url: str) -> None:
    """Take every migration back; for tests only."""
    command.downgrade(_config(url), "base")


def check(url: str) -> None:
    """Raise when the tables in the code differ from what the migrations make."""
    command.check(_config(url))


def revision(url: str, title: str) -> None:
    """Write a migration from the difference between the code and the database, for a person to read."""
    command.revision(_config(url), title, autogenerate=True)


def newest() -> str:
    """Return the newest migration in the code."""
    return ScriptDirectory.from_config(_config("sqlite://")).get_current_head() or ""


def current(engine: Engine) -> str:
    """Return the migration that the database is at; empty for a new database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def back_up(database: Path, folder: Path, at: datetime) -> Path:
    """Copy a SQLite database, whole even while others write, before its tables change."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{database.stem}-{at:%Y%m%dT%H%M%S}.db"
    with sqlite3.connect(database) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    return copy
