import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.launch import processes
from deploy.launch.processes import Stopped, StopRequest
from deploy.launch.progress import Problem, Voice
from deploy.launch.supervise import Child, Patience, Supervisor

SWIFT = Patience(first_delay=0.05, longest_delay=0.1, quick=30, quick_deaths=3, grace=0.5, ready=1)


@pytest.fixture
def boss() -> Iterator[Supervisor]:
    supervisor = Supervisor(Voice(io.StringIO()), StopRequest(), SWIFT)
    yield supervisor
    supervisor.stop()


def _start(boss: Supervisor, tmp_path: Path, code: str) -> Child:
    return boss.start("proef", [sys.executable, "-c", code], os.environ, tmp_path / "proef.log")


def test_a_process_that_keeps_dying_is_given_up_with_its_last_words(boss: Supervisor, tmp_path: Path) -> None:
    _start(boss, tmp_path, "print('help me'); raise SystemExit(3)")

    with pytest.raises(Problem, match=r"3 keer kort na de start(.|\n)*help me"):
        boss.watch()

    assert isinstance(boss.voice.stream, io.StringIO)
    said = boss.voice.stream.getvalue()
    assert "gestopt (code 3) en start over 0.05 s opnieuw" in said
    assert "start over 0.1 s opnieuw" in said


def test_a_process_that_can_be_missed_is_tried_for_ever(boss: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "proef.log"
    boss.start("proef", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, log, is_spare=True)
    begun = time.monotonic()

    def said() -> int:
        assert isinstance(boss.voice.stream, io.StringIO)
        return boss.voice.stream.getvalue().count("opnieuw")

    while said() <= SWIFT.quick_deaths and time.monotonic() < begun + 20:
        boss.look()

    assert said() > SWIFT.quick_deaths


def test_a_process_that_dies_while_we_wait_for_it_is_reported_at_once(
    boss: Supervisor, tmp_path: Path
) -> None:
    child = _start(boss, tmp_path, "raise SystemExit('geen zin')")

    with pytest.raises(Problem, match=r"stopte bij het starten(.|\n)*geen zin"):
        boss.wait_until(child, lambda: False)


def test_a_process_that_stays_silent_is_reported(boss: Supervisor, tmp_path: Path) -> None:
    child = _start(boss, tmp_path, "import time; time.sleep(60)")

    with pytest.raises(Problem, match="geeft geen antwoord"):
        boss.wait_until(child, lambda: False)


def test_a_stubborn_process_and_its_group_are_killed_after_the_grace(
    boss: Supervisor, tmp_path: Path
) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    code = (
        "import os, signal, subprocess, sys, time; signal.signal(15, signal.SIG_IGN);"
        f"child = subprocess.Popen([sys.executable, '-c', {stubborn!r}]);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    child = _start(boss, tmp_path, code)
    boss.wait_until(child, lambda: child.log.read_text().strip() != "")
    grandchild = int(child.log.read_text())

    begun = time.monotonic()
    boss.stop()

    assert 0.5 <= time.monotonic() - begun < 5
    assert child.process.returncode == -signal.SIGKILL
    assert not _runs(grandchild)


def test_a_request_to_stop_ends_the_watch(boss: Supervisor, tmp_path: Path) -> None:
    _start(boss, tmp_path, "import time; time.sleep(60)")
    boss.asked.asked_at = time.monotonic()

    with pytest.raises(Stopped):
        boss.watch()


def test_a_command_that_fails_shows_its_last_lines(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('a'); print('b'); raise SystemExit(1)"]

    with pytest.raises(Problem, match=r"mislukt\n    a\n    b\n"):
        processes.run_or_stop(command, os.environ, tmp_path / "log", StopRequest(), "mislukt")


def test_a_command_returns_only_what_it_wrote_itself(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("van gisteren\n")

    code, output = processes.run([sys.executable, "-c", "print('van nu')"], os.environ, log, StopRequest())

    assert (code, output) == (0, "van nu\n")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
