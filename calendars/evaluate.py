"""From a file of rules to days: every item of one school year, with why, and what isn't known yet.

Pure: the calendar, the legal dates and what has happened come in; nothing here reads a clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from calendars.derivation import Step
from calendars.items import PlanItem, RuleFile, TriedPupil
from calendars.legal import LegalDate
from calendars.placing import Placed, place_periods
from calendars.presence import Presence
from calendars.resolve import Anchor, Context, Dated, NoDateYetError, PupilClock, refer
from calendars.rules import Edge, anchors_of
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar, SchoolYear
from calendars.selection import (
    groups_of,
    is_per_pupil,
    judgement_key,
    matches,
    others_instead,
    pupils_nl,
    unmet,
)

Status = Literal["planned", "to-plan", "not-this-year", "not-now", "missed", "done"]


class RuleFileError(Exception):
    """Een bestand met regels klopt niet."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an item comes to in one school year; ``why_not`` says what is still unknown."""

    item: PlanItem
    status: Status
    groups: tuple[str, ...] = ()
    pupil: str | None = None
    placed: tuple[Placed, ...] = ()
    choice: bool = False
    legal_on: date | None = None
    steps: tuple[Step, ...] = ()
    conditions: tuple[str, ...] = ()
    why_not: str = ""
    overflow: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What a file is evaluated in: school days, the year, its legal dates, presence by role, and today."""

    calendar: SchoolCalendar
    year: SchoolYear
    legal: Mapping[str, LegalDate]
    presence: Mapping[str, Presence]
    today: date | None = None


# What items come to that others may count from: under None for everyone, and of each pupil by its key.
_ByPupil = defaultdict[str | None, dict[str, Anchor]]


def evaluate(file: RuleFile, world: World) -> list[Result]:
    """Return what every item comes to, in the order of the file; raise ``RuleFileError`` for a circle."""
    check_names(file)
    outside, anchors = _outside(file, world), _ByPupil(dict)
    waiting = [item for item in _with_judgements(file) if item.is_in(world.year.label)]
    results: dict[str, list[Result]] = {
        item.key: [Result(item, "not-this-year", why_not="dit jaar niet")]
        for item in file.item
        if not item.is_in(world.year.label)
    }
    while waiting:
        ready = [i for i in waiting if not _unsettled(i, waiting, world.year.label)]
        if not ready:
            raise RuleFileError(f"deze items wachten op elkaar: {', '.join(sorted(i.key for i in waiting))}")
        for item in ready:
            found = list(_results(item, file, world, outside, anchors))
            for pupil in {None, *(result.pupil for result in found)}:
                anchors[pupil] |= _anchors(found, file, pupil)
            results[item.key] = [_of_this_year(result, world.year) for result in found]
        waiting = [item for item in waiting if item.key not in results]
    return [r for item in _with_judgements(file) if item.key in results for r in results[item.key]]


def check_names(file: RuleFile) -> None:
    """Raise ``RuleFileError`` when an item names another one that isn't there."""
    keys = {item.key for item in _with_judgements(file)}
    for item in file.item:
        named = {name.split(".")[1] for name in _names(item) if name.startswith("item.")}
        named |= {c.item for c in item.only_if if c.item}
        also = (item.instead_of, item.pupils.flagged_in if item.pupils else None)
        named |= {key for key in also if key}
        if unknown := sorted(named - keys):
            raise RuleFileError(f"item {item.key!r} noemt een item dat er niet is: {', '.join(unknown)}")


def _names(item: PlanItem) -> set[str]:
    said = [item.when, item.latest, item.overflow, *item.when_in.values()]
    return set().union(*(anchors_of(rule) for rule in said if rule is not None))


def _unsettled(item: PlanItem, waiting: Iterable[PlanItem], label: str) -> bool:
    named = anchors_of(item.rule(label)) | (anchors_of(item.latest) if item.latest is not None else set())
    keys = {name.split(".")[1] for name in named if name.startswith("item.")}
    return any(other.key in keys for other in waiting)


def _with_judgements(file: RuleFile) -> list[PlanItem]:
    """Return the items with, before each that hangs on someone's judgement, the work of judging."""
    return [one for item in file.item for one in (*_judgements(item), item)]


def _judgements(item: PlanItem) -> Iterator[PlanItem]:
    for condition in item.only_if:
        if condition.judgement and condition.by:
            before = Edge(rule="before", day=f"item.{item.key}")
            title = f"Beoordeel: {condition.judgement}"[:200]
            yield PlanItem(
                key=judgement_key(item),
                title=title,
                kind="discussion",
                groups=item.groups,
                owner=(condition.by,),
                pupils=item.pupils,
                per="pupil" if is_per_pupil(item) else item.per,
                when=before,
            )


def _outside(file: RuleFile, world: World) -> Context:
    """Return what rules may count from that is not an item: the year's edges, facts and what was done."""
    year = world.year
    anchors = {
        "year.first": Anchor(year.first_day, "de eerste schooldag"),
        "year.last": Anchor(year.last_day, "de laatste schooldag"),
    }
    anchors |= {f"fact.{key}": Anchor(day, key.replace("-", " ")) for key, day in file.facts.items()}
    return Context(world.calendar, year, world.legal, anchors)


