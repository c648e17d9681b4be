"""The programs of others that judge us, and what happens when one is not there.

The rule: a judge that is missing fails the test when ``JUDGES=all`` is set, as ``.ci/run`` does; elsewhere
the test is skipped and says which program it misses.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from deploy.launch.environments import Environments
from deploy.launch.processes import StopRequest
from deploy.launch.progress import Problem, Voice

NODE_PACKAGES = ("ical.js", "node-ical")
_HOST = "127.0.0.1"
_T = TypeVar("_T")


def missing(what: str) -> NoReturn:
    """Fail where every judge has to be, skip elsewhere."""
    if os.environ.get("JUDGES") == "all":
        pytest.fail(f"{what} is missing, and JUDGES=all wants every judge")
    pytest.skip(f"{what} is missing here; .ci/run has it")


def program(name: str) -> str:
    """Return the path of a program of this machine."""
    return shutil.which(name) or missing(f"the program {name}")


def peer(name: str) -> str:
    """Return the path of a program of the environment `peers`, installed from its lock when needed."""
    environments = Environments(Voice(), StopRequest())
    try:
        environments.ensure("peers")
    except Problem as problem:
        missing(f"the environment peers ({problem})")
    return str(environments.python("peers").with_name(name))


def node_packages(folder: Path) -> Path:
    """Install the packages of Node that judge, in a folder that is thrown away; return the folder."""
    asked = [program("npm"), "install", "--prefix", str(folder), "--no-audit", "--no-fund", *NODE_PACKAGES]
    found = subprocess.run(asked, check=False, capture_output=True, text=True, timeout=180)  # noqa: S603 -- fixed
    if found.returncode:
        missing(f"npm with {', '.join(NODE_PACKAGES)} ({found.stderr.strip()[-300:]})")
    return folder


def said(command: Sequence[str | Path], *, seconds: float = 120, **options: object) -> str:
    """Run a judge and return what it says; fail with all its words when it fails."""
    found = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 -- programs named here
        [str(word) for word in command],
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds,
        **options,
    )
    if found.returncode:
        pytest.fail(f"{Path(command[0]).name} said {found.returncode}:\n{found.stdout}\n{found.stderr}")
    return str(found.stdout)


@contextmanager
def running(
    command: Sequence[str | Path], log: Path, env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Let a program run for a while; it ends by its own process id."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 -- programs named here
            [str(word) for word in command], stdout=output, stderr=subprocess.STDOUT, env=env
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(what: str, happened: Callable[[], _T], seconds: float, log: Path | None = None) -> _T:
    """Return what happened as soon as it did; say what was said when it did not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.2)
    told = log.read_text(errors="replace")[-4000:] if log and log.exists() else ""
    pytest.fail(f"{what}: not within {seconds} s\n{told}")


def answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Tell whether a program listens on a port of this machine; fail at once when it has ended."""
    assert process.poll() is None, f"it ended with {process.returncode}"
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((_HOST, port)) == 0


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.create_server((_HOST, 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def radicale_server(home: Path, rules: dict[str, str]) -> Iterator[str]:
    """Let a Radicale of this test alone run in a folder, with these rules of its own; yield its address."""
    port = free_port()
    settings = rules | {
        "--server-hosts": f"127.0.0.1:{port}",
        "--storage-filesystem-folder": str(home / "collections"),
        "--logging-level": "warning",
        "--config": "",
    }
    command = [peer("radicale"), *(word for pair in settings.items() for word in pair)]
    log = home / "radicale.log"
    with running(command, log, {"PATH": os.environ["PATH"], "HOME": str(home)}) as process:
        wait_for("Radicale", lambda: answers(process, port), 30, log)
        yield f"http://127.0.0.1:{port}/"
