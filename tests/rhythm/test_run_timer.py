from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from models import Person, RunState, RunVia, TimerRun
from models.database import unit_of_work
from service.procedures import ProcedureFileError
from service.rhythm.due import BROKEN_OFF
from service.rhythm.report import Report
from service.rhythm.run import TimerBusyError, end_broken_runs, run_if_owed, run_timer
from service.rhythm.timers import Work
from tests.cast import moment

AT = moment("2027-01-11", 6, 30)
GRACE = timedelta(minutes=3)
Runs = Callable[..., list[TimerRun]]
Has = Callable[..., TimerRun]
Doing = Callable[[str, Work], None]


def test_a_run_leaves_a_row_that_says_what_it_did(engine: Engine, runs: Runs, doing: Doing) -> None:
    doing("remind", lambda _, __: Report(expected=3, done=2, failed=1, counts={"due": 3}))

    returned = run_timer("remind", engine, AT, RunVia.PREFECT, "flow-1")

    (row,) = runs()
    assert row == returned
    assert (row.timer, row.started_at, row.via, row.flow_run_id) == ("remind", AT, RunVia.PREFECT, "flow-1")
    assert (row.state, row.expected, row.done, row.failed) == (RunState.DONE, 3, 2, 1)
    assert (row.counts, row.error) == ({"due": 3}, None)
    assert row.ended_at
    assert AT <= row.ended_at < AT + timedelta(minutes=1)


def test_a_run_shows_while_it_runs(engine: Engine, runs: Runs, doing: Doing) -> None:
    seen: list[RunState] = []

    def look(_: Engine, __: datetime) -> Report:
        seen.extend(run.state for run in runs())
        return Report()

    doing("remind", look)
    run_timer("remind", engine, AT, RunVia.COMMAND)

    assert seen == [RunState.RUNNING]


def test_a_failed_run_says_why_and_raises_nothing(engine: Engine, runs: Runs, doing: Doing) -> None:
    def fail(_: Engine, __: datetime) -> Report:
        raise ProcedureFileError("plan-reviews.toml: remind: geen geldige TOML")

    doing("remind", fail)
    run_timer("remind", engine, AT, RunVia.COMMAND)

    (row,) = runs()
    assert row.state == RunState.FAILED
    assert (row.error or "").startswith("ProcedureFileError: plan-reviews.toml: remind: geen geldige TOML")


def test_no_name_gets_into_the_error_of_a_library(engine: Engine, runs: Runs, doing: Doing) -> None:
    def clash(on: Engine, _: datetime) -> Report:
        with unit_of_work(on) as session:
            session.add_all(Person(name="Quirijn Zeewuster", email="q@wilgen.example") for _ in range(2))
        return Report()

    doing("remind", clash)
    run_timer("remind", engine, AT, RunVia.COMMAND)

    (row,) = runs()
    assert (row.error or "").startswith(IntegrityError.__name__)
    assert "models/database.py:" in (row.error or "")
    assert not any(word in (row.error or "") for word in ("Quirijn", "q@wilgen", "insert"))


def test_a_value_that_a_library_quotes_stays_out_of_the_error(
    engine: Engine, runs: Runs, doing: Doing
) -> None:
    doing("remind", lambda _, __: Report(expected=int("Quirijn")))
    run_timer("remind", engine, AT, RunVia.COMMAND)

    assert [row.error for row in runs() if "Quirijn" in (row.error or "")] == []
    assert [row.error[:10] for row in runs() if row.error] == ["ValueError"]


def test_a_remark_stands_with_a_run_that_was_done(engine: Engine, runs: Runs, doing: Doing) -> None:
    doing("deliver", lambda _, __: Report(remark="Mail is nog niet ingesteld."))
    run_timer("deliver", engine, AT, RunVia.PREFECT)

    assert [(row.state, row.error) for row in runs()] == [(RunState.DONE, "Mail is nog niet ingesteld.")]


def test_a_timer_never_runs_beside_itself(engine: Engine, runs: Runs, has_run: Has) -> None:
    has_run("deliver", AT, RunState.RUNNING)

    with pytest.raises(TimerBusyError):
        run_timer("deliver", engine, AT + timedelta(minutes=1), RunVia.COMMAND)

    assert len(runs()) == 1


@pytest.mark.usefixtures("all_idle")
def test_what_broke_off_holds_nobody_up_and_is_marked(engine: Engine, runs: Runs, has_run: Has) -> None:
    has_run("deliver", AT, RunState.RUNNING)

    run_timer("deliver", engine, AT + timedelta(minutes=6), RunVia.PREFECT)

    assert [(row.state, row.error) for row in runs()] == [
        (RunState.FAILED, BROKEN_OFF),
        (RunState.DONE, None),
    ]


def test_what_prefect_left_running_is_closed_when_its_flows_start_again(
    engine: Engine, runs: Runs, has_run: Has
) -> None:
    has_run("remind", AT, RunState.RUNNING)
    has_run("deliver", AT + timedelta(seconds=1), RunState.RUNNING, RunVia.FALLBACK)

    end_broken_runs(engine, AT + timedelta(seconds=5))

    assert [row.state for row in runs()] == [RunState.FAILED, RunState.RUNNING]


def test_two_processes_that_see_the_same_gap_run_it_once(engine: Engine, runs: Runs, doing: Doing) -> None:
    let_go, outcomes, together = Event(), [], Barrier(5)

    def work(_: Engine, __: datetime) -> Report:
        let_go.wait(10)
        return Report()

    def attempt() -> None:
        together.wait()
        try:
            outcomes.append(run_if_owed("remind", engine, AT + GRACE, GRACE).state)
        except TimerBusyError:
            outcomes.append(None)
            if outcomes.count(None) == 3:
                let_go.set()

    doing("remind", work)
    threads = [Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    together.wait()
    for thread in threads:
        thread.join(20)

    assert sorted(outcomes, key=str) == [None, None, None, RunState.DONE]
    assert len(runs("remind")) == 1


def test_the_fallback_leaves_a_slot_alone_that_was_done_meanwhile(
    engine: Engine, runs: Runs, has_run: Has
) -> None:
    has_run("remind", AT + timedelta(minutes=1))

    with pytest.raises(TimerBusyError):
        run_if_owed("remind", engine, AT + GRACE, GRACE)

    assert [row.via for row in runs()] == [RunVia.PREFECT]
