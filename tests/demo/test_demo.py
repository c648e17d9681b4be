"""The example schools on any day of their year: loaded once, lived until then, and true to the rules."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from models import (
    CLOSED_STATES,
    Case,
    CaseEvent,
    CaseState,
    Person,
    RunState,
    RunVia,
    School,
    Task,
    TaskState,
)
from models.database import connect, reading, unit_of_work
from service import procedures
from service.access.passwords import verify_password
from service.clock import AMSTERDAM
from service.demo.load import PASSWORD, load
from service.procedures import RHYTHMS
from service.rhythm.run import run_timer
from service.rhythm.timers import TIMERS

pytestmark = pytest.mark.acceptance  # schools that live for months, over and over
DAYS = (
    "2026-08-31T06:30",
    "2026-10-25T02:30",
    "2027-01-13T06:30",
    "2027-03-24T06:30",
    "2027-03-28T02:30",
    "2027-07-20T06:30",
)
Loaded = Callable[[str], tuple[Engine, datetime]]


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.fixture(scope="module")
def loaded(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Load the example schools at a moment, once for all tests that only look."""
    kept: dict[str, tuple[Engine, datetime]] = {}

    def at(text: str) -> tuple[Engine, datetime]:
        if text not in kept:
            path = tmp_path_factory.mktemp("demo") / "jaarritme.db"
            path.write_bytes(migrated_sqlite.read_bytes())
            engine = connect(f"sqlite:///{path}")
            with unit_of_work(engine) as session:
                assert load(session, wall(text))
            kept[text] = engine, wall(text)
        return kept[text]

    yield at
    for engine, _ in kept.values():
        engine.dispose()


@pytest.mark.parametrize("text", DAYS)
def test_the_example_schools_load_on_any_day_and_the_rules_hold(loaded: Loaded, text: str) -> None:
    engine, _ = loaded(text)

    with reading(engine) as session:
        schools = session.exec(select(School)).all()
        cases = session.exec(select(Case)).all()
        tasks = session.exec(select(Task)).all()
    per_case: dict[object, list[Task]] = {case.id: [] for case in cases}
    for task in tasks:
        per_case[task.case_id].append(task)
    assert len(schools) == 2
    for case in cases:
        closed = all(t.state in CLOSED_STATES for t in per_case[case.id] if t.required)
        assert case.state == CaseState.PLANNED or closed == (case.state == CaseState.COMPLETED)


@pytest.mark.parametrize("text", DAYS)
def test_nothing_in_the_history_lies_in_the_future(loaded: Loaded, text: str) -> None:
    engine, at = loaded(text)

    with reading(engine) as session:
        latest = session.exec(select(func.max(CaseEvent.at))).one()
        closed = session.exec(select(func.max(Task.closed_at))).one()

    assert latest <= at
    assert closed is None or closed <= at


def test_a_second_start_loads_nothing(loaded: Loaded) -> None:
    engine, at = loaded("2027-01-13T06:30")
    with unit_of_work(engine) as session:
        before = count(session)

        again = load(session, at + timedelta(hours=1))

        assert not again
        assert count(session) == before


def count(session: Session) -> list[int]:
    tables = (School, Person, Case, Task, CaseEvent)
    return [session.exec(select(func.count()).select_from(table)).one() for table in tables]


def test_a_january_morning_is_lively(loaded: Loaded) -> None:
    engine, at = loaded("2027-01-13T06:30")
    today = at.date()

    with reading(engine) as session:
        tasks = session.exec(select(Task).join(Case).where(Case.state == CaseState.ACTIVE)).all()
        procedure_of = dict(session.exec(select(Case.id, Case.procedure)).all())
    open_ = [t for t in tasks if t.state in {TaskState.READY, TaskState.RESERVED}]
    late = [t for t in open_ if t.target_on and t.target_on < today]
    assert {procedure_of[t.case_id] for t in open_} == set(RHYTHMS)
    assert 3 <= len(late) <= len(open_) / 3
    assert Counter(t.state for t in tasks)[TaskState.COMPLETED] > 50
    assert not [t for t in late if t.latest_on and t.latest_on < today]


def test_what_was_done_has_a_doer_and_a_reason_where_one_is_asked(loaded: Loaded) -> None:
    engine, _ = loaded("2027-03-24T06:30")
    rules = {(p.key, t.key): t for p in procedures.current() for t in p.tasks()}

    with reading(engine) as session:
        rows = session.exec(select(Task, Case.procedure).join(Case)).all()

    for task, procedure in rows:
        if task.state != TaskState.COMPLETED:
            continue
        outcomes = {o.key: o for o in rules[procedure, task.key].outcome}
        assert bool(outcomes) == (task.outcome is not None)
        assert task.outcome is None or task.note or not outcomes[task.outcome].reason_required


def test_everyone_of_the_example_can_log_in(loaded: Loaded) -> None:
    engine, _ = loaded("2027-01-13T06:30")

    with reading(engine) as session:
        hashes = {person.password_hash for person in session.exec(select(Person))}

    (kept,) = hashes
    assert kept
    assert verify_password(PASSWORD, kept)


@pytest.mark.parametrize("text", ["2026-10-25T02:30", "2027-01-04T06:30", "2027-03-28T02:30"])
def test_every_timer_runs_on_the_first_morning(loaded: Loaded, text: str) -> None:
    engine, at = loaded(text)

    runs = [run_timer(name, engine, at, RunVia.COMMAND) for name in TIMERS if name != "deliver"]

    assert [(run.timer, run.error) for run in runs if run.state != RunState.DONE] == []


def test_the_example_keeps_to_the_law(loaded: Loaded) -> None:
    engine, _ = loaded("2027-03-24T06:30")

    with reading(engine) as session:
        advice = session.exec(select(Task).where(Task.key == "definitief-advies")).all()

    assert advice
    assert {task.latest_on for task in advice} == {date(2027, 3, 24)}
    assert all(task.target_on and task.target_on <= date(2027, 3, 24) for task in advice)
