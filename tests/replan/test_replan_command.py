import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner

from models import Closure, Replan
from models.database import reading
from service.cli import replan
from service.settings import settings
from tests.cast import YEAR
from tests.replan.year import NOW

RUN = CliRunner()
DAY = ["--closure", "Studiedag", "2027-03-24", "2027-03-24", "--school", "99WH"]


@pytest.fixture(autouse=True)
def home(opened_light: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAARRITME_DATABASE_URL", opened_light.url.render_as_string(hide_password=False))
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    settings.cache_clear()
    with time_machine.travel(NOW, tick=False):
        yield
    settings.cache_clear()


def kept(engine: Engine) -> tuple[int, list[bool]]:
    """Return how many closures there are, and which re-plans were undone."""
    with reading(engine) as session:
        replans = session.exec(select(Replan)).all()
        return len(session.exec(select(Closure)).all()), [row.undone_at is not None for row in replans]


def test_a_preview_says_what_moves_and_changes_nothing(opened_light: Engine) -> None:
    text = RUN.invoke(replan.app, ["preview", YEAR, *DAY])
    data = json.loads(RUN.invoke(replan.app, ["preview", YEAR, *DAY, "--json"]).output)

    assert text.exit_code == 0
    assert "Studiedag: vrij op 24 maart 2027: 10 dingen schuiven. Er is niets veranderd." in text.output
    assert "Bericht voor Hanneke Achterberg: 6" in text.output
    move = next(move for move in data["moves"] if move["title"] == "Maak het overstapdossier")
    assert (move["old"], move["new"]) == ("dinsdag 6 april", "woensdag 7 april")
    assert "de studiedag op 24 maart" in move["explanation"]
    assert kept(opened_light) == (0, [])


def test_a_change_is_applied_listed_and_undone(opened_light: Engine) -> None:
    done = json.loads(RUN.invoke(replan.app, ["apply", YEAR, *DAY, "--json"]).output)
    listed = RUN.invoke(replan.app, ["list", "--school", "99WH"]).output
    applied = kept(opened_light)

    undone = RUN.invoke(replan.app, ["undo", done["id"], "--school", "99WH"])
    again = RUN.invoke(replan.app, ["undo", done["id"], "--school", "99WH"])

    assert (done["moved"], done["id"] in listed, applied) == (10, True, (1, [False]))
    assert undone.output == "Ongedaan gemaakt: Studiedag: vrij op 24 maart 2027. Terug: 10.\n"
    assert (again.exit_code, "al ongedaan gemaakt" in again.output) == (1, True)
    assert kept(opened_light) == (0, [True])


def test_a_change_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "change.json"
    file.write_text('{"kind": "procedure_off", "procedure": "plan-reviews"}', encoding="utf-8")

    told = RUN.invoke(replan.app, ["preview", YEAR, str(file), "--school", "99WH"])

    assert (told.exit_code, "dit jaar niet" in told.output) == (0, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["preview", "2027-2028", *DAY], "is niet geopend"),
        (["apply", "zomer", *DAY], "is niet geopend"),
        (["preview", YEAR], "Geef een bestand"),
        (["preview", YEAR, "bestaat-niet.json"], "is niet te lezen"),
        (["undo", "x"], "is geen nummer"),
        (["undo", "00000000-0000-0000-0000-000000000000", "--school", "99WH"], "hoort niet bij deze school"),
        (["copy", YEAR, YEAR, "--school", "99WH"], "het nieuwe komt na het oude"),
    ],
)
def test_what_can_not_be_is_told_and_changes_nothing(
    opened_light: Engine, words: list[str], said: str
) -> None:
    told = RUN.invoke(replan.app, words, env={"COLUMNS": "200"})

    assert (told.exit_code != 0, said in told.output) == (True, True)
    assert kept(opened_light) == (0, [])


def test_two_years_stand_side_by_side() -> None:
    told = RUN.invoke(replan.app, ["copy", YEAR, "2027-2028", "--dry-run", "--school", "99WH"])

    assert told.exit_code == 0, told.output
    assert told.output.rstrip().endswith("Er is niets bewaard.")
    assert "2027-03-23 -> 2028-" in told.output
