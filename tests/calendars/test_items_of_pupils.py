"""Items of single pupils: counting from their own items, conditions of their own, and other items instead."""

import tomllib
from datetime import date

from calendars.official import official_closures
from calendars.schoolyear import SchoolCalendar
from calendars.yearplan.evaluate import Result, World, evaluate
from calendars.yearplan.items import RuleFile

TWO_VISITS = """
[[item]]
key = "bezoek"
title = "Kennismaking"
when = { rule = "offset", before = { rule = "age", years = 4 }, months = 2 }
roll = "keep"

[[item]]
key = "wennen"
title = "Wennen"
per = "pupil"
when = { rule = "offset", after = "item.bezoek", calendar_days = 14 }
roll = "keep"

[[pupil]]
key = "oktober"
born = 2022-10-20

[[pupil]]
key = "maart"
born = 2023-03-05

[[pupil]]
key = "later"
born = 2024-02-01
"""


def results(text: str, label: str = "2026-2027") -> dict[tuple[str, str | None], Result]:
    starts = int(label[:4])
    calendar = SchoolCalendar(
        date(starts, 7, 1), date(starts + 2, 7, 1), official_closures("midden", starts, starts + 2)
    )
    world = World(calendar, calendar.year(label), {}, {})
    return {(r.item.key, r.pupil): r for r in evaluate(RuleFile.model_validate(tomllib.loads(text)), world)}


def test_an_item_of_a_pupil_counts_from_another_item_of_the_same_pupil() -> None:
    found = results(TWO_VISITS)

    assert {pupil: found["wennen", pupil].placed[0].first for pupil in ("oktober", "maart")} == {
        "oktober": date(2026, 9, 3),
        "maart": date(2027, 1, 19),
    }


def test_what_falls_in_another_school_year_for_a_pupil_is_not_of_this_one() -> None:
    found = results(TWO_VISITS)

    assert (found["bezoek", "later"].status, found["bezoek", "later"].placed) == ("not-this-year", ())
    assert found["bezoek", "oktober"].status == "planned"


def test_another_item_for_some_pupils_leaves_the_usual_one_to_the_rest() -> None:
    found = results("""
    [[item]]
    key = "apart"
    title = "Kennismaking apart"
    groups = ["1"]
    per = "pupil"
    when = "09-10"

    [[item]]
    key = "samen"
    title = "Kennismaking samen"
    groups = ["1"]
    per = "pupil"
    instead_of = "apart"
    pupils = { born_from = "06-01", born_until = "10-01" }
    when = "06-10"

    [[pupil]]
    key = "mei"
    born = 2022-05-31

    [[pupil]]
    key = "juni"
    born = 2022-06-01
    """)

    assert set(found) == {("apart", "mei"), ("samen", "juni")}


def test_an_item_for_the_whole_school_is_still_of_the_groups_that_have_no_other() -> None:
    found = results("""
    [[item]]
    key = "contact"
    title = "Contactmiddag"
    when = "02-12"

    [[item]]
    key = "eind"
    title = "Eindgesprek"
    groups = ["8"]
    instead_of = "contact"
    when = "02-12"
    """)

    assert found["contact", None].groups == ("1", "2", "3", "4", "5", "6", "7")


def test_a_fact_about_a_pupil_settles_a_condition_for_that_pupil_only() -> None:
    found = results("""
    [[item]]
    key = "delen"
    title = "Uitkomst delen met de leerkracht"
    per = "pupil"
    when = "02-12"
    only_if = [{ fact = "bezwaar", unless = true }]

    [[pupil]]
    key = "met"
    facts = ["bezwaar"]

    [[pupil]]
    key = "zonder"
    """)

    assert (found["delen", "met"].status, found["delen", "zonder"].status) == ("not-now", "planned")
    assert found["delen", "met"].why_not == "geldt nu niet: niet als vastligt: bezwaar"
    assert found["delen", "zonder"].conditions == ("tenzij vastligt: bezwaar",)


