"""Layers: stricter wins, looser than the law is refused with its name, and nothing is lost on the way."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from calendars.derivation import as_data, sentence
from calendars.layers import LayerRule, TaskChange, applied, check
from calendars.people import Facts, Overrides
from calendars.plan import plan
from calendars.planned import Frame, Item, Plan
from calendars.procedure import Procedure
from service.procedures import read_all
from tests.calendars.invented_school import STUDY_DAYS, frame, people

LABELS = {
    "region": "de regio",
    "board": "het bestuur",
    "school": "de school",
    "group": "groep 5",
    "pupil": "deze leerling",
}
ADVICE = ("exit-pupils", "definitief-advies")
OVERVIEW = ("test-calendar", "schooloverzicht")
LAW = "tijdpad schooladvies en doorstroomtoets"


@cache
def procedures() -> Mapping[str, Procedure]:
    return {p.key: p for p in read_all()}


@cache
def school() -> Frame:
    return frame("midden", "2026-2027", STUDY_DAYS)


def rule(task: tuple[str, str], layer: str = "school", scope: str = "", **change: object) -> LayerRule:
    return LayerRule(layer, scope, *task, TaskChange.model_validate(change), LABELS[layer])


def day(text: str) -> dict[str, object]:
    return {"rule": "date", "day": text}


def planned(*rules: LayerRule, facts: Facts | None = None) -> Plan:
    overrides = Overrides(layers=rules)
    return plan(list(procedures().values()), school(), people(2), facts or Facts(), overrides)


def of(result: Plan, task: tuple[str, str], case: str = "", group: str | None = None) -> list[Item]:
    return [
        i
        for i in result.items
        if (i.case.procedure.key, i.rule.key) == task
        and (not case or i.case.key == case)
        and (group is None or (i.group and i.group.name == group))
    ]


def why(item: Item) -> str:
    return sentence(as_data(item.dates.steps))


def test_without_rules_a_procedure_stays_itself() -> None:
    procedure = procedures()["test-calendar"]

    assert applied(procedure, [rule(ADVICE, due=day("03-01"))]) is procedure


def test_the_narrowest_layer_says_the_day_and_the_date_says_which() -> None:
    board = rule(
        OVERVIEW, "board", "De Linde", due={"rule": "offset", "after": "window.last", "school_days": 5}
    )
    own = rule(OVERVIEW, due={"rule": "offset", "after": "window.last", "school_days": 10})

    [item] = of(planned(own, board), OVERVIEW, "M")

    assert item.dates.target_on == date(2027, 2, 16)
    assert why(item).startswith("Zo spreekt de school het af; 10 schooldagen na de laatste toetsdag")


def test_of_all_limits_the_earliest_counts_whoever_set_it() -> None:
    board = rule(ADVICE, "board", "De Linde", latest=day("03-12"), law="afspraak van De Linde")
    own = rule(ADVICE, latest=day("03-19"))

    [item, *_] = of(planned(board, own), ADVICE)

    assert (item.dates.latest_on, item.dates.law) == (date(2027, 3, 12), "afspraak van De Linde")
    assert item.dates.target_on is not None
    assert item.dates.target_on <= date(2027, 3, 12)
    assert why(item).endswith(
        "Uiterlijk (afspraak van De Linde): vrijdag 12 maart. Uiterlijk (afspraak van de school): "
        f"vrijdag 19 maart. Uiterlijk (wettelijk, {LAW}): woensdag 24 maart."
    )


def test_a_day_after_the_legal_day_is_refused_with_the_name_of_the_law() -> None:
    problems = check(procedures()["exit-pupils"], [rule(ADVICE, due=day("03-31"))], school())

    assert problems == [f"{LAW}: uiterlijk woensdag 24 maart; deze regel zegt woensdag 31 maart"]


def test_a_limit_after_the_legal_day_is_refused_with_the_name_of_the_law() -> None:
    problems = check(procedures()["exit-pupils"], [rule(ADVICE, latest=day("04-01"))], school())

    assert problems == [f"{LAW}: uiterlijk woensdag 24 maart; deze regel zegt donderdag 1 april"]


def test_a_school_is_no_looser_than_its_board() -> None:
    board = rule(ADVICE, "board", "De Linde", latest=day("03-12"), law="afspraak van De Linde")

    problems = check(procedures()["exit-pupils"], [rule(ADVICE, due=day("03-20")), board], school())

    assert len(problems) == 1
    assert problems[0].startswith("afspraak van De Linde: uiterlijk vrijdag 12 maart; deze regel zegt")


def test_a_later_day_that_drags_statutory_work_past_its_law_is_refused_and_names_that_work() -> None:
    consent = ("plan-reviews", "opp-instemming")
    late = {"rule": "offset", "after": "opening", "calendar_weeks": 12}

    problems = check(procedures()["plan-reviews"], [rule(consent, due=late)], school())

    assert any("(voor “Stel het OPP vast”)" in problem for problem in problems)


@pytest.mark.parametrize(
    ("change", "text"), [({"off": True}, "valt niet weg"), ({"required": False}, "is niet vrijblijvend")]
)
def test_what_the_law_asks_is_not_left_out_nor_optional(change: dict[str, object], text: str) -> None:
    rules = [rule(ADVICE, **change)]

    problems = check(procedures()["exit-pupils"], rules, school())

    assert [p for p in problems if p.startswith(LAW) and p.endswith(text)]
    assert [i.rule.required for i in of(planned(*rules), ADVICE)] == [True] * 2


@pytest.mark.parametrize(
    "stricter",
    [
        rule(ADVICE, due=day("03-01")),
        rule(ADVICE, latest=day("03-20")),
        rule(ADVICE, role="ib"),
        rule(OVERVIEW, due={"rule": "offset", "after": "window.last", "school_days": 30}),
        rule(("test-calendar", "rooster"), off=True),
        rule(("group-discussions", "bespreking"), minutes=60),
    ],
)
def test_stricter_or_free_to_choose_is_fine(stricter: LayerRule) -> None:
    assert check(procedures()[stricter.procedure], [stricter], school()) == []


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (rule(("exit-pupils", "bestaat-niet"), off=True), "heeft geen taak 'bestaat-niet'"),
        (rule(ADVICE, occurrence="winter", due=day("03-01")), "heeft geen ronde 'winter'"),
        (rule(ADVICE, minutes=30), "is geen overleg"),
        (rule(("exit-pupils", ""), due=day("03-01")), "noem een taak"),
        (rule(ADVICE, due={"rule": "event", "name": "task.later"}), "nog niet vaststaat"),
    ],
)
def test_a_rule_that_points_at_nothing_is_refused(wrong: LayerRule, text: str) -> None:
    [problem] = check(procedures()["exit-pupils"], [wrong], school())

    assert text in problem


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"law": "een wet"},
        {"due": day("03-01"), "law": "een wet"},
        {"off": True, "role": "ib"},
        {"when": "nu"},
    ],
)
def test_a_change_says_something_and_only_what_is_known(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TaskChange.model_validate(change)


def test_a_window_of_one_round_moves_with_all_that_counts_from_it() -> None:
    window = {"first": {"rule": "date", "day": "01-18"}, "last": {"rule": "date", "day": "02-05"}}
    moved = rule(("test-calendar", ""), occurrence="M", window=window)

    before, after = planned(), planned(moved)

    assert of(after, OVERVIEW, "M")[0].dates.target_on == date(2027, 3, 9)
    assert [i.dates for i in of(after, OVERVIEW, "E")] == [i.dates for i in of(before, OVERVIEW, "E")]
    meeting = of(after, ("group-discussions", "bespreking"), "didactisch-m:3")[0].dates.target_on
    assert meeting is not None
    assert meeting > date(2027, 2, 5)


def test_a_task_that_a_school_leaves_out_is_gone_and_the_rest_stays() -> None:
    result = planned(rule(("test-calendar", "protocol"), off=True))

    assert of(result, ("test-calendar", "protocol")) == []
    assert len(planned().items) - len(result.items) == len(of(planned(), ("test-calendar", "protocol")))


def test_a_rule_of_a_group_holds_for_that_group_only() -> None:
    timetable = ("test-calendar", "rooster")
    change = rule(timetable, "group", "5", due=day("12-01"), role="ib")

    days = {
        i.group.name: (i.dates.target_on, i.rule.role) for i in of(planned(change), timetable, "M") if i.group
    }
    usual = {i.group.name: (i.dates.target_on, i.rule.role) for i in of(planned(), timetable, "M") if i.group}

    assert days["5"] == (date(2026, 12, 1), "ib")
    assert {k: v for k, v in days.items() if k != "5"} == {k: v for k, v in usual.items() if k != "5"}


def test_a_rule_of_a_pupil_holds_for_that_pupil_only() -> None:
    change = rule(ADVICE, "pupil", "8#1", due=day("02-01"))

    days = {i.case.key: i.dates.target_on for i in of(planned(change), ADVICE)}

    assert days["leerling:8#1"] == date(2027, 2, 1)
    assert days["leerling:8#0"] == date(2027, 3, 23)


def test_a_rule_for_one_round_leaves_the_other_rounds_alone() -> None:
    result = planned(rule(OVERVIEW, occurrence="M", off=True))

    assert of(result, OVERVIEW, "M") == []
    assert len(of(result, OVERVIEW, "E")) == 1


def test_the_case_keeps_the_procedure_as_it_was_published() -> None:
    result = planned(rule(OVERVIEW, off=True), rule(ADVICE, due=day("02-01")))

    assert {id(c.procedure) for c in result.cases} <= {id(p) for p in procedures().values()}


days_of_year = st.dates(date(2026, 9, 1), date(2027, 7, 1)).map(lambda d: f"{d:%m-%d}")
changes = st.fixed_dictionaries(
    {},
    optional={
        "due": days_of_year.map(day),
        "latest": days_of_year.map(day),
        "required": st.booleans(),
        "role": st.sampled_from(["ib", "teacher", "director"]),
    },
).filter(bool)
limited = st.sampled_from(
    [(p.key, t.key) for p in procedures().values() for t in p.tasks() if t.limits and p.key == "exit-pupils"]
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(limited, st.sampled_from(["region", "board", "school"]), changes), max_size=4))
def test_no_layer_ever_moves_work_past_its_legal_day(
    said: list[tuple[tuple[str, str], str, dict[str, object]]],
) -> None:
    usual = {i.id: i for i in planned().items if i.dates.latest_on}

    result = planned(*(rule(task, layer, **change) for task, layer, change in said))

    here = {i.id: i.dates for i in result.items}
    assert set(usual) <= set(here)
    for id_, item in usual.items():
        dates, law = here[id_], item.dates.latest_on
        assert law is not None
        assert dates.latest_on is not None
        assert dates.latest_on <= law
        assert dates.target_on is None or dates.target_on <= dates.latest_on
