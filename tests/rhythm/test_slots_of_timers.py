from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clock import AMSTERDAM
from service.rhythm.slots import Daily, Every, Schedule, last_slot, next_slot, slots_between
from tests.cast import moment

MORNING = Daily(time(6, 30))
schedules = st.one_of(st.builds(Daily, st.times()), st.builds(Every, st.sampled_from([1, 2, 5, 15, 30, 60])))
seconds = st.integers(0, 2 * 366 * 24 * 60 * 60)
moments = seconds.map(lambda count: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=count))


def test_a_daily_slot_counts_from_its_own_minute_on() -> None:
    before = moment("2027-01-11", 6, 30) - timedelta(microseconds=1)

    assert last_slot(MORNING, moment("2027-01-11", 6, 30)) == moment("2027-01-11", 6, 30)
    assert last_slot(MORNING, before) == moment("2027-01-10", 6, 30)
    assert next_slot(MORNING, before) == moment("2027-01-11", 6, 30)
    assert next_slot(MORNING, moment("2027-01-11", 6, 30)) == moment("2027-01-12", 6, 30)


@pytest.mark.parametrize(
    ("saturday", "hours"), [(date(2027, 3, 27), 23), (date(2026, 10, 24), 25)], ids=["spring", "autumn"]
)
def test_a_daily_slot_keeps_its_hour_on_the_wall_over_a_clock_change(saturday: date, hours: int) -> None:
    sunday = next_slot(MORNING, moment(saturday, 12))

    assert sunday.astimezone(AMSTERDAM).time() == time(6, 30)
    assert sunday - last_slot(MORNING, moment(saturday, 12)) == timedelta(hours=hours)
    assert last_slot(MORNING, sunday + timedelta(hours=1)) == sunday


def test_an_hour_that_the_spring_change_skips_comes_right_after_it() -> None:
    gap = Daily(time(2, 30))

    slot = next_slot(gap, moment("2027-03-27", 12))

    assert f"{slot.astimezone(AMSTERDAM):%d-%m %H:%M}" == "28-03 03:30"


def test_an_hour_that_the_autumn_change_repeats_comes_once() -> None:
    twice = Daily(time(2, 30))

    assert slots_between(twice, moment("2026-10-25"), moment("2026-10-26")) == 1
    assert slots_between(twice, moment("2026-10-24", 12), moment("2026-10-25", 12)) == 1


def test_every_five_minutes_counts_from_the_whole_hour() -> None:
    assert last_slot(Every(5), moment("2027-01-11", 6, 34)) == moment("2027-01-11", 6, 30)
    assert next_slot(Every(5), moment("2027-01-11", 6, 30)) == moment("2027-01-11", 6, 35)
    assert slots_between(Every(5), moment("2027-01-11", 6), moment("2027-01-11", 7)) == 13


@given(schedules, moments)
def test_now_lies_between_its_last_slot_and_its_next(schedule: Schedule, at: datetime) -> None:
    last, following = last_slot(schedule, at), next_slot(schedule, at)

    assert last <= at < following
    assert last_slot(schedule, following) == following
    assert last_slot(schedule, following - timedelta(microseconds=1)) == last
    assert next_slot(schedule, last) == following


def test_cron_says_the_same_hour() -> None:
    assert (MORNING.cron, Every(5).cron) == ("30 6 * * *", "*/5 * * * *")
