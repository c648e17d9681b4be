import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session, select

from models import Meeting, Person, Task
from models.database import connect, reading, unit_of_work
from service.cases.consent import record_consent
from service.cases.open import open_case
from service.cases.sweep import sweep
from service.procedures import RHYTHMS
from service.year.open import open_year
from tests.cast import OPENED, YEAR, Cast, kompas, moment, wilgenhof
from tests.quick_password import PASSWORD, quick_hash
from tests.web_app import app_on

NOW = moment("2026-11-25", 9)  # a Wednesday, on which Ineke works


@dataclass
class World:
    """Two schools on a Wednesday in November, behind their pages."""

    engine: Engine
    wilgenhof: Cast
    kompas: Cast
    clients: list[TestClient] = field(default_factory=list)

    def anonymous(self) -> TestClient:
        client = TestClient(app_on(self.engine), follow_redirects=False)
        self.clients.append(client)
        return client

    def client(self, name: str) -> TestClient:
        cast = self.wilgenhof if name in self.wilgenhof.people else self.kompas
        client = self.anonymous()
        answer = client.post("/login", data={"email": cast.people[name].email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    def reading(self) -> Session:
        with reading(self.engine) as session:
            return session

    def task(self, case: str, key: str, procedure: str | None = None) -> Task:
        with reading(self.engine) as session:
            cast = Cast(session, self.wilgenhof.school)
            return cast.task(cast.case(case, procedure), key)

    def meeting(self, task: Task) -> Meeting:
        with reading(self.engine) as session:
            return session.exec(select(Meeting).where(Meeting.task_id == task.id)).one()

    def now(self, task: Task) -> Task:
        with reading(self.engine) as session:
            return session.get_one(Task, task.id)


@pytest.fixture(scope="session")
def lived(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast, Cast]:
    """A database in which both schools have opened their year and reached November."""
    path = tmp_path_factory.mktemp("lived") / "jaarritme.db"
    shutil.copy(migrated_sqlite, path)
    engine = connect(f"sqlite:///{path}")
    with unit_of_work(engine) as session:
        here = wilgenhof(session)
        there = kompas(session, here.people["ineke"])
        kept = quick_hash()
        for person in session.exec(select(Person)):
            person.password_hash = kept
        for cast in (here, there):
            open_year(session, cast.school, YEAR, actor_id=None, at=OPENED)
        for rhythm in RHYTHMS:
            sweep(session, rhythm, moment("2026-11-25", 7))
        _refer(here)
    engine.dispose()
    return path, here, there


def _refer(cast: Cast) -> None:
    """Begin an assessment for a pupil of group 5, with the parents' consent."""
    actor, at = cast.actor("ineke", NOW), moment("2026-11-18", 10)
    case = open_case(
        cast.session,
        actor=actor,
        at=at,
        procedure="external-referrals",
        occurrence="onderzoek",
        pupil_id=cast.pupils["1001"].id,
    )
    record_consent(
        cast.session,
        case.id,
        actor=actor,
        at=at,
        purpose="onderzoek naar lezen",
        recipient="begeleidingsdienst De Brug",
        scope="toetsgegevens",
        given=True,
        given_by="beide ouders",
        given_on=at.date(),
        method="schriftelijk",
    )


@pytest.fixture
def world(lived: tuple[Path, Cast, Cast], tmp_path: Path) -> Iterator[World]:
    """The two schools, in a database of this test alone."""
    path, here, there = lived
    shutil.copy(path, tmp_path / "jaarritme.db")
    engine = connect(f"sqlite:///{tmp_path / 'jaarritme.db'}")
    with time_machine.travel(NOW, tick=True):
        made = World(engine, here, there)
        yield made
        for client in made.clients:
            client.close()
    engine.dispose()


@pytest.fixture
def login(world: World) -> Callable[[str], TestClient]:
    """Log someone of the cast in."""
    return world.client
