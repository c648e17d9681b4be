"""A part-timer's tasks come on the days that she works."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.presence import Half, Presence, PresentHalf
from calendars.schoolyear import OutsideCalendarError, days_between
from tests.calendars.invented_school import calendar, presence

IB = presence("di-pm wo")
MIDDEN = calendar("midden")
HALVES: tuple[Half, ...] = ("am", "pm")
weeks = st.sets(st.tuples(st.integers(0, 4), st.sampled_from(HALVES)), min_size=1).map(
    lambda halves: Presence(tuple(PresentHalf(day, half, date(2026, 1, 1)) for day, half in halves))
)


def test_the_ib_works_on_the_golden_tuesdays_and_wednesdays_before_christmas() -> None:
    worked = [d for d in days_between(date(2026, 11, 21), date(2026, 12, 18)) if IB.works_on(d, MIDDEN)]

    assert [f"{day:%d-%m}" for day in worked] == [
        "24-11",
        "25-11",
        "01-12",
        "02-12",
        "08-12",
        "09-12",
        "15-12",
        "16-12",
    ]


@pytest.mark.parametrize(
    ("day", "following", "preceding"),
    [
        (date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 25)),
        (date(2026, 11, 26), date(2026, 12, 1), date(2026, 11, 25)),
        (date(2026, 12, 21), date(2027, 1, 5), date(2026, 12, 16)),
    ],
)
def test_a_day_rolls_to_the_nearest_working_day_and_over_a_holiday(
    day: date, following: date, preceding: date
) -> None:
    assert IB.next_day(day, MIDDEN) == following
    assert IB.previous_day(day, MIDDEN) == preceding


@given(weeks, st.dates(date(2026, 9, 1), date(2028, 6, 1)))
def test_a_rolled_day_is_worked_and_no_worked_day_was_passed_over(week: Presence, day: date) -> None:
    rolled = week.next_day(day, MIDDEN)

    assert week.works_on(rolled, MIDDEN)
    assert not any(week.works_on(d, MIDDEN) for d in days_between(day, rolled - timedelta(days=1)))


def test_only_half_of_tuesday_is_worked() -> None:
    assert IB.halves_on(date(2026, 11, 24)) == ("pm",)
    assert IB.halves_on(date(2026, 11, 25)) == ("am", "pm")
    assert IB.halves_on(date(2026, 11, 26)) == ()


def test_working_days_change_on_the_day_that_the_new_ones_begin() -> None:
    first = PresentHalf(3, "am", date(2026, 8, 1), date(2027, 1, 31))
    then = PresentHalf(0, "am", date(2027, 2, 1))
    coach = Presence((first, then))

    assert coach.next_day(date(2027, 1, 28), MIDDEN) == date(2027, 1, 28)
    assert coach.next_day(date(2027, 1, 29), MIDDEN) == date(2027, 2, 1)
    assert not coach.works_on(date(2027, 2, 4), MIDDEN)


def test_somebody_without_known_working_days_works_whenever_school_is_open() -> None:
    assert Presence().works_on(date(2026, 11, 27), MIDDEN)
    assert not Presence().works_on(date(2026, 12, 21), MIDDEN)


def test_somebody_who_has_left_has_no_next_working_day() -> None:
    left = Presence((PresentHalf(1, "am", date(2026, 1, 1), date(2026, 8, 1)),))

    with pytest.raises(OutsideCalendarError):
        left.next_day(date(2026, 11, 24), MIDDEN)


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ("di-pm wo", "dinsdagmiddag en woensdag"),
        ("ma di wo vr-am", "maandag, dinsdag, woensdag en vrijdagochtend"),
        ("ma di wo do vr", "maandag tot en met vrijdag"),
        ("do", "donderdag"),
    ],
)
def test_a_week_reads_as_a_school_says_it(week: str, words: str) -> None:
    assert presence(week).week(date(2026, 11, 24)) == words
