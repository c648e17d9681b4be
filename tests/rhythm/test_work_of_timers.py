from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models import (
    Case,
    LoginFailure,
    LoginSession,
    Message,
    RunState,
    RunVia,
    School,
    Task,
    TimerRun,
)
from models.database import reading, unit_of_work
from service.rhythm.run import run_timer
from service.rhythm.timers import TIMERS
from service.rhythm.words import as_markdown, counts_in_words
from service.settings import settings
from service.year.open import open_year
from tests.cast import OPENED, YEAR, Cast, kompas, moment, wilgenhof
from tests.notices.world import AT, World

Has = Callable[..., TimerRun]
NOVEMBER = moment("2026-11-25", 6, 30)


@pytest.fixture
def two_schools(sqlite: Engine) -> Engine:
    """De Wilgenhof and Het Kompas, their year opened."""
    with unit_of_work(sqlite) as session:
        for cast in (wilgenhof(session), kompas(session)):
            open_year(session, cast.school, YEAR, actor_id=None, at=OPENED)
    return sqlite


def rounds(engine: Engine, at: datetime) -> dict[str, TimerRun]:
    return {name: run_timer(name, engine, at, RunVia.COMMAND) for name in TIMERS}


def everything(engine: Engine) -> dict[str, list[str]]:
    with reading(engine) as session:
        return {
            table.__name__: sorted(str(row) for row in session.exec(select(table)))
            for table in (Case, Task, Message)
        }


def test_a_round_opens_what_is_due_and_tells_people(two_schools: Engine) -> None:
    ran = rounds(two_schools, NOVEMBER)

    assert {name: run.error for name, run in ran.items() if run.state == RunState.FAILED} == {}
    assert ran["group-discussions"].counts["opened"] > 0
    assert ran["group-discussions"].expected == ran["group-discussions"].done > 0
    assert ran["remind"].counts["reminded"] > 0


def test_a_second_round_at_the_same_moment_changes_nothing(two_schools: Engine) -> None:
    rounds(two_schools, NOVEMBER)
    before = everything(two_schools)

    again = rounds(two_schools, NOVEMBER + timedelta(minutes=2))

    assert everything(two_schools) == before
    assert again["remind"].counts["reminded"] == 0
    assert again["open-year"].counts == {"new_cases": 0, "new_items": 0, "new_meetings": 0}


def test_a_group_that_came_later_gets_its_items(two_schools: Engine) -> None:
    with unit_of_work(two_schools) as session:
        school = session.exec(select(School).where(School.name == "Het Kompas")).one()
        late = Cast(session, school).add_group("7").id
    run = run_timer("open-year", two_schools, NOVEMBER, RunVia.COMMAND)

    with Session(two_schools) as session:
        fresh = session.exec(select(Case).where(Case.group_id == late)).all()
    assert run.counts["new_cases"] == len(fresh) > 0


def test_a_year_that_was_never_opened_stays_closed(sqlite: Engine) -> None:
    with unit_of_work(sqlite) as session:
        wilgenhof(session)

    run = run_timer("open-year", sqlite, NOVEMBER, RunVia.COMMAND)

    assert (run.state, run.counts["new_cases"]) == (RunState.DONE, 0)


def test_a_year_that_is_over_is_not_planned_again(two_schools: Engine) -> None:
    run = run_timer("open-year", two_schools, moment("2027-08-01", 5), RunVia.COMMAND)

    assert (run.state, run.counts["new_cases"]) == (RunState.DONE, 0)


def test_a_school_that_fails_stops_no_other(two_schools: Engine) -> None:
    rounds(two_schools, moment("2026-11-24", 5))
    with unit_of_work(two_schools) as session:
        broken = session.exec(select(School).where(School.name == "De Wilgenhof")).one()
        broken.region = "oost"

    run = run_timer("remind", two_schools, moment("2026-11-26", 6, 30), RunVia.COMMAND)

    assert (run.state, run.failed) == (RunState.FAILED, 1)
    assert str(broken.id) in (run.error or "")
    assert run.counts["reminded"] > 0


def test_house_is_kept_without_ending_anyones_login(sqlite: Engine) -> None:
    real = datetime.now(UTC)
    with unit_of_work(sqlite) as session:
        cast = wilgenhof(session)
        for hash_, expires in (("old", real - timedelta(days=1)), ("new", real + timedelta(days=1))):
            login = {"token_hash": hash_, "person_id": cast.id("ineke"), "school_id": cast.school.id}
            session.add(LoginSession(**login, created_at=real, seen_at=real, expires_at=expires))
        for days in (40, 1):
            failure = {"email": "x@y.example", "address": "::1", "at": real - timedelta(days=days)}
            session.add(LoginFailure(**failure))
    far_ahead = real + timedelta(days=3000)

    run = run_timer("keep-house", sqlite, far_ahead, RunVia.COMMAND)

    assert {"sessions": 1, "login_failures": 1}.items() <= run.counts.items()
    with reading(sqlite) as session:
        assert session.exec(select(LoginSession.token_hash)).all() == ["new"]


def test_old_runs_go_and_those_of_frequent_timers_sooner(
    engine: Engine, has_run: Has, runs: Callable[..., list[TimerRun]]
) -> None:
    now = moment("2028-02-01", 3, 30)
    for name, days in (("open-year", 401), ("open-year", 399), ("remind", 31), ("deliver", 29)):
        has_run(name, now - timedelta(days=days))

    run_timer("keep-house", engine, now, RunVia.COMMAND)

    assert [(row.timer, (now - row.started_at).days) for row in runs()] == [
        ("open-year", 399),
        ("deliver", 29),
        ("keep-house", 0),
    ]


def test_every_count_of_a_round_has_words_of_its_own(two_schools: Engine) -> None:
    ran = rounds(two_schools, NOVEMBER)

    for run in ran.values():
        words = [word for word, _ in counts_in_words(run)]
        assert len(set(words)) == len(words)
        assert not set(words) & {key.replace("_", " ") for key in run.counts}, run.timer


def test_the_page_about_a_run_reads_as_dutch_and_names_nobody(two_schools: Engine) -> None:
    ran = rounds(two_schools, NOVEMBER)

    page = as_markdown(ran["remind"])

    assert page.startswith("## Herinneren: gedaan\n")
    assert f"| collega's herinnerd | {ran['remind'].counts['reminded']} |" in page
    assert str(ran["remind"].id) in page
    names = ("Ineke", "Bergsma", "Quirijn", "Zeewuster", "Wilgenhof")
    assert not any(name in as_markdown(run) for run in ran.values() for name in names)


def test_a_folder_that_cannot_be_written_holds_the_post_and_says_so_beside_each_message(
    sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    settings.cache_clear()
    (tmp_path / "outbox").write_text("in de weg")
    World(sqlite, tmp_path).post("a")

    run = run_timer("deliver", sqlite, AT, RunVia.COMMAND)
    settings.cache_clear()

    with reading(sqlite) as session:
        message = session.exec(select(Message)).one()
    assert run.state == RunState.FAILED
    assert "outbox kan niet worden beschreven" in str(run.error)
    assert (message.state, message.last_error) == ("ready", run.error)
