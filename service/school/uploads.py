"""Keep an uploaded file between its preview and its import: an hour, for the person who sent it."""

import os
import re
import secrets
import time
from pathlib import Path
from uuid import UUID

LASTS = 3600  # seconds, also in a demo whose clock was moved
_TOKEN = re.compile(r"[0-9a-f]{32}")


def keep(home: Path, school_id: UUID, person_id: UUID, data: bytes) -> str:
    """Keep a file where only this program reads it; return the token by which its sender finds it."""
    folder = home / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    forget_old(home)
    token = secrets.token_hex(16)
    path = _path(home, school_id, person_id, token)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.utime(path, (time.time(), time.time()))  # by the clock that we read back, not that of the disk
    return token


def kept(home: Path, school_id: UUID, person_id: UUID, token: str) -> bytes | None:
    """Return a kept file to its sender; nothing when its hour is over or the token is not theirs."""
    forget_old(home)
    if not _TOKEN.fullmatch(token):
        return None
    try:
        return _path(home, school_id, person_id, token).read_bytes()
    except FileNotFoundError:
        return None


def forget(home: Path, school_id: UUID, person_id: UUID, token: str) -> None:
    """Remove a file that is no longer needed."""
    if _TOKEN.fullmatch(token):
        _path(home, school_id, person_id, token).unlink(missing_ok=True)


def forget_old(home: Path) -> int:
    """Remove every file whose hour is over; return how many."""
    since = time.time() - LASTS
    old = [path for path in (home / "uploads").glob("*.upload") if _older(path, since)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _older(path: Path, since: float) -> bool:
    try:
        return path.stat().st_mtime < since
    except FileNotFoundError:
        return False


def _path(home: Path, school_id: UUID, person_id: UUID, token: str) -> Path:
    return home / "uploads" / f"{school_id.hex}-{person_id.hex}-{token}.upload"
