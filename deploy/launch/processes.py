"""Start processes, and make sure that none outlives us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from deploy.launch.progress import Problem

ROOT = Path(__file__).resolve().parents[2]
TAIL_LINES = 15
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Process = subprocess.Popen[bytes]
OURS: set[int] = set()  # started here; `Popen` itself waits for these


class Stopped(Exception):  # noqa: N818 -- not an error: somebody asked us to stop
    """Somebody pressed Ctrl-C, closed the terminal or sent SIGTERM."""


class StopRequest:
    """Remember that we were asked to stop, so that no process is lost half-way its start.

    A second Ctrl-C, a second later or more, asks for haste.
    """

    def __init__(self) -> None:
        self.asked_at: float | None = None
        self.hurry = False

    def listen(self) -> None:
        """Take the signals over; respect ``nohup``."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._asked)

    def _asked(self, number: int, _frame: object) -> None:
        now = time.monotonic()
        self.asked_at = self.asked_at or now
        self.hurry |= number == signal.SIGINT and now > self.asked_at + 1

    def pause(self, seconds: float = 0.1) -> None:
        """Wait a moment, or stop here."""
        if not self.asked_at:
            time.sleep(seconds)
        if self.asked_at:
            raise Stopped


def adopt_orphans() -> None:
    """Become the parent of every orphaned descendant (Linux), so that we can end those too."""
    if LIBC:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_with(parent: int) -> Callable[[], None]:
    def in_the_child() -> None:
        if LIBC:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return in_the_child


def spawn(command: Sequence[str], env: Mapping[str, str], log: Path) -> Process:
    """Start a process in a group of its own that writes to a log and ends when we are killed."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 -- the commands are ours
            command,
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509 -- the launcher has one thread
        )
    OURS.add(process.pid)
    return process


def stop(process: Process, grace: float, asked: StopRequest) -> None:
    """End a process and its group: politely first, and after ``grace`` seconds for certain."""
    deadline = time.monotonic() + grace
    process.terminate()
    _wait_while(lambda: process.poll() is None and not asked.hurry, deadline)
    signal_group(process.pid, signal.SIGTERM)
    _wait_while(lambda: group_lives(process.pid) and not asked.hurry, deadline)
    signal_group(process.pid, signal.SIGKILL)
    process.wait()
    _wait_while(lambda: group_lives(process.pid), deadline + 1)
    OURS.discard(process.pid)


def _wait_while(condition: Callable[[], bool], deadline: float) -> None:
    while condition() and time.monotonic() < deadline:
        time.sleep(0.02)
        reap_orphans()


def signal_group(group: int, number: int) -> None:
    """Send a signal to whoever is left in the group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def group_lives(group: int) -> bool:
    """Tell whether a group still has a process."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def reap_orphans(number: int | None = None) -> int:
    """Collect adopted orphans that ended, signal the others, and count those still alive."""
    alive = 0
    for pid in _children() - OURS:
        with suppress(ChildProcessError, ProcessLookupError):
            if number is not None:
                os.kill(pid, number)
            alive += os.waitpid(pid, os.WNOHANG) == (0, 0)
    return alive


def _children() -> set[int]:
    listing = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    with suppress(OSError):
        return {int(pid) for pid in listing.read_text().split()}
    return set()


def end_orphans(grace: float) -> None:
    """End every descendant that lost its parent, also one that made a group of its own."""
    begun = time.monotonic()
    number = signal.SIGTERM
    while reap_orphans(number) and time.monotonic() < begun + grace + 2:
        time.sleep(0.05)
        number = signal.SIGKILL if time.monotonic() > begun + grace else signal.SIGCONT


def run(command: Sequence[str], env: Mapping[str, str], log: Path, asked: StopRequest) -> tuple[int, str]:
    """Run a command to its end; return its exit code and what it wrote to the log."""
    before = log.stat().st_size if log.exists() else 0
    process = spawn(command, env, log)
    try:
        while process.poll() is None:
            asked.pause(0.05)
    finally:
        stop(process, 3, asked)
    with log.open("rb") as written:
        written.seek(before)
        return process.returncode, written.read().decode(errors="replace")


def run_or_stop(
    command: Sequence[str], env: Mapping[str, str], log: Path, asked: StopRequest, failed: str
) -> str:
    """Run a command; when it fails, stop with its last lines."""
    code, output = run(command, env, log, asked)
    if code:
        raise Problem(f"{failed}\n{last_lines(output)}\n(alles staat in {log})")
    return output


def last_lines(text: str) -> str:
    """Keep the end of a log, indented."""
    return "\n".join(f"    {line}" for line in deque(text.splitlines(), TAIL_LINES))
