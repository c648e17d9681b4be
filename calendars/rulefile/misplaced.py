"""Keys of an item that landed in another table, because that table was put in the middle of the item."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from calendars.derivation import joined
from calendars.rulefile.problems import Problem, Source
from calendars.yearplan.items import OwnClosure, PlanItem, TriedPupil

_TABLES = ("facts", "done", "presence")
_LISTS = {"closure": {*OwnClosure.model_fields}, "pupil": {*TriedPupil.model_fields}}


def misplaced(source: Source) -> Iterator[Problem]:
    """Yield for each table the keys in it that belong to the item above it."""
    for table in _TABLES:
        rows = source.data.get(table)
        held = rows.items() if isinstance(rows, Mapping) else ()
        if keys := [key for key, value in held if _is_of_an_item(table, key, value)]:
            yield _problem(source, (table, keys[0]), f"[{table}]", keys)
    for table, own in _LISTS.items():
        rows = source.data.get(table)
        for n, row in enumerate(rows if isinstance(rows, list) else ()):
            names = row if isinstance(row, Mapping) else ()
            if keys := [key for key in names if key in PlanItem.model_fields and key not in own]:
                yield _problem(source, (table, n, keys[0]), f"[[{table}]]", keys)


def _is_of_an_item(table: str, key: str, value: Any) -> bool:
    """Tell whether a key is one of an item, with a value that can't be that of this table."""
    if key not in PlanItem.model_fields:
        return False
    if table == "presence":
        return not isinstance(value, list)
    return not isinstance(value, date) and not (table == "done" and isinstance(value, str))


def _problem(source: Source, path: tuple[str | int, ...], table: str, keys: list[str]) -> Problem:
    verb = "staat" if len(keys) == 1 else "staan"
    write = f"Zet {table} onder al je items; wat eronder staat, hoort daarbij."
    return source.problem(path, f"{joined(keys)} {verb} onder {table}", write)
