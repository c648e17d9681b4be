from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from models import RunState, RunVia, TimerRun
from models.database import reading
from service.rhythm.overview import Light, TimerRow, overview, recent_runs
from service.rhythm.timers import TIMERS
from tests.cast import moment

MORNING = moment("2027-01-11", 5, 20)
NOW = moment("2027-01-11", 9)
MINUTE = timedelta(minutes=1)
Has = Callable[..., TimerRun]


def row(engine: Engine, name: str, at: datetime = NOW) -> TimerRow:
    with reading(engine) as session:
        return next(found for found in overview(session, at) if found.timer.name == name)


def test_every_timer_has_a_row_with_its_next_hour(engine: Engine) -> None:
    with reading(engine) as session:
        rows = overview(session, NOW)

    assert [found.timer.name for found in rows] == list(TIMERS)
    assert all(found.next_slot > NOW for found in rows)


def test_what_ran_as_planned_is_green(engine: Engine, has_run: Has) -> None:
    has_run("external-referrals", MORNING + MINUTE)

    found = row(engine, "external-referrals")

    assert (found.light, found.expected, found.done) == (Light.GREEN, 1, 1)
    assert found.last_run
    assert found.next_slot == moment("2027-01-12", 5, 20)


def test_before_the_first_run_there_is_nothing_to_blame(engine: Engine) -> None:
    assert (row(engine, "external-referrals").light, row(engine, "external-referrals").reason) == (
        Light.GREEN,
        "Wacht op de eerste keer.",
    )


def test_a_failure_is_red_and_says_why(engine: Engine, has_run: Has) -> None:
    has_run("external-referrals", MORNING, RunState.FAILED, error="OperationalError (service/x.py:1)")

    found = row(engine, "external-referrals")

    assert (found.light, found.reason) == (Light.RED, "OperationalError (service/x.py:1)")
    assert (found.expected, found.done) == (1, 0)


def test_what_was_only_partly_done_is_orange(engine: Engine, has_run: Has) -> None:
    has_run("deliver", NOW - MINUTE, failed=2)

    assert row(engine, "deliver").light == Light.ORANGE


def test_what_the_fallback_did_is_orange_for_prefect_was_away(engine: Engine, has_run: Has) -> None:
    has_run("external-referrals", MORNING + 3 * MINUTE, via=RunVia.FALLBACK)

    assert row(engine, "external-referrals").light == Light.ORANGE


def test_an_hour_that_passed_without_a_run_turns_orange_and_then_red(engine: Engine, has_run: Has) -> None:
    has_run("external-referrals", MORNING - timedelta(days=1))

    lights = [row(engine, "external-referrals", MORNING + n * MINUTE).light for n in (1, 5, 20)]

    assert lights == [Light.GREEN, Light.ORANGE, Light.RED]


def test_a_run_that_never_ended_is_red(engine: Engine, has_run: Has) -> None:
    has_run("deliver", NOW - timedelta(hours=1), RunState.RUNNING)

    assert row(engine, "deliver").light == Light.RED


def test_a_frequent_timer_is_counted_over_the_last_hour(engine: Engine, has_run: Has) -> None:
    for ago in (90, 12, 7, 2):
        has_run("publish-calendars", NOW - ago * MINUTE)

    found = row(engine, "publish-calendars")

    assert (found.expected, found.done) == (3, 3)


def test_the_latest_runs_come_first(engine: Engine, has_run: Has) -> None:
    for ago in (3, 1, 2):
        has_run("deliver", NOW - ago * MINUTE)

    with reading(engine) as session:
        found = [run.started_at for run in recent_runs(session, "deliver", limit=2)]

    assert found == [NOW - MINUTE, NOW - 2 * MINUTE]
