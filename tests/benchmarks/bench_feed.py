"""Measure a subscription of 300 events against Radicale that serves the same ones, in one run.

Run it from the top of the tree: ``python -m tests.benchmarks.bench_feed [seconds]``. Radicale is installed by
pip, by its name, in an environment that goes when the run ends. Both answer on this machine; the real pages
run as a process of their own, with everything that a request passes there. Ratios count, not the numbers.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time, sleep
from typing import NamedTuple
from urllib.request import Request, urlopen

from sqlmodel import Session, select

from calendars.entries import DayEntry, Entry, Mailbox, Meeting
from calendars.feed import feed
from models import Feed, FeedBytes, Person, School, migrate
from models.database import connect, unit_of_work
from service.feeds.publish import packed, person_calendar, person_entries
from service.feeds.tokens import hashed
from service.year.open import open_year
from tests.benchmarks.keepalive import Asked, ask, get
from tests.benchmarks.large_school import LABEL, sow

AT = datetime(2026, 8, 31, 7, tzinfo=UTC)
EVENTS = 300
GOAL, GOAL_RENDER, GOAL_P99 = 100, 100, 10  # times Radicale; milliseconds; milliseconds
_ADDRESSES = 1000
THEIRS, PLAIN, SAME = "Radicale", "as it is", "as it is and 304 in turns"
BUSY, WRITTEN = "as it is, 8 connections", "as it is, while 20 writes/s"
_U = "Basic dTp1"  # who u is, and that is enough for it
_PYTHON = str(Path(sys.executable))


def main(seconds: float = 2, rounds: int = 3) -> int:
    """Print the ratios; return 1 when a goal is not met."""
    body = feed("Jaarritme", entries())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        tokens = _sow(home, body)
        with _radicale(home, body) as theirs, _pages(home) as ours:
            asks = _asks(theirs, ours, tokens)
            found: dict[str, Asked] = {}
            for _ in range(rounds):  # in turns, for others may use the machine; the best round counts
                for name, (port, requests, connections) in asks.items():
                    with _writer(home / "jaarritme.db") if name == WRITTEN else nullcontext():
                        asked = ask(port, requests, seconds, connections)
                    assert set(asked.by_status) <= {200, 304}, (name, set(asked.by_status))
                    found[name] = max(asked, found.get(name, asked), key=lambda a: a.per_second)
    return 0 if _judged(found) & _renders() else 1


def _asks(theirs: int, ours: int, tokens: list[str]) -> dict[str, tuple[int, list[bytes], int]]:
    path = f"/f/{tokens[0]}.ics"
    tag = urlopen(f"http://127.0.0.1:{ours}{path}").headers["ETag"]
    plain = get(path, Accept_Encoding="identity")
    dense = [get(f"/f/{token}.ics", Accept_Encoding="gzip") for token in tokens]
    return {
        THEIRS: (theirs, [get("/u/feed/", Authorization=_U)], 1),
        PLAIN: (ours, [plain], 1),
        "packed": (ours, dense[:1], 1),
        SAME: (ours, [plain, get(path, Accept_Encoding="identity", If_None_Match=tag)], 1),
        BUSY: (ours, [plain], 8),
        f"packed, {len(tokens)} addresses, each the first time": (ours, dense, 1),
        WRITTEN: (ours, [plain], 1),
    }


def _judged(found: dict[str, Asked]) -> bool:
    """Print what was found; the middle answer decides, for some wait for others on the machine."""
    theirs, plain, same, busy = (found[name] for name in (THEIRS, PLAIN, SAME, BUSY))
    write(f"{'':<42}  throughput   middle  and its ratio      p99")
    for name, asked in found.items():
        write(
            f"{name:<42}{asked.per_second:>7.0f}/s {asked.per_second / theirs.per_second:>4.0f} x "
            f"{asked.at(0.5):>6.2f} ms {theirs.at(0.5) / asked.at(0.5):>5.0f} x {asked.at(0.99):>7.2f} ms"
        )
    ratio, faster = theirs.at(0.5) / plain.at(0.5), same.at(0.5, 200) / same.at(0.5, 304)
    write(
        f"goals: {ratio:.0f} times Radicale (at least {GOAL}); a 304 {faster:.2f} times a 200 (more than 1); "
        f"on a quiet machine p99 with 8 connections under {GOAL_P99} ms: {busy.at(0.99):.1f}"
    )
    return ratio >= GOAL and faster > 1


def entries() -> list[Entry]:
    """Return as many events as the goal names: meetings, and a whole day for each tenth."""
    host, found = Mailbox(name="De Wilgen", mail="planning@wilgen.example"), []
    for number in range(EVENTS):
        day, link = (
            date(2026, 9, 1) + timedelta(days=number),
            f"https://wilgen.example/trajecten/{number:036}",
        )
        about = {
            "uid": f"{number:032x}@wilgen.example",
            "sequence": number % 3,
            "title": f"Groepsbespreking: Bespreking na de middentoetsen – groep {number % 8 + 1}",
            "modified_at": AT,
            "description": f"Openen in Jaarritme: {link}",
            "url": link,
        }
        starts = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=11)
        entry: Entry = (
            DayEntry(first_day=day, last_day=day, **about)  # type: ignore[arg-type]
            if number % 10 == 0
            else Meeting(
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                location="Kamer 3",
                organizer=host,
                **about,  # type: ignore[arg-type]
            )
        )
        found.append(entry)
    return found


def _renders() -> bool:
    """Measure how long the calendar of the busiest person takes after a change, in two sizes of school."""
    usual, large = _rendered(1), _rendered(2)
    write(
        f"rendered after a change: {usual} (less than {GOAL_RENDER} ms); in a school twice as large: {large}"
    )
    return usual.milliseconds < GOAL_RENDER


class Rendered(NamedTuple):
    """How long one calendar took."""

    events: int
    milliseconds: float

    def __str__(self) -> str:
        return f"{self.events} events in {self.milliseconds:.0f} ms"


def _rendered(parallels: int) -> Rendered:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/large.db"
        migrate.upgrade(url)
        engine = connect(url)
        with unit_of_work(engine) as session:
            school = sow(session, "school", AT, parallels=parallels, plan="01")
            open_year(session, school, LABEL, actor_id=None, at=AT)
        with Session(engine) as session:
            person, events = _busiest(session)
            taken = []
            for _ in range(7):
                session.expire_all()
                begin = process_time()  # for others may use the machine
                person_calendar(session, person, AT)
                taken.append(1000 * (process_time() - begin))
        engine.dispose()
    return Rendered(events, min(taken))


def _busiest(session: Session) -> tuple[Person, int]:
    people = session.exec(select(Person)).all()
    counts = {person.id: len(person_entries(session, person, AT)) for person in people}
    busiest = max(people, key=lambda person: counts[person.id])
    return busiest, counts[busiest.id]


def _sow(home: Path, body: bytes) -> list[str]:
    """Write the calendar down for many people, each with an address; return their tokens."""
    url = f"sqlite:///{home}/jaarritme.db"
    migrate.upgrade(url)
    engine, tokens = connect(url), [secrets.token_urlsafe(32) for _ in range(_ADDRESSES)]
    school = School(brin="99XX", name="De Wilgen", region="midden", mailbox="planning@wilgen.example")
    people = [Person(name=f"Collega {n}", email=f"c{n}@wilgen.example") for n in range(_ADDRESSES)]
    dense = packed(body)
    with unit_of_work(engine) as session:
        session.add_all([school, *people])
        session.flush()
        for token, person in zip(tokens, people, strict=True):
            session.add(Feed(person_id=person.id, name="Telefoon", token_hash=hashed(token), created_at=AT))
            digest = f"{int(person.id):064x}"  # so that none shares its bytes in memory with another
            session.add(FeedBytes(person_id=person.id, body=body, packed=dense, etag=digest, rendered_at=AT))
    engine.dispose()
    return tokens


@contextmanager
def _writer(database: Path) -> Iterator[None]:
    """Let another process write to the database, twenty times a second."""
    program = (
        "import sqlite3,sys,time\n"
        "db=sqlite3.connect(sys.argv[1],timeout=30)\n"
        "while True:\n"
        " db.execute('update school set messages_paused=messages_paused');db.commit();time.sleep(.05)\n"
    )
    with _running([_PYTHON, "-c", program, str(database)], {}):
        yield


@contextmanager
def _pages(home: Path) -> Iterator[int]:
    port = _free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JAARRITME_")}
    settings = {"JAARRITME_HOME": str(home), "JAARRITME_PORT": str(port)}
    with _running([_PYTHON, "-m", "service", "web"], {**kept, **settings}):
        _wait_for(port)
        yield port


@contextmanager
def _radicale(folder: Path, body: bytes) -> Iterator[int]:
    """Serve the events by Radicale, with its own server and files, and nobody to log in."""
    environment = folder / "radicale"
    subprocess.run([_PYTHON, "-m", "venv", str(environment)], check=True)  # noqa: S603
    python = str(environment / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-qq", "radicale"], check=True)  # noqa: S603
    port = _free_port()
    options = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "none",
        "rights-type": "owner_only",
        "storage-filesystem-folder": str(folder / "collections"),
        "web-type": "none",
        "logging-level": "error",
    }
    with _running([python, "-m", "radicale", *(f"--{k}={v}" for k, v in options.items())], os.environ):
        _wait_for(port)
        # Radicale's files hold what is no message: without METHOD (RFC 4791 §4.1).
        kept = body.replace(b"METHOD:PUBLISH\r\n", b"")
        put = Request(
            f"http://127.0.0.1:{port}/u/feed/", kept, {"Content-Type": "text/calendar"}, method="PUT"
        )
        put.add_header("Authorization", _U)
        urlopen(put).close()  # noqa: S310 -- this machine
        yield port
    shutil.rmtree(environment)


@contextmanager
def _running(command: list[str], environment: object) -> Iterator[None]:
    started = subprocess.Popen(command, env=dict(environment), stdout=subprocess.DEVNULL)  # type: ignore[call-overload]  # noqa: S603
    try:
        yield
    finally:
        started.terminate()
        started.wait(20)


def write(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise TimeoutError(port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
