"""The fallback: run what Prefect did not, from a thread of the web process."""

import logging
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlalchemy import Engine

from models.database import reading
from service.clock import now
from service.mishap import told
from service.rhythm.due import owed_timers
from service.rhythm.run import TimerBusyError, run_if_owed

GRACE = timedelta(minutes=3)
_EVERY = timedelta(seconds=15)
_log = logging.getLogger(__name__)


def start_watch(engine: Engine, stop: Event) -> Thread:
    """Watch the timers until ``stop`` is set; Prefect gets the first minutes after a start."""
    thread = Thread(target=_watch, args=(engine, stop), name="wekkers", daemon=True)
    thread.start()
    return thread


def _watch(engine: Engine, stop: Event) -> None:
    pause = GRACE
    while not stop.wait(pause.total_seconds()):
        pause = _EVERY
        try:
            look(engine, now(), stop)
        except Exception as error:  # noqa: BLE001 -- a database that is away comes back
            _log.error("De wekkers konden niet worden nagekeken: %s", told(error))


def look(engine: Engine, at: datetime, stop: Event | None = None) -> list[str]:
    """Run every timer that owes a run, in order; return the names of those that ran."""
    with reading(engine) as session:
        owed = owed_timers(session, at, GRACE)
    ran = []
    for timer in owed:
        if stop and stop.is_set():
            break
        try:
            run_if_owed(timer.name, engine, at, GRACE)
        except TimerBusyError:
            continue
        _log.warning("%s liep zonder Prefect", timer.name)
        ran.append(timer.name)
    return ran
