"""Write NEEDS.md: what each real year plan needs from the rule language, and what is still to plan in it.

Run ``python tests/year_plans/needs.py`` after a change in a plan.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that it runs as a file, too

from pydantic import BaseModel

from calendars.rules import Open, anchors_of
from calendars.yearplan.evaluate import Result
from calendars.yearplan.items import PlanItem
from tests.year_plans.support import HERE, YearPlan, load, stems

_ALWAYS = {"key", "title", "kind", "groups", "owner", "also", "when", "note"}
_TOP = """# What the real year plans need

One row per plan in `plans/`: how many items the source has and as how many `[[item]]` they are said, which
rules and which fields of an item that takes (besides what, for whom, by whom and when), and which items of
the source are still to plan in the year it is tried in. Written by `python tests/year_plans/needs.py`.

| plan | year | source items | `[[item]]` | rules | item fields | to plan |
| --- | --- | --- | --- | --- | --- | --- |
"""


def table() -> str:
    """Return the table as it should be, with the totals below it."""
    plans = [load(stem) for stem in stems()]
    rows = "".join(_row(plan) for plan in plans)
    return f"{_TOP}{rows}\n{_totals(plans)}"


def rules_of(item: PlanItem) -> Iterator[str]:
    """Yield the name of every rule in an item, also of those inside others; nothing for no moment."""
    for said in (item.when, item.latest, item.overflow, *item.when_in.values()):
        yield from _rules_in(said)


def facts_of(item: PlanItem) -> set[str]:
    """Return the facts that an item counts from or hangs on."""
    said = [item.when, item.latest, item.overflow, *item.when_in.values()]
    names = set().union(*(anchors_of(rule) for rule in said if rule is not None))
    counted = {name.removeprefix("fact.") for name in names if name.startswith("fact.")}
    return counted | {c.fact for c in item.only_if if c.fact}


def _rules_in(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield "event" if "." in part else "date"
    elif isinstance(part, tuple):
        for one in part:
            yield from _rules_in(one)
    elif isinstance(part, BaseModel):
        yield from _rule_named(part)


def _rule_named(part: BaseModel) -> Iterator[str]:
    name = getattr(part, "rule", None)
    if isinstance(part, Open):
        return
    if name:
        yield name
    for field in sorted(part.model_fields_set - {"rule", "why", "then", "name", "weekday", "phase", "edge"}):
        value = getattr(part, field)
        if isinstance(value, BaseModel | tuple) or (isinstance(value, str) and field in _SAID):
            yield from _rules_in(value)


_SAID = {"day", "first", "last", "after", "before", "of", "start", "within", "since", "until", "when"}


def _row(plan: YearPlan) -> str:
    items = plan.file.item
    rules = _counted(name for item in items for name in set(rules_of(item)))
    fields = _counted(name for item in items for name in item.model_fields_set - _ALWAYS)
    cells = [
        plan.stem,
        f"{plan.label} {plan.region}",
        str(len({m.number for m in plan.marks})),
        str(len(items)),
    ]
    return f"| {' | '.join([*cells, rules, fields, _to_plan(plan)])} |\n"


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(Counter(names).items())) or "none"


def _to_plan(plan: YearPlan) -> str:
    numbers = {item.key: mark.number for item, mark in zip(plan.file.item, plan.marks, strict=True)}
    why: dict[int, str] = {}
    for result in plan.results():
        if result.status == "to-plan" and result.item.key in numbers:
            why.setdefault(numbers[result.item.key], _why(result))
    return f"{len(why)}: {_counted(why.values())}" if why else "0"


def _why(result: Result) -> str:
    if result.why_not.startswith("per leerling"):
        return "which pupils isn't known"
    return "no moment stated" if isinstance(result.item.when, Open) else "waits for something else"


def _totals(plans: list[YearPlan]) -> str:
    sources = sum(len({m.number for m in plan.marks}) for plan in plans)
    items = sum(len(plan.file.item) for plan in plans)
    rules = _counted(name for plan in plans for item in plan.file.item for name in set(rules_of(item)))
    gaps = sum(bool(mark.gaps) for plan in plans for mark in plan.marks)
    return (
        f"{sources} source items as {items} items in {len(plans)} plans; {gaps} of them not said in full.\n\n"
        f"Rules in all plans: {rules}.\n"
    )


if __name__ == "__main__":
    (HERE / "NEEDS.md").write_text(table(), encoding="utf-8")
