"""Due rules mean the days that real school plans mean by them."""

from datetime import date, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from calendars.legal import LegalDate, legal_dates
from calendars.resolve import Anchor, Context, NoDateYetError, add_months, resolve
from calendars.rules import Rule, anchors_of
from calendars.schoolyear import Closed, SchoolCalendar
from tests.calendars.invented_school import calendar

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def year_context(first: date, last: date, *closures: Closed, **anchors: date) -> Context:
    """Return a school year between two summers, with anchors by name ("opening")."""
    summers = [
        Closed("Zomervakantie", first.replace(month=7, day=1), first.replace(day=first.day - 1)),
        Closed("Zomervakantie", last.replace(day=last.day + 1), last.replace(month=8, day=20)),
    ]
    days = SchoolCalendar(
        first.replace(month=1, day=1), last.replace(month=12, day=31), [*summers, *closures]
    )
    named = {name: Anchor(day, name) for name, day in anchors.items()}
    year = days.year(f"{first.year}-{first.year + 1}")
    return Context(days, year, legal_dates(year.label), named)


def in_2026(**anchors: date) -> Context:
    days = calendar("midden")
    year = days.year("2026-2027")
    edges = {"year.first": Anchor(year.first_day, "begin"), "year.last": Anchor(year.last_day, "einde")}
    named = {name: Anchor(day, name) for name, day in anchors.items()}
    return Context(days, year, legal_dates(year.label), edges | named)


def day_of(rule: dict[str, object], context: Context) -> date:
    return resolve(RULE.validate_python(rule), context).day


def days_of(rule: dict[str, object], context: Context) -> tuple[date, date]:
    dated = resolve(RULE.validate_python(rule), context)
    return dated.first, dated.day


def test_the_third_and_fourth_school_week_of_2023() -> None:
    context = year_context(date(2023, 8, 28), date(2024, 7, 5))

    first, last = days_of({"rule": "school-week", "number": 3, "until": 4}, context)

    assert (first, last) == (date(2023, 9, 11), date(2023, 9, 22))
    assert (first.isocalendar().week, last.isocalendar().week) == (37, 38)


def test_six_weeks_after_the_last_day_of_application() -> None:
    context = year_context(date(2024, 8, 12), date(2025, 7, 4), opening=date(2025, 3, 31))

    assert day_of({"rule": "offset", "after": "opening", "calendar_weeks": 6}, context) == date(2025, 5, 12)


def test_two_weeks_after_handing_in() -> None:
    context = year_context(date(2018, 8, 27), date(2019, 7, 5), opening=date(2019, 3, 22))

    assert day_of({"rule": "offset", "after": "opening", "calendar_weeks": 2}, context) == date(2019, 4, 5)


def test_the_last_school_day_before_registration_opens_on_a_saturday() -> None:
    context = year_context(date(2020, 8, 17), date(2021, 7, 9), opening=date(2021, 2, 13))

    assert day_of({"rule": "offset", "before": "opening", "school_days": 1}, context) == date(2021, 2, 12)


@pytest.mark.parametrize(("starts", "expected"), [(2016, date(2016, 11, 9)), (2017, date(2017, 11, 8))])
def test_the_second_wednesday_of_november(starts: int, expected: date) -> None:
    context = year_context(date(starts, 8, 21), date(starts + 1, 7, 7))

    rule = {"rule": "weekday", "nth": 2, "weekday": "woensdag", "month": 11}

    assert day_of(rule, context) == expected


@pytest.mark.parametrize(
    ("starts", "first", "second"),
    [(2023, date(2024, 2, 5), date(2024, 2, 12)), (2026, date(2027, 2, 1), date(2027, 2, 8))],
)
def test_the_full_weeks_of_february_begin_on_its_first_and_second_monday(
    starts: int, first: date, second: date
) -> None:
    context = year_context(date(starts, 8, 24), date(starts + 1, 7, 9))

    weeks = [days_of({"rule": "full-week", "nth": nth, "month": 2}, context) for nth in (1, 2)]

    assert weeks == [(monday, monday + timedelta(days=4)) for monday in (first, second)]


