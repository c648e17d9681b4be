"""The days and weeks that a phrase names: whether they can be, and what rule they are in another year.

A day that was read is a leaf of the tree until it is known whether the school means that date every year,
that week, that weekday of the month, or this year alone.
"""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from calendars.derivation import WEEKDAYS_NL
from calendars.phrases.proposal import OPEN, Style, Tree

AUGUST = 8
FRIDAY = 4
_NAMED_WEEKS = 4  # a fifth one of a month is its last


def day_leaf(day: int, month: int, year: int | None = None, weekday: str | None = None) -> Tree:
    """Return a day as it was read; it needs not exist."""
    return {"rule": "_day", "day": day, "month": month, "year": year, "weekday": weekday}


def week_leaf(number: int, until: int | None = None, year: int | None = None) -> Tree:
    """Return ISO weeks as they were read, the last one included."""
    return {"rule": "_week", "number": number, "until": until if until != number else None, "year": year}


def leaves(tree: object) -> Iterator[Tree]:
    """Return every day and week that was read, from left to right."""
    if isinstance(tree, dict):
        if tree.get("rule") in {"_day", "_week"}:
            yield tree
        for part in tree.values():
            yield from leaves(part)
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from leaves(part)


def swapped(tree: Any, old: Tree, new: object) -> Any:
    """Return a tree with one leaf of it replaced; the other leaves stay the same objects."""
    if tree is old:
        return new
    if isinstance(tree, dict):
        changed = {key: swapped(part, old, new) for key, part in tree.items()}
        return changed if any(changed[key] is not tree[key] for key in tree) else tree
    if isinstance(tree, list):
        parts = [swapped(part, old, new) for part in tree]
        return parts if any(a is not b for a, b in zip(parts, tree, strict=True)) else tree
    return tree


def year_of(leaf: Tree, label: str) -> int:
    """Return the calendar year of a leaf: as it was written, or else that of the school year."""
    if leaf["year"]:
        return int(leaf["year"])
    starts = int(label[:4])
    turned = (
        leaf["month"] < AUGUST
        if leaf["rule"] == "_day"
        else leaf["number"] < date(starts, AUGUST, 1).isocalendar().week
    )
    return starts + int(turned)


def day_of(leaf: Tree, label: str) -> date | None:
    """Return the day of a leaf in a school year (of a week its Monday), or nothing when there is none."""
    try:
        if leaf["rule"] == "_day":
            return date(year_of(leaf, label), leaf["month"], leaf["day"])
        return date.fromisocalendar(year_of(leaf, label), leaf["number"], 1)
    except (ValueError, OverflowError):
        return None


def in_label(day: date, label: str) -> bool:
    """Tell whether a day lies in a school year, from the first of August on."""
    starts = int(label[:4])
    return date(starts, AUGUST, 1) <= day < date(starts + 1, AUGUST, 1)


def label_of(day: date) -> str:
    """Return the school year in which a day lies."""
    starts = day.year - (day.month < AUGUST)
    return f"{starts}-{starts + 1}"


def finished(tree: Tree, style: Style, label: str) -> Tree:
    """Return a rule without leaves: every day as it is meant in other years."""
    if weeks := _whole_weeks(tree, label) if style == "week" else None:
        return weeks
    if tree["rule"] in {"_day", "_week"}:
        return _one(tree, style, label)
    if tree["rule"] == "_days":
        return _several(tree, style, label)
    if tree["rule"] == "week-of" and style == "week" and isinstance(tree.get("day"), dict):
        return _week_of(tree, label)
    return {key: _part(part, style, label) for key, part in tree.items()}


def _part(part: Any, style: Style, label: str) -> Any:
    if isinstance(part, dict) and "rule" in part:
        done = finished(part, style, label)
        return done["day"] if done["rule"] == "date" else done
    if isinstance(part, list):
        return [_part(each, style, label) for each in part]
    return part


def _several(tree: Tree, style: Style, label: str) -> Tree:
    done = [_one(leaf, style, label) for leaf in tree["of"]]
    if all(rule["rule"] == "date" for rule in done):
        return {"rule": "dates", "days": [rule["day"] for rule in done]}
    return {"rule": "each", "of": done}


def _one(leaf: Tree, style: Style, label: str) -> Tree:
    if leaf["rule"] == "_week":
        until = {"until": leaf["until"]} if leaf["until"] else {}
        return {"rule": "week", "number": leaf["number"]} | until
    day = day_of(leaf, label)
    if day is None:
        last = _last_of(leaf["month"])
        return OPEN if leaf["day"] > last else _date(f"{leaf['month']:02}-{leaf['day']:02}")
    if style == "once":
        return _date(day.isoformat())
    if style == "date" or day.weekday() > FRIDAY:
        return _date(f"{day:%m-%d}")
    weekday = WEEKDAYS_NL[day.weekday()]
    if style == "week":
        return {"rule": "week", "number": day.isocalendar().week, "weekday": weekday}
    turn = (day.day - 1) // 7 + 1
    number = turn if turn <= _NAMED_WEEKS else -1
    return {"rule": "weekday", "weekday": weekday, "nth": number, "month": day.month}


def _date(day: str) -> Tree:
    return {"rule": "date", "day": day}


def _last_of(month: int) -> int:
    return calendar.monthrange(2024, month)[1]  # a leap year, so that 29 February may be


def _whole_weeks(tree: Tree, label: str) -> Tree | None:
    """Return a Monday until a Friday as the weeks that they are."""
    if tree["rule"] != "period":
        return None
    first, last = tree["first"], tree["last"]
    if not all(isinstance(end, dict) and end["rule"] == "_day" for end in (first, last)):
        return None
    begin, end = day_of(first, label), day_of(last, label)
    if begin is None or end is None or (begin.weekday(), end.weekday()) != (0, FRIDAY) or end < begin:
        return None
    until = end.isocalendar().week
    return {"rule": "week", "number": begin.isocalendar().week} | (
        {"until": until} if end - begin > timedelta(days=FRIDAY) else {}
    )


def _week_of(tree: Tree, label: str) -> Tree:
    leaf = tree["day"]
    day = day_of(leaf, label) if leaf["rule"] == "_day" else None
    if day is None or tree.get("shift"):
        return {**tree, "day": _part(leaf, "date", label)}
    return {"rule": "week", "number": day.isocalendar().week}
