"""Rules that are often mixed up with another one, and how that other one is written."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from calendars.rulefile.moments import month_of
from calendars.rulefile.words import age_meant, number_meant
from calendars.rules import UNITS

Table = dict[str, Any]
_EDGES = {"from", "after", "until", "before", "on"}
_SEVERAL = {"each", "one-of", "earliest", "latest"}
_A_YEAR = 12  # months


def _counted(table: Table) -> Table:
    """{ rule = "after", day, calendar_weeks } counts: that is an offset, or within."""
    units = {key: value for key, value in table.items() if key in UNITS}
    if table["rule"] not in _EDGES - {"on"} or not units or "day" not in table:
        return table
    side = "before" if table["rule"] == "before" else "after"
    return {"rule": "within" if table["rule"] == "until" else "offset", side: table["day"], **units}


def _other_side(table: Table) -> Table:
    """So many weeks less than nothing after something are so many weeks before it."""
    unit = next((u for u in UNITS if isinstance(table.get(u), int) and table[u] < 0), None)
    if table["rule"] not in {"offset", "within"} or unit is None:
        return table
    turned = {"after": "before", "before": "after"}
    return {turned.get(k, k): -v if k == unit else v for k, v in table.items()}


def _smallest_first(table: Table) -> Table:
    unit = next((u for u in UNITS if isinstance(table.get(u), int)), None)
    until = table.get("until")
    if table["rule"] != "offset" or unit is None or not isinstance(until, int) or until > table[unit]:
        return table
    return {**table, unit: until, "until": table[unit]}


def _at_a_holiday(table: Table) -> Table:
    """{ rule = "holiday", weekday } is a weekday beside it; with a unit it is counted from there."""
    if table["rule"] != "holiday":
        return table
    units = {key: value for key, value in table.items() if key in UNITS}
    itself = {key: table[key] for key in ("rule", "name", "nth") if key in table}
    side = "before" if "before" in str(table.get("at")) or "voor" in str(table.get("at")) else "after"
    if "weekday" in table:
        return {"rule": "weekday", "weekday": table["weekday"], side: itself}
    return {"rule": "offset", side: itself, **units} if units else table


def _several_weeks(table: Table) -> Table:
    numbers = table.get("number")
    if isinstance(numbers, str) and (found := re.fullmatch(r"(\d+) ?(?:-|/|t/m|tot|en) ?(\d+)", numbers)):
        numbers = [int(found[1]), int(found[2])]
    if table["rule"] not in {"week", "school-week"} or not isinstance(numbers, list) or not numbers:
        return table
    numbers = [number_meant(n) for n in numbers]
    rest = {key: value for key, value in table.items() if key not in {"number", "until"}}
    if len(numbers) == 1:
        return {**rest, "number": numbers[0]}
    if _follow(numbers) and "weekday" not in rest:
        return {**rest, "number": numbers[0], "until": numbers[-1]}
    return {"rule": "each", "of": [{**rest, "number": n} for n in numbers]}


def _follow(numbers: list[Any]) -> bool:
    return all(isinstance(n, int) for n in numbers) and all(b == a + 1 for a, b in pairwise(numbers))


def _several_months(table: Table) -> Table:
    if table["rule"] != "month":
        return table
    said = table.get("month")
    if isinstance(said, str):
        said = [one for one in re.split(r"\s*(?:/|,| en | t/m | tot )\s*", said) if one]
    if not isinstance(said, list):
        return table
    numbers = [month_of(one) or number_meant(one) if isinstance(one, str) else one for one in said]
    rest = {key: value for key, value in table.items() if key != "month"}
    if len(numbers) == 1:
        return {**rest, "month": numbers[0]}
    if _follow(numbers):
        return {"rule": "month", "month": numbers[0], "until": numbers[-1]}
    return {"rule": "months", "of": numbers}


def _until_month(table: Table) -> Table:
    """Put the number of a month where its name is written out."""
    names = {key: month_of(table[key]) for key in ("month", "until") if isinstance(table.get(key), str)}
    return {**table, **{key: number for key, number in names.items() if number}}


def _only_one(table: Table) -> Table:
    of = table.get("of")
    if table["rule"] == "months":
        one = of[0] if isinstance(of, list) and len(of) == 1 else of
        if isinstance(one, int) or (isinstance(one, str) and month_of(one)):
            return {"rule": "month", "month": month_of(one) if isinstance(one, str) else one}
    if table["rule"] in _SEVERAL and of and (not isinstance(of, list) or len(of) == 1):
        one = of[0] if isinstance(of, list) else of
        return dict(one) if isinstance(one, dict) and "rule" in one else {"rule": "on", "day": one}
    return table


def _several_days(table: Table) -> Table:
    if table["rule"] == "date" and isinstance(table.get("day"), list):
        return {"rule": "dates", "days": table["day"]}
    if table["rule"] == "dates" and isinstance(table.get("days"), str):
        return {"rule": "date", "day": table["days"]}
    return table


def _every(table: Table) -> Table:
    if table["rule"] != "every" or "weekday" not in table:
        return table
    if "months" in table:
        months = {key: value for key, value in table.items() if key != "weekday"}
        inside = {"rule": "weekday", "weekday": table["weekday"], "of": "each.time"}
        return {"rule": "each-time", "of": months, "do": inside}
    return table if table.keys() & {*UNITS} else {"rule": "every", "school_weeks": 1, **table}


_PARTS = {"maand": "months", "month": "months", "week": "school_weeks", "schoolweek": "school_weeks"}


def _per_part(table: Table) -> Table:
    """So many times a month: for each month so many times."""
    per = next((table[key] for key in ("per", "elke", "every") if key in table), None)
    unit = _PARTS.get(str(per).casefold())
    if table["rule"] != "times" or unit is None:
        return table
    inside = {"rule": "times", "count": table.get("count", 1), "within": "each.time"}
    return {"rule": "each-time", "of": {"rule": "every", unit: 1}, "do": inside}


def _of_age(table: Table) -> Table:
    if table["rule"] != "age":
        return table
    said = table.get("years", table.get("age"))
    found = age_meant(said) if said is not None else None
    if found is None and isinstance(table.get("months"), int) and "years" not in table:
        found = divmod(table["months"], _A_YEAR)
    if found is None:
        return table
    rest = {key: value for key, value in table.items() if key not in {"rule", "years", "age", "months"}}
    months = found[1] or (table.get("months", 0) if "years" in table and isinstance(said, int) else 0)
    return {"rule": "age", "years": found[0], **({"months": months} if months else {}), **rest}


def _of_instruction(table: Table) -> Table:
    weeks = next((table[key] for key in ("weeks", "school_weeks", "calendar_weeks") if key in table), None)
    if table["rule"] != "instruction" or not isinstance(weeks, int):
        return table
    return {"rule": "instruction", "months": max(1, -(-weeks // 4))}


# In this order; each leaves alone what isn't its own.
CHANGES: tuple[Callable[[Table], Table], ...] = (
    *(_counted, _at_a_holiday, _several_weeks, _several_months, _until_month, _several_days, _every),
    *(_per_part, _of_age, _of_instruction, _only_one, _other_side, _smallest_first),
)
