"""What is odd about the days of a file of rules, though nothing in it is wrong: for a person to look at."""

import calendar as months
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from calendars.derivation import day_nl
from calendars.rulefile.names import is_of_a_procedure
from calendars.rules import Holiday, Ref, anchors_of, is_day
from calendars.rules.words import Strict, is_full
from calendars.schoolyear import SchoolYear
from calendars.yearplan.evaluate import Result, World
from calendars.yearplan.happened import FAMILIES
from calendars.yearplan.items import PlanItem, RuleFile

_AFTER = ("after", "since")  # keys that name what comes first
# What placing says of every day after the last school day; here it is told with the day itself.
NEXT_YEAR = "dit valt in het volgende schooljaar"
_ALIKE = 0.85  # how much two names of facts look alike: more is a slip of the pen
_Told = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something odd about one item, by its key; ``name`` is the word in it that it is about."""

    key: str
    text: str
    name: str = ""
    file: str = ""
    line: int = 0


def warnings_of(file: RuleFile, results: Sequence[Result], year: SchoolYear) -> list[Warned]:
    """Return everything odd about the items of a year, each thing once, in the order of the file."""
    found = [*_of_rules(file, year), *_of_days(results, year), *_of_order(results, year.label)]
    order = {item.key: n for n, item in enumerate(file.item)}
    told = dict.fromkeys(Warned(key, text) for key, text in found)
    return sorted(told, key=lambda one: order.get(one.key, len(order)))


def unknown_days(file: RuleFile, world: World) -> list[Warned]:
    """Return what names closed days that no calendar knows, or days outside the plan by another name."""
    known = list(dict.fromkeys(closed.name for closed in world.calendar.closures))
    named = (
        (item.key, part.name)
        for item in file.item
        for part in _parts(item.rule(world.year.label))
        if isinstance(part, Holiday)
    )
    found = [
        Warned(key, _no_holiday(name, known), name)
        for key, name in named
        if not any(name.casefold() in one.casefold() for one in known)
    ]
    return [*found, *_unused_facts(file)]


def _no_holiday(name: str, known: Sequence[str]) -> str:
    plain = name.casefold().removesuffix("vakantie")
    right = _HOLIDAYS.get(plain) or next(iter(get_close_matches(name, known, n=1)), None)
    meant = f'; bedoelde je name = "{right}"?' if right else "; zet die dagen erbij met [[closure]]"
    return f"{name!r} staat niet in de schoolkalender{meant}"


_HOLIDAYS = {
    "krokus": "voorjaar",
    "carnaval": "voorjaar",
    "oktober": "herfst",
    "winter": "kerst",
    "pasen": "paasdag",
}


def _unused_facts(file: RuleFile) -> Iterator[Warned]:
    """Tell of a fact that nobody counts from, while somebody counts from one that looks like it."""
    known = {name if name.partition(".")[0] in FAMILIES else f"fact.{name}" for name in file.facts}
    for item in file.item:
        said = [rule for rule in (item.when, item.latest, item.overflow) if rule is not None]
        for name in sorted(set().union(*(anchors_of(rule) for rule in said))):
            if name.startswith("fact.") and name not in known:
                for near in get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE):
                    text = f"{name!r} heeft geen dag in [facts]; bedoelde je {near!r}?"
                    yield Warned(item.key, text, name)


def _parts(part: Any) -> Iterator[Any]:
    """Yield every rule inside a rule, itself first."""
    yield part
    if isinstance(part, Strict):
        for name in type(part).model_fields:
            yield from _parts(getattr(part, name))
    elif isinstance(part, tuple):
        for one in part:
            yield from _parts(one)


def _of_rules(file: RuleFile, year: SchoolYear) -> _Told:
    """Tell of days that this year doesn't have, and of names that only procedures know."""
    leap = months.isleap(year.starts_in + 1)
    for item in file.item:
        if not item.is_in(year.label):
            continue
        said = [rule for rule in (item.rule(year.label), item.latest, item.overflow) if rule is not None]
        for day in sorted({day for rule in said for day in _days_in(rule)}):
            if day == "02-29" and not leap:
                yield item.key, f"{year.starts_in + 1} heeft geen 29 februari; gerekend is met 28 februari"
            if is_day(day) and is_full(day) and not _is_in(date.fromisoformat(day), year):
                yield item.key, f'"{day}" ligt in een ander schooljaar; schrijf "{day[5:]}" voor elk jaar'
        for name in sorted(set().union(*(anchors_of(rule) for rule in said))):
            if is_of_a_procedure(name):
                yield item.key, f"{name!r} komt uit een procedure van de school; die is hier niet bekend"


