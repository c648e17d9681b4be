import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import Engine

from models import RunState, RunVia, TimerRun
from service.rhythm import watch
from service.rhythm.due import ATTEMPTS, BROKEN_OFF, RETRY_AFTER
from service.rhythm.report import Report
from service.rhythm.timers import TIMERS, Work
from service.rhythm.watch import look, start_watch
from tests.cast import moment

MORNING = moment("2027-01-11", 5, 20)
MINUTE = timedelta(minutes=1)
FREQUENT = [name for name, timer in TIMERS.items() if not timer.is_daily]
Runs = Callable[..., list[TimerRun]]
Has = Callable[..., TimerRun]
Doing = Callable[[str, Work], None]

pytestmark = pytest.mark.usefixtures("all_idle")


@pytest.fixture
def all_ran(has_run: Has) -> Callable[[datetime], None]:
    """Leave a run of every timer."""

    def leave(at: datetime) -> None:
        for name in TIMERS:
            has_run(name, at)

    return leave


def test_what_prefect_did_not_do_is_done_in_the_order_of_the_catalogue(engine: Engine, runs: Runs) -> None:
    ran = look(engine, MORNING + 3 * MINUTE)

    assert ran == list(TIMERS)
    assert {run.via for run in runs()} == {RunVia.FALLBACK}


def test_prefect_gets_three_minutes_first(engine: Engine, all_ran: Callable[[datetime], None]) -> None:
    all_ran(MORNING - MINUTE)

    assert look(engine, MORNING + 2 * MINUTE) == []
    soon = [name for name in FREQUENT if name != "push-calendars"]  # whose quarter of an hour is not over
    assert look(engine, MORNING + 3 * MINUTE) == ["external-referrals", *soon]


def test_what_was_done_is_not_done_again(engine: Engine, all_ran: Callable[[datetime], None]) -> None:
    all_ran(MORNING + MINUTE)

    assert look(engine, MORNING + 4 * MINUTE) == []


def test_yesterdays_missed_hour_waits_for_this_mornings_turn(engine: Engine) -> None:
    night = moment("2027-01-11", 0, 30)

    assert look(engine, night) == FREQUENT


def test_a_day_that_began_without_us_is_caught_up_in_the_afternoon(engine: Engine) -> None:
    assert "external-referrals" in look(engine, moment("2027-01-11", 15))


def test_a_run_that_is_busy_is_left_alone(engine: Engine, has_run: Has) -> None:
    has_run("external-referrals", MORNING + MINUTE, RunState.RUNNING)

    assert "external-referrals" not in look(engine, MORNING + 4 * MINUTE)


def test_a_failed_run_is_tried_again_after_ten_minutes_and_not_for_ever(
    engine: Engine, runs: Runs, doing: Doing
) -> None:
    doing("external-referrals", lambda _, __: Report(error="kapot"))
    at = MORNING + 3 * MINUTE

    assert "external-referrals" in look(engine, at)
    assert "external-referrals" not in look(engine, at + RETRY_AFTER - MINUTE)
    for turn in range(1, 10):
        look(engine, at + turn * RETRY_AFTER)

    assert len(runs("external-referrals")) == ATTEMPTS


def test_a_run_that_only_broke_off_is_done_again_at_once(engine: Engine, has_run: Has) -> None:
    has_run("external-referrals", MORNING + MINUTE, RunState.FAILED, error=BROKEN_OFF)

    assert "external-referrals" in look(engine, MORNING + 4 * MINUTE)


def test_a_run_in_the_future_of_a_clock_that_was_set_back_counts_for_nothing(
    engine: Engine, has_run: Has
) -> None:
    has_run("external-referrals", moment("2027-03-24", 5, 20))

    assert "external-referrals" in look(engine, MORNING + 4 * MINUTE)


@pytest.mark.parametrize("day", ["2027-03-28", "2026-10-25"], ids=["spring", "autumn"])
def test_the_morning_comes_once_on_the_days_the_clock_changes(engine: Engine, runs: Runs, day: str) -> None:
    at, end = moment(day, 5), moment(day, 8)
    while at < end:
        look(engine, at)
        at += 20 * MINUTE

    assert [run.started_at for run in runs("external-referrals")] == [moment(day, 5, 40)]


def test_the_thread_looks_and_stops_when_asked(
    engine: Engine,
    runs: Runs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(watch, "GRACE", timedelta(seconds=0.1))
    stop = Event()

    with caplog.at_level(logging.WARNING):
        thread = start_watch(engine, stop)
        thread.join(1.5)
    stop.set()
    thread.join(20)

    assert not thread.is_alive()
    assert {run.via for run in runs("deliver")} == {RunVia.FALLBACK}
