import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select
from typer.testing import CliRunner, Result

from models import Case, Trial, Year
from models.database import reading, unit_of_work
from service.cli import trial
from service.settings import settings
from tests.cast import YEAR, kompas, wilgenhof

RUN = CliRunner()
NAMES = ("Quirijn", "Zeewuster", "Plofkogel", "Kraaiepoot", "Dwarsligger", "Knipoogje")


@pytest.fixture(autouse=True)
def engine(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    settings.cache_clear()
    with unit_of_work(sqlite) as session:
        wilgenhof(session)
    yield sqlite
    settings.cache_clear()


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    with reading(engine) as session:
        yield session


def run(*words: str) -> Result:
    return RUN.invoke(trial.app, list(words))


def kept(name: str, *more: str) -> str:
    return str(json.loads(run("run", YEAR, "--keep", name, "--json", *more).stdout)["kept"])


def test_a_run_tells_totals_and_keeps_nothing(db: Session) -> None:
    told = run("run", YEAR)

    assert told.exit_code == 0
    assert "Ineke Bergsma" in told.stdout
    assert "Er is niets bewaard en niets verstuurd." in told.stdout
    assert db.exec(select(func.count()).select_from(Trial)).one() == 0
    assert db.exec(select(func.count()).select_from(Case)).one() == 0


def test_a_run_says_what_it_is_doing_on_the_side() -> None:
    told = run("run", YEAR, "--json")

    assert json.loads(told.stdout)["school"] == "99WH"
    assert "plannen voor De Wilgenhof" in told.stderr


def test_two_runs_say_the_same() -> None:
    assert run("run", YEAR, "--json").stdout == run("run", YEAR, "--json").stdout


def test_no_pupil_is_named() -> None:
    told = run("run", YEAR, "--json").stdout + run("run", YEAR).stdout

    assert [name for name in NAMES if name in told] == []


def test_a_procedure_can_be_left_out() -> None:
    rows = json.loads(run("run", YEAR, "--without", "exit-pupils", "--json").stdout)

    column = rows["columns"].index("procedure")
    assert "exit-pupils" not in {row[column] for row in rows["rows"]}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "2026"), "geen schooljaar"),
        (("run", YEAR, "--without", "zwemmen"), "Dit onderdeel is er niet: zwemmen"),
        (("run", YEAR, "--school", "99QQ"), "School 99QQ is er niet"),
        (("run", "2079-2080"), "nog geen vakanties bekend"),
        (("activate", "00000000-0000-0000-0000-000000000000"), "trial list"),
    ],
)
def test_what_can_not_be_is_told_in_words(words: tuple[str, ...], told: str) -> None:
    answer = run(*words)

    assert (answer.exit_code, told in answer.stderr) == (2, True), answer.output


def test_kept_trials_are_listed() -> None:
    assert "Nog geen proefjaar bewaard" in run("list").stdout
    one = kept("Eerste")

    listed = json.loads(run("list", "--json").stdout)

    assert [(row["id"], row["name"], row["activated_at"]) for row in listed] == [(one, "Eerste", None)]
    assert "Eerste" in run("list").stdout


def test_two_kept_trials_are_compared() -> None:
    a, b = kept("Alles"), kept("Minder", "--without", "exit-pupils")

    told, data = run("compare", a, b), json.loads(run("compare", a, b, "--json").stdout)

    assert "Schoolverlaters" in told.stdout
    assert {line["procedure"] for line in data["only_a"]} == {"exit-pupils"}
    assert (data["only_b"], data["moved"]) == ([], [])
    assert "gelijk" in run("compare", a, a).stdout


def test_trials_of_two_schools_are_not_compared(engine: Engine) -> None:
    a = kept("Hier")
    with unit_of_work(engine) as session:
        kompas(session)
    b = kept("Daar", "--school", "99HK")

    assert "twee scholen" in run("compare", a, b).stderr


def test_activating_opens_the_year_once(db: Session) -> None:
    one = kept("Zo doen we het", "--without", "exit-pupils")

    first, second = run("activate", one), run("activate", one)

    assert (first.exit_code, second.exit_code) == (0, 2)
    assert "is geopend" in first.stdout
    assert "/herplannen" in second.stderr
    assert db.exec(select(Year.without)).one() == ["exit-pupils"]
