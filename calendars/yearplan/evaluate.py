"""From a file of rules to days: every item of one school year, with why, and what isn't known yet.

Pure: the calendar, the legal dates and what has happened come in; nothing here reads a clock. The order of
the items in the file makes no difference.
"""

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from calendars.resolve import Anchor, Context, PupilClock
from calendars.rules import anchors_of
from calendars.schoolyear import SchoolCalendar
from calendars.yearplan.happened import fact_anchors
from calendars.yearplan.items import PlanItem, RuleFile, TriedPupil
from calendars.yearplan.judging import judgements
from calendars.yearplan.matching import matches
from calendars.yearplan.result_anchors import anchors_of_results
from calendars.yearplan.results import Result, Status, World, of_this_year, results_of, without_days
from calendars.yearplan.selection import (
    groups_of,
    hangs_on,
    instead_by_key,
    own_clock_items,
    pupil_items,
    pupils_nl,
    replaces,
)

__all__ = ["Result", "RuleFileError", "Status", "World", "check_names", "evaluate"]


class RuleFileError(Exception):
    """Een bestand met regels klopt niet."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What the items of one year share; ``anchors`` grow as items get their days, for each pupil apart."""

    file: RuleFile
    world: World
    items: Mapping[str, PlanItem]
    instead: Mapping[str, Sequence[PlanItem]]
    per_pupil: set[str]
    own_clock: set[str]
    anchors: Mapping[str | None, dict[str, Anchor]]

    def context(self, item: PlanItem, pupil: TriedPupil | None = None) -> Context:
        """Return what an item's rules are resolved in: for everyone, or for one pupil."""
        world = self.world
        known = self.anchors[None]
        context = Context(_days_of(item, self.file, world), world.year, world.legal, known)
        if pupil is None:
            return context
        own: ChainMap[str, Anchor] = ChainMap(self.anchors[pupil.key], known)
        return replace(context, anchors=own, pupil=_clock(pupil))


def _days_of(item: PlanItem, file: RuleFile, world: World) -> SchoolCalendar:
    """Return the days on which an item can be done: also those without pupils on which who does it works."""
    works = [c for c in file.closure if set(c.open_for) & set(item.owner)]
    return _opened(world.calendar, frozenset((c.name, c.first) for c in works)) if works else world.calendar


@lru_cache(maxsize=32)
def _opened(calendar: SchoolCalendar, named: frozenset[tuple[str, date]]) -> SchoolCalendar:
    closed = [c for c in calendar.closures if (c.name, c.first_day) not in named]
    found = SchoolCalendar(calendar.first, calendar.last, closed)
    found.closures = calendar.closures  # a rule may still name those days
    return found


def evaluate(file: RuleFile, world: World) -> list[Result]:
    """Return what every item comes to, in the order of the file; raise ``RuleFileError`` for a circle."""
    check_names(file)
    label = world.year.label
    items = {item.key: item for item in _with_judgements(file, label)}
    now = {key: item for key, item in items.items() if item.is_in(label)}
    per_pupil, own_clock = pupil_items(now.values(), label), own_clock_items(now.values(), label)
    outside = _outside(file, world)
    work = _Work(file, world, now, instead_by_key(file, label), per_pupil, own_clock, outside)
    results: dict[str, list[Result]] = {
        key: [Result(item, "not-this-year", why_not="dit jaar niet")]
        for key, item in items.items()
        if key not in now
    }
    for key in _order(now, label):
        found = list(_results(now[key], work, results))
        for pupil in {None, *(result.pupil for result in found)}:
            work.anchors[pupil].update(anchors_of_results(found, file, pupil))
        results[key] = [of_this_year(r, world.year, own_clock=key in own_clock) for r in found]
    return [result for key in items for result in results[key]]


def check_names(file: RuleFile) -> None:
    """Raise ``RuleFileError`` when an item, or what was done, names an item that isn't there."""
    judged = [one.key for item in file.item for one in judgements(item)]
    keys = {*(item.key for item in file.item), *judged}
    if twice := sorted({item.key for item in file.item} & {*judged}):
        raise RuleFileError(f"deze naam is voor het werk van wie beoordeelt: {', '.join(twice)}")
    for item in file.item:
        named = {name.split(".")[1] for name in _names(item) if name.startswith("item.")}
        named |= {c.key for c in item.only_if if c.key}
        also = (item.instead_of, item.pupils.flagged_in if item.pupils else None)
        named |= {key for key in also if key}
        if unknown := sorted(named - keys):
            raise RuleFileError(f"item {item.key!r} noemt een item dat er niet is: {', '.join(unknown)}")
    if unknown := sorted({name.split(".")[0] for name in file.done} - keys):
        raise RuleFileError(f"'done' noemt een item dat er niet is: {', '.join(unknown)}")


def _names(item: PlanItem) -> set[str]:
    said = [item.when, item.latest, item.overflow, *item.when_in.values()]
    said += [item.pupils.birthday_in] if item.pupils else []
    return set().union(*(anchors_of(rule) for rule in said if rule is not None))


