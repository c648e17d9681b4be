"""Keep a handful of processes alive, and end them in reverse order."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.launch import processes
from deploy.launch.processes import Process, StopRequest
from deploy.launch.progress import Problem, Voice


@dataclass(frozen=True)
class Patience:
    """How long we wait, in seconds, and how often."""

    first_delay: float = 1
    longest_delay: float = 30
    quick: float = 30  # a process that ends within this time died quickly
    quick_deaths: int = 5  # in a row; then something is really wrong
    grace: float = 8
    ready: float = 120


@dataclass
class Child:
    """A process that has to stay."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    process: Process
    is_spare: bool = False  # the school works without it, so it is never given up
    started: float = field(default_factory=time.monotonic)
    quick_deaths: int = 0
    again_at: float | None = None

    def tail(self) -> str:
        """Show how its log ends."""
        lines = processes.last_lines(self.log.read_text(errors="replace"))
        return f"{lines}\n(alles staat in {self.log})"


class Supervisor:
    """Start, watch and end."""

    def __init__(self, voice: Voice, asked: StopRequest, patience: Patience | None = None) -> None:
        self.voice, self.asked = voice, asked
        self.patience = patience or Patience()
        self.children: list[Child] = []

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, *, is_spare: bool = False
    ) -> Child:
        """Start a process that has to stay."""
        child = Child(name, command, env, log, processes.spawn(command, env, log), is_spare)
        self.children.append(child)
        return child

    def wait_until(self, child: Child, ready: Callable[[], bool]) -> None:
        """Return once the process answers; stop when it ends or stays silent."""
        deadline = time.monotonic() + self.patience.ready
        while not ready():
            if child.process.poll() is not None:
                raise Problem(f"{child.name} stopte bij het starten:\n{child.tail()}")
            if time.monotonic() > deadline:
                raise Problem(f"{child.name} geeft geen antwoord:\n{child.tail()}")
            self.asked.pause(0.1)

    def watch(self) -> None:
        """Restart what dies, until somebody asks us to stop."""
        while True:
            self.look()
            self.asked.pause(0.2)

    def look(self) -> None:
        """Look once whether everything lives, and start again what has waited long enough."""
        for child in self.children:
            self._look_after(child)
        processes.reap_orphans()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.again_at is None and child.process.poll() is not None:
            self._plan_restart(child, now)
        elif child.again_at is not None and now >= child.again_at:
            child.process = processes.spawn(child.command, child.env, child.log)
            child.started, child.again_at = now, None

    def _plan_restart(self, child: Child, now: float) -> None:
        """Wait twice as long after each quick death; give up after a few, unless we can do without it."""
        code = child.process.returncode
        processes.stop(child.process, 1, self.asked)
        quick = now - child.started < self.patience.quick
        child.quick_deaths = child.quick_deaths + 1 if quick else 0
        if child.quick_deaths >= self.patience.quick_deaths and not child.is_spare:
            raise Problem(
                f"{child.name} stopt steeds weer ({child.quick_deaths} keer kort na de start):\n"
                f"{child.tail()}"
            )
        exponent = max(child.quick_deaths - 1, 0)
        delay = min(self.patience.first_delay * 2**exponent, self.patience.longest_delay)
        child.again_at = now + delay
        clock = time.strftime("%H:%M:%S")
        self.voice.say(f"{clock}  {child.name} is gestopt (code {code}) en start over {delay:g} s opnieuw.")

    def stop(self) -> None:
        """End everything, the last started first, and what they left behind."""
        for child in reversed(self.children):
            processes.stop(child.process, self.patience.grace, self.asked)
        processes.end_orphans(2)
        self.children.clear()
