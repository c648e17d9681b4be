"""A whole Jaarritme in a folder of its own: the launcher, and everything that it starts."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

ROOT = Path(__file__).parents[2]
_DIRECT = build_opener(ProxyHandler({}))


class House:
    """A demo that runs until the block ends."""

    def __init__(self, home: Path, at: str) -> None:
        self.home, self.at = home, at
        self.port, self.prefect_port = _free_port(), _free_port()
        self.output = home.with_suffix(".txt")
        self.launcher: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        settings = {
            "JAARRITME_HOME": str(self.home),
            "JAARRITME_PORT": str(self.port),
            "JAARRITME_PREFECT_PORT": str(self.prefect_port),
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JAARRITME_", "PREFECT_"))}
        command = [sys.executable, str(ROOT / "jaarritme"), "demo", "--at", self.at]
        with self.output.open("wb") as output:
            self.launcher = subprocess.Popen(  # noqa: S603 -- our own launcher
                command, env=kept | settings, stdout=output, stderr=output, cwd=ROOT, start_new_session=True
            )
        self.wait("Jaarritme draait", lambda: "Jaarritme draait" in self.told(), 240)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)

    def told(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self) -> int:
        """Ask the launcher to stop, as a service manager does; return its exit code."""
        assert self.launcher
        if self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGTERM)
        return self.launcher.wait(60)

    def wait(self, what: str, happened: Callable[[], Any], seconds: float) -> Any:
        """Return what happened, as soon as it did."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.launcher
            assert self.launcher.poll() is None, self.told()
            if found := happened():
                return found
            time.sleep(0.5)
        raise AssertionError(f"{what}: not within {seconds} s\n{self.told()}")

    def processes(self, word: str = "") -> list[int]:
        """Return the processes that carry our folder in their surroundings, and a word in their command."""
        mark = f"JAARRITME_HOME={self.home}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                surroundings = (folder / "environ").read_bytes().split(b"\0")
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if mark in surroundings and word in command:
                found.append(int(folder.name))
        return found

    def mails(self) -> list[EmailMessage]:
        files = sorted((self.home / "mail").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def health(self) -> dict[str, Any]:
        return self._json(f"http://127.0.0.1:{self.port}/health")

    def page(self, path: str) -> str:
        with _DIRECT.open(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return str(answer.read().decode())

    def prefect(self, what: str, **wanted: Any) -> list[dict[str, Any]]:
        """Ask Prefect's server for a list, as its own dashboard does."""
        password = (self.home / "secrets" / "prefect-password").read_text().strip()
        token = base64.b64encode(f"beheer:{password}".encode()).decode()
        address = f"http://127.0.0.1:{self.prefect_port}/api/{what}/filter"
        head = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        found: Any = self._json(Request(address, json.dumps(wanted).encode(), head))
        return list(found)

    def _json(self, address: str | Request) -> dict[str, Any]:
        try:
            with _DIRECT.open(address, timeout=20) as answer:
                return dict(json.load(answer)) if isinstance(address, str) else json.load(answer)
        except HTTPError as error:
            return dict(json.loads(error.read()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
