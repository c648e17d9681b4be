import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from models.database import unit_of_work
from service.cli.rhythm import app
from service.rhythm.report import Report
from service.rhythm.timers import TIMERS
from service.settings import settings
from service.year.open import open_year
from tests.cast import OPENED, YEAR, wilgenhof
from tests.rhythm.conftest import Doing, Runs

NOVEMBER = "2026-11-25T06:30"


@pytest.fixture
def engine(sqlite: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The database that the command finds in its settings, with a year that was opened."""
    with unit_of_work(sqlite) as session:
        open_year(session, wilgenhof(session).school, YEAR, actor_id=None, at=OPENED)
    monkeypatch.setenv("JAARRITME_DATABASE_URL", f"sqlite:///{sqlite.url.database}")
    settings.cache_clear()
    yield sqlite
    monkeypatch.undo()
    settings.cache_clear()


def command(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.mark.usefixtures("engine")
def test_a_round_by_hand_runs_every_timer_in_order() -> None:
    result = command("run", "--now", NOVEMBER, "--json")

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [run["timer"] for run in found] == list(TIMERS)
    assert {(run["state"], run["via"]) for run in found} == {("done", "command")}
    assert {run["started_at"] for run in found} == {"2026-11-25T05:30:00Z"}


def test_one_timer_can_be_run_alone(engine: Engine, runs: Runs) -> None:
    result = command("run", "--now", NOVEMBER, "--only", "remind")

    assert result.exit_code == 0
    assert result.stdout.startswith("remind              gedaan ")
    assert [run.timer for run in runs()] == ["remind"]
    assert engine


@pytest.mark.usefixtures("engine")
def test_a_failure_is_told_and_counts_as_one(doing: Doing) -> None:
    doing("remind", lambda _, __: Report(error="kapot"))

    result = command("run", "--now", NOVEMBER)

    assert result.exit_code == 1
    assert "remind              mislukt  kapot" in result.stdout
    assert "keep-house          gedaan" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--now", "morgen"), "'morgen' is geen tijd"), (("--only", "koffie"), "kies uit open-year")],
)
@pytest.mark.usefixtures("engine")
def test_a_wrong_word_is_refused_by_name(words: tuple[str, ...], said: str, runs: Runs) -> None:
    result = command("run", *words)

    assert result.exit_code == 2
    assert said in result.output
    assert runs() == []


@pytest.mark.usefixtures("engine")
def test_status_shows_every_timer() -> None:
    command("run", "--only", "keep-house")

    found = json.loads(command("status", "--json").stdout)
    lines = command("status").stdout.splitlines()

    assert [row["timer"] for row in found] == list(TIMERS)
    assert [line.split()[0] for line in lines] == list(TIMERS)
    assert found[-1]["last_run"]["state"] == "done"
