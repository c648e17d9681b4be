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
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Executable, Row, bindparam, or_, select
from sqlmodel import col

from models import Feed, FeedBytes, Person
from service.feeds.publish import packed

NOTE_EVERY = timedelta(minutes=5)
_ROOM = 64 * 1024**2  # octets of calendars
_TOKENS = 20_000
_QUERY: Executable = (
    select(
        col(Feed.id),
        col(Feed.fetched_at),
        col(FeedBytes.id).label("bytes_id"),
        col(FeedBytes.etag),
        col(FeedBytes.rendered_at),
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
_BYTES: Executable = select(col(FeedBytes.body), col(FeedBytes.packed)).where(
    col(FeedBytes.id) == bindparam("id")
)


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of a calendar, as its bytes travel; ``etag`` has its quotes (RFC 9110 §8.8.3)."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Served:
    """A calendar as it is served: as it is, and packed by gzip, each with a validator of its own."""

    feed_id: UUID
    plain: Variant
    packed: Variant
    rendered_at: datetime
    fetched_at: datetime | None

    def wants_note(self, at: datetime) -> bool:
        """Tell whether it is worth writing down that it was fetched."""
        return self.fetched_at is None or abs(at - self.fetched_at) >= NOTE_EVERY


class Shelf:
    """What one process remembers of the calendars it served."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(sqlite_begin="deferred")
        self._stamps = _stamps(engine)
        self._lock = Lock()
        self._calendars: OrderedDict[str, tuple[Variant, Variant]] = OrderedDict()  # by plain ETag
        self._known: OrderedDict[str, tuple[int, Served]] = OrderedDict()  # by digest of the token
        self._octets = 0

    def stamp(self) -> int | None:
        """Return a number that changes with every write to the database; nothing when none is at hand."""
        if self._stamps is None:
            return None
        with suppress(sqlite3.Error):  # a writer is just committing: look it up, which may wait
            return int(self._stamps.execute("pragma data_version").fetchone()[0])
        return None

    def at_hand(self, key: str, stamp: int | None) -> Served | None:
        """Return a calendar at once, by the digest of its token, when nobody wrote since it was looked up."""
        known = self._known.get(key)
        return known[1] if known and stamp is not None and known[0] == stamp else None

    def look_up(self, key: str, stamp: int | None) -> Served | None:
        """Return the calendar behind a token's digest; nothing when unknown, withdrawn or of who left."""
        with self._engine.connect() as connection:
            row = connection.execute(_QUERY, {"key": key}).one_or_none()
            if row is None:
                return None
            plain, dense = self._variants(connection, row)
        served = Served(row.id, plain, dense, row.rendered_at, row.fetched_at)
        if stamp is not None:
            self._remember(key, stamp, served)
        return served

    def close(self) -> None:
        """Let go of the database."""
        if self._stamps is not None:
            self._stamps.close()
            self._stamps = None

    def _remember(self, key: str, stamp: int, served: Served) -> None:
        with self._lock:
            self._known[key] = (stamp, served)
            self._known.move_to_end(key)
            while len(self._known) > _TOKENS:
                self._known.popitem(last=False)

    def _variants(self, connection: Connection, row: Row[Any]) -> tuple[Variant, Variant]:
        found = self._calendars.get(row.etag)
        if found is None:
            body, dense = connection.execute(_BYTES, {"id": row.bytes_id}).one()
            dense = dense or packed(body)  # kept by a version that packed nothing
            found = Variant(body, f'"{row.etag}"'), Variant(dense, f'"{sha256(dense).hexdigest()}"')
            self._put(row.etag, found)
        return found

    def _put(self, etag: str, found: tuple[Variant, Variant]) -> None:
        with self._lock:
            if etag not in self._calendars:
                self._octets += _size(found)
            self._calendars[etag] = found
            while self._octets > _ROOM and len(self._calendars) > 1:
                _, dropped = self._calendars.popitem(last=False)
                self._octets -= _size(dropped)
                gone = {key for key, (_, kept) in self._known.items() if kept.plain is dropped[0]}
                for key in gone:
                    del self._known[key]


def _size(variants: tuple[Variant, Variant]) -> int:
    return sum(len(variant.body) for variant in variants)


def _stamps(engine: Engine) -> sqlite3.Connection | None:
    """Return a connection that only looks whether others wrote, and never waits for them."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return None
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=0, check_same_thread=False)
