"""The calendars that were asked for lately, in memory, so that most requests cost no query.

The rows decide, always: what stands here counts only as long as the database itself says that nobody has
written since. SQLite says so with a number (``PRAGMA data_version``), also for another process; PostgreSQL
has no such number, and there each request looks up its row.
"""

import sqlite3
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from uuid import UUID

from sqlalchemy import Connection, Engine, Executable, bindparam, or_, select
from sqlmodel import col

from models import Feed, FeedBytes, Person
from service.feeds.publish import packed

NOTE_EVERY = timedelta(minutes=5)
_ROOM = 64 * 1024**2  # octets of calendars
_TOKENS = 20_000
_FORMS = 20_000
Form = tuple[str, bool]  # the digest of a calendar, and whether it is packed
_QUERY: Executable = (
    select(
        col(Feed.id),
        col(FeedBytes.id).label("bytes_id"),
        col(FeedBytes.etag),
        col(FeedBytes.rendered_at),
        col(Feed.fetched_at),
    )
    .join(
        FeedBytes,
        or_(col(FeedBytes.person_id) == col(Feed.person_id), col(FeedBytes.school_id) == col(Feed.school_id)),
    )
    .outerjoin(Person, col(Person.id) == col(Feed.person_id))
    .where(
        col(Feed.token_hash) == bindparam("key"),
        col(Feed.revoked_at).is_(None),
        or_(col(Feed.person_id).is_(None), col(Person.active).is_(True)),
    )
)
_SAME = (col(FeedBytes.id) == bindparam("id"), col(FeedBytes.etag) == bindparam("etag"))
_PLAIN: Executable = select(col(FeedBytes.body)).where(*_SAME)
_PACKED: Executable = select(col(FeedBytes.packed)).where(*_SAME)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a subscription without its bytes; ``etag`` is the digest of its calendar."""

    feed_id: UUID
    bytes_id: UUID
    etag: str
    rendered_at: datetime
    fetched_at: datetime | None

    def wants_note(self, at: datetime) -> bool:
        """Tell whether it is worth writing down that it was fetched."""
        return self.fetched_at is None or abs(at - self.fetched_at) >= NOTE_EVERY


@dataclass(frozen=True, slots=True)
class Served:
    """A calendar as it is served, in the form that was asked for: as it is, or packed by gzip."""

    known: Known
    body: bytes


class Shelf:
    """What one process remembers of the calendars it served."""

    def __init__(self, engine: Engine) -> None:
        self._engine = _for_looking(engine)
        self._address = _read_only(engine)
        self._stamps: sqlite3.Connection | None = None
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[int, Known]] = OrderedDict()  # by digest of the token
        self._bytes: OrderedDict[Form, bytes] = OrderedDict()
        self._octets = 0

    def stamp(self) -> int | None:
        """Return a number that changes with every write to the database; nothing when none is at hand."""
        if self._address is None:
            return None
        with suppress(sqlite3.Error):  # a writer is just committing: look it up, which may wait
            self._stamps = self._stamps or _opened(self._address)
            return int(self._stamps.execute("pragma data_version").fetchone()[0])
        return None

    def at_hand(self, key: str, stamp: int | None, *, pack: bool) -> Served | None:
        """Return a calendar at once, by the digest of its token, when nobody wrote since it was looked up."""
        found = self._known.get(key)
        if found is None or stamp is None or found[0] != stamp:
            return None
        body = self._bytes.get((found[1].etag, pack))
        return Served(found[1], body) if body is not None else None

    def look_up(self, key: str, stamp: int | None, *, pack: bool) -> Served | None:
        """Return the calendar behind a token's digest; nothing when unknown, withdrawn or of who left."""
        with self._engine.connect() as connection:
            row = connection.execute(_QUERY, {"key": key}).one_or_none()
            if row is None:
                return None
            known = Known(*row)
            body = self._bytes.get((known.etag, pack)) or _read(connection, known, pack=pack)
        if body is None:  # rendered anew between the two questions
            return self.look_up(key, stamp, pack=pack)
        with self._lock:
            self._keep_bytes((known.etag, pack), body)
            if stamp is not None:
                self._known[key] = (stamp, known)
                self._known.move_to_end(key)
                if len(self._known) > _TOKENS:
                    self._known.popitem(last=False)
        return Served(known, body)

    def _keep_bytes(self, form: Form, body: bytes) -> None:
        if form not in self._bytes:
            self._octets += len(body)
        self._bytes[form] = body
        self._bytes.move_to_end(form)
        while len(self._bytes) > _FORMS or (self._octets > _ROOM and len(self._bytes) > 1):
            _, dropped = self._bytes.popitem(last=False)
            self._octets -= len(dropped)


def _read(connection: Connection, known: Known, *, pack: bool) -> bytes | None:
    """Read one form of a calendar; what a version kept that packed nothing, is packed here."""
    which = {"id": known.bytes_id, "etag": known.etag}
    body: bytes | None = connection.execute(_PACKED if pack else _PLAIN, which).scalar_one_or_none()
    if body == b"":
        plain: bytes | None = connection.execute(_PLAIN, which).scalar_one_or_none()
        return packed(plain) if plain else plain
    return body


def _for_looking(engine: Engine) -> Engine:
    """Return the engine without a transaction around each question; each stands on its own."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(sqlite_begin="deferred")
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _read_only(engine: Engine) -> str | None:
    """Return the address of a database file, to look whether others wrote; nothing when there is no file."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return None
    return f"{Path(path).absolute().as_uri()}?mode=ro"


def _opened(address: str) -> sqlite3.Connection:
    """Open a connection that never waits for a writer."""
    return sqlite3.connect(address, uri=True, timeout=0, check_same_thread=False)
