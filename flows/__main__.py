"""Serve the flows: ``python -m flows``. Waits for Prefect's server, and comes back when it went away."""

import logging
import signal
import sys
import time
import warnings
from datetime import UTC, datetime
from itertools import chain, repeat
from threading import Event

from prefect import serve

from flows.catalogue import deployments
from flows.catch_up import forget_missed, start_metronome
from models.database import connect
from service.clock import now
from service.rhythm.mishap import told
from service.rhythm.prefect_server import prefect_answers
from service.rhythm.run import end_broken_runs
from service.settings import SettingsError, settings

LIMIT = 2  # runs beside each other; each is a process of its own
POLL_SECONDS = 3
_log = logging.getLogger("flows")


def main() -> None:
    """Serve until somebody asks to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    for chatty in ("httpx", "prefect.runner"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", "coroutine 'Runner.astop' was never awaited")  # Prefect's, on SIGTERM
    try:
        url = settings().database_url
    except SettingsError as error:
        sys.exit(f"Instellingen: {error}")
    engine = connect(url)
    end_broken_runs(engine, now())
    start_metronome(engine, Event())
    while not _served():
        time.sleep(1)


def _served() -> bool:
    """Serve the flows; return False when Prefect's server went away."""
    signal.signal(signal.SIGTERM, _stop)  # Prefect puts its own in this place while it serves
    _wait_for_server()
    try:
        if gone := forget_missed(datetime.now(UTC)):
            _log.info("%d oude runs van voor deze start zijn afgesloten", gone)
        serve(
            *deployments(),
            pause_on_shutdown=False,
            print_starting_message=False,
            limit=LIMIT,
            query_seconds=POLL_SECONDS,
        )
    except Exception as error:  # noqa: BLE001 -- whatever it was, the server is looked for again
        _log.warning("De verbinding met Prefect viel weg: %s", told(error))
        return False
    return True


def _wait_for_server() -> None:
    """Wait, longer and longer, until Prefect's server answers; say so once."""
    for turn, pause in enumerate(chain((0.5,) * 20, (2.0,) * 15, repeat(10.0))):
        if prefect_answers():
            return
        if turn == 0:
            _log.info("Wacht op Prefect (%s)", settings().prefect_url)
        time.sleep(pause)


def _stop(_: int, __: object) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
