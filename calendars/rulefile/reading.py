"""Read files of rules: TOML that a school typed, checked as a whole, with everything that is wrong at once.

Several files lie over one another, from wide to narrow: see ``merged``. Nothing here reads a clock.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from calendars.rulefile.cautions import Warned
from calendars.rulefile.checks import outcomes_of, silent, wrong_outcome
from calendars.rulefile.errors import problems_of
from calendars.rulefile.half_days import presence_of
from calendars.rulefile.misplaced import misplaced
from calendars.rulefile.names import circles, unknown_names
from calendars.rulefile.problems import Problem, RulesError, Source, short
from calendars.rulefile.text import MAX_OCTETS, TomlTextError, parsed, text_of
from calendars.rulefile.words import meant
from calendars.yearplan.evaluate import RuleFileError
from calendars.yearplan.happened import flat
from calendars.yearplan.items import PlanItem, RuleFile

MAX_ITEMS = 2000


@dataclass(frozen=True, slots=True)
class Typed:
    """A file of rules with how it was typed, to say where something stands."""

    file: RuleFile
    source: Source


def read_rules(said: Path | str | bytes, name: str = "") -> RuleFile:
    """Return the rules of a file or a text; raise ``RulesError`` with everything that is wrong."""
    return read_all([typed(said, name)])


def read_all(files: Sequence[Typed]) -> RuleFile:
    """Return several files as one, wide to narrow; raise ``RulesError`` for names that aren't there."""
    whole = merged([one.file for one in files])
    if not whole.item:
        source = files[-1].source
        raise RulesError([source.problem((), "er staat geen enkel item in", "Een item begint met [[item]].")])
    if problems := list(_wrong_together(whole, files)):
        raise RulesError(problems)
    return whole


def typed(said: Path | str | bytes, name: str = "") -> Typed:
    """Return one file as typed, its form checked; names of other items are checked by ``read_all``."""
    name = name or (said.name if isinstance(said, Path) else "regels.toml")
    source = source_of(said, name)
    problems = list(misplaced(source)) or list(_wrong_values(source))
    if not problems:
        try:
            file = RuleFile.model_validate(_with_days(source.data))
        except ValidationError as error:
            problems = problems_of(error, source, RuleFile)
        else:
            problems = list(_wrong_presence(file, source))
    if problems:
        raise RulesError(problems)
    return Typed(file, source)


def located(error: RuleFileError, files: Sequence[Typed]) -> RulesError:
    """Return an error about some items as one that says in which file and on which line they stand."""
    if isinstance(error, RulesError):
        return error
    text = str(error)
    keys = [item.key for one in files for item in one.file.item]
    named = next((key for key in re.split(r"[\s,:']+", text) if key in keys), "")
    return RulesError([_problem_at(named, text, "", files)])


def placed_in(warned: Iterable[Warned], files: Sequence[Typed]) -> list[Warned]:
    """Return warnings with the file and the line of what they are about."""
    found = []
    for one in dict.fromkeys(warned):
        problem = _problem_at(one.key, one.text, "", files, one.name)
        found.append(replace(one, file=problem.file, line=problem.line))
    return found


def source_of(said: Path | str | bytes, name: str) -> Source:
    """Return any TOML file as it was typed; raise ``RulesError`` when it is no TOML."""
    text = ""
    try:
        text = text_of(_bytes(said) if isinstance(said, Path) else said)
        return Source(name, text, parsed(text))
    except TomlTextError as error:
        near = _near(text, error.line)
        raise RulesError([Problem(name, error.line, near, error.text, error.write)]) from error


def _bytes(path: Path) -> bytes:
    """Return what a file holds, no more of it than is looked at."""
    with path.open("rb") as opened:
        return opened.read(MAX_OCTETS + 1)


def _near(text: str, line: int) -> str:
    """Name the item that a line of an unreadable text is in."""
    key = ""
    for row in text.split("\n")[:line]:
        if row.lstrip().startswith("[["):
            key = ""
        elif row.partition("=")[0].strip() == "key":
            key = row.partition("=")[2].strip().strip("\"'")
    return f"item {key!r}" if key else ""


