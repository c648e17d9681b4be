"""What comes after each time of another item hangs on that time: its outcome, and its own judgement."""

from datetime import date

import pytest
from pydantic import ValidationError

from tests.calendars.tried_rules import only, tried, world_of

KANVAS = """
[[item]]
key = "kanvas"
title = "Kanvas"
when = { rule = "dates", days = ["10-05", "12-07", "03-01"] }
outcomes = ["zorg", "goed"]
[[item]]
key = "gesprek"
title = "Gesprek"
only_if = [%s]
[item.when]
rule = "each-time"
of = "item.kanvas"
do = { rule = "within", after = "each.time", school_days = 10 }
"""
ZORG = '{ item = "each.time", outcome = "zorg" }'
JUDGED = '{ judgement = "Is een gesprek nodig?", by = "ib" }'


@pytest.mark.parametrize(
    ("done", "labels", "conditions"),
    [
        ("", ["keer 1", "keer 2", "keer 3"], ("als die keer de uitkomst 'zorg' heeft",)),
        (
            '[done]\nkanvas.1.outcome = "goed"',
            ["keer 2", "keer 3"],
            ("als die keer de uitkomst 'zorg' heeft",),
        ),
        ('[done]\nkanvas.1 = "goed"\nkanvas.2 = "zorg"\nkanvas.3 = "goed"', ["keer 2"], ()),
        ('[done]\nkanvas.2 = "goed"\nkanvas.outcome = "zorg"', ["keer 1", "keer 3"], ()),
    ],
)
def test_each_time_hangs_on_how_that_time_ended(done: str, labels: list[str], conditions: object) -> None:
    found = tried(f"{KANVAS % ZORG}{done}")["gesprek"]

    assert ([p.label for p in found.placed], found.conditions) == (labels, conditions)


def test_none_of_the_times_is_not_now() -> None:
    found = tried(f'{KANVAS % ZORG}[done]\nkanvas = "goed"')["gesprek"]

    assert (found.status, found.placed) == ("not-now", ())


def test_a_time_keeps_its_number_when_another_falls_away() -> None:
    text = KANVAS % ZORG + '[[item]]\nkey = "na"\ntitle = "Na de tweede"\nwhen = "item.gesprek.2"\n'
    done = '[done]\nkanvas.1 = "goed"\nkanvas.2 = "zorg"\ngesprek.2 = 2026-12-11'

    found = tried(f"{text}{done}", world_of(today=date(2027, 1, 11)))

    assert [p.status for p in found["gesprek"].placed] == ["done", "planned"]
    assert only(found["na"]).plan_on == date(2026, 12, 11)


@pytest.mark.parametrize(
    ("done", "status"), [("", "planned"), ('kanvas.1 = "zorg"', "planned"), ('kanvas.1 = "goed"', "not-now")]
)
def test_an_item_may_hang_on_one_time_of_another(done: str, status: str) -> None:
    text = KANVAS % ZORG + '[[item]]\nkey = "na"\ntitle = "Na"\nwhen = "04-01"\n'
    text += 'only_if = [{ item = "kanvas.1", outcome = "zorg" }]\n'

    found = tried(f"{text}[done]\n{done}")["na"]

    assert found.status == status
    assert found.conditions == (() if done else ("als \"Kanvas\", keer 1, de uitkomst 'zorg' heeft",))


def test_each_time_without_times_of_an_item_is_refused() -> None:
    with pytest.raises(ValidationError, match="welk item"):
        tried(f'[[item]]\nkey = "a"\ntitle = "Aa"\nonly_if = [{ZORG}]')


def test_each_time_is_judged_on_its_own_after_what_it_follows() -> None:
    found = tried(KANVAS % JUDGED)

    judged, talk = found["gesprek-oordeel"].placed, found["gesprek"].placed
    days = [date(2026, 10, 5), date(2026, 12, 7), date(2027, 3, 1)]
    assert [p.first for p in judged] == days
    assert all(
        one.plan_on and two.plan_on and one.plan_on < two.plan_on
        for one, two in zip(judged, talk, strict=True)
    )
    assert all(p.plan_on and p.plan_on > day for p, day in zip(judged, days, strict=True))


def test_each_judgement_settles_its_own_time() -> None:
    found = tried(f'{KANVAS % JUDGED}[done]\ngesprek-oordeel.1 = "nee"\ngesprek-oordeel.2 = "ja"')["gesprek"]

    assert [(p.label, p.conditions) for p in found.placed] == [
        ("keer 2", ()),
        ("keer 3", ("als de IB'er dit vindt: Is een gesprek nodig?",)),
    ]


def test_what_runs_on_from_something_is_not_judged_before_that_has_been() -> None:
    found = tried("""
    [[item]]
    key = "toets"
    title = "Toets"
    when = { rule = "week", number = 2, until = 4 }
    [[item]]
    key = "gesprek"
    title = "Gesprek"
    when = { rule = "within", after = "item.toets", school_days = 10 }
    only_if = [{ judgement = "Is het nodig?", by = "ib" }]
    """)

    assert only(found["gesprek-oordeel"]).plan_on == date(2027, 2, 11)
