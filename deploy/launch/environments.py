"""Make the Python environments match their locks: two of them, as in production.

Prefect's server does not live with the application's newest libraries, so it has an environment
of its own. A small third one holds pip and uv, which fill the others.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.launch.pipconfig import uv_environment
from deploy.launch.processes import ROOT, StopRequest, run, run_or_stop
from deploy.launch.progress import Problem, Voice

NO_VENV = """\
Deze Python kan geen omgevingen maken: de module venv of ensurepip ontbreekt.
Op Debian en Ubuntu:  apt-get install {package}
Op Fedora:            dnf install python3-pip
Elders: neem een Python 3.11 of nieuwer die venv en ensurepip heeft."""
BUSY = "bezig"


class Environments:
    """The environments of one clone, under ``.venv``."""

    def __init__(
        self,
        voice: Voice,
        asked: StopRequest,
        home: Path = ROOT / ".venv",
        locks: Path = ROOT / "deploy/requirements",
    ) -> None:
        self.voice, self.asked, self.home, self.locks = voice, asked, home, locks

    def python(self, name: str) -> Path:
        """Name the interpreter of an environment."""
        return self.home / name / "bin/python"

    def lock(self, name: str) -> Path:
        """Name the file that pins an environment."""
        return self.locks / f"{name}.txt"

    def ensure(self, *names: str) -> None:
        """Install what is missing or no longer matches its lock; do nothing when all is well."""
        if all(self.is_ready(name) for name in names):
            return
        self.home.mkdir(exist_ok=True)
        with self._alone():
            missing = [name for name in names if not self.is_ready(name)]
            if missing:
                self.ensure_installer()
            for name in missing:
                self._install(name)

    def is_ready(self, name: str) -> bool:
        """Tell whether an environment was completely installed, here, from today's lock."""
        return self._stamp(name) == [self._digest(name), *self._place(name)]

    def _digest(self, name: str) -> str:
        return hashlib.sha256(self.lock(name).read_bytes()).hexdigest()

    def _place(self, name: str) -> list[str]:
        """Say where it stands and on which Python: a moved clone or a new Python needs a new one."""
        python = self.python(name)
        return [str(python), os.path.realpath(python)]

    def _stamp(self, name: str) -> list[str]:
        stamp = self.home / name / "stamp"
        works = os.access(self.python(name), os.X_OK)
        return stamp.read_text().splitlines() if works and stamp.exists() else []

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one launcher install at a time."""
        with (self.home / "lock").open("w") as handle:
            waiting = False
            while not _taken(handle.fileno()):
                if not waiting:
                    self.voice.say("  Een andere start is nog aan het installeren; even wachten.")
                waiting = True
                self.asked.pause(0.2)
            yield

    def ensure_installer(self) -> None:
        """Have pip and, where it exists for this machine, uv."""
        name = "installer"
        if self.is_ready(name):
            return
        with self.voice.step("Installatieprogramma klaarzetten"):
            self._create(name, "--clear")
            pip = [str(self.python(name)), "-m", "pip", "install", "--no-deps", "--require-hashes"]
            command = [*pip, "-r", str(self.lock(name))]
            if run(command, os.environ, self._log(name), self.asked)[0] == 0:
                self._finish(name)

    def _install(self, name: str) -> None:
        packages = sum("==" in line for line in self.lock(name).read_text().splitlines())
        with self.voice.step(f"Omgeving '{name}' installeren ({packages} pakketten)"):
            stamp = self._stamp(name)
            moved = bool(stamp) and stamp[1:] != self._place(name)
            if moved or not os.access(self.python(name), os.X_OK) or stamp == [BUSY]:
                self._create(name, "--clear", "--without-pip")
            (self.home / name / "stamp").write_text(BUSY)
            self._fill(name)
            self._finish(name)

    def _fill(self, name: str) -> None:
        """Install with uv, in seconds; with pip when uv is not there or fails."""
        uv, log = self.home / "installer/bin/uv", self._log(name)
        options = ["--require-hashes", str(self.lock(name))]
        sync = [str(uv), "pip", "sync", "--python", str(self.python(name)), *options]
        if uv.exists() and run(sync, self.uv_environment(), log, self.asked)[0] == 0:
            return
        pip = [str(self.python("installer")), "-m", "pip", "--python", str(self.python(name))]
        command = [*pip, "install", "--no-deps", "--require-hashes", "-r", str(self.lock(name))]
        failed = f"De omgeving '{name}' kon niet worden geïnstalleerd. Is er internet?"
        run_or_stop(command, os.environ, log, self.asked, failed)

    def uv_environment(self) -> dict[str, str]:
        """Give uv what pip was told about indexes and certificates."""
        listing = subprocess.run(  # noqa: S603 -- our own interpreter
            [str(self.python("installer")), "-m", "pip", "config", "list"],
            capture_output=True,
            text=True,
            check=False,
        )
        return uv_environment(listing.stdout, os.environ)

    def _finish(self, name: str) -> None:
        stamp = self.home / name / "stamp"
        ready = stamp.with_suffix(".new")
        ready.write_text("\n".join([self._digest(name), *self._place(name)]))
        ready.replace(stamp)

    def _create(self, name: str, *options: str) -> None:
        _require_venv(self.voice, self.asked, self._log(name))
        command = [sys.executable, "-m", "venv", *options, str(self.home / name)]
        failed = f"De omgeving '{name}' kon niet worden gemaakt."
        run_or_stop(command, os.environ, self._log(name), self.asked, failed)

    def _log(self, name: str) -> Path:
        return self.home / f"{name}.log"


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _can_make_environments() -> bool:
    importlib.invalidate_caches()
    return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))


def _require_venv(voice: Voice, asked: StopRequest, log: Path) -> None:
    """Have venv and ensurepip: fetched from Debian when we may, asked for when we may not."""
    if _can_make_environments():
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get"):
        voice.say(f"  {package} ontbreekt en wordt geïnstalleerd met apt-get.")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update"], env, log, asked)
        run(["apt-get", "install", "-y", "--no-install-recommends", package], env, log, asked)
    if not _can_make_environments():
        raise Problem(NO_VENV.format(package=package))
