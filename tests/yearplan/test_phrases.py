import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.phrases import STYLES, groups_of, in_words, rule_of, who_of
from calendars.yearplan.items import PlanItem

YEAR = "2026-2027"
TABLE: dict[str, dict[str, Any]] = {
    phrase: rule
    for group in tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8")).values()
    for phrase, rule in group.items()
}
WORDS = (
    "week 44 45/46 t/m - 12 11 2026 nov november mei juni en of / voor na uiterlijk vanaf tot de "
    "herfstvakantie schoolweek 3e eerste laatste maandag ma begin eind half jaar per 2x om elke maand weken "
    "dagen 29 feb 53 zomervakantie groep 8 ( ) , : tussen rond van in op verzoek 19:00 uur avond leeftijd 4e "
    "verjaardag binnen 6 2025 30-11 31-4 2025-02-29 W53 volle toetsen"
).split()


def item(rule: dict[str, Any], extra: dict[str, Any] | None = None) -> PlanItem:
    return PlanItem.model_validate({"key": "proef", "title": "Proef", "when": rule, **(extra or {})})


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(TABLE) >= 150


@pytest.mark.parametrize("phrase", TABLE)
def test_a_phrase_is_the_rule_that_a_school_means(phrase: str) -> None:
    expected = dict(TABLE[phrase])
    extra = expected.pop("+", {})

    found = rule_of(phrase, label=YEAR)

    assert (found.rule, dict(found.extra), found.sure, found.problems) == (expected, extra, True, ())


@pytest.mark.parametrize("phrase", TABLE)
def test_every_rule_can_be_said_in_words_and_kept(phrase: str) -> None:
    found = rule_of(phrase, label=YEAR)

    assert item(found.rule, dict(found.extra)).key == "proef"
    assert in_words(found.rule)
    assert "{" not in in_words(found.rule)


@pytest.mark.parametrize(
    ("phrase", "style", "rule"),
    [
        ("12-11-2026", "date", {"rule": "date", "day": "11-12"}),
        ("do 12 november 2026", "week", {"rule": "week", "number": 46, "weekday": "donderdag"}),
        (
            "12 nov",
            "month-weekday",
            {"rule": "weekday", "weekday": "donderdag", "nth": 2, "month": 11},
        ),
        ("12/11", "once", {"rule": "date", "day": "2026-11-12"}),
        ("2027-01-29", "month-weekday", {"rule": "weekday", "weekday": "vrijdag", "nth": -1, "month": 1}),
        ("16 t/m 20 nov", "week", {"rule": "week", "number": 47}),
        ("16-11 t/m 27-11-2026", "week", {"rule": "week", "number": 47, "until": 48}),
        ("16 t/m 20-11", "date", {"rule": "period", "first": "11-16", "last": "11-20"}),
        ("12, 13 en 19 november", "date", {"rule": "dates", "days": ["11-12", "11-13", "11-19"]}),
        ("week van 4 februari 2027", "week", {"rule": "week", "number": 5}),
        ("week van 4 februari", "date", {"rule": "week-of", "day": "02-04"}),
        ("zaterdag 14-11-2026", "week", {"rule": "date", "day": "11-14"}),
    ],
)
def test_a_fixed_date_becomes_what_it_is_in_other_years(
    phrase: str, style: Any, rule: dict[str, Any]
) -> None:
    found = rule_of(phrase, label=YEAR, style=style)

    assert (found.rule, found.fixed, found.sure) == (rule, True, True)


@pytest.mark.parametrize("phrase", ["12 nov", "ma 9-11-2026", "16 t/m 20 nov", "uiterlijk 12-11-2026"])
def test_what_a_fixed_date_is_in_other_years_is_asked(phrase: str) -> None:
    found = rule_of(phrase, label=YEAR)

    assert (found.sure, found.fixed) == (False, True)
    assert {"date", "week", "once"} <= {choice.key for choice in found.alternatives}


def test_this_year_only_says_so() -> None:
    assert dict(rule_of("12 nov", label=YEAR, style="once").extra) == {"only_years": [YEAR]}


def test_a_last_day_without_a_year_is_of_every_year_whatever_dates_are() -> None:
    assert rule_of("uiterlijk 31 januari", label=YEAR, style="week").rule == {"rule": "until", "day": "01-31"}


@pytest.mark.parametrize(
    "phrase", ["asdf qwerty", "blabla", "geboren in oktober, november of december", "12/13"]
)
def test_nothing_is_invented_for_what_is_not_understood(phrase: str) -> None:
    found = rule_of(phrase, label=YEAR)

    assert (found.recognised, found.sure, found.rule) == (False, False, {"rule": "open", "why": phrase})


