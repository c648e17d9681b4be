"""Measure how long one school's whole year takes to plan: python tests/benchmarks/bench_plan.py [rounds]."""

import sys
from collections import Counter
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from calendars.people import Facts, Overrides
from calendars.plan import Plan, plan
from service.procedures import read_all
from tests.calendars.invented_school import STUDY_DAYS, frame, people

MOST_SECONDS = 0.5


def measure(rounds: int) -> tuple[list[float], Plan]:
    """Return the seconds of each round, and the plan that came out."""
    procedures, school, staff = read_all(), frame("midden", "2026-2027", STUDY_DAYS), people()
    seconds = []
    result = Plan((), ())
    for _ in range(rounds):
        begin = perf_counter()
        result = plan(procedures, school, staff, Facts(), Overrides())
        seconds.append(perf_counter() - begin)
    return seconds, result


def main(rounds: int) -> int:
    """Write the measurement; return 1 when a year takes too long."""
    seconds, result = measure(rounds)
    middle = median(seconds)
    counted = sorted(Counter(item.case.procedure.key for item in result.items).items())
    lines = [
        f"{len(result.items)} items in {len(result.cases)} cases, {len(result.warnings)} warnings",
        *(f"  {count:>5} {key}" for key, count in counted),
        f"median {middle:.3f} s over {rounds} rounds (from {min(seconds):.3f} to {max(seconds):.3f} s)",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(middle > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 7))
