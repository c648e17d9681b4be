"""A school's own items become tasks of one case; what they don't say, nobody invents."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from calendars.derivation import as_data, sentence
from calendars.people import Facts, Overrides
from calendars.plan import base_context, plan
from calendars.planned import Frame, Item, Plan
from calendars.procedure import Procedure
from calendars.yearplan.items import PlanItem, RuleFile
from calendars.yearplan.schoolplan import OWN, OwnPlan, own_plan, procedure_of
from service.procedures import read_all
from tests.calendars.invented_school import frame, identity, people

PLANS = sorted((Path(__file__).parents[1] / "year_plans" / "plans").glob("*.toml"))


@cache
def school() -> Frame:
    return frame("midden")


def item(key: str, when: object = None, **more: object) -> PlanItem:
    said = {} if when is None else {"when": when}
    return PlanItem.model_validate({"key": key, "title": f"Doe {key}", **said, **more})


def own(*items: PlanItem) -> OwnPlan:
    return own_plan(items, school(), base_context(read_all(), school()).anchors)


def planned(*items: PlanItem, facts: Facts | None = None) -> Plan:
    procedure = own(*items).procedure
    assert procedure is not None
    return plan([*read_all(), procedure], school(), people(2), facts or Facts(), Overrides())


def of(result: Plan, key: str = "") -> list[Item]:
    return [i for i in result.items if i.case.procedure.key == OWN and (not key or i.rule.key == key)]


def one(*items: PlanItem, key: str = "") -> Item:
    [found] = of(planned(*items), key or items[-1].key)
    return found


def why(found: Item) -> str:
    return sentence(as_data(found.dates.steps))


def test_nothing_planned_is_no_procedure() -> None:
    assert procedure_of([], school()) is None
    assert procedure_of([item("later", "10-01", only_years=["2029-2030"])], school()) is None


def test_a_day_is_a_task_of_who_does_it_on_that_day() -> None:
    found = one(item("rapport", "02-02", owner=["directie"]))

    assert (found.kind, found.rule.role, found.owner) == ("task", "director", identity("director"))
    assert found.dates.target_on == date(2027, 2, 2)


def test_a_period_is_a_window_from_its_first_to_its_last_school_day() -> None:
    found = one(item("toetsen", {"rule": "week", "number": 7, "until": 9}, owner=["ib"]))

    assert found.kind == "window"
    assert (found.dates.starts_on, found.dates.target_on) == (date(2027, 2, 15), date(2027, 3, 5))


def test_a_deadline_is_done_on_or_before_its_last_day() -> None:
    found = one(item("plan", {"rule": "until", "day": "05-01"}, owner=["ib"]))

    assert found.kind == "task"
    assert (found.dates.starts_on, found.dates.target_on) == (None, date(2027, 4, 21))
    assert "valt in de meivakantie, en wie dit doet is er op dinsdagmiddag en woensdag" in why(found)


def test_what_may_begin_on_a_day_has_no_day_to_be_done() -> None:
    found = one(item("rapport", "02-02"), item("gesprekken", {"rule": "after", "day": "item.rapport"}))

    assert (found.dates.starts_on, found.dates.target_on) == (date(2027, 2, 3), None)
    assert "een dag is nog te plannen" in why(found).casefold()


def test_every_time_of_an_item_is_a_task_of_its_own() -> None:
    half = {"rule": "phase", "phase": "helft", "number": 1}

    result = planned(
        item("bespreking", {"rule": "times", "count": 3, "within": half}, owner=["ib"]),
        item("verslag", {"rule": "offset", "after": "item.bespreking.2", "school_days": 5}, owner=["ib"]),
        item(
            "afronden", {"rule": "offset", "after": "item.bespreking", "school_days": 5}, owner=["directie"]
        ),
    )

    parts = [i for key in ("bespreking", "bespreking-2", "bespreking-3") for i in of(result, key)]
    assert [i.title for i in parts] == [f"Doe bespreking ({n} van 3)" for n in (1, 2, 3)]
    ends = [i.dates.target_on for i in parts]
    assert ends == sorted(ends, key=lambda day: day or date.max)
    report, closing = of(result, "verslag")[0].dates.target_on, of(result, "afronden")[0].dates.target_on
    order = [day or date.max for day in (ends[1], report, ends[2], closing)]
    assert order == sorted(set(order))


def test_months_are_named_in_the_title() -> None:
    titles = {i.title for i in of(planned(item("rapport", {"rule": "months", "of": [1, 6]})))}

    assert titles == {"Doe rapport (januari)", "Doe rapport (juni)"}


def test_a_teachers_work_is_done_in_every_group_that_is_meant() -> None:
    result = planned(
        item("zien", "11-10", owner=["leerkracht"], groups=["5", "6"]),
        item("kamp", "09-20", owner=["leerkracht"]),
    )

    assert {i.group.name for i in of(result, "zien") if i.group} == {"4/5", "5", "6A", "6B"}
    assert len(of(result, "kamp")) == 10
    assert all(i.owner for i in of(result))


def test_who_is_outside_the_school_is_watched_over_by_the_ib() -> None:
    found = one(item("brief", "03-01", owner=["ouders"]))

    assert found.rule.role == "ib"
    assert "Door ouders; de IB'er bewaakt het." in why(found)


def test_work_on_a_condition_is_free_and_says_so_and_judging_is_work() -> None:
    doubt = {"judgement": "twijfelt de leerkracht?", "by": "leerkracht"}

    result = planned(item("toets", "11-20", owner=["ib"], groups=["8"], only_if=[doubt]))

    [test] = of(result, "toets")
    assert not test.rule.required
    assert "Geldt alleen als de leerkracht dit vindt: twijfelt de leerkracht?" in why(test)
    judging = [i for i in of(result) if i.rule.key == "toets-oordeel"]
    assert {i.group.name for i in judging if i.group} == {"8"}
    assert all(i.dates.target_on and test.dates.target_on for i in judging)
    assert max(i.dates.target_on or date.max for i in judging) < (test.dates.target_on or date.min)


def test_a_legal_day_of_the_school_is_a_legal_day_of_the_task() -> None:
    found = one(item("advies", {"rule": "legal", "key": "voorlopig-advies"}, owner=["directie"]))

    assert found.dates.latest_on is not None
    assert found.dates.target_on is not None
    assert found.dates.target_on <= found.dates.latest_on
    assert found.rule.law


def test_the_school_counts_from_the_rounds_of_a_procedure() -> None:
    rule = {"rule": "offset", "after": "test-calendar.M.last", "school_days": 5}

    found = one(item("analyse", rule, owner=["directie"]))

    assert found.dates.target_on == date(2027, 2, 5)
    assert why(found).startswith(
        '5 schooldagen na de laatste toetsdag van "Middentoetsen" (vrijdag 29 januari)'
    )


def test_per_pupil_and_on_request_are_not_planned_and_the_first_is_told() -> None:
    found = own(
        item("kennismaking", {"rule": "offset", "after": "pupil.start", "school_weeks": 6}),
        item("gesprek", "03-01", need="on-request"),
        item("rapport", "02-02"),
    )

    assert found.procedure is not None
    assert [task.key for task in found.procedure.tasks()] == ["rapport"]
    assert found.left_out == ('"Doe kennismaking" is per leerling: open het bij de leerling zelf',)


def test_what_counts_from_something_that_is_not_planned_is_still_to_plan() -> None:
    found = one(
        item("oud-gesprek", "10-01", need="on-request"),
        item("daarna", {"rule": "offset", "after": "item.oud-gesprek", "school_days": 5}),
    )

    assert found.dates.target_on is None
    assert "'oud gesprek' staat dit jaar niet in de planning" in why(found)


def test_a_circle_and_a_lost_name_are_told_and_the_rest_is_planned() -> None:
    found = own(
        item("a", {"rule": "offset", "after": "item.b", "school_days": 1}),
        item("b", {"rule": "offset", "after": "item.a", "school_days": 1}),
        item("c", {"rule": "offset", "after": "item.weg", "school_days": 1}),
        item("d", "10-01"),
    )

    assert found.procedure is not None
    assert [task.key for task in found.procedure.tasks()] == ["d"]
    assert len(found.left_out) == 3


def test_an_outside_fact_gives_its_day_once_it_is_known() -> None:
    items = [
        item("verslag", {"rule": "offset", "after": "fact.onderzoek", "school_days": 5}, owner=["directie"])
    ]

    before, after = planned(*items), planned(*items, facts=Facts(outside={"onderzoek": date(2027, 3, 1)}))

    assert of(before)[0].dates.target_on is None
    assert '"onderzoek" staat nog niet vast' in why(of(before)[0])
    assert of(after)[0].dates.target_on == date(2027, 3, 8)


def test_a_key_that_looks_like_a_second_time_stays_apart() -> None:
    result = planned(item("toets", {"rule": "months", "of": [1, 6]}), item("toets-2", "10-01"))

    assert {i.rule.key for i in of(result)} == {"toets", "toets-keer-2", "toets-2"}


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_real_year_plan_is_planned_without_inventing_a_day(path: Path) -> None:
    items = RuleFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).item
    procedure = own(*items).procedure
    tasks = procedure.tasks() if procedure else []

    result = of(plan([procedure], school(), people(1), Facts(), Overrides())) if procedure else []

    assert {i.rule.key for i in result} <= {task.key for task in tasks}
    open_ = {i.key for i in items if getattr(i.rule("2026-2027"), "rule", "") == "open" and not i.latest}
    assert [i.rule.key for i in result if i.rule.key in open_ and i.dates.target_on] == []
    waiting = [why(i).casefold() for i in result if i.dates.target_on is None]
    assert [text for text in waiting if "nog te plannen" not in text and "doorlopend" not in text] == []
    days = [i.dates.target_on for i in result if i.dates.target_on and i.rule.roll != "keep"]
    assert [day for day in days if not school().calendar.is_school_day(day)] == []


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_real_year_plan_is_the_same_after_it_was_kept_and_published(path: Path) -> None:
    items = RuleFile.model_validate(tomllib.loads(path.read_text("utf-8"))).item

    kept = [PlanItem.model_validate(i.model_dump(mode="json", exclude_defaults=True)) for i in items]
    procedure = procedure_of(kept, school())

    assert tuple(kept) == items
    if procedure:
        published = procedure.model_dump(mode="json", exclude_defaults=True)
        assert Procedure.model_validate(published).model_dump() == procedure.model_dump()
