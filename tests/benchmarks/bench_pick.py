"""Measure how long it takes to find what is due, in an outbox that grew for years.

Run it from the top of the tree: ``python -m tests.benchmarks.bench_pick [most rows] [postgresql]``; ten
million rows take some 10 GB and minutes to write. The table is filled with what was sent long ago, and 10,000
messages that are due; the question is the one that delivery asks. It must be answered within a millisecond,
however long the table is.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, text

from models import Person, School
from models.database import unit_of_work
from service.notices.claiming import Lane, claim, pick
from tests.benchmarks.bench_delivery import databases, write

AT = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)
DUE = 10_000
BATCH = 100
GOAL = 1.0  # milliseconds
FLAT = 2.0  # times as long, from the smallest table to the largest
_TURNS = 200
_SCHOOL, _PERSON = UUID(int=1), UUID(int=2)


def main(most: int = 100_000, database: str = "sqlite") -> int:
    """Print what the question takes at each size; return 1 when it misses a goal."""
    sizes = [size for size in (100_000, 1_000_000, 10_000_000) if size <= most] or [most]
    picks: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder, databases(database) as new:
        engine = new(Path(folder) / "picked")
        there = 0
        for size in sizes:
            _grow(engine, there, size)
            there = size
            picks[size], empty, whole = _measured(engine)
            write(
                f"{size:>10,} rows: pick {BATCH} of {DUE:,} due {picks[size]:.3f} ms, none {empty:.3f} ms, "
                f"claim with all that sending takes {whole:.1f} ms ({database})"
            )
        if database == "sqlite":
            write(_plan(engine))
        engine.dispose()
    growth = picks[sizes[-1]] / picks[sizes[0]]
    write(f"largest against smallest table: {growth:.2f} (goal: at most {FLAT})")
    return 0 if picks[sizes[-1]] <= GOAL and growth <= FLAT else 1


def _measured(engine: Engine) -> tuple[float, float, float]:
    """Return the best milliseconds of picking what is due, of finding nothing, and of a whole claim."""
    later, long_ago = AT + timedelta(hours=1), AT - timedelta(days=9999)
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        due, none = _words(engine, later), _words(engine, long_ago)
        full = _best(lambda: len(cursor.execute(due).fetchall()) == BATCH)
        empty = _best(lambda: not cursor.execute(none).fetchall())
        connection.rollback()
    started = time.perf_counter()
    with unit_of_work(engine) as session:
        claim(session, later, limit=BATCH, lease=timedelta(minutes=5))
    whole = (time.perf_counter() - started) * 1000
    with unit_of_work(engine) as session:
        session.execute(text("update message set state = 'ready', lease_until = null where state = 'leased'"))
    return full, empty, whole


def _best(ask: Callable[[], bool]) -> float:
    """Return the best of many tries in milliseconds."""
    taken = []
    for _ in range(_TURNS):
        started = time.perf_counter()
        right = ask()
        taken.append((time.perf_counter() - started) * 1000)
        if not right:
            raise RuntimeError("something else was found than is there")
    return min(taken)


def _words(engine: Engine, at: datetime) -> str:
    """Return delivery's own question as the database gets it."""
    return str(pick(at, BATCH, Lane.MAIL).compile(engine, compile_kwargs={"literal_binds": True}))


def _plan(engine: Engine) -> str:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"explain query plan {_words(engine, AT)}").all()
    steps = [str(row[3]) for row in rows]
    if any(step.startswith("SCAN") for step in steps):
        raise RuntimeError(f"a table is read whole: {steps}")
    return "plan: " + "; ".join(steps)


def _grow(engine: Engine, there: int, rows: int) -> None:
    """Add messages that were sent long ago until the table has so many, and at first those that are due."""
    if not there:
        with unit_of_work(engine) as session:
            session.add(
                School(id=_SCHOOL, brin="99XX", name="De Wilgenhof", region="noord", mailbox="a@b.example")
            )
            session.add(Person(id=_PERSON, name="Ineke de Boer", email="ineke@wilgenhof.example"))
        _fill(engine, 0, DUE, state="ready", sent=False)
    _fill(engine, max(there, DUE), rows, state="sent", sent=True)
    if engine.dialect.name == "postgresql":  # its autovacuum does so within a minute
        with engine.begin() as connection:
            connection.exec_driver_sql("analyze")


def _fill(engine: Engine, first: int, last: int, *, state: str, sent: bool) -> None:
    light = engine.dialect.name == "sqlite"
    school, person = (key.hex if light else str(key) for key in (_SCHOOL, _PERSON))
    key = "printf('%032x', n)" if light else "lpad(to_hex(n), 32, '0')::uuid"
    series = "with recursive s(n) as (select :first union all select n + 1 from s where n + 1 < :last)"
    source = f"{series} select" if light else "select"
    origin = "s" if light else "generate_series(cast(:first as int), cast(:last as int) - 1) as s(n)"
    body = "substr(:text, 1, 400)"
    moment = ":moment" if light else "cast(:moment as timestamptz)"
    false = "0" if light else "false"
    columns = (
        "id, school_id, dedupe_key, person_id, kind, to_address, to_name, subject, body, message_id, "
        "made_at, due_at, next_try_at, expires_at, state, fence, attempts, uncertain, sent_at"
    )
    values = (
        f"{key}, '{school}', 'k' || n, '{person}', 'digest', 'ineke@wilgenhof.example', '', 'Vandaag', "
        f"{body}, 'm' || n, {moment}, {moment}, {moment}, :ends, '{state}', 0, 0, {false}, "
        f"{moment if sent else 'null'}"
    )
    if not light:
        values = values.replace(":ends", "cast(:ends as timestamptz)")
    statement = f"insert into message ({columns}) {source} {values} from {origin}"
    moment_text = "2026-11-25 05:30:00.000000" + ("" if light else "+00")
    with engine.begin() as connection:
        connection.execute(
            text(statement),
            {
                "first": first,
                "last": last,
                "text": "Vandaag staan er drie dingen voor je klaar. " * 10,
                "moment": moment_text,
                "ends": moment_text.replace("2026", "2036"),
            },
        )


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    kinds = [word for word in sys.argv[1:] if not word.isdigit()]
    sys.exit(main(*numbers, **({"database": kinds[0]} if kinds else {})))
