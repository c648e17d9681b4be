import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.launch.probes import free_port

pytestmark = pytest.mark.acceptance  # every test starts and ends real processes
ROOT = Path(__file__).resolve().parents[2]
RUNNING = "Jaarritme draait"


class Launcher:
    """The real launcher as a process, with the stand-in for its programs."""

    def __init__(self, home: Path, *words: str, **settings: str) -> None:
        self.home = home
        self.output = home.with_name(f"{home.name}-{time.monotonic_ns()}.txt")
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("JAARRITME_")},
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default",
            "JAARRITME_HOME": str(home),
            "JAARRITME_PORT": str(free_port()),
            "JAARRITME_PREFECT_PORT": str(free_port()),
            **settings,
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(  # noqa: S603 -- our own launcher
                [sys.executable, str(Path(__file__).with_name("drive.py")), *words],
                cwd=ROOT,
                env=self.env,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_hear_hangups,  # noqa: PLW1509 -- it sets one signal
            )

    def said(self) -> str:
        return self.output.read_text()

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def until_running(self) -> None:
        self.until(lambda: RUNNING in self.said() and "flows" in self.words())

    def story(self) -> list[list[str]]:
        kept = self.home / "story"
        return [line.split() for line in kept.read_text().splitlines()] if kept.exists() else []

    def words(self) -> list[str]:
        return [word for word, _ in self.story()]

    def pid(self, word: str) -> int:
        return int([pid for name, pid in self.story() if name == word][-1])

    def alive(self) -> list[str]:
        return [word for word, pid in self.story() if _is_alive(int(pid))]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


Launch = Callable[..., Launcher]


def _hear_hangups() -> None:
    """Forget a ``nohup`` around these tests; the launcher would respect it."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    started: list[Launcher] = []

    def _launch(*words: str, home: str = "home", **settings: str) -> Launcher:
        started.append(Launcher(tmp_path / home, *words, **settings))
        return started[-1]

    yield _launch
    for launcher in started:
        if launcher.process.poll() is None:
            launcher.end()


def test_a_demo_starts_everything_in_order_and_says_where_it_is(launch: Launch) -> None:
    demo = launch("demo", "--fresh", "--at", "2027-01-11T06:30")

    demo.until_running()

    beside = {"prefect", "grandchild", "mail"}
    assert beside & set(demo.words()) >= {"prefect", "mail"}
    assert [word for word in demo.words() if word not in beside] == [
        "db-migrate",
        "demo-load---logins---at-2027-01-11T06:30---fresh",
        "web",
        "flows",
    ]
    demo.until(lambda: "ineke@school.example" in demo.said())
    assert f"http://127.0.0.1:{demo.env['JAARRITME_PORT']}/demo/mail" in demo.said()
    assert (demo.home / "secrets/prefect-password").read_text() in demo.said()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_in_reverse_order_and_leaves_no_process(launch: Launch, number: int) -> None:
    demo = launch("demo", STANDIN_DEAF="1")
    demo.until_running()

    code = demo.end(number)

    assert code == 0
    assert [w for w in demo.words() if w.endswith("-stops")] == [
        "flows-stops",
        "web-stops",
        "mail-stops",
        "prefect-stops",
    ]
    assert demo.alive() == []


def test_a_signal_during_the_start_leaves_no_process(launch: Launch) -> None:
    demo = launch("demo")
    demo.until(lambda: "db-migrate" in demo.words())

    code = demo.end()

    assert code == 0
    assert demo.alive() == []


def test_a_killed_launcher_takes_its_processes_along(launch: Launch) -> None:
    demo = launch("up")
    demo.until_running()

    demo.end(signal.SIGKILL)

    demo.until(lambda: demo.alive() == ["grandchild"])
    os.kill(demo.pid("grandchild"), signal.SIGKILL)


def test_up_starts_without_anything_of_the_demo(launch: Launch) -> None:
    up = launch("up")

    up.until_running()

    assert set(up.words()) == {"prefect", "db-migrate", "web", "grandchild", "flows"}
    assert "Mail is niet ingesteld" in up.said()
    assert "/demo/mail" not in up.said()


def test_a_nonsense_moment_stops_with_the_words_of_the_application(launch: Launch) -> None:
    demo = launch("demo", "--at", "gisteren")

    code = demo.process.wait(30)

    assert code == 2
    assert "gisteren is geen moment" in demo.said()
    assert demo.alive() == []


@pytest.mark.parametrize("name", ["JAARRITME_PORT", "JAARRITME_PREFECT_PORT"])
def test_a_port_in_use_is_named_and_nothing_is_started(launch: Launch, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = launch("demo", **{name: str(port)})

        code = demo.process.wait(30)

    assert code == 1
    assert f"Poort {port} is al in gebruik. Kies een andere met {name}." in demo.said()
    assert demo.story() == []


def test_a_second_demo_on_the_same_home_is_refused(launch: Launch) -> None:
    first = launch("demo")
    first.until_running()

    second = launch("demo")
    code = second.process.wait(30)

    assert code == 1
    assert f"draait al op {first.home} (proces {first.process.pid})" in second.said()
    assert first.process.poll() is None


def test_two_demos_on_other_homes_run_side_by_side(launch: Launch) -> None:
    one, two = launch("demo", home="one"), launch("demo", home="two")
    one.until_running()
    two.until_running()

    one.end()

    assert one.alive() == []
    assert set(two.alive()) == {"prefect", "mail", "web", "flows", "grandchild"}


def test_what_dies_is_started_again(launch: Launch) -> None:
    demo = launch("demo")
    demo.until_running()
    names = ["web", "flows", "prefect", "mail"]
    first = {name: demo.pid(name) for name in names}

    for pid in first.values():
        os.kill(pid, signal.SIGKILL)

    demo.until(lambda: [name for name in names if demo.pid(name) == first[name]] == [])
    said = demo.said()
    assert [n for n in names if f"{n} is gestopt (code -9) en start over 1 s" not in said] == []


def test_the_school_opens_and_stays_open_while_prefect_cannot_start(launch: Launch) -> None:
    up = launch("up", STANDIN_BROKEN_PREFECT="1")

    up.until_running()

    assert "kapot" in up.said()
    assert "De pagina's werken zonder" in up.said()
    up.until(lambda: up.said().count("prefect is gestopt") > 1)
    assert {"web", "flows"} <= set(up.alive())


def test_the_password_of_prefect_is_not_said_where_a_school_keeps_its_journal(tmp_path: Path) -> None:
    launcher = Launcher(tmp_path / "home", "up")
    try:
        launcher.until_running()
    finally:
        launcher.process.send_signal(signal.SIGTERM)
        launcher.process.wait(30)

    password = (launcher.home / "secrets/prefect-password").read_text()
    assert password not in launcher.said()
    assert "secrets/prefect-password" in launcher.said()
