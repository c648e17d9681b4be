"""What the flows do when somebody asks them to stop, or Prefect breaks something off."""

import asyncio
import os
import signal
from collections.abc import Iterator
from datetime import datetime
from threading import Event

import anyio
import pytest
from prefect.exceptions import Abort
from sqlalchemy import Engine
from sqlmodel import select

from flows import __main__ as flows
from flows import catch_up
from flows.server_watch import Serving
from models import RunState, RunVia, TimerRun
from models.database import reading, unit_of_work
from service.rhythm.due import BROKEN_OFF
from tests.cast import moment

AT = moment("2027-01-11", 6, 31)


@pytest.fixture
def sigterm_stops() -> Iterator[None]:
    """Do with this signal what the flows do with it."""

    def stop(*_: object) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, stop)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("sigterm_stops")
def test_a_signal_in_the_middle_of_a_group_of_tasks_stops_the_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    async def is_asked_to_stop(_serving: Serving) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(asyncio.sleep, 5)
            await asyncio.sleep(0)
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0)

    monkeypatch.setattr(flows, "_run_flows", is_asked_to_stop)

    with pytest.raises(SystemExit):
        flows.serve_once(Serving(lambda: None))


def test_the_metronome_survives_that_prefect_breaks_a_run_off(
    sqlite: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[datetime] = []
    again, serving = Event(), Event()

    def beat(_engine: Engine, at: datetime) -> list[str]:
        beats.append(at)
        if len(beats) > 1:
            serving.clear()
            again.set()
        raise Abort("somebody cancelled this run in the dashboard")

    monkeypatch.setattr(catch_up, "EVERY", 0.01)
    monkeypatch.setattr(catch_up, "catch_up", beat)
    serving.set()
    catch_up.start_metronome(sqlite, serving)

    assert again.wait(5)


def test_a_run_that_was_cut_short_is_closed_when_nothing_is_served(engine: Engine) -> None:
    begin(engine)

    catch_up.end_cut_short(engine, AT)

    assert states(engine) == [(RunState.FAILED, BROKEN_OFF)]


def test_what_the_metronome_still_runs_is_left_alone(sqlite: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, serving = Event(), Event(), Event()

    def beat(_engine: Engine, _at: datetime) -> list[str]:
        serving.clear()
        begin(sqlite)
        begun.set()
        go_on.wait(5)
        return []

    monkeypatch.setattr(catch_up, "catch_up", beat)
    monkeypatch.setattr(catch_up, "_PATIENCE", 0.1)
    serving.set()
    catch_up.start_metronome(sqlite, serving)
    begun.wait(5)

    catch_up.end_cut_short(sqlite, AT)

    go_on.set()
    assert states(sqlite) == [(RunState.RUNNING, None)]


def begin(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        session.add(TimerRun(timer="deliver", started_at=AT, via=RunVia.PREFECT))


def states(engine: Engine) -> list[tuple[RunState, str | None]]:
    with reading(engine) as session:
        return [(run.state, run.error) for run in session.exec(select(TimerRun))]
