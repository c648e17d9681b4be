"""What is wrong with a typed file: the file, the line, which item it is about and what to write instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from calendars.rulefile.places import Place, Places
from calendars.yearplan.evaluate import RuleFileError

LISTS = {
    "item": "item",
    "pupil": "leerling",
    "closure": "sluiting",
    "occurrence": "voorkomen",
    "stage": "fase",
    "task": "taak",
    "outcome": "uitkomst",
    "remind": "herinnering",
}
_MOST_NAMED = 20  # problems on the screen at once
_WORD = 40  # characters of somebody's text that an error repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what to write instead."""

    file: str
    line: int
    where: str
    text: str
    write: str = ""

    def __str__(self) -> str:
        """Return the whole as one Dutch line."""
        where = f", {self.where}" if self.where else ""
        end = "" if self.text.endswith((".", "?", "!")) else "."
        said = f"{self.file}, regel {self.line}{where}: {self.text}{end}"
        return f"{said} {self.write}" if self.write else said


class RulesError(RuleFileError):
    """Een bestand met regels klopt niet; ``problems`` zegt wat en waar."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:_MOST_NAMED]]
        if more := len(self.problems) - len(shown):
            shown.append(f"En nog {more} {'fouten' if more > 1 else 'fout'}.")
        super().__init__("\n".join(shown))


@dataclass(frozen=True)
class Source:
    """A file as it was typed: its name, its text and its data."""

    name: str
    text: str
    data: Mapping[str, Any]

    @cached_property
    def places(self) -> Places:
        """Return where each value stands; looked up only when something is wrong."""
        return Places(self.text)

    def problem(self, path: Sequence[Place], text: str, write: str = "") -> Problem:
        """Return a problem with what stands at a path."""
        return Problem(self.name, self.places.line(path), where_nl(self.data, path), text, write)


def where_nl(data: object, path: Sequence[Place]) -> str:
    """Name the item, pupil, stage or task that a path leads into: "fase 'toetsen', taak 'invoeren'"."""
    parts = []
    for n, (place, number) in enumerate(pairwise(path), 2):
        if isinstance(number, int) and place in LISTS:
            inner = value_at(data, path[:n])
            key = inner.get("key") or inner.get("name") if isinstance(inner, dict) else None
            parts.append(f"{LISTS[str(place)]} {short(key) if isinstance(key, str) else number + 1}")
    return ", ".join(parts)


def short(value: object) -> str:
    """Quote what somebody typed, no more of it than fits."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return repr(text if len(text) <= _WORD else f"{text[:_WORD]}…")


def path_in(data: Any, loc: Sequence[Place]) -> tuple[Place, ...]:
    """Return the place that an error is about in the data: its own path without the names of choices."""
    path: list[Place] = []
    left = [*loc]
    while left and isinstance(data, dict | list):
        left = left[_choices(data, left) :]
        if not left or left[0] == "[key]" or (isinstance(data, list) and isinstance(left[0], str)):
            break
        part = left.pop(0)
        if isinstance(part, str) and part not in data and part.partition(".")[0] in data:
            left = [*part.split("."), *left]  # a table inside a table, which the language reads as one name
            continue
        path.append(part)
        data = value_at(data, [part])
    return tuple(path)


def _choices(data: object, left: Sequence[Place]) -> int:
    """Return how many parts of an error's path name the kind of what is there: the rule, not a key in it."""
    rule = data.get("rule") if isinstance(data, dict) else None
    if rule is None:
        return 0
    if [*left[:2]] == ["rule", rule]:
        return 2
    return 1 if left[0] == rule else 0


def holds(at: object, part: Place) -> bool:
    """Tell whether a table has this key, or a list this entry."""
    if isinstance(at, dict):
        return part in at
    return isinstance(at, list) and isinstance(part, int) and part < len(at)


def value_at(data: Any, path: Sequence[Place]) -> Any:
    """Return what stands at a path of somebody's data, or nothing."""
    for part in path:
        if not holds(data, part):
            return None
        data = data[part]
    return data
