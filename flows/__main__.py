"""Serve the flows: ``python -m flows``. Waits for Prefect's server, and comes back when it went away."""

import asyncio
import logging
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Any

from prefect.runner import Runner

from flows.catalogue import deployments
from flows.catch_up import end_cut_short, forget_missed, start_metronome
from flows.server_watch import Serving, replace_process, start_watch
from models.database import connect
from service.clock import now
from service.mishap import told
from service.rhythm.prefect_server import prefect_answers
from service.rhythm.run import end_broken_runs
from service.settings import SettingsError, settings

LIMIT = 2  # runs beside each other; each is a process of its own
POLL_SECONDS = 3
_QUIET = ("httpx", "prefect.runner", "prefect.FlowRunCancellingObserver")  # what they say, we say shorter
_log = logging.getLogger("flows")


class _Runner(Runner):
    """Prefect's runner, that stops where it stands: its own way of stopping is never awaited."""

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        """Leave the event loop, which ends what runs in it; what that says has no news in it."""
        logging.disable(logging.ERROR)
        raise SystemExit(0)

    def kill_runs(self) -> None:
        """End the processes of the runs at once; the rows say what they did not finish."""
        for run_id in self._process_manager.flow_run_ids():
            if handle := self._process_manager.get(run_id):
                with suppress(OSError):  # it ended by itself
                    handle.hard_kill()


def main() -> None:
    """Serve until somebody asks to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        engine = connect(settings().database_url)
    except SettingsError as error:
        sys.exit(f"Instellingen: {error}")
    end_broken_runs(engine, now())
    signal.signal(signal.SIGTERM, _stop)
    _wait_for_server()
    serving = Serving(begin_anew=replace_process)
    start_metronome(engine, serving.is_on)
    start_watch(serving)
    while True:
        serve_once(serving)
        signal.signal(signal.SIGTERM, _stop)  # the runner put its own in this place while it served
        end_cut_short(engine, now())
        time.sleep(1)
        _wait_for_server()


def serve_once(serving: Serving) -> None:
    """Serve the flows until Prefect's server is gone, or its runner breaks off."""
    try:
        asyncio.run(_serve(serving))
    except (Exception, BaseExceptionGroup) as error:
        if isinstance(error, BaseExceptionGroup) and error.subgroup(SystemExit):
            raise SystemExit(0) from error  # the signal came while a group of tasks was at work
        _log.warning("De stromen braken af en beginnen opnieuw: %s", told(error))
    finally:
        serving.ended()


async def _serve(serving: Serving) -> None:
    asyncio.get_running_loop().set_exception_handler(say_unless_cancelled)
    await serving.until_left(asyncio.create_task(_run_flows(serving)))


async def _run_flows(serving: Serving) -> None:
    """Tell Prefect's server what there is, and carry out what it asks for."""
    ended = await asyncio.to_thread(forget_missed, datetime.now(UTC))
    if ended:
        _log.info("%d runs van voor deze start zijn afgesloten", ended)
    runner = _Runner(pause_on_shutdown=False, limit=LIMIT, query_seconds=POLL_SECONDS)
    serving.kill_runs = runner.kill_runs
    for deployment in deployments():
        await runner.aadd_deployment(deployment)
    _log.info("De stromen staan klaar")
    serving.is_on.set()
    await runner.start()


def say_unless_cancelled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what broke in the loop; Prefect's runner asks a task that we cancelled what went wrong with it."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


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
