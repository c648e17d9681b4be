"""Serve the flows: ``python -m flows``. Waits for Prefect's server, and comes back when it went away."""

import asyncio
import logging
import signal
import sys
import time
from datetime import UTC, datetime
from itertools import chain, repeat
from threading import Event
from typing import Any

from prefect.runner import Runner

from flows.catalogue import deployments
from flows.catch_up import forget_missed, start_metronome
from models.database import connect
from service.clock import now
from service.mishap import told
from service.rhythm.prefect_server import prefect_answers
from service.rhythm.run import end_broken_runs
from service.settings import SettingsError, settings

LIMIT = 2  # runs beside each other; each is a process of its own
POLL_SECONDS = 3
_GONE_AFTER = 3  # questions in a row without an answer
_QUIET = ("httpx", "prefect.runner", "prefect.FlowRunCancellingObserver")  # what they say, we say shorter
_log = logging.getLogger("flows")


class _Runner(Runner):
    """Prefect's runner, that stops where it stands: its own way of stopping is never awaited."""

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        """Leave the event loop, which ends what runs in it; what that says has no news in it."""
        logging.disable(logging.ERROR)
        raise SystemExit(0)


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
    serving = Event()
    start_metronome(engine, serving)
    while True:
        signal.signal(signal.SIGTERM, _stop)  # the runner puts its own in this place while it serves
        _wait_for_server()
        try:
            asyncio.run(_serve_until_gone(serving))
            _log.warning("Prefect antwoordt niet meer; de reserve neemt het over")
        except Exception as error:  # noqa: BLE001 -- whatever it was, the server is looked for again
            serving.clear()
            _log.warning("De verbinding met Prefect viel weg: %s", told(error))
        time.sleep(1)


async def _serve_until_gone(serving: Event) -> None:
    """Serve the flows, until Prefect's server does not answer any longer."""
    asyncio.get_running_loop().set_exception_handler(say_unless_cancelled)
    ended = await asyncio.to_thread(forget_missed, datetime.now(UTC))
    if ended:
        _log.info("%d runs van voor deze start zijn afgesloten", ended)
    runner = _Runner(pause_on_shutdown=False, limit=LIMIT, query_seconds=POLL_SECONDS)
    for deployment in deployments():
        await runner.aadd_deployment(deployment)
    _log.info("De stromen staan klaar")
    serving.set()
    tasks = {asyncio.create_task(runner.start()), asyncio.create_task(_until_gone())}
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    serving.clear()
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    for task in done:
        task.result()


def say_unless_cancelled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what broke in the loop; Prefect's runner asks a task that we cancelled what went wrong with it."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


async def _until_gone() -> None:
    silent = 0
    while silent < _GONE_AFTER:
        await asyncio.sleep(1)
        silent = 0 if await asyncio.to_thread(prefect_answers, 5) else silent + 1


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
