import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from models.database import connect, reading, unit_of_work
from service.access.actor import Actor
from service.api import feeds
from service.cases.sweep import sweep
from service.feeds.tokens import create_feed
from service.procedures import RHYTHMS
from service.year.open import open_year
from tests.cast import OPENED, YEAR, Cast, kompas, moment, wilgenhof

NOW = moment("2026-11-25", 9)


@dataclass
class World:
    """Two schools in November; Ineke works at both."""

    engine: Engine
    wilgenhof: Cast
    kompas: Cast

    def subscribe(self, name: str) -> str:
        """Give someone an address and return its token."""
        actor = self.actor(name)
        with unit_of_work(self.engine) as session:
            return create_feed(session, actor, "Telefoon", NOW)

    def actor(self, name: str) -> Actor:
        """Return someone of De Wilgenhof as they are now."""
        with reading(self.engine) as session:
            return Cast(session, self.wilgenhof.school, self.wilgenhof.people).actor(name, NOW)


@pytest.fixture(scope="session")
def lived_in(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast, Cast]:
    """A database in which both schools have reached November."""
    path = tmp_path_factory.mktemp("feeds") / "jaarritme.db"
    shutil.copy(migrated_sqlite, path)
    engine = connect(f"sqlite:///{path}")
    with unit_of_work(engine) as session:
        here = wilgenhof(session)
        there = kompas(session, here.people["ineke"])
        for cast in (here, there):
            open_year(session, cast.school, YEAR, actor_id=None, at=OPENED)
        for rhythm in RHYTHMS:
            sweep(session, rhythm, NOW)
    engine.dispose()
    return path, here, there


@pytest.fixture
def world(lived_in: tuple[Path, Cast, Cast], tmp_path: Path) -> Iterator[World]:
    path, here, there = lived_in
    shutil.copy(path, tmp_path / "jaarritme.db")
    engine = connect(f"sqlite:///{tmp_path}/jaarritme.db")
    yield World(engine, here, there)
    engine.dispose()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = FastAPI()
    app.add_middleware(feeds.FeedDoor, engine=world.engine)
    with TestClient(app) as client:
        yield client
