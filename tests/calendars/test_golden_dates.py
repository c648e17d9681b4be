"""The golden dates of the domain notes, said as a school says them and worked out by the whole language."""

from datetime import date

import pytest

from calendars.official import Region
from tests.calendars.tried_rules import IB, REGIONS, item, only, said, span, tried, world_of

M_LAST, E_LAST = "2027-01-29", "2027-06-11"
COUNTED = [
    (M_LAST, 5, "2027-02-05", "2027-02-05", "2027-02-05"),
    (M_LAST, 8, "2027-02-10", "2027-02-10", "2027-02-10"),
    (M_LAST, 10, "2027-02-12", "2027-02-12", "2027-02-12"),
    (M_LAST, 15, "2027-02-19", "2027-02-19", "2027-02-26"),
    (M_LAST, 20, "2027-03-05", "2027-03-05", "2027-03-05"),
    (M_LAST, 25, "2027-03-12", "2027-03-12", "2027-03-12"),
    (E_LAST, 15, "2027-07-02", "2027-07-02", "2027-07-02"),
    (E_LAST, 20, "2027-07-09", "2027-07-09", "2027-07-09"),
    (E_LAST, 25, "2027-08-27", "2027-07-16", "2027-07-16"),
]
AFTER = [
    (region, day, count, date.fromisoformat(expected[n]))
    for day, count, *expected in COUNTED
    for n, region in enumerate(REGIONS)
]
OPP = """
[[item]]
key = "opp"
title = "OPP vaststellen"
owner = ["ib"]
when = { rule = "within", after = "fact.plaatsing", calendar_weeks = 6 }
latest = { rule = "offset", after = "fact.plaatsing", calendar_weeks = 6 }
law = "WPO artikel 40a"
[facts]
plaatsing = 2026-11-23
"""


@pytest.mark.parametrize(("region", "day", "count", "expected"), AFTER)
def test_so_many_school_days_after_the_last_test_day(
    region: Region, day: str, count: int, expected: date
) -> None:
    found = item(f'{{ rule = "offset", after = "{day}", school_days = {count} }}', world=world_of(region))

    assert span(found) == (expected, expected)
    assert only(found).plan_on == expected


@pytest.mark.parametrize("region", REGIONS)
def test_ten_school_days_before_the_last_test_day(region: Region) -> None:
    found = item('{ rule = "offset", before = "2027-06-11", school_days = 10 }', world=world_of(region))

    assert only(found).plan_on == date(2027, 5, 28)


@pytest.mark.parametrize(("region", "is_next_year"), [("noord", True), ("midden", False), ("zuid", False)])
def test_a_date_that_lands_after_the_summer_says_so(region: Region, is_next_year: bool) -> None:
    found = item('{ rule = "offset", after = "2027-06-11", school_days = 25 }', world=world_of(region))

    assert ("dit valt in het volgende schooljaar" in [s.text for s in found.steps]) is is_next_year


@pytest.mark.parametrize(("region", "total"), [("noord", 204), ("midden", 199), ("zuid", 209)])
def test_a_school_year_has_its_number_of_school_days(region: Region, total: int) -> None:
    world = world_of(region)

    last = item(f'{{ rule = "school-day", number = {total} }}', world=world)
    one_more = item(f'{{ rule = "school-day", number = {total + 1} }}', world=world)

    assert only(last).plan_on == world.year.last_day
    assert (one_more.status, one_more.why_not) == (
        "to-plan",
        f"dit schooljaar heeft geen schooldag {total + 1}",
    )


@pytest.mark.parametrize(
    ("region", "twentieth", "tenth_from_the_end"),
    [
        ("noord", date(2026, 9, 11), date(2027, 6, 28)),
        ("midden", date(2026, 9, 25), date(2027, 7, 5)),
        ("zuid", date(2026, 9, 18), date(2027, 7, 12)),
    ],
)
def test_school_days_count_from_both_ends_of_the_year(
    region: Region, twentieth: date, tenth_from_the_end: date
) -> None:
    world = world_of(region)

    assert only(item('{ rule = "school-day", number = 20 }', world=world)).plan_on == twentieth
    assert only(item('{ rule = "school-day", number = -10 }', world=world)).plan_on == tenth_from_the_end


@pytest.mark.parametrize("region", REGIONS)
def test_an_opp_due_on_the_first_day_after_christmas_is_planned_before_it(region: Region) -> None:
    found = tried(OPP, world_of(region))["opp"]

    assert found.legal_on == date(2027, 1, 4)
    assert only(found).plan_on == date(2026, 12, 18)


@pytest.mark.parametrize("region", REGIONS)
def test_an_opp_is_planned_on_the_last_day_that_the_ib_is_there_before_christmas(region: Region) -> None:
    found = tried(OPP, world_of(region, ib=IB))["opp"]

    assert (only(found).plan_on, found.legal_on) == (date(2026, 12, 16), date(2027, 1, 4))


@pytest.mark.parametrize("region", REGIONS)
def test_the_ib_works_on_the_golden_days_before_christmas(region: Region) -> None:
    every_day = (
        '{ rule = "every", school_days = 1, start = "11-21", within = { rule = "until", day = "12-18" } }'
    )

    found = item(every_day, 'owner = ["ib"]', world_of(region, ib=IB))

    assert sorted({p.plan_on for p in found.placed if p.plan_on and p.plan_on.year == 2026}) == [
        date(2026, 11, 24),
        date(2026, 11, 25),
        *(date(2026, 12, day) for day in (1, 2, 8, 9, 15, 16)),
    ]


