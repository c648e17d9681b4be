"""Measure delivery against its floor: the same mails, ready-made, on one connection, each marked durably.

Run it from the top of the tree: ``python -m tests.benchmarks.bench_delivery [mails] [rounds]``. Both ways run
in turns against one mail server in a process of its own; the ratio of their best rounds counts, not seconds.
"""

import multiprocessing
import smtplib
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from sqlalchemy import Engine
from sqlmodel import SQLModel

from models import Person, School
from models.database import connect, unit_of_work
from service.notices import outbox
from service.notices.apprise_channel import AppriseCarrier
from service.notices.delivery import deliver
from service.notices.outbox import Letter
from service.notices.parcel import Parcel
from service.notices.post_office import PostOffice, mail_bytes
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault

AT = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)
GOAL = 0.5
BODY = "Vandaag staan er drie dingen voor je klaar.\n" * 20
HTML = "<p>Vandaag staan er drie dingen voor je klaar.</p>\n" * 20


def main(mails: int = 1000, rounds: int = 4) -> int:
    """Print the ratio; return 1 when it misses the goal."""
    with mail_server() as port, tempfile.TemporaryDirectory() as folder:
        floors, ours = [], []
        for number in range(rounds):
            floors.append(floor(Path(folder) / f"floor{number}", port, mails))
            ours.append(delivery(Path(folder) / f"ours{number}", port, mails))
    ratio = min(floors) / min(ours)
    write(f"floor     {mails / min(floors):7.0f} mails/s (kept connection, ready-made, durable mark)")
    write(f"delivery  {mails / min(ours):7.0f} mails/s")
    write(f"ratio     {ratio:7.2f} (goal: at least {GOAL})")
    return 0 if ratio >= GOAL else 1


def floor(folder: Path, port: int, mails: int) -> float:
    """Return the seconds of the least that keeps the promise, on the same table."""
    posted(folder, mails).dispose()
    database = sqlite3.connect(folder / "jaarritme.db", isolation_level=None)
    database.execute("pragma synchronous=full")
    rows = database.execute("select id, fence from message").fetchall()
    data = mail_bytes(_sample())
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for key, fence in rows:
            smtp.sendmail("zorg@wilgenhof.example", "ineke@wilgenhof.example", data)
            mark = "update message set state='sent', sent_at=? where id=? and fence=?"
            database.execute(mark, (str(AT), key, fence))
    taken = time.perf_counter() - started
    database.close()
    return taken


def delivery(folder: Path, port: int, mails: int) -> float:
    """Return the seconds of the real thing: claim, build, send, mark."""
    engine = posted(folder, mails)
    server = MailServer.read(f"smtp://127.0.0.1:{port}")
    office = PostOffice(MailCarrier(server), AppriseCarrier(), Vault(folder))
    started = time.perf_counter()
    done = deliver(engine, AT, office)
    taken = time.perf_counter() - started
    engine.dispose()
    if done.sent != mails:
        raise RuntimeError(f"{done} is not {mails} mails")
    return taken


def posted(folder: Path, mails: int) -> Engine:
    """Return a new database with so many mails in its outbox."""
    folder.mkdir()
    engine = connect(f"sqlite:///{folder}/jaarritme.db")
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        school = School(brin="99XX", name="De Wilgenhof", region="noord", mailbox="zorg@wilgenhof.example")
        person = Person(name="Ineke de Boer", email="ineke@wilgenhof.example")
        session.add_all([school, person])
        for number in range(mails):
            outbox.post(session, _letter(school, person, number))
    return engine


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
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
