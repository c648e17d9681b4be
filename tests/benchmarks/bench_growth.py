"""Measure how opening a year grows from one school to a hundred in one database: per school it must not.

Run it from the top of the tree: ``python -m tests.benchmarks.bench_growth [schools]``. Every school is
planned and written whole, rules and own plan included, in a transaction of its own, on SQLite. Processor time
counts, for others may use the machine.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from sqlalchemy import Engine
from sqlmodel import Session

from models import School, migrate
from models.database import connect, unit_of_work
from service.year.open import open_year
from tests.benchmarks.bench_delivery import write
from tests.benchmarks.large_school import LABEL, sow

AT = datetime(2026, 8, 31, 7, tzinfo=UTC)
MOST_GROWTH = 1.5


def main(schools: int = 100) -> int:
    """Print how long a school takes as there are more of them; return 1 when it grows too much."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'growth.db'}"
        migrate.upgrade(url)
        engine = connect(url)
        _open(engine, "warm")
        seconds, items = [], 0
        for number in range(schools):
            taken, items = _open(engine, f"school{number}")
            seconds.append(taken)
        engine.dispose()
    first = median(seconds[:10])
    for count in (1, 10, 100):
        if count <= schools:
            here = median(seconds[max(0, count - 10) : count])
            write(
                f"{count:>4} schools of {items} items: {here:.3f} s each, {here / first:.2f} times the first"
            )
    growth = median(seconds[-10:]) / first
    write(f"growth  {growth:.2f} (goal: at most {MOST_GROWTH})")
    return 0 if growth <= MOST_GROWTH else 1


def _open(engine: Engine, name: str) -> tuple[float, int]:
    """Add a school, open its year, and return the seconds of the opening with the number of items."""
    with unit_of_work(engine) as session:
        school_id = sow(session, name, AT, plan="01").id
    begin = process_time()
    with Session(engine, expire_on_commit=False) as session, session.begin():
        school = session.get_one(School, school_id)
        opened = open_year(session, school, LABEL, actor_id=None, at=AT)
    return process_time() - begin, opened.items


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