def test_the_third_and_fourth_school_week_of_a_year_that_began_on_28_august() -> None:
    found = item('{ rule = "school-week", number = 3, until = 4 }', world=world_of("zuid", "2023-2024"))

    assert span(found) == (date(2023, 9, 11), date(2023, 9, 22))
    assert [day.isocalendar()[:2] for day in span(found) if day] == [(2023, 37), (2023, 38)]


@pytest.mark.parametrize("region", REGIONS)
def test_within_six_weeks_after_the_last_day_of_application(region: Region) -> None:
    found = item(
        '{ rule = "within", after = "2025-03-31", calendar_weeks = 6 }', world=world_of(region, "2024-2025")
    )

    assert span(found) == (date(2025, 3, 31), date(2025, 5, 12))


@pytest.mark.parametrize("region", ["noord", "midden"])
def test_the_friday_before_registration_opens_on_a_saturday(region: Region) -> None:
    found = tried(
        """
        [[item]]
        key = "aanmelden"
        title = "Aanmelden opent"
        when = "02-13"
        roll = "keep"
        [[item]]
        key = "vrijdag"
        title = "Alles klaar"
        when = { rule = "weekday", weekday = "vrijdag", before = "item.aanmelden" }
        """,
        world_of(region, "2020-2021"),
    )

    assert only(found["aanmelden"]).plan_on == date(2021, 2, 13)
    assert only(found["vrijdag"]).plan_on == date(2021, 2, 12)


@pytest.mark.parametrize("nth", [1, 2])
def test_the_first_and_the_second_full_week_of_february_2024(nth: int) -> None:
    found = item(f'{{ rule = "full-week", nth = {nth}, month = 2 }}', world=world_of("midden", "2023-2024"))

    assert (
        span(found)
        == [
            (date(2024, 2, 5), date(2024, 2, 9)),
            (date(2024, 2, 12), date(2024, 2, 16)),
        ][nth - 1]
    )


def test_in_one_year_the_test_weeks_were_longer() -> None:
    text = """
    [[item]]
    key = "doorstroomtoets"
    title = "Doorstroomtoets"
    when = { rule = "full-week", nth = 1, until = 2, month = 2 }
    [item.when_in]
    "2023-2024" = { rule = "period", first = "2024-01-29", last = "2024-02-18" }
    """

    in_2024 = tried(text, world_of("midden", "2023-2024"))["doorstroomtoets"]
    in_2025 = tried(text, world_of("midden", "2024-2025"))["doorstroomtoets"]

    assert span(in_2024) == (date(2024, 1, 29), date(2024, 2, 18))
    assert span(in_2025) == (date(2025, 2, 3), date(2025, 2, 14))


def test_two_weeks_after_handing_in() -> None:
    found = item(
        '{ rule = "offset", after = "2019-03-22", calendar_weeks = 2 }',
        world=world_of("noord", "2018-2019"),
    )

    assert only(found).plan_on == date(2019, 4, 5)


@pytest.mark.parametrize(
    ("label", "expected"), [("2016-2017", date(2016, 11, 9)), ("2017-2018", date(2017, 11, 8))]
)
def test_the_second_wednesday_of_november(label: str, expected: date) -> None:
    found = item(
        '{ rule = "weekday", weekday = "woensdag", nth = 2, month = 11 }', world=world_of("noord", label)
    )

    assert only(found).plan_on == expected


@pytest.mark.parametrize(("label", "day", "week"), [("2020-2021", "07-05", 27), ("2024-2025", "10-14", 42)])
def test_the_week_of_a_day(label: str, day: str, week: int) -> None:
    found = item(f'{{ rule = "week-of", day = "{day}" }}', world=world_of("noord", label))

    first, last = span(found)
    assert first is not None
    assert last is not None
    assert (f"{first:%m-%d}", (last - first).days, first.isocalendar().week) == (day, 4, week)


def test_no_later_than_a_sunday_is_planned_on_the_friday_before_with_the_legal_day_beside_it() -> None:
    found = item(
        '{ rule = "until", day = "03-24" }',
        'latest = "03-24"\nlaw = "tijdpad schooladvies"',
        world_of("midden", "2023-2024"),
    )

    assert found.legal_on == date(2024, 3, 24)
    assert only(found).plan_on == date(2024, 3, 22)
    assert said(found.steps) == (
        "Uiterlijk: zondag 24 maart; de laatste schooldag ervoor: "
        "vrijdag 22 maart. Uiterlijk (wettelijk, tijdpad schooladvies): zondag 24 maart."
    )


def test_the_advice_in_a_year_with_its_legal_dates_needs_no_limit_of_its_own() -> None:
    found = item(
        '{ rule = "until", day = { rule = "legal", key = "definitief-advies" } }',
        'owner = ["ib"]',
        world_of("midden", ib="ma do"),
    )

    assert (only(found).plan_on, found.legal_on) == (date(2027, 3, 22), date(2027, 3, 24))
