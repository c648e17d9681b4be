import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from models import Closure, Person, School
from models.database import connect, reading
from service.access.passwords import verify_password
from service.cli import person, school
from service.settings import settings

EXAMPLE = "deploy/example-school/school.toml"
CREATE = [
    "create",
    "--brin",
    "99xx",
    "--name",
    "De Proef",
    "--region",
    "Midden",
    "--mailbox",
    "plan@proef.example",
]
RUN = CliRunner()


@pytest.fixture(autouse=True)
def home(sqlite: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    assert sqlite  # the database lies in the same folder
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def db(home: Path) -> Iterator[Session]:
    engine = connect(f"sqlite:///{home / 'jaarritme.db'}")
    with reading(engine) as session:
        yield session
    engine.dispose()


def test_a_school_is_made_and_named(db: Session) -> None:
    made = RUN.invoke(school.app, CREATE)

    told = json.loads(RUN.invoke(school.app, ["list", "--json"]).output)
    found = db.exec(select(School)).one()
    assert (made.exit_code, found.brin, found.region) == (0, "99XX", "midden")
    assert [one["name"] for one in told] == ["De Proef"]


def test_a_school_that_can_not_be_is_refused_in_dutch(db: Session) -> None:
    refused = RUN.invoke(school.app, [*CREATE, "--region", "oost"])

    assert refused.exit_code == 1
    assert "school: region moet een van deze zijn: 'noord', 'midden' of 'zuid'" in refused.output
    assert db.exec(select(School)).all() == []


def test_a_file_loads_the_school(db: Session) -> None:
    loaded = json.loads(RUN.invoke(school.app, ["load", EXAMPLE, "--json"]).output)

    assert (loaded["closures"], loaded["people"], len(db.exec(select(Person)).all())) == (8, 20, 20)


def test_a_file_that_is_wrong_changes_nothing_and_names_the_entry(db: Session, home: Path) -> None:
    file = home / "school.toml"
    file.write_text(
        Path(EXAMPLE).read_text(encoding="utf-8").replace('["director"]', '["baas"]'), encoding="utf-8"
    )

    refused = RUN.invoke(school.app, ["load", str(file)])

    assert (refused.exit_code, db.exec(select(School)).all()) == (1, [])
    assert "Er is niets veranderd." in refused.output
    assert "person 2 (Dirk Elzinga): roles.1 moet een van deze zijn" in refused.output


def test_a_day_off_is_added_once(db: Session) -> None:
    RUN.invoke(school.app, CREATE)

    codes = [
        RUN.invoke(school.app, ["closures", "add", "Studiedag", "2026-12-07"]).exit_code for _ in range(2)
    ]

    assert (codes, len(db.exec(select(Closure)).all())) == ([0, 1], 1)
    assert "2026-12-07 t/m 2026-12-07  Studiedag" in RUN.invoke(school.app, ["closures", "list"]).output


def test_a_list_is_tried_and_then_taken_over(db: Session, home: Path) -> None:
    RUN.invoke(school.app, CREATE)
    file = home / "vrij.csv"
    file.write_text("naam;eerste dag;laatste dag\nStudiedag;07-12-2026;\n", encoding="utf-8")

    tried = RUN.invoke(school.app, ["closures", "import", str(file), "--dry-run"])
    before = db.exec(select(Closure)).all()
    db.rollback()  # an open look would keep the writer waiting
    done = json.loads(RUN.invoke(school.app, ["closures", "import", str(file), "--json"]).output)

    assert ("1 zouden erbij komen" in tried.output, before, len(done["new"])) == (True, [], 1)
    assert [c.name for c in db.exec(select(Closure))] == ["Studiedag"]


def test_of_more_schools_one_must_be_named() -> None:
    RUN.invoke(school.app, CREATE)
    RUN.invoke(school.app, [*CREATE, "--brin", "99XY"])

    unclear = RUN.invoke(school.app, ["closures", "list"])
    named = RUN.invoke(school.app, ["closures", "list", "--school", "99XY"])
    nobody = RUN.invoke(school.app, ["closures", "list", "--school", "99ZZ"])

    assert [unclear.exit_code, named.exit_code, nobody.exit_code] == [1, 0, 1]


def test_a_password_is_read_from_the_input(db: Session) -> None:
    RUN.invoke(school.app, ["load", EXAMPLE])
    mail = "ineke.bergsma@dezonnewijzer.example"

    weak = RUN.invoke(person.app, ["password", mail], input="kort\n")
    done = RUN.invoke(person.app, ["password", mail.upper()], input="zon op de speelplaats\n")
    nobody = RUN.invoke(person.app, ["password", "x@proef.example"], input="zon op de speelplaats\n")

    kept = db.exec(select(Person.password_hash).where(Person.email == mail)).one()
    assert [weak.exit_code, done.exit_code, nobody.exit_code] == [1, 0, 1]
    assert verify_password("zon op de speelplaats", kept)
    assert "speelplaats" not in done.output


def test_the_list_of_people_says_who_can_log_in() -> None:
    RUN.invoke(school.app, ["load", EXAMPLE])

    told = json.loads(RUN.invoke(person.app, ["list", "--json"]).output)

    assert {(one["email"].split(".")[0], one["has_password"]) for one in told} >= {("ineke", False)}
    assert len(told) == 20
