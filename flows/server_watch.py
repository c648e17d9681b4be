"""Watch Prefect's server from a thread of its own: that it is gone is noticed whatever the event loop does.

Prefect's runner never ends by itself when its server is lost: it keeps asking. And how long it takes to end
when it is cancelled is up to the runs it waits for. So who serves says here what has to be left, and after a
few seconds the process begins anew rather than wait any longer.
"""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from service.mishap import told
from service.rhythm.prefect_server import prefect_answers

GONE_AFTER = 3  # questions in a row without an answer, one a second
LEAVE_WITHIN = 25.0  # seconds; it takes less than one when the server died, twenty when it hangs
_PATIENCE = 5  # seconds for one answer
_log = logging.getLogger("flows")


@dataclass(frozen=True)
class _Turn:
    """One time of serving: how it is cancelled, and whether it was left."""

    cancel: Callable[[], object]
    left: Event = field(default_factory=Event)


class Serving:
    """What is served at this moment, to be left when the server is gone."""

    def __init__(self, begin_anew: Callable[[], None], within: float = LEAVE_WITHIN) -> None:
        """Begin anew when leaving takes longer than so many seconds."""
        self.is_on = Event()
        self.kill_runs: Callable[[], object] = _nothing
        self._turn: _Turn | None = None
        self._begin_anew, self._within = begin_anew, within

    async def until_left(self, work: asyncio.Task[None]) -> None:
        """Return when the work was left, or raise what it broke off with."""
        loop = asyncio.get_running_loop()
        self._turn = _Turn(lambda: loop.call_soon_threadsafe(work.cancel))
        await asyncio.wait([work])
        if not work.cancelled():
            work.result()

    def ended(self) -> None:
        """Say that nothing is served any longer, and that the event loop is closed."""
        self.is_on.clear()
        turn, self._turn, self.kill_runs = self._turn, None, _nothing
        if turn:
            turn.left.set()

    def leave(self) -> None:
        """Cancel the work, from another thread; begin anew when it does not let go."""
        self.is_on.clear()
        if (turn := self._turn) is None:
            return
        with suppress(RuntimeError):  # the loop was closed in between: it is left
            turn.cancel()
        if turn.left.wait(self._within):
            return
        _log.warning("De stromen laten Prefect na %g s niet los en beginnen opnieuw", self._within)
        try:
            self.kill_runs()
        finally:
            self._begin_anew()


def _nothing() -> None:
    """Nothing is served, so there is nothing to end."""


def start_watch(serving: Serving) -> Thread:
    """Watch for as long as the process lives."""
    thread = Thread(target=_watch, args=(serving,), name="wacht", daemon=True)
    thread.start()
    return thread


def _watch(serving: Serving) -> None:
    silent = 0
    while True:
        time.sleep(1)
        try:
            silent = _look(serving, silent)
        except Exception as error:  # noqa: BLE001 -- whatever it was, nobody else watches
            _log.warning("De wacht bij Prefect struikelde en gaat door: %s", told(error))


def _look(serving: Serving, silent: int) -> int:
    """Ask once, and leave what is served when nothing answers any longer; return how often nothing did."""
    if prefect_answers(_PATIENCE):
        return 0
    silent += 1
    if silent == GONE_AFTER:
        _log.warning("Prefect antwoordt niet meer; de reserve neemt het over")
    if silent >= GONE_AFTER:  # also what was begun since: it came back and went between two questions
        serving.leave()
    return silent


def replace_process() -> None:
    """Put a new process in the place of this one: same number, same command, same output."""
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 -- our own command, without a shell