def _results(
    item: PlanItem, file: RuleFile, world: World, outside: Context, anchors: _ByPupil
) -> Iterator[Result]:
    context = outside.with_anchors(anchors[None])
    groups = groups_of(item, file, world.year.label)
    if not groups:
        yield Result(item, "not-this-year", why_not="voor deze groepen komt er iets anders in de plaats")
        return
    about = Result(item, "planned", groups)
    if not is_per_pupil(item, world.year.label):
        yield from _one(about, file, world, context)
        return
    replacing = others_instead(item, file, world.year.label)
    chosen = [pupil for pupil in file.pupil if matches(item, pupil, groups, world.year, replacing)]
    for pupil in chosen:
        own = {**_pupil_anchors(pupil), **anchors[pupil.key]}
        inside = replace(context, pupil=_clock(pupil)).with_anchors(own)
        of_pupil = _one(replace(about, pupil=pupil.key), file, world, inside)
        yield from (_if_there(result, pupil) for result in of_pupil)
    if not chosen:
        who = pupils_nl(item.pupils) or "elke leerling"
        yield replace(
            about, status="to-plan", why_not=f"per leerling ({who}), zodra bekend is om wie het gaat"
        )


def _of_this_year(result: Result, year: SchoolYear) -> Result:
    """Return what is of one pupil without its days, when these all lie in another school year."""
    if result.pupil is None or not result.placed:
        return result
    first, last = year.on(8, 1), year.on(7, 31)
    spans = [(p.first or p.last or first, p.last or p.first or last) for p in result.placed]
    if any(begin <= last and end >= first for begin, end in spans):
        return result
    return _without_days(result, "valt voor deze leerling in een ander schooljaar")


def _if_there(result: Result, pupil: TriedPupil) -> Result:
    """Return an item for who entered within some days without its days, when it is over before that."""
    wanted = result.item.pupils
    days = [day for placed in result.placed if (day := placed.last or placed.first)]
    if wanted is None or pupil.started is None or not days or max(days) >= pupil.started:
        return result
    if not (wanted.entered_from or wanted.entered_until):
        return result
    return _without_days(result, "deze leerling is dan nog niet op school")


def _without_days(result: Result, why_not: str) -> Result:
    return replace(result, status="not-this-year", placed=(), why_not=why_not)


def _clock(pupil: TriedPupil) -> PupilClock:
    return PupilClock(pupil.born, pupil.started, pupil.reading_since)


def _pupil_anchors(pupil: TriedPupil) -> dict[str, Anchor]:
    started = pupil.started
    return {"pupil.start": Anchor(started, "de eerste dag van deze leerling op school")} if started else {}


def _one(about: Result, file: RuleFile, world: World, context: Context) -> Iterator[Result]:
    """Return an item for its groups or for one pupil, and its overflow after it."""
    item = about.item
    false, unknown = unmet(item, file, about.pupil)
    about = replace(about, conditions=tuple(unknown))
    if false:
        yield replace(about, status="not-now", why_not=f"geldt nu niet: {'; '.join(false)}")
        return
    presence = next((world.presence[o] for o in item.owner if o in world.presence), None)
    context = replace(context, presence=presence)
    limit, law = _limit(item, context)
    try:
        dated = refer(item.rule(world.year.label), context)
        placed, steps = place_periods(item, dated, limit, context)
    except (NoDateYetError, OutsideCalendarError) as reason:
        yield replace(about, status="to-plan", legal_on=limit, steps=law, why_not=str(reason))
        return
    found = replace(about, placed=placed, choice=dated.choice, legal_on=limit, steps=(*steps, *law))
    yield replace(found, status=_status(found, file, world.today))
    yield from _overflow(found, dated, context)


def _limit(item: PlanItem, context: Context) -> tuple[date | None, tuple[Step, ...]]:
    """Return the statutory last calendar day, and how to say it."""
    if item.latest is None:
        return None, (Step("open", "geen wettelijke grens"),)
    try:
        day = refer(item.latest, context).day
    except NoDateYetError as reason:
        return None, (Step("warning", f"wettelijke grens nog onbekend ({reason})"),)
    return day, (Step("legal", f"uiterlijk (wettelijk, {item.law})", day),)


def _overflow(found: Result, dated: Dated, context: Context) -> Iterator[Result]:
    item = found.item
    if item.overflow is None:
        return
    own = Anchor(dated.anchor_last, item.title.lower(), dated.anchor_first)
    try:
        more = refer(item.overflow, context.with_anchors({f"item.{item.key}": own}))
        placed, steps = place_periods(item, more, None, context)
    except (NoDateYetError, OutsideCalendarError) as reason:
        yield replace(
            found, status="to-plan", placed=(), steps=(), why_not=f"uitloop: {reason}", overflow=True
        )
        return
    yield replace(found, placed=placed, steps=steps, legal_on=None, overflow=True)


def _status(found: Result, file: RuleFile, today: date | None) -> Status:
    if found.item.key in file.done:
        return "done"
    ends = [p.last for p in found.placed if p.last]
    return "missed" if today and ends and max(ends) < today else "planned"


def _anchors(results: Iterable[Result], file: RuleFile, pupil: str | None) -> dict[str, Anchor]:
    """Return what can be counted from once an item is dated (of one pupil, or None): its whole and parts."""
    found: dict[str, Anchor] = {}
    for result in results:
        item = result.item
        done = file.done.get(item.key)
        if isinstance(done, date):
            found[f"item.{item.key}"] = Anchor(done, f'de dag waarop "{item.title}" klaar was')
        elif result.placed and not result.overflow and result.pupil == pupil:
            name = f'"{item.title}"'
            for number, placed in enumerate(result.placed, 1):
                if anchor := _anchor(placed.first, placed.last, f"{name}, keer {number}"):
                    found[f"item.{item.key}.{number}"] = anchor
            if whole := _anchor(result.placed[0].first, result.placed[-1].last, name):
                found[f"item.{item.key}"] = whole
    return found


def _anchor(first: date | None, last: date | None, title: str) -> Anchor | None:
    if first is None and last is None:
        return None
    return Anchor(last or first or date.max, title, first or last)
