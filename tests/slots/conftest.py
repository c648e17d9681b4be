import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models import (
    Attendee,
    Case,
    Group,
    LessonHours,
    Meeting,
    Message,
    Person,
    Room,
    School,
    SlotProposal,
    Task,
)
from models.database import connect, reading, unit_of_work
from service.access.actor import Actor, actor_for
from service.school.file import read_school_file
from service.school.load import load_school
from service.slots.ask import ask
from service.slots.asked import Asked
from service.slots.search import search
from service.year.open import open_year
from tests.cast import moment

LABEL = "2026-2027"
NOW = moment("2026-11-02", 9)
SEO = "group-discussions:seo"
MID = "group-discussions:didactisch-m"
EXAMPLE = Path("deploy/example-school")
IB = "ineke.bergsma"


def real() -> datetime:
    return datetime.now(UTC)


@dataclass
class House:
    """De Zonnewijzer in November with its year open; rooms and lesson hours changed since then."""

    engine: Engine
    has_draft: bool = False

    def session(self) -> Session:
        with reading(self.engine) as session:
            return session

    def school(self, session: Session, brin: str = "99ZW") -> School:
        return session.exec(select(School).where(School.brin == brin)).one()

    def person(self, name: str) -> Person:
        with reading(self.engine) as session:
            return session.exec(select(Person).where(col(Person.email).startswith(name))).one()

    def actor(self, name: str, brin: str = "99ZW") -> Actor:
        with reading(self.engine) as session:
            found = actor_for(session, self.person(name).id, self.school(session, brin).id, NOW.date())
            assert found
            return found

    def ask(self, **asked: object) -> SlotProposal:
        told = {"rounds": (SEO,), "not_before": "2026-11-10", **asked}
        with unit_of_work(self.engine) as session:
            return ask(
                session,
                self.school(session),
                LABEL,
                Asked.model_validate(told),
                actor_id=self.person(IB).id,
                at=NOW,
                beat=real(),
            )

    def found(self, **asked: object) -> SlotProposal:
        """Return a proposal that was searched; the one that is there already when nothing else is asked."""
        if not asked and self.has_draft:
            with reading(self.engine) as session:
                return session.exec(select(SlotProposal)).one()
        done = search(self.engine, self.ask(**asked).id)
        assert done
        return done

    def meetings(self, occurrence: str = "seo") -> list[Meeting]:
        with reading(self.engine) as session:
            query = (
                select(Meeting)
                .join(Case, col(Case.id) == Meeting.case_id)
                .where(Case.occurrence == occurrence, Meeting.school_id == self.school(session).id)
            )
            return list(session.exec(query.order_by(col(Meeting.starts_at))))

    def of_group(self, name: str, occurrence: str = "seo") -> Meeting:
        with reading(self.engine) as session:
            query = (
                select(Meeting)
                .join(Case, col(Case.id) == Meeting.case_id)
                .join(Group, col(Group.id) == Case.group_id)
                .where(Case.occurrence == occurrence, Group.name == name)
                .where(Meeting.school_id == self.school(session).id)
            )
            return session.exec(query).one()

    def post(self) -> list[Message]:
        with reading(self.engine) as session:
            return list(session.exec(select(Message).order_by(col(Message.made_at))))

    def guests(self, meeting: Meeting) -> list[Attendee]:
        with reading(self.engine) as session:
            mine = select(Attendee).where(Attendee.meeting_id == meeting.id, col(Attendee.removed).is_(False))
            return list(session.exec(mine))

    def task(self, meeting: Meeting) -> Task:
        with reading(self.engine) as session:
            return session.get_one(Task, meeting.task_id)


@pytest.fixture(scope="session")
def opened_zonnewijzer(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with both example schools, the first with its year open, and then longer lessons."""
    path = tmp_path_factory.mktemp("zonnewijzer") / "jaarritme.db"
    shutil.copy(migrated_sqlite, path)
    engine = connect(f"sqlite:///{path}")
    at = moment("2026-09-01")
    with unit_of_work(engine) as session:
        first = load_school(session, read_school_file(EXAMPLE / "school.toml"), at=at)
        load_school(session, read_school_file(EXAMPLE / "second-school.toml"), at=at)
        open_year(session, session.get_one(School, first.school_id), LABEL, actor_id=None, at=at)
    with unit_of_work(engine) as session:
        for row in session.exec(select(LessonHours)):
            row.ends = time(14, 30) if row.weekday != 2 else time(12, 30)
    engine.dispose()
    return path


@pytest.fixture
def house(opened_zonnewijzer: Path, tmp_path: Path) -> Iterator[House]:
    """The school, in a database of this test alone."""
    shutil.copy(opened_zonnewijzer, tmp_path / "jaarritme.db")
    engine = connect(f"sqlite:///{tmp_path / 'jaarritme.db'}")
    yield House(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def drafted_zonnewijzer(opened_zonnewijzer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with a draft for one round."""
    path = tmp_path_factory.mktemp("drafted") / "jaarritme.db"
    shutil.copy(opened_zonnewijzer, path)
    engine = connect(f"sqlite:///{path}")
    House(engine).found()
    engine.dispose()
    return path


@pytest.fixture
def drafted(drafted_zonnewijzer: Path, tmp_path: Path) -> Iterator[House]:
    """The school with a draft, in a database of this test alone."""
    shutil.copy(drafted_zonnewijzer, tmp_path / "jaarritme.db")
    engine = connect(f"sqlite:///{tmp_path / 'jaarritme.db'}")
    yield House(engine, has_draft=True)
    engine.dispose()


__all__ = ["MID", "NOW", "SEO", "House", "Room", "real"]
