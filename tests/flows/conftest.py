import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models import TimerRun, migrate
from models.database import connect, reading, unit_of_work
from service import clock
from service.settings import settings
from service.year.open import open_year
from tests.cast import OPENED, YEAR, wilgenhof

ROOT = Path(__file__).parents[2]
MOMENT = "2026-11-25T06:30"
_DIRECT = build_opener(ProxyHandler({}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: str, is_so: Callable[[], Any], seconds: float = 90) -> Any:
    """Return the first answer that is true; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        time.sleep(0.3)
    return pytest.fail(f"not within {seconds} s: {what}")


@dataclass
class House:
    """A home with De Wilgenhof on a Wednesday morning, Prefect's own server, and the flows."""

    home: Path
    env: dict[str, str]
    engine: Engine
    server: "subprocess.Popen[bytes]" = field(init=False)
    flows: "subprocess.Popen[bytes]" = field(init=False)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask Prefect's API."""
        header = base64.b64encode(self.env["PREFECT_API_AUTH_STRING"].encode()).decode()
        headers = {"Authorization": f"Basic {header}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        url = f"{self.env['PREFECT_API_URL']}{path}"
        request = Request(url, data, headers)  # noqa: S310 -- our own address
        with _DIRECT.open(request, timeout=20) as answer:
            return json.load(answer)

    def runs(self, name: str | None = None) -> list[TimerRun]:
        query = select(TimerRun).order_by(col(TimerRun.started_at))
        with reading(self.engine) as session:
            return list(session.exec(query.where(TimerRun.timer == name) if name else query))

    def answers(self) -> bool:
        try:
            return bool(self.ask("/health"))
        except (OSError, URLError):
            return False

    def start_server(self) -> None:
        port = self.env["JAARRITME_PREFECT_PORT"]
        python = settings().prefect_python or ROOT / ".venv/prefect/bin/python"
        options = ("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port)
        self.server = self._start("server", str(python), *options)

    def start_flows(self, *how: str) -> None:
        self.flows = self._start("flows", sys.executable, *(how or ("-m", "flows")))

    def log(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(errors="replace")

    def wait_until_flows_say(self, words: str, seconds: float, since: int = 0) -> None:
        """Wait for words in what they log from there; when they do not come, show how the log ends."""
        deadline = time.monotonic() + seconds
        while words not in self.log("flows")[since:]:
            if time.monotonic() > deadline:
                ends = f"{self.log('flows')[-4000:]}\nended with {self.flows.poll()}"
                pytest.fail(f"no {words!r} within {seconds} s:\n{ends}")
            time.sleep(0.3)

    def _start(self, name: str, *command: str) -> "subprocess.Popen[bytes]":
        with (self.home / f"{name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 -- our own commands
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )


def stop(process: "subprocess.Popen[bytes]", how: int = signal.SIGTERM) -> float:
    """End a process and what is in its group; return how many seconds it took to end by itself."""
    begun = time.monotonic()
    process.send_signal(how)
    process.wait(20)
    took = time.monotonic() - begun
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return took


def _environment(home: Path, port: int) -> dict[str, str]:
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "JAARRITME_"))}
    auth = "beheer:geheim"
    return {
        **outside,
        "DO_NOT_TRACK": "1",
        "JAARRITME_DEMO": "1",
        "JAARRITME_HOME": str(home),
        "JAARRITME_PREFECT_PORT": str(port),
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    }


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Start Prefect's real server and our flows, once per test run, with a clock that was moved."""
    home = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{home}/jaarritme.db"
    migrate.upgrade(url)
    engine = connect(url)
    with unit_of_work(engine) as session:
        open_year(session, wilgenhof(session).school, YEAR, actor_id=None, at=OPENED)
    clock.set_to(MOMENT, home)
    house = House(home, _environment(home, free_port()), engine)
    house.start_server()
    house.start_flows()
    yield house
    stop(house.flows)
    stop(house.server)
    engine.dispose()
