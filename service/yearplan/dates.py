"""What own items come to in one school year, whatever some of them refer to."""

from collections.abc import Iterable, Mapping
from datetime import date

from calendars.derivation import as_data, day_nl, sentence, span_nl
from calendars.plan import Frame
from calendars.rules import anchors_of
from calendars.yearplan.evaluate import Result, RuleFileError, World, evaluate
from calendars.yearplan.items import PlanItem, RuleFile
from calendars.yearplan.placing import Placed


def dated(items: Iterable[PlanItem], frame: Frame) -> dict[str, Result]:
    """Return what each item comes to by its key; who refers to nothing, or in a circle, is to plan."""
    all_ = {item.key: item for item in items}
    whole, broken = _without_broken(all_)
    world = World(frame.calendar, frame.year, frame.legal, {})
    try:
        found = {result.item.key: result for result in reversed(evaluate(RuleFile(item=whole), world))}
    except RuleFileError:
        alone = tuple(item for item in whole if not named_in(item))
        found = {result.item.key: result for result in reversed(evaluate(RuleFile(item=alone), world))}
        broken |= {item.key: "wacht in een kringetje op zichzelf" for item in whole if named_in(item)}
    for key, why in broken.items():
        found[key] = Result(all_[key], "to-plan", all_[key].groups, why_not=why)
    return {key: found[key] for key in all_ if key in found}


def _without_broken(all_: Mapping[str, PlanItem]) -> tuple[tuple[PlanItem, ...], dict[str, str]]:
    """Leave out, again and again, what counts from an item that isn't there."""
    left, broken = dict(all_), dict[str, str]()
    while True:
        lost = {key: missing for key, item in left.items() if (missing := named_in(item) - left.keys())}
        if not lost:
            return tuple(left.values()), broken
        for key, missing in lost.items():
            broken[key] = f"telt vanaf iets dat er niet is: {', '.join(sorted(missing))}"
            del left[key]


def named_in(item: PlanItem) -> set[str]:
    """Return the keys of the other items that an item refers to."""
    said = [item.when, item.latest, item.overflow, *item.when_in.values()]
    names = set[str]().union(*(anchors_of(rule) for rule in said if rule is not None))
    keys = {name.split(".")[1] for name in names if name.startswith("item.")}
    also = (item.instead_of, item.pupils.flagged_in if item.pupils else None, *(c.key for c in item.only_if))
    return keys | {key for key in also if key}


def first_day(result: Result | None) -> date | None:
    """Return the first day on which an item is done this year, or due."""
    days = (
        [day for placed in result.placed for day in (placed.plan_on or placed.last or placed.first,) if day]
        if result
        else []
    )
    return min(days, default=None)


def dates_nl(result: Result | None, most: int = 4) -> str:
    """Return the days of an item in Dutch: "12 t/m 16 november, 3 december"."""
    if result is None or not result.placed:
        return "nog te plannen" + (f": {result.why_not}" if result and result.why_not else "")
    told = [_placed_nl(placed) for placed in result.placed[:most]]
    more = len(result.placed) - most
    joined = (" of " if result.choice else ", ").join(told)
    return joined + (f" en nog {more} keer" if more > 0 else "")


def _placed_nl(placed: Placed) -> str:
    if placed.first and placed.last:
        if placed.first == placed.last:
            return day_nl(placed.plan_on or placed.last)
        return span_nl(placed.first, placed.last)
    if placed.last:
        moved = placed.plan_on if placed.plan_on != placed.last else None
        return f"uiterlijk {day_nl(placed.last)}" + (f" (gepland op {day_nl(moved)})" if moved else "")
    return f"vanaf {day_nl(placed.first)}" if placed.first else "nog te plannen"


def why_nl(result: Result | None) -> str:
    """Return why an item is on its days."""
    if result is None:
        return ""
    if result.why_not:
        return f"{result.why_not[:1].upper()}{result.why_not[1:]}."
    steps = [step for step in result.steps if step.text != "geen wettelijke grens"]
    return sentence(as_data(steps)) if steps else "Er is geen moment genoemd."
