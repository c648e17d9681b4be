"""The metronome: run at once what has passed its hour without a run.

Prefect starts only what it planned beforehand on its own clock; after a stop, or on a demo's moved clock,
hours pass without it. The rows that runs leave behind tell which. What is missed runs here, one after
another in the order of the catalogue, as runs of the same deployments: a process for each, as Prefect
starts them, would take two seconds of a processor every time.
"""

import asyncio
import logging
import time
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import PrefectSignal
from prefect.flow_engine import run_flow_async
from prefect.states import Crashed, Pending
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from flows.catalogue import FLOWS
from models.database import reading
from service import clock
from service.mishap import told
from service.rhythm.due import owed_timers
from service.rhythm.run import end_broken_runs
from service.rhythm.timers import TIMERS

GRACE = timedelta(seconds=60)  # what Prefect's own schedule gets on the real clock
EVERY = 5.0  # seconds
_LATE = timedelta(seconds=30)
_PAGE = 200  # what Prefect's server returns at most
_FLOWS = {flow.name: flow for flow in FLOWS}
_PATIENCE = 30.0  # seconds for what the metronome is doing
_beating = Lock()  # held while the metronome runs something
_log = logging.getLogger(__name__)


def start_metronome(engine: Engine, serving: Event) -> Thread:
    """Look every few seconds, for as long as the flows are served."""
    thread = Thread(target=_beat, args=(engine, serving), name="metronoom", daemon=True)
    thread.start()
    return thread


def _beat(engine: Engine, serving: Event) -> None:
    troubled = False
    while serving.wait():
        try:
            with _beating:
                catch_up(engine, clock.now())
            troubled = False
        except (Exception, PrefectSignal) as error:  # noqa: BLE001 -- the next look may find everything back
            if not troubled:
                _log.warning("Inhalen lukt nu niet: %s", told(error))
            troubled = True
        time.sleep(EVERY)


def end_cut_short(engine: Engine, at: datetime) -> None:
    """Close the rows of runs that ended with the runner, so that they are owed again at once.

    Call it when nothing is served. What the metronome still runs is no such run: while that lasts, all stays.
    """
    if not _beating.acquire(timeout=_PATIENCE):
        return
    try:
        end_broken_runs(engine, at)
    except SQLAlchemyError as error:  # they end by themselves, later
        _log.warning("Afgebroken runs afsluiten lukt nu niet: %s", told(error))
    finally:
        _beating.release()


def catch_up(engine: Engine, at: datetime) -> list[str]:
    """Run the daily timers that owe a run, and then what carries their words out; return their names."""
    names = missed(engine, at)
    with get_client(sync_client=True) as client:
        for name in names:
            run_here(client, name)
    return names


def missed(engine: Engine, at: datetime) -> list[str]:
    """Name what has to run now, in the order of the catalogue."""
    with reading(engine) as session:
        owed = owed_timers(session, at, timedelta() if clock.shifted() else GRACE)
    daily = {timer.name for timer in owed if timer.is_daily}
    if not daily:
        return []
    # What began this morning is told at once: the timers of every few minutes go along.
    return [name for name, timer in TIMERS.items() if name in daily or not timer.is_daily]


def run_here(client: SyncPrefectClient, name: str) -> None:
    """Run a deployment in this process; a run that is pending from the start is nobody else's to take."""
    deployment = client.read_deployment_by_name(f"{name}/{name}")
    run = client.create_flow_run_from_deployment(deployment.id, state=Pending())
    flow: Any = _FLOWS[name]  # Prefect's own type is stricter than what it takes
    asyncio.run(run_flow_async(flow, flow_run=run, parameters={}, return_type="state"))


def forget_missed(at: datetime) -> int:
    """Delete the runs that Prefect had planned while nothing ran, and end those that a crash left running.

    The rows say what is due; late runs would only do it again, one by one, before today's turn.
    ``at`` is Prefect's time. Call this before serving: whatever "runs" then, does not.
    """
    late = FlowRunFilterExpectedStartTime(before_=at - _LATE)
    with get_client(sync_client=True) as client:
        planned = [run for run in _runs(client, [StateType.SCHEDULED], late) if run.auto_scheduled]
        for run in planned:
            client.delete_flow_run(run.id)
        left = _runs(client, [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
        for run in left:
            client.set_flow_run_state(run.id, Crashed(message="Jaarritme stopte tijdens deze run."))
    return len(planned) + len(left)


def _runs(
    client: SyncPrefectClient,
    kinds: list[StateType],
    expected: FlowRunFilterExpectedStartTime | None = None,
) -> list[FlowRun]:
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=kinds))
    wanted = FlowRunFilter(state=state, expected_start_time=expected)
    found: list[FlowRun] = []
    while page := client.read_flow_runs(flow_run_filter=wanted, limit=_PAGE, offset=len(found)):
        found += page
    return found
