"""What has happened: days of things outside the plan, and what was done of it, in all or time by time.

The names in a rules file. Of a fact: "project" ("fact.project"), or one of the families below with its name
("decision.toelating", "milestone.advies"). Of something done: "toets"; of its second time "toets.2"; of one
pupil "screening.p1", and of that pupil's second time "screening.p1.2". Each holds a day, or an outcome; both
with ".on" and ".outcome" behind it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from calendars.resolve import Anchor

FAMILIES = ("fact", "stage", "task", "meeting", "milestone", "decision", "window")
Done = Mapping[str, date | str]


def flat(said: Any) -> Any:
    """Return nested tables as one with dotted names: TOML reads ``decision.toelating = …`` as a table."""
    return dict(_flat(said, "")) if isinstance(said, dict) else said


def _flat(said: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, value in said.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def fact_anchors(facts: Mapping[str, date | bool]) -> dict[str, Anchor]:
    """Return what can be counted from: every fact by its whole name, and what has a first and a last day."""
    named = {_whole(name): day for name, day in facts.items() if isinstance(day, date)}
    found = {name: Anchor(day, _title(name)) for name, day in named.items()}
    for name, day in named.items():
        base, _, edge = name.rpartition(".")
        if edge == "last" and f"{base}.first" in named:
            found[base] = Anchor(day, _title(base), named[f"{base}.first"])
    return found


def is_recorded(name: str, facts: Mapping[str, date | bool]) -> bool | None:
    """Tell whether a fact has a day or is true; nothing as long as nobody said so."""
    names = [form for edge in ("", ".first") for form in (f"{name}{edge}", _whole(f"{name}{edge}"))]
    said = [facts[form] for form in names if form in facts]
    return said[0] is not False if said else None


def _whole(name: str) -> str:
    return name if name.partition(".")[0] in FAMILIES else f"fact.{name}"


def _title(name: str) -> str:
    _, _, rest = name.partition(".")
    key, _, edge = rest.partition(".")
    side = {"first": "de eerste dag van ", "last": "de laatste dag van "}.get(edge, "")
    return f"{side}{key.replace('-', ' ')}"


def done_on(done: Done, key: str, *below: str) -> date | None:
    """Return the day on which something was done: an item, a pupil's or one time of it."""
    name = ".".join((key, *below))
    found = done.get(f"{name}.on", done.get(name))
    return found if isinstance(found, date) else None


def outcome_of(done: Done, key: str, pupil: str | None = None, time: int = 0) -> str | None:
    """Return how something ended, for one pupil and of one time when that is said, else of all of it."""
    names = [f"{key}.{pupil}"] * (pupil is not None) + [key]
    for name in [*(f"{name}.{time}" for name in names if time), *names]:
        found = done.get(f"{name}.outcome", done.get(name))
        if isinstance(found, str):
            return found
    return None


def is_done(done: Done, key: str, *below: str) -> bool:
    """Tell whether something was done: an item, a pupil's or one time of it."""
    name = ".".join((key, *below))
    return any(f"{name}{part}" in done for part in ("", ".on", ".outcome"))


def times_done(done: Done, key: str, *below: str) -> list[int]:
    """Return which times of something were done, as they are numbered."""
    start = f"{'.'.join((key, *below))}."
    numbers = {name.removeprefix(start).partition(".")[0] for name in done if name.startswith(start)}
    return sorted(int(number) for number in numbers if number.isdecimal())
