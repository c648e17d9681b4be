"""Whom an item is about and whether it holds: groups, pupils and conditions, with what isn't known yet."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from calendars.derivation import MONTHS_NL
from calendars.rules import EACH_TIME, anchors_of
from calendars.rules.words import is_full
from calendars.yearplan.happened import FAMILIES, is_done, is_recorded, outcome_of
from calendars.yearplan.item_parts import Condition, Pupils
from calendars.yearplan.items import GROUPS, PlanItem, RuleFile, TriedPupil

_LONGEST = 48  # characters of a key, so that one with more behind it is a key as well
_NAMED = re.compile(rf"'(?P<family>item|{'|'.join(FAMILIES)})\.(?P<key>[a-z0-9-]+)(?:\.(?P<time>[0-9]+))?'")
_WHO_NL = {"ib": "de IB'er", "leerkracht": "de leerkracht", "directie": "de directie", "team": "het team"}
_PUPIL_RULES = ('"rule":"age"', '"rule":"instruction"')


def instead_by_key(file: RuleFile, label: str) -> Mapping[str, Sequence[PlanItem]]:
    """Return, for each item that others come in the place of this year, those others."""
    found: dict[str, list[PlanItem]] = {}
    for item in file.item:
        if item.instead_of and item.is_in(label):
            found.setdefault(item.instead_of, []).append(item)
    return found


def replaces(other: PlanItem, file: RuleFile, pupil: TriedPupil | None = None) -> bool:
    """Tell whether an item certainly comes in the place of the one that it names: obliging, with no doubt.

    As long as it isn't known whether it holds, both stand.
    """
    return other.obliges and not any(unmet(other, file, pupil))


def is_for_single(item: PlanItem) -> bool:
    """Tell whether an item is about pupils one by one, and not about whole groups."""
    return item.pupils is not None or is_per_pupil(item)


def groups_of(item: PlanItem, instead: Iterable[PlanItem]) -> tuple[str, ...]:
    """Return the year groups that an item is about: not those with another ``instead``."""
    replaced = {
        group
        for other in instead
        if other.pupils is None  # another item for some pupils leaves this one to the rest of the group
        for group in other.groups
    }
    gone = {*item.except_groups, *replaced}
    if "school" in gone:
        return ()
    groups = GROUPS if gone and "school" in item.groups else item.groups
    return tuple(group for group in groups if group not in gone)


def is_per_pupil(item: PlanItem, label: str = "") -> bool:
    """Tell whether an item has a day of its own for each pupil (by its usual rule, without a year)."""
    return item.per == "pupil" or (item.per is None and on_own_clock(item, label))


def on_own_clock(item: PlanItem, label: str = "") -> bool:
    """Tell whether an item counts from a pupil's own birth, begin or instruction."""
    rule = item.rule(label)
    if any(name.startswith("pupil.") for name in anchors_of(rule)):
        return True
    text = rule if isinstance(rule, str) else rule.model_dump_json()
    return any(part in text for part in _PUPIL_RULES)


def pupil_items(items: Iterable[PlanItem], label: str) -> set[str]:
    """Return the keys of the items with a day for each pupil, also because they hang on such an item."""
    known = [*items]
    return _with_what_hangs_on(
        {item.key for item in known if is_per_pupil(item, label)},
        [item for item in known if item.per is None],
        label,
    )


def own_clock_items(items: Iterable[PlanItem], label: str) -> set[str]:
    """Return the keys of the items that a pupil's own clock brings into one year or another."""
    known = [*items]
    return _with_what_hangs_on({item.key for item in known if on_own_clock(item, label)}, known, label)


def _with_what_hangs_on(found: set[str], items: Iterable[PlanItem], label: str) -> set[str]:
    hang: dict[str, list[str]] = {}
    for item in items:
        for key in hangs_on(item, label):
            hang.setdefault(key, []).append(item.key)
    waiting = [*found]
    while waiting:
        more = [key for key in hang.get(waiting.pop(), ()) if key not in found]
        found.update(more)
        waiting += more
    return found


def hangs_on(item: PlanItem, label: str) -> set[str]:
    """Return the keys of the items that one counts from or that settle whether it holds."""
    said = (item.rule(label), item.latest, item.overflow, item.pupils.birthday_in if item.pupils else None)
    names = set().union(*(anchors_of(rule) for rule in said if rule is not None))
    keys = {name.split(".")[1] for name in names if name.startswith("item.")}
    return (keys | {c.key for c in item.only_if if c.key}) - {item.key}


def unmet(
    item: PlanItem, file: RuleFile, pupil: TriedPupil | None = None, time: int = 0
) -> tuple[list[str], list[str]]:
    """Return in words the conditions of an item that don't hold, and those of which it isn't known yet.

    Facts are those of the file, and of the pupil that it is about; ``time`` is which time of another item it
    comes after.
    """
    false, unknown, judged = [], [], 0
    for condition in item.only_if:
        judged += condition.judgement is not None
        hangs = _hangs_on(condition, item, judgement_key(item, judged), time)
        holds = _holds(condition, *hangs, file, pupil)
        if holds is None:
            unknown.append(words_of(condition, file))
        elif holds is condition.unless:
            words = words_of(condition, file)
            false.append(
                f"niet {words.replace('tenzij', 'als', 1)}" if condition.unless else f"alleen {words}"
            )
    return false, unknown


