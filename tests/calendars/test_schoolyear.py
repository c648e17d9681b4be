"""Counting in school days: golden dates of three regions, and a slower counter that must agree."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.official import Region
from calendars.schoolyear import Closed, OutsideCalendarError, SchoolCalendar, is_year_label
from tests.calendars.invented_school import calendar

REGIONS: tuple[Region, ...] = ("noord", "midden", "zuid")
M_LAST, E_LAST = date(2027, 1, 29), date(2027, 6, 11)
FIRST, LAST = date(2024, 1, 1), date(2036, 12, 31)

# Domain notes §2.15: region holidays and public days off, no study days.
GOLDEN = [
    (M_LAST, 5, "2027-02-05", "2027-02-05", "2027-02-05"),
    (M_LAST, 8, "2027-02-10", "2027-02-10", "2027-02-10"),
    (M_LAST, 10, "2027-02-12", "2027-02-12", "2027-02-12"),
    (M_LAST, 15, "2027-02-19", "2027-02-19", "2027-02-26"),
    (M_LAST, 20, "2027-03-05", "2027-03-05", "2027-03-05"),
    (M_LAST, 25, "2027-03-12", "2027-03-12", "2027-03-12"),
    (E_LAST, 15, "2027-07-02", "2027-07-02", "2027-07-02"),
    (E_LAST, 20, "2027-07-09", "2027-07-09", "2027-07-09"),
    (E_LAST, 25, "2027-08-27", "2027-07-16", "2027-07-16"),
    (E_LAST, -10, "2027-05-28", "2027-05-28", "2027-05-28"),
]
CASES = [
    (region, day, count, date.fromisoformat(expected[REGIONS.index(region)]))
    for day, count, *expected in GOLDEN
    for region in REGIONS
]

days = st.dates(FIRST + timedelta(days=400), LAST - timedelta(days=400))
spans = st.builds(
    lambda first, length: Closed("Dicht", first, first + timedelta(days=length)),
    st.dates(FIRST, LAST),
    st.integers(0, 50),
)


@st.composite
def calendars(draw: st.DrawFn) -> SchoolCalendar:
    return SchoolCalendar(FIRST, LAST, draw(st.lists(spans, max_size=12)))


def count_slowly(closures: list[Closed], day: date, count: int) -> date:
    """Walk one calendar day at a time, without any index."""
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        shut = any(c.first_day <= day <= c.last_day for c in closures)
        if not shut and day.isoweekday() <= 5:
            count -= step.days
    return day


@pytest.mark.parametrize(("region", "total"), [("noord", 204), ("midden", 199), ("zuid", 209)])
def test_a_school_year_has_its_golden_number_of_school_days(region: Region, total: int) -> None:
    days_of_school = calendar(region)
    year = days_of_school.year("2026-2027")

    counted = [day for day in days_of_school.days if year.first_day <= day <= year.last_day]

    assert len(counted) == total


@pytest.mark.parametrize(("region", "day", "count", "expected"), CASES)
def test_counting_school_days_gives_the_golden_date(
    region: Region, day: date, count: int, expected: date
) -> None:
    assert calendar(region).add_school_days(day, count) == expected


@pytest.mark.parametrize(
    ("region", "twentieth", "tenth_before_the_end"),
    [
        ("noord", date(2026, 9, 11), date(2027, 6, 28)),
        ("midden", date(2026, 9, 25), date(2027, 7, 5)),
        ("zuid", date(2026, 9, 18), date(2027, 7, 12)),
    ],
)
def test_school_days_count_from_both_ends_of_the_year(
    region: Region, twentieth: date, tenth_before_the_end: date
) -> None:
    days_of_school = calendar(region)
    year = days_of_school.year("2026-2027")

    assert days_of_school.add_school_days(year.first_day, 19) == twentieth
    assert days_of_school.add_school_days(year.last_day, -9) == tenth_before_the_end


@given(st.lists(spans, max_size=12), days, st.integers(-60, 60))
def test_the_index_counts_as_a_walk_from_day_to_day_does(
    closures: list[Closed], day: date, count: int
) -> None:
    counted = SchoolCalendar(FIRST, LAST, closures).add_school_days(day, count)

    assert counted == count_slowly(closures, day, count)


@given(calendars(), days, st.integers(1, 60))
def test_counting_back_from_a_counted_day_returns_to_the_school_day_it_began_on(
    days_of_school: SchoolCalendar, day: date, count: int
) -> None:
    start = days_of_school.on_or_after(day)

    assert days_of_school.add_school_days(days_of_school.add_school_days(start, count), -count) == start


@given(calendars(), days)
def test_the_nearest_school_day_is_the_day_itself_only_when_school_is_open(
    days_of_school: SchoolCalendar, day: date
) -> None:
    is_open = days_of_school.is_school_day(day)

    assert (days_of_school.on_or_after(day) == day) is is_open
    assert (days_of_school.on_or_before(day) == day) is is_open
    assert days_of_school.on_or_before(day) <= day <= days_of_school.on_or_after(day)


@given(calendars(), days, st.integers(1, 12))
def test_a_school_week_later_is_the_same_weekday_and_skips_only_weeks_without_school(
    days_of_school: SchoolCalendar, day: date, count: int
) -> None:
    later = days_of_school.add_school_weeks(day, count)

    between = [day + timedelta(weeks=n) for n in range(1, (later - day).days // 7 + 1)]
    assert later.weekday() == day.weekday()
    assert sum(days_of_school.has_school(week) for week in between) == count
    assert days_of_school.has_school(later)


def test_a_day_off_for_one_group_leaves_the_school_open() -> None:
    day_off = Closed("Vrije dag groep 8", date(2027, 7, 8), date(2027, 7, 8), groups=frozenset({"8"}))
    days_of_school = calendar("midden", (day_off,))

    assert days_of_school.is_school_day(date(2027, 7, 8))
    assert not days_of_school.is_open_for("8", date(2027, 7, 8))
    assert days_of_school.is_open_for("7", date(2027, 7, 8))


def test_a_school_can_put_its_own_holiday_in_the_place_of_the_official_one() -> None:
    carnival = Closed(
        "Carnavalsvakantie",
        date(2027, 2, 6),
        date(2027, 2, 14),
        official=False,
        replaces="Voorjaarsvakantie",
    )

    days_of_school = calendar("zuid", (carnival,))

    assert not days_of_school.is_school_day(date(2027, 2, 8))
    assert days_of_school.is_school_day(date(2027, 2, 16))
    assert not days_of_school.is_school_day(date(2028, 2, 28)), "only this year's is replaced"


def test_an_own_summer_holiday_moves_both_ends_of_the_year() -> None:
    late = Closed("Zomer", date(2027, 7, 19), date(2027, 8, 27), official=False, replaces="Zomervakantie")

    days_of_school = calendar("zuid", (late,))

    assert days_of_school.year("2026-2027").last_day == date(2027, 7, 16)
    assert days_of_school.year("2027-2028").first_day == date(2027, 8, 30)


def test_a_public_day_inside_a_holiday_is_not_named_twice() -> None:
    closed = calendar("midden").closed_between(date(2027, 4, 20), date(2027, 5, 10))

    assert [c.name for c in closed] == [
        "Meivakantie",
        "Bevrijdingsdag",
        "Hemelvaartsdag",
        "Dag na Hemelvaart",
    ]


def test_the_reason_for_a_closed_day_is_the_longest_holiday_around_it() -> None:
    days_of_school = calendar("midden")

    kings_day = days_of_school.closed_on(date(2027, 4, 27))
    ordinary = days_of_school.closed_on(date(2027, 4, 20))

    assert kings_day is not None
    assert kings_day.name == "Meivakantie"
    assert ordinary is None


def test_a_day_in_july_belongs_to_the_year_that_ends_and_a_day_in_august_to_the_next() -> None:
    days_of_school = calendar("noord")

    assert days_of_school.year_of(date(2027, 7, 31)).label == "2026-2027"
    assert days_of_school.year_of(date(2027, 8, 1)).label == "2027-2028"


def test_a_year_without_a_known_summer_is_refused_by_name() -> None:
    with pytest.raises(OutsideCalendarError, match="2031"):
        calendar("noord").year("2031-2032")


def test_counting_past_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(OutsideCalendarError):
        calendar("noord").add_school_days(date(2028, 12, 1), 500)


@pytest.mark.parametrize(
    ("label", "is_one"),
    [
        ("2026-2027", True),
        ("2026-2028", False),
        ("26-27", False),
        ("2026-2027\n", False),
        ("0000-0001", False),
    ],
)
def test_a_school_year_is_named_by_two_years_that_follow_each_other(label: str, is_one: bool) -> None:
    assert is_year_label(label) is is_one
