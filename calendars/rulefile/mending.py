"""Rewrite a moment that doesn't fit the rule language into what was most likely meant.

What comes out is checked against the language itself, so that an error never proposes what is wrong too.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from calendars.rulefile.changes import CHANGES
from calendars.rulefile.guesses import guessed
from calendars.rulefile.moments import Moment, moment_meant, month_of
from calendars.rulefile.words import meant, number_meant, same_word
from calendars.rules import UNITS, Ref, Rule

KINDS: dict[str, type[BaseModel]] = {
    name: kind
    for kind in get_args(get_args(Rule)[0])
    for name in get_args(kind.model_fields["rule"].annotation)
}
_ANY: TypeAdapter[Any] = TypeAdapter(Ref)
_NUMBERS = {*UNITS, "number", "until", "nth", "month", "count", "up_to", "shift", "years", "weeks"}
_MOMENTS = {"day", "first", "last", "after", "before", "of", "start", "within", "do"}
_DEEPEST = 6  # rules inside one another that are looked into


def mended(said: object, items: Mapping[str, str]) -> Moment | None:
    """Return a moment as the language says it; nothing when what was typed can't be understood."""
    found = _moment(said, items, 0)
    try:
        _ANY.validate_python(found)
    except (ValidationError, RecursionError):
        return None
    return found


def is_right(said: object) -> bool:
    """Tell whether the language knows this moment as it is."""
    try:
        _ANY.validate_python(said)
    except (ValidationError, RecursionError):
        return False
    return True


def _moment(said: object, items: Mapping[str, str], depth: int) -> Moment | None:
    if isinstance(said, date):
        return said.isoformat()[:10]
    if isinstance(said, bool) or depth > _DEEPEST:
        return None
    if isinstance(said, str):
        return _of_text(said, items, depth)
    if isinstance(said, int):
        return {"rule": "week", "number": said}
    if isinstance(said, list):
        return _of_list(said, items, depth)
    return _of_table(said, items, depth) if isinstance(said, dict) else None


def _of_text(said: str, items: Mapping[str, str], depth: int) -> Moment | None:
    if said.strip().startswith("{"):
        try:
            return _moment(tomllib.loads(f"x = {said}")["x"], items, depth + 1)
        except tomllib.TOMLDecodeError:
            return None
    name, dot, rest = said.partition(".")
    if dot and (name in {"each", "decision", "pupil", "year", "fact"} or rest.partition(".")[0] in items):
        return said
    return said if is_right(said) else moment_meant(said, items)


def _of_list(said: list[Any], items: Mapping[str, str], depth: int) -> Moment | None:
    if said and all(isinstance(one, int) for one in said):
        return _moment({"rule": "week", "number": said}, items, depth + 1)
    parts = [_moment(one, items, depth + 1) for one in said]
    if not parts or None in parts:
        return None
    days = all(isinstance(one, str) and one[0].isdigit() for one in parts)
    if len(parts) == 1:
        return parts[0]
    return {"rule": "dates", "days": parts} if days else {"rule": "each", "of": parts}


def _of_table(said: dict[str, Any], items: Mapping[str, str], depth: int) -> Moment | None:
    table = guessed(said, [*KINDS])
    if table is None:
        tag = said.get("rule")
        return moment_meant(tag, items) if isinstance(tag, str) and len(said) == 1 else None
    for change in CHANGES:
        table = change(_renamed(table))
    if table["rule"] == "on" and isinstance(table.get("day"), str) and said.get("rule") != "on":
        return _moment(table["day"], items, depth + 1)
    kind = KINDS[table["rule"]]
    return {key: _value(key, value, kind, (items, depth)) for key, value in table.items()}


def _renamed(table: dict[str, Any]) -> dict[str, Any]:
    """Return a rule with its keys in the words of the language, where these can only mean one thing here."""
    fields = KINDS[table["rule"]].model_fields
    found: dict[str, Any] = {}
    for key, value in table.items():
        likely = [] if key in fields else meant(key, [f for f in fields if f not in table], "key")
        units = [] if key in fields or likely else same_word(key, [*UNITS], "key")
        found[next(iter([*likely, *units]), key)] = value
    return found


_Where = tuple[Mapping[str, str], int]


def _value(key: str, value: Any, kind: type[BaseModel], where: _Where) -> Any:
    """Return the value of a key as that key wants it; as it was when nothing better is known."""
    field = kind.model_fields.get(key)
    if field is None or key == "rule":
        return value
    if choices := _choices(field.annotation):
        return _choice(value, choices)
    if key in _NUMBERS or (key == "months" and not isinstance(value, list)):
        return number_meant(value)
    if key == "of" and _is_of_months(kind):
        return [month_of(one) or one if isinstance(one, str) else one for one in _listed(value)]
    return _referring(key, value, kind, where)


def _referring(key: str, value: Any, kind: type[BaseModel], where: _Where) -> Any:
    """Return what a key refers to: other moments, or one."""
    if key in {"of", "days"} and isinstance(value, list):
        return [_inner(one, *where) for one in value]
    if key == "pause" and isinstance(value, dict):
        return [value]
    is_named = key in _MOMENTS or (kind.__name__, key) == ("Event", "name")
    return _inner(value, *where) if is_named else value


def _inner(value: Any, items: Mapping[str, str], depth: int) -> Any:
    found = value if is_right(value) else _moment(value, items, depth + 1)
    return value if found is None else found


def _is_of_months(kind: type[BaseModel]) -> bool:
    """Tell whether a rule is a list of months."""
    return kind.__name__ == "Months"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else re.split(r" en |, |/", str(value))


def _choices(annotation: Any) -> list[Any]:
    """Return the words or numbers that a key wants one of; none when it takes anything."""
    inner = get_args(annotation)
    if inner and all(isinstance(one, str | int) for one in inner):
        return [*inner]
    return next((found for one in inner if (found := _choices(one))), [])


def _choice(value: Any, choices: list[Any]) -> Any:
    if value in choices:
        return value
    if isinstance(choices[0], int):
        return number_meant(value)
    return next(iter(meant(str(value), choices, "value")), value)
