"""The migrations make exactly the tables of the code, on both kinds of database, and can be taken back."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.util.exc import CommandError
from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, select

from models import School, migrate
from models.database import connect, unit_of_work

OURS = {table.name for table in SQLModel.metadata.sorted_tables}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    make: Callable[[], str] = request.getfixturevalue("new_postgres")
    return make()


def tables(url: str) -> set[str]:
    engine = connect(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_the_migrations_make_the_tables_of_the_code(url: str) -> None:
    migrate.upgrade(url)

    migrate.check(url)
    assert tables(url) - {"alembic_version"} == OURS


def test_a_database_without_migrations_is_not_what_the_code_wants(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        migrate.check(f"sqlite:///{tmp_path}/empty.db")


def test_taking_every_migration_back_leaves_nothing(url: str) -> None:
    migrate.upgrade(url)

    migrate.downgrade(url)

    assert tables(url) == {"alembic_version"}


def test_migrations_go_up_again_after_they_were_taken_back(url: str) -> None:
    migrate.upgrade(url)
    migrate.downgrade(url)

    migrate.upgrade(url)

    migrate.check(url)


def test_migrating_twice_changes_nothing(url: str) -> None:
    migrate.upgrade(url)
    engine = connect(url)
    with unit_of_work(engine) as session:
        session.add(School(brin="99XX", name="De Proef", region="midden", mailbox="plan@proef.example"))

    migrate.upgrade(url)

    with Session(engine) as session:
        assert session.exec(select(School.name)).all() == ["De Proef"]
    engine.dispose()


def test_a_database_tells_how_far_it_is(url: str) -> None:
    engine = connect(url)
    assert migrate.current(engine) == ""

    migrate.upgrade(url)

    assert migrate.current(engine) == migrate.newest() != ""
    engine.dispose()


def test_a_migration_leaves_other_programs_loggers_alone(url: str) -> None:
    logger = logging.getLogger("service.rhythm.run")

    migrate.upgrade(url)

    assert not logger.disabled


def test_a_copy_before_the_tables_change_is_whole(tmp_path: Path) -> None:
    database = tmp_path / "jaarritme.db"
    url = f"sqlite:///{database}"
    migrate.upgrade(url)
    engine = connect(url)
    with unit_of_work(engine) as session:
        session.add(School(brin="99XX", name="De Proef", region="midden", mailbox="plan@proef.example"))
        session.flush()

        copy = migrate.back_up(database, tmp_path / "backup", datetime(2026, 11, 21, tzinfo=UTC))
    engine.dispose()

    opened = sqlite3.connect(copy)
    assert opened.execute("pragma integrity_check").fetchone() == ("ok",)
    assert opened.execute("select count(*) from school").fetchone() == (0,)
    opened.close()
