from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from models import Group, School
from models.database import connect


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path}/school.db")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def school(session: Session) -> School:
    school = School(brin="99XX", name="De Proef", region="midden", mailbox="plan@proef.example")
    session.add(school)
    session.add(Group(school_id=school.id, school_year="2026-2027", key="g8", name="8"))
    session.flush()
    return school


@pytest.fixture
def other_school(session: Session) -> School:
    other = School(brin="99XY", name="De Ander", region="zuid", mailbox="plan@ander.example")
    session.add(other)
    session.flush()
    return other
