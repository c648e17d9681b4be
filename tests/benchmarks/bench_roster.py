"""Time the import of ten thousand pupils, against the same rows by raw sqlite3 executemany.

Run from the top of the tree: ``python tests/benchmarks/bench_roster.py``.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlmodel import Session, SQLModel

from models import School
from models.database import connect, unit_of_work
from service.roster import Roster, apply, diff, fingerprint, parse
from tests.roster.edex_builder import Edex, G, P, S

PUPILS, GROUPS = 10_000, 400
DAY = date(2026, 9, 7)
TABLES = ("school_group", "pupil", "staff_key", "placement")


def edex() -> bytes:
    """Return a file with ten thousand invented pupils, all in a class, half in a composite group."""
    extra = "<geslacht>1</geslacht><postcodenl>1234AB</postcodenl>"
    pupils = tuple(
        P(
            str(100_000 + n),
            f"Kind{n}",
            f"Verzonnen{n % 977}",
            "van der" if n % 3 else "",
            f"{2014 + n % 8}-{1 + n % 12:02}-{1 + n % 28:02}",
            str(1 + n % 8),
            f"g{n % GROUPS}",
            (f"s{n % 50}",) if n % 2 else (),
            "2024-08-19",
            extra=extra,
        )
        for n in range(PUPILS)
    )
    groups = (
        *(G(f"g{n}", f"Groep {n}", "C") for n in range(GROUPS)),
        *(G(f"s{n}", f"Plus {n}", None) for n in range(50)),
    )
    staff = tuple(S(f"lk{n}", email=f"lk{n}@school.example") for n in range(600))
    return Edex(pupils, groups, staff).bytes()


def main() -> None:
    """Print seconds per step, and the ratio of the whole to the raw inserts."""
    data = edex()
    print(f"{PUPILS} leerlingen, {len(data) / 1024**2:.1f} MB")  # noqa: T201
    with TemporaryDirectory() as folder, _database(Path(folder)) as (session, school):
        roster, reading = timed(lambda: parse(data))
        _, ahead = timed(lambda: diff(session, school, roster, DAY))
        done, first = timed(lambda: _import(session, school, roster, data))
        again, second = timed(lambda: _import(session, school, parse(data), data))
        raw = _raw(Path(folder))
    assert (len(done.pupils.new), again.empty) == (PUPILS, True)
    for step, seconds in (
        ("bestand lezen", reading),
        ("verschil bekijken", ahead),
        ("inlezen", first),
        ("nog eens lezen en inlezen", second),
        ("dezelfde rijen, kaal sqlite3", raw),
    ):
        print(f"{step:<32}{seconds:8.2f} s")  # noqa: T201
    print(f"lezen + inlezen{reading + first:25.2f} s, {(reading + first) / raw:.1f} x kaal")  # noqa: T201


@contextmanager
def _database(folder: Path) -> Iterator[tuple[Session, School]]:
    engine = connect(f"sqlite:///{folder}/school.db")
    SQLModel.metadata.create_all(engine)
    school = School(brin="99XX", name="De Vuurtoren", region="noord", mailbox="s@vuurtoren.example")
    with unit_of_work(engine) as session:
        session.add(school)
    with Session(engine, expire_on_commit=False) as session:
        yield session, session.get_one(School, school.id)
    engine.dispose()


def _import(session: Session, school: School, roster: Roster, data: bytes) -> Any:
    at = datetime(2026, 9, 7, 9, tzinfo=UTC)
    done = apply(session, school, roster, actor_id=None, at=at, digest=fingerprint(data))
    session.commit()
    return done


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what ``work`` returns, and the seconds it took."""
    started = perf_counter()
    done = work()
    return done, perf_counter() - started


def _raw(folder: Path) -> float:
    source = sqlite3.connect(folder / "school.db")
    target = sqlite3.connect(folder / "raw.db", isolation_level=None)
    for (statement,) in source.execute("select sql from sqlite_master where sql is not null").fetchall():
        target.execute(statement)
    rows = {name: source.execute(f"select * from {name}").fetchall() for name in TABLES}  # noqa: S608 -- ours
    target.execute("pragma synchronous=full")

    def insert() -> None:
        target.execute("begin immediate")
        for name, found in rows.items():
            marks = ",".join("?" * len(found[0]))
            target.executemany(f"insert into {name} values ({marks})", found)  # noqa: S608 -- ours
        target.execute("commit")

    _, seconds = timed(insert)
    source.close()
    target.close()
    return seconds


if __name__ == "__main__":
    main()
