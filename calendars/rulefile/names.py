"""The names by which items of a file refer to one another: which aren't there, and who waits in a circle."""

import re
from collections.abc import Iterable, Iterator, Sequence

from calendars.rulefile.words import meant, number_meant
from calendars.rules import Ref, anchors_of
from calendars.yearplan.happened import FAMILIES
from calendars.yearplan.items import PlanItem, RuleFile
from calendars.yearplan.selection import judgement_key

_ITEM = re.compile(r"item\.([a-z0-9-]+)(?:\.overflow)?(?:\.[0-9]{1,3})?(?:\.(?:first|last))?")
_FACT = re.compile(rf"(?:{'|'.join(FAMILIES)})\.[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:first|last))?")
_FIXED = ("year.first", "year.last", "pupil.start")
# A round of a procedure of the school ("test-calendar.M.last"); which there are is not known here.
_ROUND = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+\.[A-Za-z0-9-]+\.(?:first|last)")


def unknown_names(file: RuleFile) -> Iterator[tuple[str, str, str]]:
    """Yield the key of an item, a name in it of something that isn't there, and what to write instead."""
    keys = [item.key for item in file.item]
    known = {*keys, *judged_keys(file)}
    for item in file.item:
        for name in sorted(_moments(item)):
            if write := _wrong_moment(name, known):
                yield item.key, name, write
        for key in _keys_in(item):
            if key not in known:
                yield item.key, key, _nearest(key, keys)


def judged_keys(file: RuleFile) -> list[str]:
    """Return the keys of the work of judging whether items hold."""
    return [
        judgement_key(item, number)
        for item in file.item
        for number in range(1, sum(c.judgement is not None for c in item.only_if) + 1)
    ]


def is_of_a_procedure(name: str) -> bool:
    """Tell whether a name may be a round of a procedure, outside every file of rules."""
    return _ROUND.fullmatch(name) is not None


def _wrong_moment(name: str, keys: Iterable[str]) -> str:
    """Return what to write instead of a name; nothing when it is right."""
    if found := _ITEM.fullmatch(name):
        return "" if found[1] in keys else _nearest(found[1], sorted(keys), "item.")
    if name in _FIXED or _FACT.fullmatch(name.removeprefix("pupil.")) or is_of_a_procedure(name):
        return ""
    start, _, rest = name.partition(".")
    if start in {"year", "pupil"}:
        return f"Schrijf {' of '.join(repr(one) for one in _FIXED if one.startswith(start))}."
    if rest in keys:
        return f'Schrijf "item.{rest}".'
    if start in {"item", "items", "taak"} and (key := rest.partition(".")[0].casefold()):
        return _of_an_item(key, rest.partition(".")[2].casefold(), sorted(keys))
    return _of_a_fact(start, rest)


def _of_a_fact(start: str, rest: str) -> str:
    """Return what to write instead of the name of something outside the plan."""
    family = {"facts": "fact", "feit": "fact", "feiten": "fact", "besluit": "decision"}.get(start, start)
    if family in FAMILIES and (plain := re.sub(r"[^a-z0-9.]+", "-", rest.casefold()).strip("-")):
        return f'Schrijf "{family}.{plain}".'
    return 'Een moment is "item.<key>", "fact.<naam>", ' + ", ".join(f'"{one}"' for one in _FIXED) + "."


def _of_an_item(key: str, part: str, keys: Sequence[str]) -> str:
    """Return what to write instead of a part of an item ("item.toets.eerste")."""
    right = key if key in keys else next(iter(meant(key, [*keys], "key")), "")
    number = number_meant(part)
    if right and isinstance(number, int):
        return f'Schrijf "item.{right}.{number}".' if number > 0 else _last_time(right)
    if right:
        return f'Schrijf "item.{right}"; een keer ervan is "item.{right}.2".'
    return _nearest(key, keys, "item.")


def _last_time(key: str) -> str:
    """Return how to name the last time of something that comes back."""
    return f'Schrijf {{ rule = "pick", number = -1, of = "item.{key}" }}.'


def _nearest(key: str, keys: Sequence[str], start: str = "") -> str:
    likely = meant(key, list(keys), "key")
    if likely:
        return f'Bedoelde je "{start}{likely[0]}"?'
    return f"Dit zijn de items: {', '.join(keys[:10])}{' …' if len(keys) > 10 else ''}."  # noqa: PLR2004 -- a line


def _moments(item: PlanItem) -> set[str]:
    said = (item.when, item.latest, item.overflow, *item.when_in.values())
    return set().union(*(anchors_of(rule) for rule in said if rule is not None))


def _keys_in(item: PlanItem) -> list[str]:
    named = [condition.key for condition in item.only_if]
    named += [item.instead_of, item.pupils.flagged_in if item.pupils else None]
    return sorted({key for key in named if key})


def circles(file: RuleFile) -> list[tuple[str, ...]]:
    """Return items that wait for one another, in an ordinary year or in one that the file names."""
    years = {"", *(label for item in file.item for label in (*item.when_in, *item.only_years))}
    years |= {label for item in file.item for label in item.not_in_years}
    found = (_circle({i.key: _waits_for(i, year) for i in file.item if _is_in(i, year)}) for year in years)
    return sorted({circle for circle in found if circle})


def _is_in(item: PlanItem, year: str) -> bool:
    return item.is_in(year) if year else not item.only_years


def _waits_for(item: PlanItem, year: str) -> set[str]:
    """Return the keys of the items that one counts from; its overflow counts from itself, which is fine."""
    said = (item.rule(year), item.latest)
    own = _items_in(*said)
    return own | (_items_in(item.overflow) - {item.key})


def _items_in(*said: Ref | None) -> set[str]:
    names = set().union(*(anchors_of(rule) for rule in said if rule is not None))
    return {name.split(".")[1] for name in names if name.startswith("item.")}


def _circle(waits: dict[str, set[str]]) -> tuple[str, ...]:
    """Return the keys of one circle, the first by name first; nothing when there is none."""
    left = dict(waits)
    while ready := [key for key, others in left.items() if not others & left.keys()]:
        for key in ready:
            del left[key]
    if not left:
        return ()
    path = [min(left)]
    while (after := min(left[path[-1]] & left.keys())) not in path:
        path.append(after)
    circle = path[path.index(after) :]
    at = circle.index(min(circle))
    return (*circle[at:], *circle[:at])
