"""Hours from the terminal: a draft that changes nothing, a list, and an approval."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from typer.testing import CliRunner, Result

from models.database import connect
from service.cli.slots import app
from service.settings import settings
from tests.slots.conftest import NOW, SEO, House


@pytest.fixture
def terminal(drafted_zonnewijzer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    shutil.copy(drafted_zonnewijzer, tmp_path / "jaarritme.db")
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    settings.cache_clear()
    engine = connect(f"sqlite:///{tmp_path / 'jaarritme.db'}")
    with time_machine.travel(NOW, tick=True):
        yield House(engine)
    engine.dispose()
    settings.cache_clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--school", "99ZW"])


def test_a_draft_is_found_listed_and_approved(terminal: House) -> None:
    before = terminal.meetings()

    found = run("find", "--round", SEO, "--from", "2026-11-10", "--json")
    told = json.loads(found.output)
    untouched = terminal.meetings() == before
    listed = json.loads(run("list", "--json").output)
    approved = run("approve", told["id"])

    assert (found.exit_code, told["by"], untouched) == (0, "proven", True)
    assert {row["id"] for row in listed} >= {told["id"]}
    assert approved.exit_code == 0
    assert f"Overgenomen. Overleggen: {len(told['items'])}." in approved.output
    assert terminal.meetings() != before


def test_what_is_wrong_is_told_and_changes_nothing(terminal: House) -> None:
    before = terminal.meetings()

    nobody = run("find", "--away", "iemand@elders.example", "2026-12-01", "2026-12-02")
    teacher = run("find", "--by", "laila.tahiri@dezonnewijzer.example")
    unknown = run("approve", "00000000-0000-0000-0000-000000000000")

    assert [answer.exit_code for answer in (nobody, teacher, unknown)] == [1, 1, 1]
    assert "werkt hier niet" in nobody.output
    assert "Alleen een IB'er of directeur" in teacher.output
    assert "Dit voorstel is er niet" in unknown.output
    assert terminal.meetings() == before
