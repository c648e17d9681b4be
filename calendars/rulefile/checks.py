"""What a file of rules says that can't do what it seems to say, though every word of it is right.

Without these the file would be read in silence, and the item would stay "nog te plannen" or mean less.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from calendars.legal import known_years, legal_dates
from calendars.phrases import who_of
from calendars.rulefile.changes import CHANGES
from calendars.rulefile.words import meant
from calendars.rulefile.writing import written
from calendars.rules import (
    EACH_TIME,
    Each,
    EachTime,
    Edge,
    Event,
    Every,
    Legal,
    Months,
    OnDates,
    OneOf,
    Ongoing,
    Open,
    Ref,
    Times,
    is_day,
)
from calendars.rules.words import Strict
from calendars.yearplan.items import PlanItem, RuleFile
from calendars.yearplan.owners import OUTSIDE, ROLES
from calendars.yearplan.selection import judgement_key

_JUDGED = ("ja", "nee")
_A_PERSON = re.compile(r"\b(?:[A-Z][a-zé]+|juf|meester|mevr|mevrouw|meneer|dhr|mw)\b")
_TIME_OF = re.compile(r"item\.([a-z0-9-]+)\.([0-9]{1,3})")
_MOMENTS = {"when", "latest", "overflow"}
_UNTOLD = (Event, Every, EachTime, OneOf, Ongoing, Open)  # rules of which only a calendar tells how often


@dataclass(frozen=True, slots=True)
class Found:
    """Something about an item: the word that it is about, what is wrong, and what to write."""

    key: str
    name: str
    text: str
    write: str


def silent(file: RuleFile) -> Iterator[Found]:
    """Yield what would be read in silence, of every item of a file."""
    outcomes = outcomes_of(file)
    items = {item.key: item for item in file.item}
    for item in file.item:
        yield from _of_rules(item)
        yield from _of_outcomes(item, outcomes, items)
        yield from _of_times(item, items)
        yield from _of_people(item)


def outcomes_of(file: RuleFile) -> dict[str, tuple[str, ...]]:
    """Return how each item, and each judgement, may end, by key."""
    found = {item.key: item.outcomes for item in file.item}
    for item in file.item:
        judged = [one for one in item.only_if if one.judgement]
        found |= {judgement_key(item, number): _JUDGED for number in range(1, len(judged) + 1)}
    return found


def wrong_outcome(said: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Return what is wrong with an outcome that isn't one of those known, and what to write."""
    likely = meant(said, [*known], "value") or [*known]
    asked = f"; bedoelde je {likely[0]!r}?" if meant(said, [*known], "value") else ""
    return f"{said!r} is hier geen uitkomst{asked}", f"Kies uit: {', '.join(known)}."


def _parts(part: Any, *, each: bool = False) -> Iterator[tuple[Any, bool]]:
    """Yield every rule and every text in something, with whether it is what ``each-time`` does."""
    if isinstance(part, str):
        yield part, each
    elif isinstance(part, Strict):
        yield part, each
        for name in type(part).model_fields:
            inside = each or (isinstance(part, EachTime) and name == "do")
            yield from _parts(getattr(part, name), each=inside)
    elif isinstance(part, tuple | Mapping):
        for one in part.values() if isinstance(part, Mapping) else part:
            yield from _parts(one, each=each)


def _moments(item: PlanItem) -> Iterator[tuple[Any, bool]]:
    for name in type(item).model_fields:
        value = getattr(item, name)
        if name in _MOMENTS or isinstance(value, Mapping):
            yield from _parts(value)


def _of_rules(item: PlanItem) -> Iterator[Found]:
    legal = sorted({key for label in known_years() for key in legal_dates(label)})
    for part, is_each in _moments(item):
        if isinstance(part, Legal) and part.key not in legal:
            likely = meant(part.key, legal, "key")
            asked = f"; bedoelde je {likely[0]!r}?" if likely else ""
            text = f"{part.key!r} is geen datum uit de wet die hier bekend is{asked}"
            yield Found(item.key, part.key, text, f"Kies uit: {', '.join(legal)}.")
        if isinstance(part, Every) and part.unit == "months" and part.weekday:
            yield _weekday_of_months(item, part)
        if part == EACH_TIME and not is_each:
            text = f'"{EACH_TIME}" kan alleen in de do van een each-time'
            write = 'Schrijf { rule = "each-time", of = "item.<key>", do = { … } } om deze regel heen.'
            yield Found(item.key, EACH_TIME, text, write)