def test_who_judges_does_so_for_each_pupil_that_the_item_is_about() -> None:
    found = results("""
    [[item]]
    key = "aanpak"
    title = "Eigen aanpak"
    per = "pupil"
    pupils = { fact = ["zorg"] }
    when = "02-12"
    only_if = [{ judgement = "een eigen aanpak is nodig", by = "teacher" }]

    [[pupil]]
    key = "met"
    facts = ["zorg"]

    [[pupil]]
    key = "zonder"
    """)

    assert found["aanpak-oordeel", "met"].placed[0].last == date(2027, 2, 11)
    assert ("aanpak-oordeel", "zonder") not in found


def test_an_intake_round_is_not_for_who_enters_after_it() -> None:
    found = results("""
    [[item]]
    key = "ronde"
    title = "Ronde van oktober"
    groups = ["1"]
    per = "pupil"
    pupils = { entered_from = "01-01", entered_until = "06-30" }
    when = { rule = "month", month = 10 }

    [[pupil]]
    key = "vorig-voorjaar"
    started = 2026-04-01

    [[pupil]]
    key = "volgend-voorjaar"
    started = 2027-02-01
    """)

    assert found["ronde", "vorig-voorjaar"].status == "planned"
    assert found["ronde", "volgend-voorjaar"].why_not == "deze leerling is dan nog niet op school"


def test_nothing_counts_from_a_round_that_a_pupil_was_not_there_for() -> None:
    found = results("""
    [[item]]
    key = "ronde"
    title = "Ronde van oktober"
    per = "pupil"
    pupils = { entered_until = "06-30" }
    when = { rule = "month", month = 10 }

    [[item]]
    key = "vervolg"
    title = "Vervolg"
    per = "pupil"
    when = { rule = "after", day = "item.ronde" }

    [[pupil]]
    key = "volgend-voorjaar"
    started = 2027-02-01
    """)

    assert found["vervolg", "volgend-voorjaar"].status == "not-this-year"
    assert found["vervolg", "volgend-voorjaar"].why_not == 'hangt aan "Ronde van oktober"'


def test_what_could_begin_years_ago_is_not_of_this_year() -> None:
    found = results("""
    [[item]]
    key = "vanaf-vijf"
    title = "Vanaf vijf jaar"
    when = { rule = "from", day = { rule = "age", years = 5 } }

    [[pupil]]
    key = "zeven"
    born = 2019-11-02

    [[pupil]]
    key = "vier"
    born = 2021-11-02
    """)

    assert found["vanaf-vijf", "zeven"].status == "not-this-year"
    assert found["vanaf-vijf", "vier"].placed[0].plan_on == date(2026, 11, 2)


def test_a_day_in_a_holiday_that_goes_back_goes_to_the_last_school_day_before() -> None:
    found = results("""
    [[item]]
    key = "bellen"
    title = "Ouders bellen"
    when = { rule = "offset", calendar_weeks = 5, before = { rule = "age", years = 4 } }
    roll = "previous"

    [[pupil]]
    key = "eind-mei"
    born = 2023-05-31
    """)

    placed = found["bellen", "eind-mei"].placed[0]
    assert (placed.first, placed.plan_on) == (date(2027, 4, 26), date(2027, 4, 23))


def test_what_follows_the_first_of_two_is_for_who_has_one_of_them() -> None:
    found = results("""
    [[item]]
    key = "vroeg"
    title = "Vroeg formulier"
    pupils = { fact = ["een-zorgvraag"] }
    when = { rule = "age", years = 3, months = 6 }

    [[item]]
    key = "gewoon"
    title = "Formulier"
    when = { rule = "age", years = 3, months = 9 }

    [[item]]
    key = "bespreken"
    title = "Formulier bespreken"
    when = { rule = "after", day = { rule = "earliest", of = ["item.vroeg", "item.gewoon"] } }

    [[pupil]]
    key = "met"
    born = 2023-05-14
    facts = ["een-zorgvraag"]

    [[pupil]]
    key = "zonder"
    born = 2023-05-14
    """)

    assert found["bespreken", "met"].placed[0].first == date(2026, 11, 15)
    assert found["bespreken", "zonder"].placed[0].first == date(2027, 2, 15)