def test_an_empty_cell_asks_when() -> None:
    found = rule_of("  ", label=YEAR)

    assert (found.rule, found.sure, bool(found.question)) == ({"rule": "open"}, False, True)


@pytest.mark.parametrize(
    ("phrase", "keys"),
    [
        ("tot 1 april", 2),
        ("week 6/24", 2),
        ("na de voorjaarsvakantie", 3),
        ("januari en februari", 2),
        ("eerste week van februari", 2),
        ("halverwege het schooljaar", 3),
        ("10 dagen na 1 maart", 2),
    ],
)
def test_what_may_be_two_things_is_a_question_with_answers(phrase: str, keys: int) -> None:
    found = rule_of(phrase, label=YEAR)

    assert (found.sure, len(found.alternatives), bool(found.question)) == (False, keys, True)
    assert found.rule in [choice.rule for choice in found.alternatives]


def test_another_row_that_a_phrase_counts_from_is_asked_for_by_its_title() -> None:
    items = {"rapport": "Rapport mee", "m-toetsen": "M-toetsen groep 3 t/m 7", "e-toetsen": "E-toetsen"}

    found = rule_of("na de M-toetsen", label=YEAR, items=items)

    assert (found.sure, found.rule) == (False, {"rule": "after", "day": "item.m-toetsen"})
    assert "M-toetsen groep 3 t/m 7" in found.alternatives[0].words


def test_an_amount_beside_another_row_keeps_its_amount() -> None:
    found = rule_of("binnen 6 weken na het rapport", label=YEAR, items={"rapport": "Rapport mee"})

    assert found.rule == {"rule": "within", "calendar_weeks": 6, "after": "item.rapport"}


def test_what_no_row_is_about_stays_to_be_planned() -> None:
    found = rule_of("na de toverballen", label=YEAR, items={"rapport": "Rapport mee"})

    assert (found.rule["rule"], found.alternatives) == ("open", ())


def test_a_remark_behind_a_moment_is_kept_apart() -> None:
    found = rule_of("februari, alleen na overleg leerkracht en IB", label=YEAR)

    assert (found.rule, found.sure) == ({"rule": "month", "month": 2}, False)
    assert found.rest == "alleen na overleg leerkracht en ib"


@pytest.mark.parametrize(
    ("phrase", "extra"),
    [
        ("januari groep 8", {"groups": ["8"]}),
        ("eind groep 7", {"groups": ["7"]}),
        ("april, vanaf groep 6", {"groups": ["6", "7", "8"]}),
        ("rond mei", {"margin": {"calendar_weeks": 1}}),
        ("week 44 19.30 uur", {"time": {"at": "19:30"}}),
        ("week 44 om 17:00-18:00", {"time": {"at": "17:00", "until": "18:00"}}),
        ("maandag week 44 na schooltijd", {"time": {"part": "na-schooltijd"}}),
        ("bij voorkeur in november", {"need": "preferred"}),
    ],
)
def test_what_else_a_phrase_says_comes_along(phrase: str, extra: dict[str, Any]) -> None:
    assert dict(rule_of(phrase, label=YEAR).extra) == extra


@given(
    st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)),
    st.sampled_from([None, *STYLES]),
    st.sampled_from(["2026-2027", "2027-2028"]),
)
@settings(max_examples=400, deadline=None)
def test_no_phrase_breaks_and_every_answer_is_a_rule(text: str, style: Any, label: str) -> None:
    found = rule_of(text, label=label, style=style, items={"m-toetsen": "M-toetsen", "x": "november week"})

    fixes = [fix.rule for problem in found.problems for fix in problem.fixes]
    for rule in (found.rule, *(choice.rule for choice in found.alternatives), *fixes):
        assert item(rule).when is not None
        assert isinstance(in_words(rule), str)
    assert item(found.rule, dict(found.extra)).key == "proef"
    assert found.recognised or found.rule["rule"] == "open"


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_no_cell_breaks_groups_or_people(text: str) -> None:
    assert set(groups_of(text).groups) <= {*"12345678", "school"}
    assert len(who_of(text).owner) == len(set(who_of(text).owner))


@pytest.mark.parametrize("length", [10_000])
@pytest.mark.parametrize("piece", ["1-", "a ", "week 1 ", "en ", "(", "12 nov, ", "t/m ", "van tot "])
@pytest.mark.timeout(10)
def test_a_long_cell_is_read_quickly(piece: str, length: int) -> None:
    assert isinstance(rule_of(piece * length, label=YEAR).sure, bool)