def _weekday_of_months(item: PlanItem, part: Every) -> Found:
    table = part.model_dump(mode="json", exclude_unset=True)
    table = {"rule": "every", **table}
    for change in CHANGES:
        table = change(table)
    text = f"een maand heeft meer dan één {part.weekday}; welke wordt bedoeld?"
    return Found(item.key, str(part.weekday), text, f"De eerste van elke maand is {written(table)}.")


def _of_outcomes(
    item: PlanItem, outcomes: Mapping[str, tuple[str, ...]], items: Mapping[str, PlanItem]
) -> Iterator[Found]:
    for one in item.only_if:
        known = outcomes.get(one.item or "")
        if one.item is None or one.outcome is None or known is None or one.outcome in known:
            continue
        if known:
            yield Found(item.key, one.outcome, *wrong_outcome(one.outcome, known))
        else:
            title = items[one.item].title
            write = f"Zet bij {one.item!r}: outcomes = {written([one.outcome, 'anders'])}."
            text = f'"{title}" heeft geen outcomes, dus nooit de uitkomst {one.outcome!r}'
            yield Found(item.key, one.outcome, text, write)


def _of_times(item: PlanItem, items: Mapping[str, PlanItem]) -> Iterator[Found]:
    for part, _ in _moments(item):
        found = _TIME_OF.fullmatch(part) if isinstance(part, str) else None
        other = items.get(found[1]) if found else None
        if found is None or other is None:
            continue
        count = None if other.when_in else _count(other.when)
        if found[2] == "0":
            yield Found(item.key, part, "er is geen keer 0", f'Schrijf "item.{other.key}.1".')
        elif count is not None and int(found[2]) > count:
            often = "maar één keer" if count == 1 else f"maar {count} keer"
            right = f"item.{other.key}" if count == 1 else f"item.{other.key}.{count}"
            yield Found(item.key, part, f'"{other.title}" komt {often}', f'Schrijf "{right}".')


def _count(rule: Ref) -> int | None:
    """Return how often something comes; nothing when only a calendar tells."""
    if isinstance(rule, str):
        return 1 if is_day(rule) else None
    if isinstance(rule, OnDates):
        return len(rule.days)
    if isinstance(rule, Months):
        return len(rule.of)
    if isinstance(rule, Times):
        return rule.up_to or rule.count
    if isinstance(rule, Each):
        counts = [_count(one) for one in rule.of]
        return None if None in counts else sum(count or 0 for count in counts)
    is_open = isinstance(rule, _UNTOLD) or (isinstance(rule, Edge) and rule.rule == "on")
    return None if is_open or not rule.rule.islower() or hasattr(rule, "do") else _once(rule)


def _once(rule: Strict) -> int | None:
    """Return one for a rule that never has more than one time."""
    return None if type(rule).__name__ in {"Earliest", "Latest", "Offset", "Within", "Clock"} else 1


def _of_people(item: PlanItem) -> Iterator[Found]:
    judges = [one.by for one in item.only_if if one.by]
    for who in dict.fromkeys((*item.owner, *item.also, *item.asked_by, *judges)):
        plain = who.casefold()
        if who in ROLES or who in OUTSIDE or not _A_PERSON.search(who):
            continue
        if plain in OUTSIDE or plain in ROLES:
            yield Found(item.key, who, f"{who!r} heeft een hoofdletter", f'Schrijf "{plain}".')
            continue
        role = next(iter(who_of(who).owner), "leerkracht")
        text = f"{who!r} lijkt de naam van een mens"
        more = f' Is het geen naam, schrijf dan "{plain}".' if plain != who else ""
        yield Found(item.key, who, text, f'Schrijf een rol, zoals "{role}".{more}')