def _hangs_on(condition: Condition, item: PlanItem, judged: str, time: int) -> tuple[str, int]:
    """Return the key of the item that settles a condition, and which time of it (nought: all of it)."""
    if condition.item == EACH_TIME:
        return item.each_time_of or "", time
    key, _, number = (condition.item or "").partition(".")
    return (key, int(number) if number.isdecimal() else 0) if key else (judged, time)


def _holds(
    condition: Condition, key: str, time: int, file: RuleFile, pupil: TriedPupil | None
) -> bool | None:
    """Tell whether a condition holds; nothing as long as nobody knows."""
    if condition.fact is not None:
        if pupil and condition.fact in pupil.facts:
            return pupil.facts[condition.fact] is not False
        return is_recorded(condition.fact, file.facts)
    who = pupil.key if pupil else None
    wanted = condition.outcome or ("ja" if condition.judgement else None)
    if wanted is not None:
        outcome = outcome_of(file.done, key, who, time)
        return None if outcome is None else outcome == wanted
    paths = [(key,), (key, who)] if who else [(key,)]
    paths += [(*path, str(time)) for path in paths if time]
    return True if any(is_done(file.done, *path) for path in paths) else None


def judgement_key(item: PlanItem, number: int = 1) -> str:
    """Return the key of the work of judging whether an item holds; of its second condition, and so on."""
    return f"{item.key[:_LONGEST].rstrip('-')}-oordeel{f'-{number}' if number > 1 else ''}"


def words_of(condition: Condition, file: RuleFile) -> str:
    """Return a condition in Dutch; of another item by its title."""
    start = "tenzij" if condition.unless else "als"
    if condition.fact is not None:
        return f"{start} vastligt: {condition.fact.replace('-', ' ')}"
    if condition.item is not None:
        how = f"de uitkomst {condition.outcome!r} heeft" if condition.outcome else "gedaan is"
        return f"{start} {_item_nl(condition.item, file)} {how}"
    who = _WHO_NL.get(condition.by or "", condition.by)
    return f"{start} {who} dit vindt: {condition.judgement}"


def _item_nl(name: str, file: RuleFile) -> str:
    """Return an item by its title, and which time of it is meant."""
    if name == EACH_TIME:
        return "die keer"
    key, _, time = name.partition(".")
    return f'"{title_of(key, file)}"{f", keer {time}," if time else ""}'


def title_of(key: str, file: RuleFile) -> str:
    """Return what an item is called, or what is judged by the work of judging; else its key."""
    return _titles(_Items(file.item)).get(key, key)


class _Items:
    """The items of one file: the same ones, not equal ones, so that their titles are looked up only once."""

    def __init__(self, items: tuple[PlanItem, ...]) -> None:
        self.items = items

    def __hash__(self) -> int:
        return id(self.items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Items) and other.items is self.items


@lru_cache(maxsize=8)
def _titles(of: _Items) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for item in of.items:
        judged = [c.judgement for c in item.only_if if c.judgement]
        found |= {judgement_key(item, number): text for number, text in enumerate(judged, 1)}
    return found | {item.key: item.title for item in of.items}


def names_nl(text: str, file: RuleFile) -> str:
    """Return a text with what it names ("item.toets", "fact.besluit") in the words of a reader."""
    return _NAMED.sub(lambda found: _name_nl(found, file), text)


def _name_nl(found: re.Match[str], file: RuleFile) -> str:
    if found["family"] != "item":
        return f"'{found['key'].replace('-', ' ')}'"
    time = f", keer {found['time']}," if found["time"] else ""
    return f'"{title_of(found["key"], file)}"{time}'


def pupils_nl(wanted: Pupils | None) -> str:
    """Return in Dutch whom a selection of pupils is about; empty for everyone."""
    return ", ".join(_pupils_nl(wanted)) if wanted else ""


def _pupils_nl(wanted: Pupils) -> Iterator[str]:
    ways = [
        f"wie opviel bij {wanted.flagged_in!r}" if wanted.flagged_in else "",
        "nieuwe leerlingen" if wanted.newcomers else "",
        "wie met de hand gekozen is" if wanted.chosen else "",
        *(f"wie {fact.replace('-', ' ')} heeft" for fact in wanted.fact),
    ]
    yield " en ".join(way for way in ways if way) or "leerlingen"
    if wanted.turns is not None:
        yield f"die {wanted.turns} {_span_nl(wanted.since, wanted.by)} worden"
    if wanted.born_from or wanted.born_until:
        yield f"geboren {_span_nl(wanted.born_from, wanted.born_until)}"
    if wanted.entered_from or wanted.entered_until:
        yield f"ingestroomd {_span_nl(wanted.entered_from, wanted.entered_until)}"


def _span_nl(first: str | None, last: str | None) -> str:
    if first and last:
        return f"van {_day_nl(first)} tot en met {_day_nl(last)}"
    return f"vanaf {_day_nl(first)}" if first else f"tot en met {_day_nl(last)}" if last else ""


def _day_nl(day: str) -> str:
    """Write a day of a rules file as "1 oktober", or as "1 oktober 2020" when it names its year."""
    month, number = day[-5:].split("-")
    year = f" {day[:4]}" if is_full(day) else ""
    return f"{int(number)} {MONTHS_NL[int(month) - 1]}{year}"
