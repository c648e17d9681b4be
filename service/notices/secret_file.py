"""A secret of this installation in a file of its own, made once and readable by nobody else."""

import os
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex


def kept(path: Path, make: Callable[[], bytes]) -> Path:
    """Return the file, made whole or not at all, and only once when two of us start together."""
    if not path.exists():
        _create(path, make())
    return path


def _create(path: Path, secret: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # the other one was first; its secret counts
    finally:
        fresh.unlink()
