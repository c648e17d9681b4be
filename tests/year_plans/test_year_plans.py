"""The year plans of real schools, said as rules: all of it, and the dates that the schools state."""

from collections import Counter

import pytest

from calendars.rules import Open
from calendars.yearplan.items import PlanItem
from calendars.yearplan.owners import ROLES
from tests.year_plans import needs
from tests.year_plans.support import HERE, Expected, Marks, YearPlan, counts, load, stems

ALL_ITEMS = 390
FILES = 47


def pairs(plan: YearPlan) -> list[tuple[PlanItem, Marks]]:
    return list(zip(plan.file.item, plan.marks, strict=True))


def states_no_moment(item: PlanItem) -> bool:
    return isinstance(item.when, Open) and not item.when_in


def test_the_counts_are_of_all_sources() -> None:
    found = counts()

    assert (len(found), sum(found.values())) == (FILES, ALL_ITEMS)


def test_every_source_is_a_plan() -> None:
    assert stems() == sorted(counts())


@pytest.mark.parametrize("stem", stems())
def test_every_item_of_a_source_is_expressed(stem: str) -> None:
    found = Counter((mark.source, mark.number) for mark in load(stem).marks)

    assert sorted(found) == [(stem, number) for number in range(1, counts()[stem] + 1)]


@pytest.mark.parametrize("stem", stems())
def test_every_item_comes_to_something(stem: str) -> None:
    plan = load(stem)

    results = plan.results()

    assert {item.key for item in plan.file.item} <= {result.item.key for result in results}
    assert [r.item.key for r in results if r.status == "to-plan" and not r.why_not] == []
    warned = {(r.item.key, step.text) for r in results for step in r.steps if step.kind == "warning"}
    # 61-04 is asked before the first half of the year begins, and so before the summer.
    assert warned - {("opp-periode-vooraf", "dit valt in het vorige schooljaar")} == set()


@pytest.mark.parametrize("stem", stems())
def test_the_dates_that_a_source_states_come_out(stem: str) -> None:
    plan = load(stem)
    wanted = {(item.key, e.label): set[Expected]() for item, mark in pairs(plan) for e in mark.expected}
    for item, mark in pairs(plan):
        for one in mark.expected:
            wanted[item.key, one.label].add(one)

    found = {(key, label): dated(plan, key, label) for key, label in wanted}

    assert found == wanted


def dated(plan: YearPlan, key: str, label: str) -> set[Expected]:
    results = [r for r in plan.results(label) if r.item.key == key and not r.overflow]
    return {Expected(label, placed.first, placed.last) for r in results for placed in r.placed}


@pytest.mark.parametrize("stem", stems())
def test_a_day_without_school_is_planned_on_another(stem: str) -> None:
    plan = load(stem)
    wanted = {item.key: set(mark.planned) for item, mark in pairs(plan) if mark.planned}

    found = {
        key: {p.plan_on for r in plan.results() if r.item.key == key for p in r.placed} for key in wanted
    }

    assert found == wanted


@pytest.mark.parametrize("stem", stems())
def test_what_has_no_moment_is_still_to_plan(stem: str) -> None:
    plan = load(stem)
    marked = [item.key for item, mark in pairs(plan) if mark.has_no_moment]

    statuses = {r.item.key: r.status for r in plan.results() if r.item.key in marked}

    assert statuses == dict.fromkeys(marked, "to-plan")
    assert [item.key for item in plan.file.item if states_no_moment(item)] == marked


@pytest.mark.parametrize("stem", stems())
def test_what_something_waits_for_is_called_by_its_title(stem: str) -> None:
    plan = load(stem)

    said = [text for r in plan.results() for text in (r.why_not, *r.conditions)]

    keys = {f"'{name}'" for item in plan.file.item for name in (item.key, f"item.{item.key}")}
    assert [text for text in said if any(key in text for key in keys) or "oordeel'" in text] == []


@pytest.mark.parametrize("stem", stems())
def test_the_schools_own_people_are_called_by_their_role(stem: str) -> None:
    items = load(stem).file.item

    words = {word for item in items for word in (*item.owner, *item.also, *item.asked_by)}

    assert words & (set(ROLES.values()) - set(ROLES)) == set()


@pytest.mark.parametrize("stem", stems())
def test_conditions_and_rules_speak_of_things_that_exist_in_the_plan(stem: str) -> None:
    plan = load(stem)
    named = {fact for item in plan.file.item for fact in needs.facts_of(item)}

    assert set(plan.file.facts) <= named


def test_the_table_of_needs_is_up_to_date() -> None:
    assert (HERE / "NEEDS.md").read_text(encoding="utf-8") == needs.table()
