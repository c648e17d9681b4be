import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel

from models import School
from models.database import connect
from service.roster import RosterDiff, apply, parse
from tests.roster.edex_builder import Edex

Import = Callable[..., RosterDiff]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path}/school.db")
        SQLModel.metadata.create_all(engine)
        yield engine
        engine.dispose()
        return
    url = os.environ.get("JAARRITME_TEST_POSTGRES", "")
    if not url:
        pytest.skip("JAARRITME_TEST_POSTGRES names no database")
    yield from _own_schema(url)


def _own_schema(url: str) -> Iterator[Engine]:
    schema = f"roster_{uuid4().hex}"
    owner = connect(url)
    with owner.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    engine = connect(f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"drop schema {schema} cascade"))
    owner.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def school(session: Session) -> School:
    school = School(brin="99XX", name="De Vuurtoren", region="noord", mailbox="school@vuurtoren.example")
    session.add(school)
    session.flush()
    return school


@pytest.fixture
def take(session: Session, school: School) -> Import:
    """Import a file on a day, as a school would."""

    def take(file: Edex, on: date = date(2026, 9, 1), *, force: bool = False) -> RosterDiff:
        at = datetime.combine(on, time(9), UTC)
        return apply(session, school, parse(file.bytes()), actor_id=None, at=at, digest="d", force=force)

    return take
