import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine
from sqlmodel import Session, func, select
from typer.testing import CliRunner, Result

from calendars.yearplan.items import RuleFile
from models import OwnItem, PlanImport
from models.database import reading, unit_of_work
from service.cli import yearplan
from service.settings import settings
from tests.cast import kompas, moment, wilgenhof
from tests.yearplan.tables import saved, workbook

RUN = CliRunner()
PLAN = (
    "Wanneer;Wat;Groepen;Wie\nweek 3-5;M-toetsen;3-7;lk\n12-11-2026;Overleg;alle;IB\n"
    "ma 12 nov;Studiedag;alle;dir\nblabla;Iets;8;IB\nweek 44;Gesprek Quirijn Zeewuster;5;IB\n"
)


@pytest.fixture(autouse=True)
def engine(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    settings.cache_clear()
    with unit_of_work(sqlite) as session:
        wilgenhof(session)
    with time_machine.travel(moment("2026-11-25", 9), tick=True):
        yield sqlite
    settings.cache_clear()


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    with reading(engine) as session:
        yield session


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "plan.csv"
    path.write_text(PLAN, encoding="utf-8")
    return str(path)


def run(*words: str) -> Result:
    return RUN.invoke(yearplan.app, list(words))


def count(db: Session, table: type[OwnItem] | type[PlanImport]) -> int:
    return db.exec(select(func.count()).select_from(table)).one()


def test_a_dry_run_shows_proposals_and_problems_and_keeps_nothing(db: Session, plan: str) -> None:
    told = run("import", plan, "--dry-run")

    assert told.exit_code == 0
    assert "M-toetsen (3 t/m 7) > in week 3 tot en met 5 > 18 januari t/m 5 februari" in told.stdout
    assert "12 november 2026 is een donderdag, geen maandag." in told.stdout
    assert "2 vaste datums. Kies met --fixed" in told.stdout
    assert "Er is niets bewaard." in told.stdout
    assert (count(db, OwnItem), count(db, PlanImport)) == (0, 0)


def test_an_import_takes_over_what_is_sure_and_keeps_the_rest(db: Session, plan: str) -> None:
    told = run("import", plan)

    assert told.exit_code == 0
    assert "Overgenomen: 1 nieuw, 0 veranderd, 0 waren al zo." in told.stdout
    assert (count(db, OwnItem), count(db, PlanImport)) == (1, 1)


def test_the_question_about_fixed_dates_can_be_answered_beforehand(db: Session, plan: str) -> None:
    told = json.loads(run("import", plan, "--fixed", "week", "--json").stdout)

    assert told["taken"]["added"] == ["M-toetsen", "Overleg"]
    assert {row["item"]["title"]: row["status"] for row in told["rows"]}["Studiedag"] == "question"
    assert count(db, OwnItem) == 2


def test_json_tells_rules_dates_and_choices(plan: str) -> None:
    told = json.loads(run("import", plan, "--dry-run", "--json").stdout)

    rows = {row["when"]: row for row in told["rows"]}
    assert (told["school"], told["year"], told["taken"]) == ("99WH", "2026-2027", None)
    assert told["columns"][0] == {"header": "Wanneer", "part": "when"}
    assert rows["week 3-5"]["item"]["when"] == {"rule": "week", "number": 3, "until": 5}
    assert rows["ma 12 nov"]["questions"][0]["choices"][0]["words"] == "maandag 9 november"


def test_a_spreadsheet_is_imported_too(tmp_path: Path) -> None:
    book, _ = workbook(("Week", "Activiteit", "Groep"), (44, "Herfstsignalering", "3"))
    (tmp_path / "plan.xlsx").write_bytes(saved(book))

    told = json.loads(run("import", str(tmp_path / "plan.xlsx"), "--json").stdout)

    assert told["taken"]["added"] == ["Herfstsignalering"]


def test_a_plan_of_last_year_can_be_moved(tmp_path: Path) -> None:
    path = tmp_path / "oud.csv"
    path.write_text("Wanneer;Wat\n10-11-2025;Een\n12-1-2026;Twee\n13-4-2026;Drie\n", encoding="utf-8")

    asked = run("import", str(path), "--dry-run")
    told = json.loads(run("import", str(path), "--moved", "week", "--json").stdout)

    assert "Dit plan lijkt van 2025-2026." in asked.stdout
    assert told["taken"]["added"] == ["Een", "Twee", "Drie"]


def test_items_are_listed_with_their_dates(plan: str) -> None:
    run("import", plan)

    assert run("list").stdout == "M-toetsen > in week 3 tot en met 5 > 18 januari t/m 5 februari\n"
    [row] = json.loads(run("list", "--json").stdout)
    assert (row["key"], row["owner"], row["first"]) == ("m-toetsen", ["leerkracht"], "2027-02-05")


def test_another_year_has_other_dates(plan: str) -> None:
    run("import", plan)

    assert "17 januari t/m 4 februari" in run("list", "--year", "2027-2028").stdout


def test_an_export_is_a_file_of_rules(tmp_path: Path, plan: str) -> None:
    run("import", plan, "--fixed", "week")
    path = tmp_path / "uit.toml"

    told = run("export", str(path))

    file = RuleFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    assert told.stdout.startswith("2 items geschreven")
    assert [item.title for item in file.item] == ["M-toetsen", "Overleg"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--year", "2026-2028"), "is geen schooljaar"),
        (("list", "--school", "99XX"), "School 99XX is er niet"),
        (("list", "--year", "2090-2091"), ""),
    ],
)
def test_what_can_not_be_is_told_on_the_side(words: tuple[str, ...], said: str) -> None:
    told = run(*words)

    assert (told.exit_code, said in told.stderr, told.stdout) == (2, True, "")


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7")

    told = run("import", str(tmp_path / "plan.pdf"))

    assert (told.exit_code, "PDF" in told.stderr) == (2, True)


def test_a_wrong_answer_to_the_fixed_dates_changes_nothing(db: Session, plan: str) -> None:
    told = run("import", plan, "--fixed", "soms")

    assert (told.exit_code, count(db, OwnItem), count(db, PlanImport)) == (2, 0, 0)


def test_with_two_schools_one_must_be_named(engine: Engine, plan: str) -> None:
    with unit_of_work(engine) as session:
        kompas(session)

    told, named = run("import", plan), run("import", plan, "--school", "99WH")

    assert (told.exit_code, named.exit_code) == (2, 0)


def test_without_items_the_list_says_how_to_begin() -> None:
    assert "Nog geen eigen items" in run("list").stdout
