"""The official days off of a region are exactly those that were published for it."""

from datetime import date, timedelta

import pytest

from calendars.official import Region, official_closures
from calendars.schoolyear import days_between
from tests.calendars.invented_school import calendar

SINGLE_DAYS = {
    "2026-2027": "2027-03-26 2027-03-29 2027-04-27 2027-05-05 2027-05-06 2027-05-07 2027-05-17",
    "2027-2028": "2028-04-14 2028-04-17 2028-04-27 2028-05-05 2028-05-25 2028-05-26 2028-06-05",
}
# First and last day (Saturday until Sunday), as the ministry published them.
HOLIDAYS: dict[tuple[str, Region], list[tuple[str, str]]] = {
    ("2026-2027", "noord"): [
        ("2026-10-10", "2026-10-18"),
        ("2026-12-19", "2027-01-03"),
        ("2027-02-20", "2027-02-28"),
        ("2027-04-24", "2027-05-02"),
    ],
    ("2026-2027", "midden"): [
        ("2026-10-17", "2026-10-25"),
        ("2026-12-19", "2027-01-03"),
        ("2027-02-20", "2027-02-28"),
        ("2027-04-24", "2027-05-02"),
    ],
    ("2026-2027", "zuid"): [
        ("2026-10-17", "2026-10-25"),
        ("2026-12-19", "2027-01-03"),
        ("2027-02-13", "2027-02-21"),
        ("2027-04-24", "2027-05-02"),
    ],
    ("2027-2028", "noord"): [
        ("2027-10-16", "2027-10-24"),
        ("2027-12-25", "2028-01-09"),
        ("2028-02-19", "2028-02-27"),
        ("2028-04-29", "2028-05-07"),
    ],
    ("2027-2028", "midden"): [
        ("2027-10-16", "2027-10-24"),
        ("2027-12-25", "2028-01-09"),
        ("2028-02-26", "2028-03-05"),
        ("2028-04-29", "2028-05-07"),
    ],
    ("2027-2028", "zuid"): [
        ("2027-10-23", "2027-10-31"),
        ("2027-12-25", "2028-01-09"),
        ("2028-02-26", "2028-03-05"),
        ("2028-04-29", "2028-05-07"),
    ],
}
EDGES: dict[tuple[str, Region], tuple[str, str]] = {
    ("2026-2027", "noord"): ("2026-08-17", "2027-07-09"),
    ("2026-2027", "midden"): ("2026-08-31", "2027-07-16"),
    ("2026-2027", "zuid"): ("2026-08-24", "2027-07-23"),
    ("2027-2028", "noord"): ("2027-08-23", "2028-07-14"),
    ("2027-2028", "midden"): ("2027-08-30", "2028-07-07"),
    ("2027-2028", "zuid"): ("2027-09-06", "2028-07-21"),
}


def weekdays_of(spans: list[tuple[str, str]]) -> set[date]:
    ends = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans]
    return {d for first, last in ends for d in days_between(first, last) if d.isoweekday() <= 5}


@pytest.mark.parametrize(("label", "region"), HOLIDAYS)
def test_the_closed_weekdays_of_a_year_are_the_published_ones_and_no_others(
    label: str, region: Region
) -> None:
    days_of_school = calendar(region)
    year = days_of_school.year(label)

    closed = {
        day
        for day in days_between(year.first_day, year.last_day)
        if day.isoweekday() <= 5 and not days_of_school.is_school_day(day)
    }

    singles = {date.fromisoformat(day) for day in SINGLE_DAYS[label].split()}
    assert closed == weekdays_of(HOLIDAYS[label, region]) | singles


@pytest.mark.parametrize(("label", "region"), EDGES)
def test_a_year_begins_and_ends_around_the_summer_holidays_of_its_region(label: str, region: Region) -> None:
    year = calendar(region).year(label)

    assert (year.first_day.isoformat(), year.last_day.isoformat()) == EDGES[label, region]


def test_a_christmas_holiday_over_new_year_is_one_span() -> None:
    spans = [c for c in official_closures("zuid", 2026, 2026) if c.name == "Kerstvakantie"]

    assert [(c.first_day, c.last_day) for c in spans] == [(date(2026, 12, 19), date(2027, 1, 3))]


def test_the_friday_after_ascension_day_is_a_day_off_every_year() -> None:
    named = {c.name: c.first_day for c in official_closures("noord", 2028, 2028)}

    assert named["Dag na Hemelvaart"] == named["Hemelvaartsdag"] + timedelta(days=1)
    assert named["Dag na Hemelvaart"].isoweekday() == 5
