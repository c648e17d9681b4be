"""A school where everything is told that can be told; what leaves is caught at the doors."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import JSON, Engine
from sqlmodel import Session, col, select

from calendars.feed import single
from models import Person, Pupil, RunVia, TimerRun
from models.database import reading, unit_of_work
from service.feeds.publish import person_entries
from service.feeds.targets import file_name
from service.notices.apprise_channel import AppriseCarrier
from service.notices.delivery import deliver
from service.notices.post_office import PostOffice
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault
from service.rhythm.run import run_timer
from service.rhythm.timers import TIMERS
from service.rhythm.words import as_markdown
from tests.notices.sink import Sink
from tests.privacy.columns import INSIDE, said, with_words
from tests.privacy.net import Net
from tests.web_app import app_on


@dataclass
class Caught:
    """What left, by the way it went."""

    mails: list[bytes] = field(default_factory=list)
    envelopes: list[bytes] = field(default_factory=list)
    posts: list[bytes] = field(default_factory=list)
    pushed: list[bytes] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    feeds: list[bytes] = field(default_factory=list)
    reports: list[bytes] = field(default_factory=list)
    logs: list[bytes] = field(default_factory=list)

    def leaks(self, net: Net) -> dict[str, list[str]]:
        """Return the names that left, by the way they went."""
        found = {way: net.names_in(*left) for way, left in vars(self).items()}
        return {way: names for way, names in found.items() if names}


class Listener:
    """A web server that keeps every byte it is given: a chat, a push service, a calendar server."""

    def __init__(self, got: list[bytes]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Keep, got))
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_port

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Keep(BaseHTTPRequestHandler):
    def __init__(self, got: list[bytes], *rest: Any) -> None:
        self.got = got
        super().__init__(*rest)

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.got += [self.requestline.encode(), bytes(self.headers), body]
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_DELETE = do_GET = do_PROPFIND = do_REPORT = do_HEAD = do_OPTIONS = _take  # noqa: N815 -- http.server names its hooks

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def listened_to(lines: list[bytes]) -> Iterator[None]:
    """Keep every line of every log as it would be written; of our own also the smallest."""
    handler, root = _Lines(lines), logging.getLogger()
    wanted = {"": logging.INFO} | dict.fromkeys(
        ("calendars", "jaarritme", "models", "service"), logging.DEBUG
    )
    levels = {name: logging.getLogger(name).level for name in wanted}
    root.addHandler(handler)
    _set(wanted)
    try:
        yield
    finally:
        root.removeHandler(handler)
        _set(levels)


def _set(levels: dict[str, int]) -> None:
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


class _Lines(logging.Handler):
    def __init__(self, lines: list[bytes]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record).encode())


def everywhere(session: Session, words: str) -> None:
    """Write words into every column in which a name may stand."""
    wanted = said(INSIDE)
    for table, column in with_words():
        if (table.name, column.name) not in wanted:
            continue
        for row in session.execute(select(table.c.id, column)).all():
            new = {**(row[1] or {}), "opmerking": words} if isinstance(column.type, JSON) else words
            session.execute(
                table.update().where(table.c.id == row[0]).values({column.name: _fit(new, row[0])})
            )


def _fit(new: Any, key: Any) -> Any:
    """Keep names of things apart, where the database wants that."""
    return new if isinstance(new, dict) else f"{new} {str(key)[:8]}"


def net_of(engine: Engine) -> Net:
    """Make the net for every pupil in the database."""
    with reading(engine) as session:
        return Net.of(session.exec(select(Pupil)))


def run_timers(engine: Engine, at: datetime, *names: str) -> None:
    """Run timers once, or all that are not the post; none may fail."""
    for name in names or [name for name in TIMERS if name != "deliver"]:
        run = run_timer(name, engine, at, RunVia.COMMAND)
        assert not run.error, f"{name}: {run.error}"


def send(engine: Engine, at: datetime, home: Path, caught: Caught) -> int:
    """Let the post go out to servers of our own, and keep what they were given."""
    with Sink() as sink:
        mail = MailCarrier(MailServer.read(sink.url))
        office = PostOffice(mail, AppriseCarrier(allow_private=True, home=home), Vault(home))
        sent = deliver(engine, at, office).sent
    caught.mails += sink.accepted
    caught.envelopes += [" ".join(map(str, who)).encode() for who in sink.senders]
    return sent


def fetch(engine: Engine, tokens: list[str], caught: Caught) -> None:
    """Fetch each calendar as a program does: whole, packed, and its head alone."""
    with TestClient(app_on(engine)) as client:
        for token in tokens:
            for verb, packed in (("GET", "identity"), ("GET", "gzip"), ("HEAD", "gzip")):
                headers = {"Accept-Encoding": packed}
                with client.stream(verb, f"/f/{token}.ics", headers=headers) as answer:
                    assert answer.status_code == 200
                    caught.feeds += [str(answer.headers).encode(), b"".join(answer.iter_raw())]


def push_entries(engine: Engine, at: datetime, caught: Caught) -> None:
    """Keep what would be written, one by one and with its file name, in a calendar on a server."""
    with reading(engine) as session:
        for person in session.exec(select(Person)):
            for entry in person_entries(session, person, at):
                caught.entries += [file_name(entry.uid).encode(), single(entry)]


def look_at_runs(engine: Engine, caught: Caught) -> None:
    """Keep what Prefect is told of every run."""
    with reading(engine) as session:
        for run in session.exec(select(TimerRun).order_by(col(TimerRun.started_at))):
            caught.reports += [as_markdown(run).encode(), run.model_dump_json().encode()]


def rename(engine: Engine, names: list[tuple[str, str, str]]) -> None:
    """Give the pupils other names."""
    with unit_of_work(engine) as session:
        for pupil, (first, prefix, last) in zip(session.exec(select(Pupil)), names, strict=False):
            pupil.first_name, pupil.prefix, pupil.last_name = first, prefix, last
