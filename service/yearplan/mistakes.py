"""Mistakes in real year plans that show when its rows are dated: each with corrections to choose from."""

from collections.abc import Iterator, Sequence

from calendars.phrases import Choice, Problem
from calendars.plan import Frame
from service.yearplan.alone import ALONE
from service.yearplan.rows import Dated
from service.yearplan.together import TOGETHER


def mistakes_of(rows: Sequence[Dated], frame: Frame) -> dict[str, list[Problem]]:
    """Return what is wrong with each row, by the key of its line."""
    found: dict[str, list[Problem]] = {row.line.id: [] for row in rows}
    for row in rows:
        for check in ALONE:
            found[row.line.id] += check(row, frame)
        for compare in TOGETHER:
            found[row.line.id] += compare(row, rows, frame)
    for line_id in _twice(rows):
        fix = Choice("drop", "neem deze regel niet over", {"rule": "open"})
        found[line_id].append(Problem("duplicate", "Deze regel staat er twee keer.", (fix,)))
    return found


def _twice(rows: Sequence[Dated]) -> Iterator[str]:
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for row in rows:
        same = (row.item.title.casefold(), row.line.when.casefold(), row.item.groups)
        if same in seen:
            yield row.line.id
        seen.add(same)
