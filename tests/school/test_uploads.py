import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest

from service.school.uploads import LASTS, forget, forget_old, keep, kept

SCHOOL, SENDER, OTHER = uuid4(), uuid4(), uuid4()


def test_a_file_comes_back_to_its_sender_only(tmp_path: Path) -> None:
    token = keep(tmp_path, SCHOOL, SENDER, b"inhoud")

    assert kept(tmp_path, SCHOOL, SENDER, token) == b"inhoud"
    assert kept(tmp_path, SCHOOL, OTHER, token) is None
    assert kept(tmp_path, uuid4(), SENDER, token) is None


def test_nobody_else_on_the_machine_reads_it(tmp_path: Path) -> None:
    keep(tmp_path, SCHOOL, SENDER, b"inhoud")

    [path] = (tmp_path / "uploads").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("token", ["", "../../etc/passwd", "x" * 32, "a" * 31, "A" * 32])
def test_what_is_no_token_opens_nothing(tmp_path: Path, token: str) -> None:
    keep(tmp_path, SCHOOL, SENDER, b"inhoud")

    assert kept(tmp_path, SCHOOL, SENDER, token) is None


def test_a_file_is_gone_after_its_hour(tmp_path: Path) -> None:
    token = keep(tmp_path, SCHOOL, SENDER, b"inhoud")
    [path] = (tmp_path / "uploads").iterdir()
    then = path.stat().st_mtime - LASTS - 1
    os.utime(path, (then, then))

    assert kept(tmp_path, SCHOOL, SENDER, token) is None
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_file_that_was_taken_over_is_gone(tmp_path: Path) -> None:
    token = keep(tmp_path, SCHOOL, SENDER, b"inhoud")

    forget(tmp_path, SCHOOL, SENDER, token)

    assert kept(tmp_path, SCHOOL, SENDER, token) is None
    assert forget_old(tmp_path) == 0
