import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, func, select
from typer.testing import CliRunner

from models import Pupil, School
from models.database import connect, reading, unit_of_work
from service.cli.roster import app
from service.settings import settings
from tests.roster.edex_builder import Edex, P

FILE = Edex(pupils=(P("1", "Anna", group="g5"), P("2", "Bram", group="g5")))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    monkeypatch.setenv("JAARRITME_DATABASE_URL", f"sqlite:///{tmp_path}/school.db")
    settings.cache_clear()
    engine = connect(settings().database_url)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    yield tmp_path
    settings.cache_clear()


def open_school(*brins: str) -> None:
    engine = connect(settings().database_url)
    with unit_of_work(engine) as session:
        for brin in brins:
            session.add(School(brin=brin, name=f"School {brin}", region="noord", mailbox="s@v.example"))
    engine.dispose()


def active_pupils() -> int:
    engine = connect(settings().database_url)
    with reading(engine) as session:
        many = session.exec(select(func.count()).select_from(Pupil).where(col(Pupil.active))).one()
    engine.dispose()
    return many


def run(home: Path, file: Edex | bytes, *options: str) -> tuple[int, str]:
    path = home / "EDEX.XML"
    path.write_bytes(file if isinstance(file, bytes) else file.bytes())
    done = CliRunner().invoke(app, ["import", str(path), *options])
    return done.exit_code, done.output


def test_an_import_tells_what_changed(home: Path) -> None:
    open_school("99XX")

    code, told = run(home, FILE)

    assert code == 0
    assert "Leerlingen, nieuw: 2\n  + 1  Anna Voorbeeld\n" in told
    assert told.endswith("Ingelezen.\n")
    assert active_pupils() == 2


def test_a_trial_writes_nothing(home: Path) -> None:
    open_school("99XX")

    code, told = run(home, FILE, "--dry-run")

    assert (code, active_pupils()) == (0, 0)
    assert "Leerlingen, nieuw: 2" in told
    assert told.endswith("Proef: er is niets geschreven.\n")


def test_a_second_import_tells_that_nothing_changes(home: Path) -> None:
    open_school("99XX")
    run(home, FILE)

    code, told = run(home, FILE)

    assert code == 0
    assert "Er verandert niets" in told


def test_a_program_gets_data_without_names_of_pupils(home: Path) -> None:
    open_school("99XX")

    code, told = run(home, FILE, "--json")

    assert code == 0
    assert json.loads(told)["pupils"]["new"] == [{"key": "1"}, {"key": "2"}]
    assert "Anna" not in told


@pytest.mark.parametrize("form", [(), ("--json",), ("--dry-run",)])
def test_a_broken_file_is_refused_with_line_and_reason(home: Path, form: tuple[str, ...]) -> None:
    open_school("99XX")

    code, told = run(home, replace(FILE, pupils=(P("1", group="g9"),)), *form)

    assert (code, active_pupils()) == (1, 0)
    assert "'g9' staat niet bij de groepen" in told
    assert ('"line": 7' if "--json" in form else "regel 7, EDEX/leerlingen/leerling/groep") in told


def test_a_file_that_is_too_large_is_refused(home: Path) -> None:
    open_school("99XX")

    assert run(home, b"<EDEX>" + b" " * 21 * 1024 * 1024)[0] == 1


def test_a_file_without_most_pupils_is_refused_until_someone_insists(home: Path) -> None:
    open_school("99XX")
    run(home, Edex(pupils=tuple(P(str(n), f"Kind{n}") for n in range(30))))
    small = Edex(pupils=(P("1", "Kind1"),))

    codes = [run(home, small, *options)[0] for options in (["--dry-run"], [], ["--force"])]

    assert (codes, active_pupils()) == ([1, 1, 0], 1)


@pytest.mark.parametrize("school", ["99XX", "99xx", "99XX00"])
def test_a_school_is_named_by_its_brin(home: Path, school: str) -> None:
    open_school("99XX", "99ZZ")

    assert run(home, FILE, "--school", school)[0] == 0


def test_the_file_of_another_school_is_refused(home: Path) -> None:
    open_school("99XX", "99ZZ")

    code, told = run(home, FILE, "--school", "99ZZ")

    assert (code, active_pupils()) == (1, 0)
    assert "Dit bestand is van school 99XX00, niet van 99ZZ00" in told


def test_without_a_name_the_file_says_which_of_our_schools_it_is_of(home: Path) -> None:
    open_school("99XX", "99ZZ")

    ours, told = run(home, FILE)
    theirs, refused = run(home, replace(FILE, brin="99YY"))

    assert (ours, theirs) == (0, 1)
    assert "School 99XX" in told
    assert "99YY00, en die staat hier niet" in refused


def test_without_a_school_nothing_is_read(home: Path) -> None:
    code, told = run(home, FILE)

    assert code == 1
    assert "nog geen school" in told


@pytest.mark.parametrize("arguments", [["import"], ["import", "/bestaat/niet.xml"], ["import", "/"]])
def test_a_wrong_command_is_a_matter_of_usage(home: Path, arguments: list[str]) -> None:
    assert home.is_dir()
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_an_unknown_school_is_a_matter_of_usage(home: Path) -> None:
    open_school("99XX")

    assert run(home, FILE, "--school", "99QQ")[0] == 2


def test_a_file_that_names_no_school_is_refused_as_such(home: Path) -> None:
    open_school("99XX", "99XY")

    code, told = run(home, FILE.bytes().replace(b"<brincode>99XX</brincode>", b""))

    assert code == 1
    assert "Het bestand noemt geen BRIN" in told
