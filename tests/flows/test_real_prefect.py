"""The flows on Prefect's real server: health alone does not show that it schedules anything."""

import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from models import Message, Person, Pupil, RunState, RunVia, TimerRun
from models.database import reading, unit_of_work
from service.rhythm.timers import TIMERS
from tests.flows.conftest import House, stop, wait_until

pytestmark = pytest.mark.acceptance
STANDS_STILL_ONCE = """
import sys, time
from pathlib import Path
from flows import __main__ as flows
mark, start = Path(sys.argv[1]), flows._Runner.start
async def stand_still(runner, *rest, **more):
    if mark.exists():
        return await start(runner, *rest, **more)
    mark.touch()
    time.sleep(600)
flows._Runner.start = stand_still
flows.main()
"""
DAILY = [name for name, timer in TIMERS.items() if timer.is_daily]


@pytest.fixture
def caught_up(house: House) -> House:
    """Wait until everything of this morning has run."""

    def all_ran() -> bool:
        done = {run.timer for run in house.runs() if run.state == RunState.DONE}
        return set(TIMERS) <= done

    wait_until("every timer ran", all_ran, 240)
    return house


def test_the_morning_is_caught_up_through_prefect_in_order(caught_up: House) -> None:
    first = {run.timer: run for run in reversed(caught_up.runs()) if run.via == RunVia.PREFECT}

    in_order = sorted(DAILY, key=lambda name: first[name].started_at)
    assert in_order == DAILY
    # Prefect's own schedule may deliver in between: what counts is that the post left after it was written.
    assert caught_up.runs("deliver")[-1].started_at > first["remind"].started_at
    assert first["remind"].counts["reminded"] > 0
    assert all(first[name].flow_run_id for name in TIMERS)
    with reading(caught_up.engine) as session:
        assert session.exec(select(Message.id)).first()


def test_all_of_it_took_less_than_the_two_minutes_that_were_promised(caught_up: House) -> None:
    first = {run.timer: run for run in reversed(caught_up.runs())}

    assert first["deliver"].started_at - first["open-year"].started_at < timedelta(minutes=1)


def test_every_run_shows_in_the_dashboard_under_its_deployment(caught_up: House) -> None:
    run = next(run for run in caught_up.runs("remind") if run.via == RunVia.PREFECT)

    found = wait_until(
        "the run is completed",
        lambda: (
            (told := caught_up.ask(f"/flow_runs/{run.flow_run_id}"))["state_type"] == "COMPLETED" and told
        ),
        20,
    )

    assert found["deployment_id"]
    assert found["name"].startswith("2026-11-25 06:3")
    assert found["tags"] == ["dienst"]
    assert found["parameters"] == {}


def test_every_timer_leaves_a_page_that_names_nobody(caught_up: House) -> None:
    def pages() -> dict[str, str]:
        found = caught_up.ask("/artifacts/latest/filter", {"limit": 50})
        return {page["key"]: page["data"] for page in found}

    # Who comes while a timer runs leaves a page that says so; the next run's page takes its place.
    wait_until("no timer was busy", lambda: not [key for key, data in pages().items() if "loopt al" in data])

    by_key = pages()
    with reading(caught_up.engine) as session:
        names = {p.name.split()[-1] for p in (*session.exec(select(Person)), *session.exec(select(Pupil)))}
    assert set(by_key) == set(TIMERS)
    assert all(data.startswith(f"## {TIMERS[key].title}: gedaan") for key, data in by_key.items())
    assert [name for name in names for data in by_key.values() if name in data] == []