@pytest.mark.parametrize(
    ("starts", "week", "monday"),
    [
        (2020, 27, date(2021, 7, 5)),
        (2024, 42, date(2024, 10, 14)),
        (2026, 53, date(2026, 12, 28)),
        (2026, 1, date(2027, 1, 4)),
    ],
)
def test_a_week_number_lies_in_the_calendar_year_that_the_school_year_has_it_in(
    starts: int, week: int, monday: date
) -> None:
    context = year_context(date(starts, 8, 17), date(starts + 1, 7, 16))

    whole = days_of({"rule": "week", "number": week}, context)
    wednesday = day_of({"rule": "week", "number": week, "weekday": "woensdag"}, context)

    assert whole == (monday, monday + timedelta(days=4))
    assert wednesday == monday + timedelta(days=2)


def test_a_year_of_52_weeks_has_no_week_53() -> None:
    with pytest.raises(NoDateYetError, match="53"):
        day_of({"rule": "week", "number": 53}, year_context(date(2027, 8, 23), date(2028, 7, 14)))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"rule": "date", "day": "03-24"}, date(2027, 3, 24)),
        ({"rule": "date", "day": "10-01"}, date(2026, 10, 1)),
        ({"rule": "date", "day": "02-29"}, date(2027, 2, 28)),
        ({"rule": "date", "day": "2027-06-30"}, date(2027, 6, 30)),
        ({"rule": "year", "edge": "first"}, date(2026, 8, 31)),
        ({"rule": "year", "edge": "last"}, date(2027, 7, 16)),
        ({"rule": "legal", "key": "definitief-advies"}, date(2027, 3, 24)),
        ({"rule": "legal", "key": "voorlopig-advies", "edge": "first"}, date(2027, 1, 10)),
        ({"rule": "school-week", "number": -1, "weekday": "vrijdag"}, date(2027, 7, 16)),
        ({"rule": "weekday", "nth": -1, "weekday": "maandag", "month": 5}, date(2027, 5, 31)),
        ({"rule": "offset", "after": "opening", "calendar_days": 10}, date(2027, 2, 8)),
        ({"rule": "offset", "after": "opening", "school_days": 15}, date(2027, 2, 19)),
        ({"rule": "offset", "after": "opening", "school_weeks": 4}, date(2027, 3, 5)),
        ({"rule": "offset", "before": "opening", "months": 2}, date(2026, 11, 29)),
        ({"rule": "offset", "after": "opening", "months": 1}, date(2027, 2, 28)),
        ({"rule": "offset", "after": "opening", "calendar_days": 0}, date(2027, 1, 29)),
    ],
)
def test_each_rule_has_its_day_in_2026_2027(rule: dict[str, object], expected: date) -> None:
    assert day_of(rule, in_2026(opening=date(2027, 1, 29))) == expected


def test_the_earliest_and_the_latest_choose_between_rules() -> None:
    choices = [{"rule": "date", "day": "05-12"}, {"rule": "offset", "after": "opening", "calendar_weeks": 6}]
    context = in_2026(opening=date(2027, 3, 31))

    assert day_of({"rule": "earliest", "of": choices}, context) == date(2027, 5, 12)
    assert day_of({"rule": "latest", "of": choices}, context) == date(2027, 5, 12)
    assert day_of({"rule": "latest", "of": choices}, in_2026(opening=date(2027, 4, 5))) == date(2027, 5, 17)


def test_a_rule_waits_for_an_anchor_that_is_not_known_yet() -> None:
    with pytest.raises(NoDateYetError, match="staat nog niet vast"):
        day_of({"rule": "offset", "after": "opening", "school_days": 2}, in_2026())


def test_a_legal_date_of_a_year_that_nobody_entered_is_not_invented() -> None:
    context = year_context(date(2030, 8, 26), date(2031, 7, 11))

    with pytest.raises(NoDateYetError, match="2030-2031"):
        day_of({"rule": "legal", "key": "definitief-advies"}, context)


