"""Guess which rule somebody meant, from the name that was given to it or from the keys in it."""

from typing import Any

from calendars.rulefile.words import meant, same_word
from calendars.rules import UNITS

# The key that a rule's name stands for when somebody writes { week = 44 }.
_MAIN = {
    "week": "number",
    "month": "month",
    "months": "of",
    "date": "day",
    "dates": "days",
    "week-of": "day",
    "school-week": "number",
    "school-day": "number",
    "phase": "phase",
    "holiday": "name",
    "legal": "key",
    "weekday": "weekday",
    "from": "day",
    "after": "day",
    "until": "day",
    "before": "day",
    "on": "day",
    "times": "count",
    "age": "years",
    "instruction": "months",
    "event": "name",
    "one-of": "of",
    "each": "of",
    "earliest": "of",
    "latest": "of",
    "year": "edge",
}
# The rule that a key of one belongs to, for a rule without its name.
_OF_KEY = {
    "number": "week",
    "day": "date",
    "days": "dates",
    "name": "holiday",
    "count": "times",
    "years": "age",
    "first": "period",
    "phase": "phase",
    "edge": "year",
    "part": "month",
    "key": "legal",
    "weeks": "every",
}
_SIDES = {"after": "after", "na": "after", "before": "before", "voor": "before", "vóór": "before"}


def guessed(said: dict[str, Any], rules: list[str]) -> dict[str, Any] | None:
    """Return a table with the name of the rule that it seems to be; nothing when there is no telling."""
    tag = said.get("rule")
    if isinstance(tag, str):
        likely = [tag] if tag in rules else meant(tag, rules, "rule")
        return {**said, "rule": likely[0]} if likely else None
    return None if "rule" in said else _without_name(said, rules)


def _without_name(said: dict[str, Any], rules: list[str]) -> dict[str, Any] | None:
    units = [key for key in said if key in UNITS or same_word(key, [*UNITS], "key")]
    sides = [key for key in said if key in _SIDES]
    if units and sides and len(said) == len(units) + len(sides):
        return {"rule": "offset", **{_SIDES.get(key, key): value for key, value in said.items()}}
    if "weekday" in said and {"month", "of", "before", "after", "nth"} & said.keys():
        return {"rule": "weekday", **said}
    for key, value in said.items():
        rule = next((r for r in same_word(key, rules, "rule") if r in _MAIN), None)
        if rule:
            return {"rule": rule, _MAIN[rule]: value, **{k: v for k, v in said.items() if k != key}}
    named = next((_OF_KEY[key] for key in said if key in _OF_KEY), None)
    return {"rule": named, **said} if named else None
