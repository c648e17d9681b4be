"""The engine and its transactions, alike on SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, create_engine

# Before these, write-ahead logging can corrupt a database with two writers (sqlite.org/wal.html).
_WAL_IS_SAFE = (3, 51, 3)


def connect(url: str, *, foreign_keys: bool = True) -> Engine:
    """Return the engine for a database URL; errors never show bound values, which may be names.

    Migrations of SQLite copy tables and want foreign keys off while they do.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare_sqlite if foreign_keys else _prepare_for_migration)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    return create_engine(url, hide_parameters=True, pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    journal = "wal" if sqlite3.sqlite_version_info >= _WAL_IS_SAFE else "delete"
    for pragma in ("foreign_keys=on", f"journal_mode={journal}", "synchronous=full"):
        connection.execute(f"pragma {pragma}")


def _prepare_for_migration(connection: Any, _: object) -> None:
    _prepare_sqlite(connection, _)
    connection.execute("pragma foreign_keys=off")


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails under load in spite of any time-out.
    mode = connection.get_execution_options().get("sqlite_begin", "immediate")
    connection.exec_driver_sql(f"begin {mode}")


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """Commit what happens inside, or nothing of it."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Read without taking the writers' turn; nothing is committed."""
    shared = engine.execution_options(sqlite_begin="deferred")
    with Session(shared, expire_on_commit=False) as session:
        yield session
