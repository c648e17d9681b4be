"""The metronome: have Prefect run at once what has passed its hour without a run.

Prefect starts only what it planned beforehand on its own clock; after a stop, or on a demo's moved clock,
some hours pass without it. The rows that runs leave behind tell which.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from threading import Event, Thread

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed
from sqlalchemy import Engine
from sqlmodel import select

from models import School
from models.database import reading
from service import clock
from service.rhythm.due import owed_timers, running_timers, runs_since
from service.rhythm.mishap import told
from service.rhythm.timers import TIMERS, Timer

GRACE = timedelta(seconds=60)  # what Prefect's own schedule gets on the real clock
IDLE, BUSY = 10.0, 2.0  # seconds between two looks
PATIENCE = timedelta(seconds=60)  # how long a later phase waits for an earlier one
_LATE = timedelta(seconds=30)
_AFTERWARDS = ("publish-calendars", "deliver")
_log = logging.getLogger(__name__)


class Metronome:
    """Looks every few seconds which daily timers owe a run, and orders those runs phase by phase."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ordered: dict[Timer, tuple[str, datetime]] = {}
        self._follow_up = False

    def look(self, at: datetime) -> list[str]:
        """Order what is owed and may start now; return the names of what was ordered."""
        owed, running = self._state(at)
        fresh = self._fresh(self._first_phase(owed, running, at), at)
        if fresh:
            order(fresh)
            self._ordered |= {timer: (key, at) for timer, key in fresh.items()}
            self._follow_up = True
        elif self._follow_up and not owed and not running:
            self._follow_up = False
            return self._send_on(at)
        return [timer.name for timer in fresh]

    @property
    def is_busy(self) -> bool:
        """Tell whether ordered runs still have to be followed."""
        return self._follow_up

    def _state(self, at: datetime) -> tuple[dict[Timer, datetime], list[Timer]]:
        """Return the daily timers that owe a run, and those that run now."""
        grace = timedelta() if clock.shifted() else GRACE
        with reading(self._engine) as session:
            owed = owed_timers(session, at, grace)
            running = running_timers(session, at)
        daily = {timer: slot for timer, slot in owed.items() if timer.is_daily}
        return daily, [timer for timer in running if timer.is_daily]

    def _first_phase(
        self, owed: Mapping[Timer, datetime], running: Iterable[Timer], at: datetime
    ) -> dict[Timer, datetime]:
        """Return what may start now: the lowest phase, and the next when that one takes too long."""
        waiting = [t for t in owed if t not in self._ordered or at - self._ordered[t][1] < PATIENCE]
        phase = min((timer.phase for timer in [*waiting, *running]), default=0)
        return {timer: slot for timer, slot in owed.items() if timer.phase <= phase}

    def _fresh(self, due: Mapping[Timer, datetime], at: datetime) -> dict[Timer, str]:
        keys = {timer: self._key(timer, slot, at) for timer, slot in due.items()}
        return {timer: key for timer, key in keys.items() if self._ordered.get(timer, ("", at))[0] != key}

    def _key(self, timer: Timer, slot: datetime, at: datetime) -> str:
        """Name the order: once per slot and attempt, in this school's data, on this setting of the clock."""
        with reading(self._engine) as session:
            attempt = len(runs_since(session, timer, slot, at))
            home = session.exec(select(School.id).order_by(School.brin)).first()
        return f"{timer.name}:{slot:%Y-%m-%dT%H:%M}:{attempt}:{home}:{clock.offset().total_seconds():.0f}"

    def _send_on(self, at: datetime) -> list[str]:
        """Let what was written leave at once, instead of at the next round."""
        order({TIMERS[name]: f"{name}:after:{at.isoformat()}" for name in _AFTERWARDS})
        return list(_AFTERWARDS)


def order(keys: Mapping[Timer, str]) -> None:
    """Ask Prefect to run timers now; the same key twice is one run."""
    with get_client(sync_client=True) as client:
        for timer, key in keys.items():
            deployment = client.read_deployment_by_name(f"{timer.name}/{timer.name}")
            client.create_flow_run_from_deployment(deployment.id, idempotency_key=key)


def start_metronome(engine: Engine, stop: Event) -> Thread:
    """Run the metronome until ``stop`` is set."""
    thread = Thread(target=_beat, args=(Metronome(engine), stop), name="metronoom", daemon=True)
    thread.start()
    return thread


def _beat(metronome: Metronome, stop: Event) -> None:
    troubled = False
    while not stop.wait(BUSY if metronome.is_busy or troubled else IDLE):
        try:
            metronome.look(clock.now())
            troubled = False
        except ObjectNotFound:
            troubled = True  # Prefect does not know the flows yet
        except Exception as error:  # noqa: BLE001 -- the next look may find everything back
            if not troubled:
                _log.warning("Inhalen lukt nu niet: %s", told(error))
            troubled = True


def forget_missed(at: datetime) -> int:
    """Delete the runs that Prefect had planned while nothing ran, and end those that a crash left running.

    The rows say what is due; late runs would only do it again, one by one, before today's turn.
    ``at`` is Prefect's time. Call this before serving: whatever "runs" then, does not.
    """
    late = FlowRunFilterExpectedStartTime(before_=at - _LATE)
    with get_client(sync_client=True) as client:
        missed = [run for run in _runs(client, [StateType.SCHEDULED], late) if run.auto_scheduled]
        for run in missed:
            client.delete_flow_run(run.id)
        left = _runs(client, [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
        for run in left:
            client.set_flow_run_state(run.id, Crashed(message="Jaarritme stopte tijdens deze run."))
    return len(missed) + len(left)


def _runs(
    client: SyncPrefectClient,
    kinds: list[StateType],
    expected: FlowRunFilterExpectedStartTime | None = None,
) -> list[FlowRun]:
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=kinds))
    wanted = FlowRunFilter(state=state, expected_start_time=expected)
    return client.read_flow_runs(flow_run_filter=wanted, limit=200)
