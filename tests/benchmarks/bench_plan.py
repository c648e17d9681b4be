"""Measure how long one large school's whole year takes to plan.

Run it from the top of the tree: ``python -m tests.benchmarks.bench_plan [rounds]``. The processor time of the
best round counts, for others may use the machine; a school of a third of the size shows how it grows.
"""

import sys
from collections import Counter
from datetime import UTC, datetime
from time import process_time

from sqlmodel import Session, SQLModel

from calendars.plan import Plan
from models.database import connect
from service.year.open import Inputs, inputs_of
from tests.benchmarks.bench_delivery import write
from tests.benchmarks.large_school import LABEL, sow

AT = datetime(2026, 8, 31, 7, tzinfo=UTC)
MOST_SECONDS = 0.5
MOST_GROWTH = 1.5  # of the seconds per item, from a third of the school to all of it


def inputs(parallels: int) -> Inputs:
    """Return what the year of an invented school is planned from."""
    engine = connect("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        school = sow(session, f"groot{parallels}", AT, parallels=parallels, plan="01")
        return inputs_of(session, school, LABEL)


def timed(found: Inputs) -> tuple[float, Plan]:
    """Return the processor seconds that planning takes, and the plan that came out."""
    begin = process_time()
    result = found.planned()
    return process_time() - begin, result


def main(rounds: int = 9) -> int:
    """Write the measurement; return 1 when a year takes too long, or more per item in a larger school."""
    schools = [inputs(1), inputs(3)]
    found = [[timed(school) for school in schools] for _ in range(rounds)]
    (small, small_plan), (large, plan) = (
        min(turns, key=lambda t: t[0]) for turns in zip(*found, strict=True)
    )
    growth = (large / len(plan.items)) / (small / len(small_plan.items))
    for key, count in sorted(Counter(item.case.procedure.key for item in plan.items).items()):
        write(f"  {count:>5} {key}")
    write(f"{len(small_plan.items):>6} items {small:7.3f} s")
    write(f"{len(plan.items):>6} items {large:7.3f} s (goal: at most {MOST_SECONDS})")
    write(f"ratio     {large / MOST_SECONDS:7.2f} of the goal")
    write(f"per item  {growth:7.2f} times as long in the larger school (goal: at most {MOST_GROWTH})")
    return 0 if large <= MOST_SECONDS and growth <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
