import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from deploy.launch.keep import backup, restore
from deploy.launch.progress import Problem


def _fill(home: Path, word: str) -> None:
    (home / "secrets").mkdir(parents=True, exist_ok=True)
    (home / "secrets/prefect-password").write_text(f"password of {word}")
    with closing(sqlite3.connect(home / "jaarritme.db")) as db, db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(
            "DROP TABLE IF EXISTS alembic_version; CREATE TABLE alembic_version (version_num);"
            "DROP TABLE IF EXISTS note; CREATE TABLE note (word);"
        )
        db.execute("INSERT INTO alembic_version VALUES ('first')")
        db.execute("INSERT INTO note VALUES (?)", [word])


def _word(file: Path) -> str:
    with closing(sqlite3.connect(file)) as db:
        return str(db.execute("SELECT word FROM note").fetchone()[0])


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    _fill(tmp_path / "home", "monday")
    return {"JAARRITME_HOME": str(tmp_path / "home")}


def test_what_was_kept_on_monday_comes_back_on_tuesday(environ: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    copy = backup(environ, tmp_path / "copies")
    _fill(home, "tuesday")

    aside = restore(environ, copy)

    assert _word(home / "jaarritme.db") == "monday"
    assert (home / "secrets/prefect-password").read_text() == "password of monday"
    assert _word(aside / "jaarritme.db") == "tuesday"
    assert (aside / "secrets/prefect-password").read_text() == "password of tuesday"


def test_a_copy_holds_what_is_still_in_the_write_ahead_log(environ: dict[str, str], tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "home/jaarritme.db")) as db:
        db.execute("UPDATE note SET word = 'just now'")
        db.commit()

        copy = backup(environ, tmp_path / "copies")

    assert _word(copy / "jaarritme.db") == "just now"
    assert copy.stat().st_mode & 0o777 == 0o700


def test_a_damaged_copy_is_refused_and_nothing_changes(environ: dict[str, str], tmp_path: Path) -> None:
    copy = backup(environ, tmp_path / "copies")
    (copy / "jaarritme.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)

    with pytest.raises(Problem, match="geen goede database"):
        restore(environ, copy)

    assert _word(tmp_path / "home/jaarritme.db") == "monday"


def test_nothing_is_put_back_under_a_running_installation(environ: dict[str, str], tmp_path: Path) -> None:
    copy = backup(environ, tmp_path / "copies")

    with (tmp_path / "home/launcher.pid").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Problem, match="draait nog"):
            restore(environ, copy)


def test_postgresql_is_referred_to_its_own_tools(tmp_path: Path) -> None:
    environ = {"JAARRITME_DATABASE_URL": "postgresql://db.example/jaarritme"}

    with pytest.raises(Problem, match="pg_dump"):
        backup(environ, tmp_path)
