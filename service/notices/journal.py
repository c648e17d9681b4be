"""What left the house, kept outside the database: so that an old copy of the database resends nothing.

A line is written after the server accepted a message and before the database marks it. Who dies in between
leaves a line without a mark: the next claim finds it, and marks it without sending. Who dies before the line
leaves neither, and the message goes once more, under the same Message-ID.
"""

import errno
import fcntl
import json
import logging
import os
import re
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

_LINE = re.compile(rb"^([0-9a-f]{32}) (\d{1,12})$")
_log = logging.getLogger(__name__)
_BLOCK = 4 * 1024 * 1024  # bytes read at a time


@dataclass(frozen=True, slots=True)
class Epoch:
    """How often the outbox was claimed, of which installation, and when last."""

    installation: UUID
    number: int
    beat_at: datetime


class Journal:
    """The journal of one installation, in ``JAARRITME_HOME/outbox``; several workers may write in it."""

    def __init__(self, home: Path) -> None:
        self.home, self._folder = home, home / "outbox"
        self._sent, self._state = self._folder / "sent.journal", self._folder / "state.json"
        self._handle: int | None = None

    def note(self, identity: str, at: datetime) -> None:
        """Keep that a message was accepted, before anything else is done; ``identity`` is 32 hex digits."""
        line = f"{identity} {int(at.timestamp())}\n".encode()
        if self._handle is None:
            self._handle = self._opened()
        with self._reopened_on_error():
            _write(self._handle, line)
            os.fdatasync(self._handle)

    def known(self, identities: Collection[str]) -> dict[str, datetime]:
        """Return which of these were accepted, and when; a line that was cut off counts for nothing."""
        wanted = {identity.encode() for identity in identities}
        found: dict[str, datetime] = {}
        if wanted and self._sent.exists():
            for line in self._lines():
                if line[:32] in wanted and (whole := _LINE.match(line)):
                    found[whole[1].decode()] = datetime.fromtimestamp(int(whole[2]), UTC)
        return found

    def epoch(self) -> Epoch | None:
        """Return how far the installation was when it last claimed; None when no legible file says so."""
        try:
            kept = json.loads(self._state.read_text(encoding="utf-8"))
            return Epoch(
                UUID(kept["installation"]), int(kept["epoch"]), datetime.fromisoformat(kept["beat_at"])
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError):
            _log.warning("%s can't be read and counts as absent", self._state.name)
            return None

    def advance(self, epoch: Epoch) -> None:
        """Keep how far the installation is, whole or not at all, and never further back."""
        with self._turn():
            kept = self.epoch()
            if kept and kept.installation == epoch.installation and kept.number >= epoch.number:
                return
            words = {
                "installation": str(epoch.installation),
                "epoch": epoch.number,
                "beat_at": epoch.beat_at.isoformat(),
            }
            write_whole(self._state, json.dumps(words))

    def close(self) -> None:
        """Let go of the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _opened(self) -> int:
        """Open the file to add to it; begin a new line when a power cut broke off the last."""
        self._make()
        handle = os.open(self._sent, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            os.write(handle, b"\n")
        return handle

    @contextmanager
    def _reopened_on_error(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            self.close()  # who opens it again begins a new line
            raise

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        with self._sent.open("rb") as file:
            while block := file.read(_BLOCK):
                *lines, rest = (rest + block).split(b"\n")
                yield from lines

    def _make(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._make()
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write(handle: int, line: bytes) -> None:
    """Write a line whole; a disk that fills up takes half of it without a complaint."""
    if os.write(handle, line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def identity(message_id: str) -> str:
    """Return what the journal calls a message: the hash of its intention, the head of its Message-ID."""
    return message_id.partition("@")[0]


def write_whole(path: Path, text: str) -> None:
    """Replace a file so that a power cut leaves the old or the new one."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
