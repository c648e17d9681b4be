"""Keep a copy of an installation, and put one back."""

import fcntl
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from deploy.launch.home import Home
from deploy.launch.progress import Problem

DATABASE = "jaarritme.db"
BESIDE = ("secrets", "kind", "clock.json")  # kept with the database
ASIDE = ("", "-wal", "-shm")


def database(environ: Mapping[str, str]) -> Path:
    """Find the SQLite file of this installation."""
    home = Home.read(environ)
    url = environ.get("JAARRITME_DATABASE_URL") or f"sqlite:///{home.path / DATABASE}"
    if not url.startswith("sqlite:///"):
        raise Problem("De database is PostgreSQL: gebruik pg_dump en pg_restore (deploy/README.md).")
    return Path(url.removeprefix("sqlite:///"))


def backup(environ: Mapping[str, str], into: Path) -> Path:
    """Copy database and secrets to a new directory, also while everything runs; check the copy."""
    home, source = Home.read(environ).path, database(environ)
    if not source.exists():
        raise Problem(f"Er is geen database: {source}")
    target = into / time.strftime("jaarritme-%Y%m%d-%H%M%S")
    target.mkdir(mode=0o700, parents=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target / DATABASE)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
    require_sound(target / DATABASE)
    _copy_beside(home, target)
    return target


def restore(environ: Mapping[str, str], source: Path) -> Path:
    """Check a copy and put it in place while nothing runs; return where the old database went."""
    home, target = Home.read(environ), database(environ)
    require_sound(source / DATABASE)
    home.make()
    with _stopped(home):
        aside = _put_aside(home, target)
        shutil.copy2(source / DATABASE, target)
        _copy_beside(source, home.path)
    return aside


def _put_aside(home: Home, current: Path) -> Path:
    aside = home.path / time.strftime("before-restore-%Y%m%d-%H%M%S")
    aside.mkdir(mode=0o700)
    _copy_beside(home.path, aside)
    for suffix in ASIDE:
        file = current.with_name(current.name + suffix)
        if file.exists():
            shutil.move(file, aside / file.name)
    return aside


def require_sound(file: Path) -> None:
    """Refuse a file that is not a whole Jaarritme database."""
    if not file.is_file():
        raise Problem(f"Hier is geen reservekopie: {file} ontbreekt.")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as kept:
        try:
            verdict = kept.execute("PRAGMA integrity_check").fetchone()[0]
            orphans = kept.execute("PRAGMA foreign_key_check").fetchall()
            version = kept.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise Problem(f"{file} is geen goede database: {error}") from error
    if verdict != "ok" or orphans or not version:
        raise Problem(f"{file} is beschadigd: {verdict}, {len(orphans)} losse verwijzingen.")


@contextmanager
def _stopped(home: Home) -> Iterator[None]:
    """Keep a launcher from starting meanwhile; refuse when one is running."""
    with (home.path / "launcher.pid").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Problem(f"Jaarritme draait nog op {home.path}. Stop het eerst.") from error
        yield


def _copy_beside(source: Path, target: Path) -> None:
    for name in BESIDE:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        elif (source / name).exists():
            shutil.copy2(source / name, target / name)
