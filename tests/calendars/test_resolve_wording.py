"""Every rule means its days in 2026-2027, and says so as a teacher would read it."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calendars.schoolyear import Closed
from calendars.yearplan.evaluate import evaluate
from calendars.yearplan.items import RuleFile
from calendars.yearplan.placing import Placed
from tests.calendars.tried_rules import item, only, said, span, tried, world_of

CLOSED = " Geen wettelijke grens."
SAID = tomllib.loads(Path(__file__).with_name("said_rules.toml").read_text(encoding="utf-8"))["said"]


@pytest.mark.parametrize("row", SAID, ids=[str(row["when"])[:60] for row in SAID])
def test_every_occurrence_reads_as_a_colleague_would_say_it(row: dict[str, Any]) -> None:
    ding = {"key": "ding", "title": "Een ding", "when": row["when"]}

    (found,) = evaluate(RuleFile.model_validate({"item": [ding]}), world_of())

    assert [told(placed) for placed in found.placed] == row["texts"]


def told(placed: Placed) -> str:
    return said(placed.steps).removesuffix(CLOSED)


def test_each_of_several_times_moves_to_a_day_on_which_someone_is_there() -> None:
    found = item('{ rule = "times", count = 2 }', 'owner = ["ib"]', world_of(ib="ma"))

    first, second = (told(placed) for placed in found.placed)

    assert first.endswith("tot en met vrijdag 5 februari; wie dit doet is er op maandag: maandag 1 februari.")
    assert second.endswith("tot en met vrijdag 16 juli; wie dit doet is er op maandag: maandag 12 juli.")


def test_counting_from_another_item_names_its_first_or_last_day() -> None:
    found = tried(
        """
    [[item]]
    key = "toets"
    title = "Middentoetsen"
    when = { rule = "week", number = 2, until = 4 }
    [[item]]
    key = "analyse"
    title = "Analyse"
    owner = ["ib"]
    when = { rule = "offset", after = "item.toets", school_days = 15 }
    [[item]]
    key = "koppeling"
    title = "Koppeling"
    when = { rule = "offset", before = "item.toets", school_days = 20 }
    [[item]]
    key = "tijdens"
    title = "Tijdens de toetsen"
    when = { rule = "on", day = "item.toets" }
    """,
        world_of("zuid", ib="di-pm wo"),
    )

    assert said(found["analyse"].steps) == (
        '15 schooldagen na de laatste dag van "Middentoetsen" (vrijdag 29 januari), de voorjaarsvakantie van '
        "13 t/m 21 februari telt niet mee: vrijdag 26 februari; wie dit doet is er op dinsdagmiddag en "
        "woensdag: dinsdag 2 maart. Geen wettelijke grens."
    )
    assert said(found["koppeling"].steps).startswith(
        '20 schooldagen vóór de eerste dag van "Middentoetsen" (maandag 11 januari), de kerstvakantie'
    )
    assert said(found["tijdens"].steps).startswith(
        '"Middentoetsen", van maandag 11 januari tot en met vrijdag 29 januari'
    )


def test_a_day_off_is_named_when_a_date_moves() -> None:
    assert told(only(item('"04-27"'))).endswith(
        "dinsdag 27 april valt in de meivakantie, dus de eerste schooldag erna: maandag 3 mei."
    )


def test_two_weeks_in_may_are_one_holiday() -> None:
    week = Closed("Tweede week meivakantie", date(2027, 5, 3), date(2027, 5, 7), official=False)

    found = item('{ rule = "holiday", name = "mei" }', world=world_of(own=[week]))

    assert span(found) == (date(2027, 4, 24), date(2027, 5, 7))
    assert only(
        item('{ rule = "holiday", name = "mei", at = "first-day-after" }', world=world_of(own=[week]))
    ).plan_on == date(2027, 5, 10)
