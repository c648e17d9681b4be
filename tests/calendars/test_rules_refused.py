"""What the rule language refuses, and in which words."""

import tomllib
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from calendars.rules import Rule, anchors_of
from calendars.yearplan.items import PlanItem, RuleFile
from calendars.yearplan.owners import OUTSIDE, ROLES, checked_owner, has_account, role_of

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
REFUSED = [
    ('{ rule = "week", number = 3, until = 5, weekday = "maandag" }', "niet allebei"),
    ('{ rule = "school-week", number = 3, until = 5, weekday = "maandag" }', "niet allebei"),
    ('{ rule = "school-week", number = 1, until = 0 }', "schoolweek 0 bestaat niet"),
    ('{ rule = "school-day", number = 0 }', "schooldag 0 bestaat niet"),
    ('{ rule = "month", month = 3, until = 5, part = "begin" }', "niet allebei"),
    ('{ rule = "months", of = [1, 13] }', "een getal van 1 tot en met 12"),
    ('{ rule = "phase", phase = "helft" }', "number hoort bij helft"),
    ('{ rule = "phase", phase = "helft", number = 3 }', "number hoort bij helft"),
    ('{ rule = "phase", phase = "eind", number = 1 }', "number hoort bij helft"),
    ('{ rule = "phase", phase = "najaar", weeks = 2 }', "weeks hoort bij start, begin of eind"),
    ('{ rule = "weekday", weekday = "maandag" }', "precies één van month, of, before en after"),
    ('{ rule = "weekday", weekday = "maandag", before = "03-01", nth = -1 }', "vanaf het einde"),
    ('{ rule = "weekday", weekday = "maandag", month = 3, or_on = true }', "or_on hoort bij"),
    ('{ rule = "full-week", nth = 1 }', "precies één van month en of"),
    ('{ rule = "offset", after = "03-01", school_days = 5, until = 5 }', "het grootste van de twee"),
    ('{ rule = "offset", after = "nergens", school_days = 5 }', "geen naam van iets anders"),
    ('{ rule = "times", count = 4, up_to = 3 }', "up_to is meer dan count"),
    ('{ rule = "times", count = 2, up_to = 3, at_least = true }', "up_to is meer dan count"),
    ('{ rule = "times", count = 2, apart = { months = 1 } }', "apart telt in school_days"),
    ('{ rule = "every", working_days = 2 }', "herhaal per één of meer"),
    ('{ rule = "every", school_weeks = 0 }', "herhaal per één of meer"),
    ('{ rule = "age", years = 4, until_months = 3 }', "until_months hoort bij until_years"),
    ('{ rule = "age", years = 4, until_years = 4 }', "until_years is ouder dan years"),
    ('{ rule = "clock", after = "03-01", calendar_weeks = 6, months = 1 }', "precies één eenheid"),
    ('{ rule = "date", day = "11-31" }', "bestaat niet op de kalender"),
]


def toml(text: str) -> Any:
    return tomllib.loads(f"found = {' '.join(text.split())}")["found"]


@pytest.mark.parametrize(("rule", "words"), REFUSED, ids=[rule[10:40] for rule, _ in REFUSED])
def test_a_rule_that_means_two_things_or_nothing_is_refused(rule: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        RULE.validate_python(toml(rule))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('latest = "03-24"', "latest en law horen bij elkaar"),
        ('law = "WPO"', "latest en law horen bij elkaar"),
        ("every_years = 2", "every_years en since_year horen bij elkaar"),
        ('only_years = ["2026-2028"]', "is geen schooljaar"),
        ('groups = ["9"]', "zijn geen leerjaren"),
        ('asked_by = ["ouders"]', "asked_by hoort bij need"),
        ("pupils = { turns = 6 }", "turns en by horen bij elkaar"),
        ('pupils = { born_from = "2020-10-01", born_until = "12-31" }', "bij allebei het jaar"),
        ('only_if = [{ fact = "a", item = "b" }]', "precies één van fact, item en judgement"),
        ('only_if = [{ fact = "a", outcome = "ja" }]', "outcome hoort bij item"),
        ('only_if = [{ judgement = "nodig" }]', "judgement en by horen bij elkaar"),
        ("time = { at = 14:00:00, until = 13:00:00 }", "until is later op de dag"),
        ('owner = ["leerkrachten"]', "is geen rol; schrijf 'leerkracht'"),
        ('owner = ["ib\'er"]', "is geen rol; schrijf 'ib'"),
    ],
)
def test_an_item_that_contradicts_itself_is_refused(more: str, words: str) -> None:
    text = f'[[item]]\nkey = "ding"\ntitle = "Een ding"\n{more}'

    with pytest.raises(ValidationError, match=words):
        RuleFile.model_validate(tomllib.loads(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[facts]\n"feest.dag" = 2026-10-01', "should match pattern"),
        ('[done]\n"a.b.c" = 2026-10-01', "should match pattern"),
        ('[[item]]\nkey = "a"\ntitle = "Aa"\n[[item]]\nkey = "a"\ntitle = "Bb"', "dezelfde key"),
    ],
)
def test_a_file_with_names_that_mean_nothing_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        RuleFile.model_validate(tomllib.loads(text))


def test_a_legal_date_names_its_own_law() -> None:
    item = PlanItem.model_validate(
        {"key": "advies", "title": "Advies", "latest": {"rule": "legal", "key": "definitief-advies"}}
    )

    assert item.law is None


@pytest.mark.parametrize("word", [*ROLES, *OUTSIDE, "buurtteam", "schoolmaatschappelijk werk"])
def test_an_owner_is_a_role_or_any_party_outside(word: str) -> None:
    assert checked_owner(word) == word
    assert has_account(word) is (word in ROLES)
    assert (role_of(word) is None) is not has_account(word)


def test_the_teacher_of_next_year_is_a_role_of_its_own() -> None:
    assert {role_of("nieuwe-leerkracht"), role_of("leerkracht")} == {"next-teacher", "teacher"}


def test_what_a_rule_counts_from_is_found_wherever_it_stands() -> None:
    more = '{ when = "fact.b", months = 1, why = "ziek" }'
    still = '[{ since = "fact.c", until = "fact.d" }]'
    parts = [
        f'{{ rule = "clock", after = "fact.a", months = 2, extend = {more}, pause = {still}, then = "x.y" }}',
        '{ rule = "each-time", of = "item.e", do = { rule = "after", day = "each.time" } }',
        '{ rule = "pick", number = 2, of = "item.f" }',
        '{ rule = "event", name = "item.g.2" }',
        '{ rule = "every", school_weeks = 2, start = "fact.h", within = { rule = "until", day = "12-18" } }',
    ]

    rule = RULE.validate_python(toml(f'{{ rule = "latest", of = [{", ".join(parts)}] }}'))

    assert anchors_of(rule) == {
        *("fact.a", "fact.b", "fact.c", "fact.d", "item.e", "item.f", "item.g.2", "fact.h")
    }