def _days_in(rule: Ref) -> Iterator[str]:
    yield from _texts(rule if isinstance(rule, str) else rule.model_dump(mode="json"))


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    inside: Iterable[Any] = (
        part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    )
    for one in inside:
        yield from _texts(one)


def _of_days(results: Iterable[Result], year: SchoolYear) -> _Told:
    for result in results:
        texts = [step.text.removeprefix("let op: ") for step in result.steps if step.kind == "warning"]
        yield from ((result.item.key, text) for text in texts if text != NEXT_YEAR)
        if not _is_of_next_year(result.item, year.label):
            yield from ((result.item.key, text) for text in _odd_days(result, year))


def _odd_days(result: Result, year: SchoolYear) -> Iterator[str]:
    for placed in result.placed:
        if placed.first and placed.last and placed.last < placed.first:
            yield f"het einde ({day_nl(placed.last)}) ligt vóór het begin ({day_nl(placed.first)})"
        days = [day for day in (placed.first, placed.last) if day]
        if outside := [day for day in days if not _is_in(day, year)]:
            yield f"{_dated(outside[0])} valt buiten schooljaar {year.label}"
        elif placed.plan_on and placed.plan_on > year.last_day:
            yield f"te doen op {_dated(placed.plan_on)}, en dat is na de laatste schooldag van dit jaar"


def _is_of_next_year(item: PlanItem, label: str) -> bool:
    return item.next_year or "next" in _days_in(item.rule(label))


def _is_in(day: date, year: SchoolYear) -> bool:
    """Tell whether a day lies in the school year, which runs from 1 August until 31 July."""
    return year.on(8, 1) <= day <= year.on(7, 31)


def _dated(day: date) -> str:
    return f"{day_nl(day)} {day.year}"


def _of_order(results: Sequence[Result], label: str) -> _Told:
    """Tell of what must be done before the last day of the very thing that it follows."""
    ends: dict[tuple[str, str | None], tuple[str, date]] = {}
    for result in results:
        days = [placed.last for placed in result.placed if placed.last]
        if days and not result.overflow:
            ends[result.item.key, result.pupil] = (result.item.title, max(days))
    for result in results:
        days = [placed.last for placed in result.placed if placed.last]
        for key in sorted(_comes_after(result.item, label)) if days and not result.overflow else ():
            other = ends.get((key, result.pupil)) or ends.get((key, None))
            if other and max(days) < other[1]:
                title, end = other
                yield (
                    result.item.key,
                    f'moet klaar zijn op {day_nl(max(days))}, maar "{title}" duurt tot en met {day_nl(end)}',
                )


def _comes_after(item: PlanItem, label: str) -> set[str]:
    """Return the keys of the items that this one follows: it counts from them, or hangs on them."""
    named = {condition.key for condition in item.only_if if condition.key}
    if item.pupils and item.pupils.flagged_in:
        named.add(item.pupils.flagged_in)
    rule = item.rule(label)
    if not isinstance(rule, str):
        names = _after(rule.model_dump(mode="json", exclude_defaults=True))
        named |= {name.split(".")[1] for name in names if name.startswith("item.") and name.count(".") == 1}
    return named - {item.key}


def _after(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _after(one)
    elif isinstance(part, Mapping):
        keys = (*_AFTER, "day") if part.get("rule") in {"after", "from"} else _AFTER
        for key, value in part.items():
            if key in keys and isinstance(value, str):
                yield value
            else:
                yield from _after(value)