def test_each_deployment_runs_alone_in_amsterdam_time(caught_up: House) -> None:
    found = {d["name"]: d for d in caught_up.ask("/deployments/filter", {"limit": 50})}

    assert set(found) == set(TIMERS)
    for name, timer in TIMERS.items():
        (schedule,) = found[name]["schedules"]
        assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == (
            timer.schedule.cron,
            "Europe/Amsterdam",
        )
        assert schedule["active"] is not timer.is_daily  # the clock was moved: the metronome keeps the hours
        assert found[name]["tags"] == list(timer.tags)
        assert found[name]["global_concurrency_limit"]["limit"] == 1
        assert found[name]["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


def test_a_frequent_timer_is_really_scheduled(caught_up: House) -> None:
    wanted = {
        "flows": {"name": {"any_": ["deliver"]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    }

    planned = wait_until("runs are planned", lambda: caught_up.ask("/flow_runs/filter", wanted), 60)

    assert all(run["auto_scheduled"] for run in planned)


def test_a_planned_run_runs(caught_up: House) -> None:
    before = len(caught_up.runs("deliver"))

    wait_until("deliver ran by its own schedule", lambda: len(caught_up.runs("deliver")) > before, 150)


@pytest.fixture
def without_server(caught_up: House) -> Iterator[House]:
    """End Prefect's server in the middle of a run; whatever comes of it, the next test finds a server."""
    stop(caught_up.server, signal.SIGKILL)
    with unit_of_work(caught_up.engine) as session:
        began = caught_up.runs("deliver")[-1].started_at + timedelta(seconds=1)
        session.add(TimerRun(timer="deliver", started_at=began, via=RunVia.PREFECT))
    yield caught_up
    if caught_up.server.poll() is not None:
        caught_up.start_server()
        wait_until("the server answers", caught_up.answers)


def _deliver_again(house: House) -> None:
    """Start the server, and wait until the flows do their work as before."""
    house.start_server()
    wait_until("the server answers", house.answers)
    before = len(house.runs("deliver"))
    wait_until("deliver runs again", lambda: len(house.runs("deliver")) > before, 180)


def test_prefect_may_go_and_come_back_and_nothing_happens_twice(without_server: House) -> None:
    reminders = sum(run.counts.get("reminded", 0) for run in without_server.runs("remind"))
    since = without_server.log("flows").rindex("staan klaar")
    without_server.wait_until_flows_say("antwoordt niet meer", 60, since)

    _deliver_again(without_server)

    assert sum(run.counts.get("reminded", 0) for run in without_server.runs("remind")) == reminders
    # A run that was cut short may show where it stood; in what serves, nothing breaks.
    after = without_server.log("flows")[since:].split("antwoordt niet meer")[1]
    assert [what for what in (" asyncio: Task", " asyncio: Exception") if what in after] == []


def test_what_a_crash_left_running_does_not_stay_in_the_way(caught_up: House) -> None:
    stop(caught_up.flows, signal.SIGKILL)
    caught_up.start_flows()
    before = len(caught_up.runs("deliver"))

    wait_until("deliver runs again", lambda: len(caught_up.runs("deliver")) > before, 180)

    running = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}}
    wait_until("nothing is left running", lambda: not caught_up.ask("/flow_runs/filter", running), 60)


def test_flows_that_cannot_let_go_of_prefect_begin_anew(caught_up: House) -> None:
    stop(caught_up.flows)
    mark = caught_up.home / "stood still"
    caught_up.start_flows("-c", STANDS_STILL_ONCE, str(mark))
    wait_until("the event loop stands still", mark.exists, 120)
    pid, since = caught_up.flows.pid, len(caught_up.log("flows"))
    stop(caught_up.server, signal.SIGKILL)

    caught_up.wait_until_flows_say("laten Prefect na 25 s niet los", 90, since)
    _deliver_again(caught_up)

    assert (caught_up.flows.pid, caught_up.flows.poll()) == (pid, None)


def test_the_flows_stop_when_asked(caught_up: House) -> None:
    since = len(caught_up.log("flows"))
    took = stop(caught_up.flows)
    log = caught_up.log("flows")[since:]
    caught_up.start_flows()
    caught_up.wait_until_flows_say("staan klaar", 120, since)  # what comes next may end the server

    assert took < 15
    assert "Traceback" not in log
