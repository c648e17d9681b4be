"""Facts of one pupil, birthdays in a holiday, the nearest time of something, and halfway."""

from datetime import date

import pytest
from pydantic import ValidationError

from tests.calendars.tried_rules import item, only, tried

PUPIL = """
[[item]]
key = "ding"
title = "Een ding"
per = "pupil"
when = %s
%s
[[pupil]]
key = "p1"
born = %s
%s
"""


def of_pupil(when: str, more: str = "", born: str = "2020-10-20", pupil: str = "") -> object:
    found = tried(PUPIL % (when, more, born, pupil))
    return found.get("ding/p1") and found["ding/p1"].status


def test_a_day_of_one_pupil_can_be_counted_from() -> None:
    text = '{ rule = "offset", before = "pupil.fact.tlv-einde", calendar_weeks = 12 }'

    found = tried(PUPIL % (text, "", "2018-01-01", "facts.tlv-einde = 2027-03-31"))["ding/p1"]

    assert only(found).last == date(2027, 1, 6)
    assert of_pupil(text) == "to-plan"


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ("", "planned"),
        ('facts = ["compleet"]', "planned"),
        ("facts.compleet = 2026-10-01", "planned"),
        ("facts.compleet = false", "not-now"),
    ],
)
def test_a_fact_of_a_pupil_may_be_a_day_or_yes_or_no(facts: str, status: str) -> None:
    assert of_pupil('"11-12"', 'only_if = [{ fact = "compleet" }]', pupil=facts) == status


@pytest.mark.parametrize(("value", "status"), [("true", "planned"), ("false", "not-now")])
def test_a_fact_may_be_yes_or_no(value: str, status: str) -> None:
    found = item('"11-12"', f'only_if = [{{ fact = "compleet" }}]\n[facts]\ncompleet = {value}')

    assert (found.status, found.conditions) == (status, ())


@pytest.mark.parametrize(("fact", "is_meant"), [("dyslexie = true", True), ("dyslexie = false", False)])
def test_a_pupil_is_meant_by_a_fact_that_is_so(fact: str, is_meant: bool) -> None:
    status = of_pupil('"11-12"', 'pupils = { fact = ["dyslexie"] }', pupil=f"facts.{fact}")

    assert (status == "planned") is is_meant


@pytest.mark.parametrize(
    ("born", "is_meant"), [("2020-10-20", True), ("2020-10-30", False), ("2020-08-03", False)]
)
def test_pupils_with_a_birthday_in_a_holiday(born: str, is_meant: bool) -> None:
    pupils = 'pupils = { birthday_in = { rule = "holiday", name = "herfst" } }'

    assert (of_pupil('"09-21"', pupils, born) == "planned") is is_meant


@pytest.mark.parametrize(("next_year", "is_meant"), [("", False), ("next_year = true", True)])
def test_who_turns_six_in_the_next_school_year(next_year: str, is_meant: bool) -> None:
    pupils = 'pupils = { turns = 6, since = "08-01", by = "10-01" }'

    assert (of_pupil('"05-12"', f"{pupils}\n{next_year}", "2021-09-15") == "planned") is is_meant


TIMES = """
[[item]]
key = "ot"
title = "Ondersteuningsteam"
when = { rule = "dates", days = ["10-05", "12-07", "03-01", "05-31"] }
[[item]]
key = "toets"
title = "Toets"
when = { rule = "period", first = "01-11", last = "01-29" }
[[item]]
key = "ding"
title = "Een ding"
when = %s
"""


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('{ rule = "pick", of = "item.ot", after = "item.toets" }', date(2027, 3, 1)),
        ('{ rule = "pick", number = 2, of = "item.ot", after = "item.toets" }', date(2027, 5, 31)),
        ('{ rule = "pick", of = "item.ot", before = "item.toets" }', date(2026, 12, 7)),
        ('{ rule = "pick", number = 2, of = "item.ot", before = "item.toets" }', date(2026, 10, 5)),
        ('"item.toets.first"', date(2027, 1, 11)),
        ('{ rule = "offset", after = "item.toets.first", calendar_days = 1 }', date(2027, 1, 12)),
        ('{ rule = "before", day = "item.toets.last" }', date(2027, 1, 28)),
        ('"item.ot.2.last"', date(2026, 12, 7)),
        ('{ rule = "halfway", first = "item.toets", last = "item.toets" }', date(2027, 1, 20)),
        ('{ rule = "halfway", first = "2026-10-05", last = "2026-10-08" }', date(2026, 10, 6)),
    ],
)
def test_the_nearest_time_of_something_its_edges_and_halfway(when: str, expected: date) -> None:
    assert only(tried(TIMES % when)["ding"]).last == expected


def test_a_time_that_is_not_there_is_not_picked() -> None:
    found = tried(TIMES % '{ rule = "pick", number = 3, of = "item.ot", after = "item.toets" }')["ding"]

    assert (found.status, found.why_not) == ("to-plan", "er is geen 3e keer")


def test_halfway_without_school_is_no_day() -> None:
    found = item('{ rule = "halfway", first = "2026-10-17", last = "2026-10-18" }')

    assert found.status == "to-plan"


@pytest.mark.parametrize(
    "more",
    [
        'when = { rule = "pick", of = "09-01" }',
        'when = { rule = "pick", of = "09-01", after = "10-01", before = "11-01" }',
        'when = { rule = "pick", number = -1, of = "09-01", after = "10-01" }',
        "time = { at_most = true }",
    ],
)
def test_what_does_not_go_together_is_refused(more: str) -> None:
    with pytest.raises(ValidationError):
        tried(f'[[item]]\nkey = "a"\ntitle = "Aa"\n{more}')


def test_where_and_how_long_are_kept() -> None:
    found = item(
        '"03-22"',
        'place = ["bovenbouw", "onderbouw"]\n'
        'time = { part = "onder-schooltijd", minutes = 30, at_most = true }',
    )

    assert (found.item.place, found.item.time and found.item.time.at_most) == (
        ("bovenbouw", "onderbouw"),
        True,
    )
