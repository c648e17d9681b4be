import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.launch.environments import Environments
from deploy.launch.processes import StopRequest
from deploy.launch.progress import Voice


class Light(Environments):
    """Make real environments, and count the fillings instead of downloading."""

    filled = 0

    def ensure_installer(self) -> None:
        """Need none."""

    def _fill(self, name: str) -> None:
        time.sleep(0.2)
        assert name == "app"
        self.filled += 1


Make = Callable[[], Light]


def _said(environments: Light) -> str:
    stream = environments.voice.stream
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


@pytest.fixture
def make(tmp_path: Path) -> Make:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks/app.txt").write_text("one==1 \\\n    --hash=sha256:0\n")

    def _make() -> Light:
        return Light(Voice(io.StringIO()), StopRequest(), tmp_path / "venv", tmp_path / "locks")

    return _make


def test_an_environment_is_made_once(make: Make) -> None:
    environments = make()

    environments.ensure("app")
    environments.ensure("app")

    assert environments.is_ready("app")
    assert environments.filled == 1
    assert "(1 pakketten)" in _said(environments)


def test_a_new_lock_fills_it_again_and_keeps_what_stands_there(make: Make, tmp_path: Path) -> None:
    environments = make()
    environments.ensure("app")
    (tmp_path / "venv/app/kept").touch()
    (tmp_path / "locks/app.txt").write_text("one==2\n")

    environments.ensure("app")

    assert environments.filled == 2
    assert (tmp_path / "venv/app/kept").exists()


def test_an_interrupted_installation_is_thrown_away(make: Make, tmp_path: Path) -> None:
    environments = make()
    environments.ensure("app")
    (tmp_path / "venv/app/stamp").write_text("bezig")
    (tmp_path / "venv/app/half").touch()

    environments.ensure("app")

    assert environments.filled == 2
    assert not (tmp_path / "venv/app/half").exists()


def test_a_moved_clone_makes_its_environment_anew(make: Make, tmp_path: Path) -> None:
    make().ensure("app")
    (tmp_path / "venv").rename(tmp_path / "moved")
    environments = Light(Voice(io.StringIO()), StopRequest(), tmp_path / "moved", tmp_path / "locks")

    before = environments.is_ready("app")
    environments.ensure("app")

    assert not before
    assert environments.is_ready("app")
    assert str(tmp_path / "moved/app") in (tmp_path / "moved/app/bin/activate").read_text()


def test_two_launchers_install_one_after_the_other(make: Make) -> None:
    first, second = make(), make()
    threads = [threading.Thread(target=one.ensure, args=("app",)) for one in (first, second)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert first.filled + second.filled == 1
    both = _said(first) + _said(second)
    assert "Een andere start is nog aan het installeren" in both