def test_a_month_later_is_the_last_day_of_a_shorter_month() -> None:
    assert add_months(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert add_months(date(2027, 1, 31), -11) == date(2026, 2, 28)


def test_every_legal_date_has_a_source_and_the_two_years_know_the_same_ones() -> None:
    years = [legal_dates("2026-2027"), legal_dates("2027-2028")]
    dates: list[LegalDate] = [found for year in years for found in year.values()]

    assert set(years[0]) == set(years[1])
    assert all(found.source for found in dates)
    assert all(found.first is None or found.first <= found.last for found in dates)


def test_the_anchors_of_a_choice_are_those_of_its_parts() -> None:
    rule = RULE.validate_python(
        {
            "rule": "earliest",
            "of": [
                {"rule": "offset", "after": "task.gesprek", "school_days": 2},
                {"rule": "offset", "before": "year.last", "school_days": 1},
            ],
        }
    )

    assert anchors_of(rule) == {"task.gesprek", "year.last"}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"rule": "offset", "after": "opening"}, "precies één eenheid"),
        ({"rule": "offset", "after": "opening", "school_days": 1, "calendar_days": 1}, "precies één eenheid"),
        ({"rule": "offset", "school_days": 1}, "precies één van after en before"),
        (
            {"rule": "offset", "after": "opening", "before": "year.last", "school_days": 1},
            "precies één van after en before",
        ),
        ({"rule": "offset", "after": "opening", "school_days": -1}, "greater than or equal to 0"),
        ({"rule": "offset", "after": "opening", "days": 1}, "Extra inputs"),
        ({"rule": "date", "day": "02-30"}, "bestaat niet op de kalender"),
        ({"rule": "date", "day": "30 februari"}, "is geen dag; schrijf maand-dag"),
        ({"rule": "week", "number": 54}, "less than or equal to 53"),
        ({"rule": "school-week", "number": 0}, "schoolweek 0 bestaat niet"),
        ({"rule": "weekday", "nth": 6, "weekday": "maandag", "month": 5}, "Input should be"),
        ({"rule": "weekday", "nth": 1, "weekday": "zondag", "month": 5}, "Input should be"),
        ({"rule": "eval", "text": "1+1"}, "does not match any of the expected tags"),
        ({"rule": "earliest", "of": [{"rule": "year", "edge": "last"}]}, "at least 2 items"),
    ],
)
def test_a_rule_outside_the_vocabulary_is_refused(rule: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RULE.validate_python(rule)


def test_every_three_school_weeks_means_weeks_as_nobody_said_a_day() -> None:
    context = in_2026()

    found = resolve(RULE.validate_python({"rule": "every", "school_weeks": 3}), context)

    assert [(p.first, p.last) for p in found.periods[:2]] == [
        (date(2026, 8, 31), date(2026, 9, 4)),
        (date(2026, 9, 21), date(2026, 9, 25)),
    ]


@pytest.mark.parametrize("said", [{"weekday": "dinsdag"}, {"start": "09-01"}])
def test_every_three_school_weeks_means_days_when_one_is_said(said: dict[str, str]) -> None:
    context = in_2026()

    found = resolve(RULE.validate_python({"rule": "every", "school_weeks": 3, **said}), context)

    assert [(p.first, p.last) for p in found.periods[:2]] == [
        (date(2026, 9, 1), date(2026, 9, 1)),
        (date(2026, 9, 22), date(2026, 9, 22)),
    ]


def test_what_counts_from_each_time_tells_the_days_of_that_time_once() -> None:
    context = in_2026()
    weeks = {"rule": "each", "of": [{"rule": "week", "number": 45}, {"rule": "week", "number": 48}]}
    rule = {"rule": "each-time", "of": weeks, "do": {"rule": "after", "day": "each.time"}}

    found = resolve(RULE.validate_python(rule), context)

    assert [p.first for p in found.periods] == [date(2026, 11, 7), date(2026, 11, 28)]
    assert [step.text for step in found.periods[0].steps] == [
        "week 45, van maandag 2 november tot en met vrijdag 6 november",
        "na vrijdag 6 november, dus vanaf",
    ]
