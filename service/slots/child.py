"""The process that seeks, seen from here: started with a puzzle, listened to, stopped, ended."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

from calendars.slotting.puzzle import Puzzle, as_json
from calendars.slotting.solver import Effort, Progress

_ROOT = Path(__file__).parents[2]
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ")  # no settings, so no way to the database
_MODULE = "service.slots.search_process"
_PATIENCE = 20.0  # seconds beyond the time that was given; then it is ended


class SearchDiedError(Exception):
    """De zoektocht is onverwacht gestopt."""

    def __str__(self) -> str:
        """Return the message."""
        return (self.__doc__ or "").strip()


class Child:
    """One search in a process of its own."""

    def __init__(self, puzzle: Puzzle, effort: Effort, module: str = _MODULE) -> None:
        self._latest = monotonic() + effort.seconds + _PATIENCE
        self._process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            cwd=_ROOT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        told = {"seconds": effort.seconds, "workers": effort.workers, "steps": effort.steps}
        self._write(f"{json.dumps(told)}\n{as_json(puzzle)}\n")

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    def heard(self, every: float = 0.5) -> Iterator[Progress | None]:
        """Yield each better answer, and nothing every so many seconds; end with the last answer.

        Raise ``SearchDiedError`` when the process ends without a last word, or lasts too long.
        """
        while True:
            try:
                line = self._lines.get(timeout=every)
            except queue.Empty:
                if monotonic() > self._latest:
                    raise SearchDiedError from None
                yield None
                continue
            if not line:
                raise SearchDiedError
            told = json.loads(line)
            if "answer" in told:
                yield Progress(
                    tuple(told["answer"]), told["score"], told["bound"], told["seconds"], told["proven"]
                )
            if told["done"]:
                return

    def stop(self) -> None:
        """Ask it to end with the best it has."""
        self._write("stop\n")

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):  # it had gone already
                    pipe.close()

    def _write(self, text: str) -> None:
        assert self._process.stdin  # noqa: S101 -- a pipe, see above
        with suppress(OSError):  # it has gone; whoever listens hears that
            self._process.stdin.write(text)
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout  # noqa: S101 -- a pipe, see above
        with suppress(ValueError):  # closed while we listened
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put("")