def _order(items: Mapping[str, PlanItem], label: str) -> Iterator[str]:
    """Return the keys of items, each after those that it counts from."""
    waits = {key: [k for k in _counts_from(item, label) if k in items] for key, item in items.items()}
    try:
        yield from TopologicalSorter(waits).static_order()
    except CycleError as error:
        keys = ", ".join(sorted(set(error.args[1])))
        raise RuleFileError(f"deze items wachten op elkaar: {keys}") from None


def _counts_from(item: PlanItem, label: str) -> list[str]:
    said = [item.rule(label), item.latest]
    names = set().union(*(anchors_of(rule) for rule in said if rule is not None))
    keys = {name.split(".")[1] for name in names if name.startswith("item.")}
    # An overflow counts from its own item: that is no circle.
    return sorted(keys | (hangs_on(item, label) - {c.key for c in item.only_if}))


def _with_judgements(file: RuleFile, label: str) -> list[PlanItem]:
    """Return the items with, before each of this year that hangs on someone's judgement, that work."""
    found = ((*(judgements(item, label) if item.is_in(label) else ()), item) for item in file.item)
    return [one for several in found for one in several]


def _outside(file: RuleFile, world: World) -> Mapping[str | None, dict[str, Anchor]]:
    """Return what rules may count from that is not an item: the year's edges, facts, pupils' first days."""
    found: defaultdict[str | None, dict[str, Anchor]] = defaultdict(dict)
    found[None] = {
        **world.anchors,
        "year.first": Anchor(world.year.first_day, "de eerste schooldag"),
        "year.last": Anchor(world.year.last_day, "de laatste schooldag"),
        **fact_anchors(file.facts),
    }
    for pupil in file.pupil:
        if pupil.started:
            title = "de eerste dag van deze leerling op school"
            found[pupil.key]["pupil.start"] = Anchor(pupil.started, title)
        found[pupil.key] |= {f"pupil.{name}": one for name, one in fact_anchors(pupil.facts).items()}
    return found


def _results(item: PlanItem, work: _Work, before: Mapping[str, Iterable[Result]]) -> Iterator[Result]:
    year, instead = work.world.year, work.instead.get(item.key, ())
    groups = groups_of(item, [other for other in instead if replaces(other, work.file)])
    if not groups:
        yield Result(item, "not-this-year", why_not="voor deze groepen komt er iets anders in de plaats")
        return
    about = Result(item, "planned", groups)
    if item.key not in work.per_pupil:
        for result in results_of(about, work.file, work.world, work.context(item)):
            yield _as_what_it_hangs_on(result, before, year.label)
        return
    context = work.context(item)
    chosen = [
        pupil
        for pupil in _candidates(item, work, before)
        if matches(item, pupil, groups, context, [one for one in instead if replaces(one, work.file, pupil)])
    ]
    for pupil in chosen:
        own = replace(about, pupil=pupil.key)
        for result in results_of(own, work.file, work.world, work.context(item, pupil), pupil):
            yield _if_there(_as_what_it_hangs_on(result, before, year.label), pupil)
    if not chosen:
        who = pupils_nl(item.pupils) or "elke leerling"
        why_not = f"per leerling ({who}), zodra bekend is om wie het gaat"
        yield replace(about, status="to-plan", why_not=why_not)


def _candidates(item: PlanItem, work: _Work, before: Mapping[str, Iterable[Result]]) -> Iterator[TriedPupil]:
    """Yield the pupils whom something is about that an item hangs on ("na de eerste van beide")."""
    keys = hangs_on(item, work.world.year.label) & work.per_pupil & before.keys()
    about = [{result.pupil for result in before[key]} for key in keys]
    for pupil in work.file.pupil:
        if not about or any(pupil.key in pupils for pupils in about):
            yield pupil


def _as_what_it_hangs_on(result: Result, before: Mapping[str, Iterable[Result]], label: str) -> Result:
    """Return what can't be dated as not of now when that is because of another item."""
    if result.status != "to-plan":
        return result
    for key in sorted(hangs_on(result.item, label)):
        others = [r for r in before.get(key, ()) if r.pupil in {None, result.pupil}]
        status = others[0].status if others else None
        if status in {"not-this-year", "not-now"} and all(r.status == status for r in others):
            return replace(result, status=status, why_not=f'hangt aan "{others[0].item.title}"')
    return result


def _if_there(result: Result, pupil: TriedPupil) -> Result:
    """Return an item for who entered within some days without its days, when it is over before that."""
    wanted = result.item.pupils
    days = [day for placed in result.placed if (day := placed.last or placed.first)]
    if wanted is None or pupil.started is None or not days or max(days) >= pupil.started:
        return result
    if not (wanted.entered_from or wanted.entered_until):
        return result
    return without_days(result, "deze leerling is dan nog niet op school")


def _clock(pupil: TriedPupil) -> PupilClock:
    return PupilClock(pupil.born, pupil.started, pupil.reading_since)