def _with_days(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data with every day in an item as text, as a rule wants it: 2027-03-24 is "2027-03-24"."""
    return {**data, "item": _as_text(data["item"])} if "item" in data else dict(data)


def _as_text(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _as_text(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_as_text(one) for one in part]
    is_day = isinstance(part, date) and not isinstance(part, datetime)
    return part.isoformat() if is_day else part


def _wrong_values(source: Source) -> Iterator[Problem]:
    """Find numbers where a day or a time belongs: they would be read as seconds."""
    items = source.data.get("item")
    for n, item in enumerate(items if isinstance(items, list) else ()):
        hours = item.get("time") if isinstance(item, dict) else None
        for key, value in hours.items() if isinstance(hours, dict) else ():
            if key in {"at", "until"} and isinstance(value, int | float):
                write = f'Schrijf uren en minuten, zoals {key} = "13:00".'
                yield source.problem(("item", n, "time", key), f"{value} is geen tijd", write)
    for path, value in _days(source.data):
        is_said = isinstance(value, bool) and path[0] == "facts"  # a fact may be just true or false
        if isinstance(value, int | float) and not is_said:
            write = f"Schrijf een hele dag, zoals {path[-1]} = 2026-10-05."
            yield source.problem(path, f"{short(value)} is geen dag", write)
    yield from _same_keys(source)
    if isinstance(items, list) and len(items) > MAX_ITEMS:
        yield source.problem(("item", MAX_ITEMS), f"meer dan {MAX_ITEMS} items", "Verdeel het bestand.")


def _same_keys(source: Source) -> Iterator[Problem]:
    items = source.data.get("item")
    seen: set[str] = set()
    for n, item in enumerate(items if isinstance(items, list) else ()):
        key = item.get("key") if isinstance(item, dict) else None
        if isinstance(key, str) and key in seen:
            write = f'Geef elk item een eigen key: "{key}-2".'
            yield source.problem(("item", n, "key"), f"er is al een item met key {short(key)}", write)
        if isinstance(key, str):
            seen.add(key)


def _days(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    for table in ("facts", "done"):
        rows = flat(data.get(table))
        for name, value in rows.items() if isinstance(rows, dict) else ():
            yield (table, *name.split(".")), value
    for table, keys in (("pupil", ("born", "started", "reading_since")), ("closure", ("first", "last"))):
        rows = data.get(table)
        for n, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                yield from (((table, n, key), row[key]) for key in keys if key in row)


def _wrong_presence(file: RuleFile, source: Source) -> Iterator[Problem]:
    for who, words in file.presence.items():
        try:
            presence_of(words)
        except ValueError as error:
            yield source.problem(("presence", who), str(error), 'Schrijf bijvoorbeeld ["di-middag", "wo"].')
    for n, closure in enumerate(file.closure):
        if closure.last and closure.last < closure.first:
            text = "de laatste dag ligt vóór de eerste"
            yield source.problem(("closure", n, "last"), text, "Draai first en last om.")


def _wrong_together(whole: RuleFile, files: Sequence[Typed]) -> Iterator[Problem]:
    """Find names of things that aren't there, and items that wait for one another."""
    for key, name, write in unknown_names(whole):
        text = f"{name!r} is er niet"
        yield _problem_at(key, text, write, files, name)
    for found in silent(whole):
        yield _problem_at(found.key, found.text, found.write, files, found.name)
    for one in files:
        yield from _wrong_done(whole, one)
    for keys in circles(whole):
        named = " → ".join((*keys, keys[0]))
        write = "Laat één van deze items niet van de andere afhangen."
        yield _problem_at(keys[0], f"deze items wachten op elkaar: {named}", write, files)


def _wrong_done(whole: RuleFile, one: Typed) -> Iterator[Problem]:
    """Find what was done of items that aren't there, and outcomes that an item doesn't have."""
    outcomes = outcomes_of(whole)
    for name, value in one.file.done.items():
        key, place = name.partition(".")[0], ("done", *name.split("."))
        if key not in outcomes:
            yield one.source.problem(place, f"{key!r} is geen item", _item_meant(key, outcomes))
        elif isinstance(value, str) and outcomes[key] and value not in outcomes[key]:
            yield one.source.problem(place, *wrong_outcome(value, outcomes[key]))
    for n, pupil in enumerate(one.file.pupil):
        for kind, keys in (("flagged_in", pupil.flagged_in), ("chosen_for", pupil.chosen_for)):
            for at, key in enumerate(keys):
                if key not in outcomes:
                    path = ("pupil", n, kind, at)
                    yield one.source.problem(path, f"{key!r} is geen item", _item_meant(key, outcomes))


def _item_meant(key: str, known: Iterable[str]) -> str:
    likely = meant(key, [*known], "key")
    return f'Bedoelde je "{likely[0]}"?' if likely else "Schrijf de key van een item."


def _problem_at(key: str, text: str, write: str, files: Sequence[Typed], name: str = "") -> Problem:
    """Return a problem with an item, at the line that names what is wrong, in the narrowest file."""
    for one in reversed(files):
        for n, item in enumerate(one.file.item):
            if item.key == key:
                path = ("item", n, *(_path_to(one.source.data["item"][n], name) or ()))
                return one.source.problem(path, text, write)
    return files[-1].source.problem((), text, write)


def _path_to(part: Any, name: str) -> tuple[str | int, ...] | None:
    """Return where in somebody's data a text stands."""
    if name and part == name:
        return ()
    inside: Any = (
        part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    )
    for key, value in inside:
        found = _path_to(value, name)
        if found is not None:
            return (key, *found)
    return None


def merged(files: Sequence[RuleFile]) -> RuleFile:
    """Return several files as one, from wide to narrow: a later one adds items and overrides by key.

    What an overriding item doesn't say, the wider one says.
    """
    items: dict[str, PlanItem] = {}
    for file in files:
        for item in file.item:
            wide = items.get(item.key)
            items[item.key] = item if wide is None else _over(wide, item)
    last = files[-1]
    return last.model_copy(
        update={
            "title": next((file.title for file in reversed(files) if file.title), ""),
            "item": tuple(items.values()),
            "facts": {key: day for file in files for key, day in file.facts.items()},
            "done": {key: day for file in files for key, day in file.done.items()},
            "presence": {who: words for file in files for who, words in file.presence.items()},
            "closure": tuple(closure for file in files for closure in file.closure),
            "pupil": tuple(pupil for file in files for pupil in file.pupil),
        }
    )


def _over(wide: PlanItem, narrow: PlanItem) -> PlanItem:
    said = {key: getattr(narrow, key) for key in narrow.model_fields_set}
    return wide.model_copy(update=said)
