from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from models import DeliveryGate, Installation, MessageState
from models.database import unit_of_work
from service.cli.mail import app
from service.clock import now
from service.settings import settings
from tests.notices.world import World


@pytest.fixture
def here(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    monkeypatch.setenv("JAARRITME_DATABASE_URL", str(sqlite.url))
    settings.cache_clear()
    return World(sqlite, tmp_path)


@pytest.fixture(autouse=True)
def _settings_again() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output


def test_the_status_tells_what_waits_rests_and_stands_still_and_names_no_one(here: World) -> None:
    at = now()
    here.post("a", at=at - timedelta(minutes=5), expires_at=at + timedelta(days=1))
    with unit_of_work(here.engine) as session:
        session.add(Installation(epoch=3, beat_at=at, restored_at=at))
        session.add(
            DeliveryGate(account="mail", failures=5, open_until=at + timedelta(minutes=5), reason="451 later")
        )

    code, said = run("status")

    assert code == 0
    assert "Wacht: 1, het langst 5 min" in said
    assert "Rust tot" in said
    assert "Staat stil sinds" in said
    assert "wilgenhof" not in said


def test_an_administrator_decides_on_the_command_line_too(here: World) -> None:
    at = now()
    here.post("a", at=at - timedelta(minutes=5), expires_at=at + timedelta(days=1))
    with unit_of_work(here.engine) as session:
        session.add(Installation(epoch=3, beat_at=at, restored_at=at))

    wrong, done, again = run("restored", "misschien"), run("restored", "sla-over"), run("restored", "stuur")

    assert wrong[0] == 1
    assert done == (0, "Loopt weer. Al weg: 0, overgeslagen: 1, gaat mee: 0.\n")
    assert again[0] == 1
    assert here.message("a").state == MessageState.SUPPRESSED
