import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from models import Installation, Person, School
from models.database import connect, reading, unit_of_work
from service.notices.outbox import Letter, post
from service.school.file import read_school_file
from service.school.load import load_school
from service.settings import settings
from service.year.open import open_year
from tests.cast import moment
from tests.quick_password import PASSWORD, quick_hash
from tests.web_app import app_on

EXAMPLE = Path("deploy/example-school")
NOW = moment("2026-11-25", 9)
DOMAIN = "dezonnewijzer.example"
WHO = {
    "ib": f"ineke.bergsma@{DOMAIN}",
    "teacher": f"laila.tahiri@{DOMAIN}",
    "director": f"dirk.elzinga@{DOMAIN}",
    "administrator": f"amira.haddou@{DOMAIN}",
    "isb": f"ilse.vanschaik@{DOMAIN}",
    "administration": f"ans.mulderij@{DOMAIN}",
    "outsider": "koert.ravensberg@hetkompas.example",
    "other administrator": "lucia.berendonk@hetkompas.example",
}


@dataclass
class House:
    """The two example schools on a Wednesday in November, behind their pages."""

    engine: Engine
    home: Path
    clients: list[TestClient] = field(default_factory=list)

    def anonymous(self) -> TestClient:
        client = TestClient(app_on(self.engine), follow_redirects=False)
        self.clients.append(client)
        return client

    def client(self, role: str) -> TestClient:
        client = self.anonymous()
        answer = client.post("/login", data={"email": WHO[role], "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    def person_id(self, role: str) -> UUID:
        with reading(self.engine) as session:
            return session.exec(select(Person.id).where(Person.email == WHO[role])).one()

    def school_id(self, brin: str = "99ZW") -> UUID:
        with reading(self.engine) as session:
            return session.exec(select(School.id).where(School.brin == brin)).one()

    def letter(self, key: str, brin: str = "99ZW", **values: object) -> UUID:
        """Put a message to the teacher in the outbox, with values as it would stand there; return its id."""
        letter = Letter(
            school_id=self.school_id(brin),
            person_id=self.person_id("teacher"),
            kind="digest",
            dedupe_key=f"proef:{key}:{brin}",
            to_address=WHO["teacher"],
            subject="Jaarritme, woensdag 25 november: 2 taken",
            body="Dit staat alleen in het bericht.",
            at=NOW - timedelta(minutes=40),
            expires_at=NOW + timedelta(days=1),
        )
        with unit_of_work(self.engine) as session:
            message = post(session, letter)
            assert message
            for name, value in values.items():
                setattr(message, name, value)
            return message.id

    def put_back(self) -> None:
        """Make this the copy of a month ago, just put back."""
        with unit_of_work(self.engine) as session:
            session.add(Installation(epoch=7, beat_at=NOW - timedelta(days=30), restored_at=NOW))


@pytest.fixture(scope="session")
def opened(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with both example schools, of which the first has opened its year."""
    path = tmp_path_factory.mktemp("opened") / "jaarritme.db"
    shutil.copy(migrated_sqlite, path)
    engine = connect(f"sqlite:///{path}")
    at: datetime = moment("2026-09-01")
    with unit_of_work(engine) as session:
        first = load_school(session, read_school_file(EXAMPLE / "school.toml"), at=at)
        load_school(session, read_school_file(EXAMPLE / "second-school.toml"), at=at)
        kept = quick_hash()
        for person in session.exec(select(Person)):
            person.password_hash = kept
        open_year(session, session.get_one(School, first.school_id), "2026-2027", actor_id=None, at=at)
    engine.dispose()
    return path


@pytest.fixture
def house(opened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Both schools, in a database and a home of this test alone."""
    shutil.copy(opened, tmp_path / "jaarritme.db")
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    settings.cache_clear()
    engine = connect(f"sqlite:///{tmp_path / 'jaarritme.db'}")
    with time_machine.travel(NOW, tick=True):
        made = House(engine, tmp_path)
        yield made
        for client in made.clients:
            client.close()
    engine.dispose()
    settings.cache_clear()
