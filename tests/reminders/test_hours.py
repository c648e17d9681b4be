"""When people hear: their own working day and hour, never in quiet hours, a pause or a day off."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.people import Member, RoleSpan
from calendars.presence import Half, Presence, PresentHalf
from calendars.schoolyear import Closed, SchoolCalendar
from models import LedgerOutcome, ReminderBounds, ReminderWish, Role
from service.clock import local
from service.reminders.by_hand import remind_by_hand
from service.reminders.hours import Hours, Turn, bounds_of
from service.reminders.recheck import objections
from service.settings import settings as app_settings
from tests.calendars.invented_school import identity
from tests.cast import Cast, moment
from tests.reminders.mornings import digests, ledger, morning, work

AUTUMN = Closed("Herfstvakantie", date(2026, 10, 17), date(2026, 10, 25))
EASTER = Closed("Paasmaandag", date(2027, 3, 29), date(2027, 3, 29))
CALENDAR = SchoolCalendar(date(2026, 7, 1), date(2028, 7, 1), [AUTUMN, EASTER])
BOUNDS = ReminderBounds(school_id=identity("school"))


def wants(cast: Cast, name: str, **wish: object) -> None:
    row = ReminderWish.model_validate({"school_id": cast.school.id, "person_id": cast.id(name), **wish})
    cast.session.add(row)
    cast.session.flush()


def test_a_person_hears_at_the_hour_they_chose(cast: Cast) -> None:
    wants(cast, "hanneke", hour=time(8, 15))
    work(cast, "hanneke", "2026-11-25")

    counts = [
        morning(cast, "2026-11-25", hour, minute)["told"] for hour, minute in ((6, 30), (8, 10), (8, 15))
    ]

    assert counts == [0, 0, 1]


def test_who_works_in_the_afternoon_hears_when_that_begins(cast: Cast) -> None:
    work(cast, "ineke", "2026-11-24", role=Role.IB)  # on Tuesday she comes at noon, on Wednesday all day

    counts = [morning(cast, "2026-11-24", hour)["told"] for hour in (7, 12, 13)]

    assert counts == [0, 0, 1]


def test_the_hour_of_the_settings_is_the_schools_until_it_says_otherwise(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAARRITME_MORNING", "07:45")
    app_settings.cache_clear()
    bounds = bounds_of(cast.session, cast.school.id)
    cast.session.add(ReminderBounds(school_id=cast.school.id, hour=time(8)))
    cast.session.flush()
    own = bounds_of(cast.session, cast.school.id)

    monkeypatch.undo()
    app_settings.cache_clear()
    assert (bounds.hour, own.hour) == (time(7, 45), time(8))


def test_a_pause_is_kept_and_then_everything_comes_at_once(cast: Cast) -> None:
    wants(cast, "hanneke", paused_from=date(2026, 11, 23), paused_until=date(2026, 11, 25))
    for number, due in enumerate(("2026-11-23", "2026-11-24", "2026-11-25")):
        work(cast, "hanneke", due, title=f"Taak {number}")

    for day in ("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"):
        morning(cast, day)

    (digest,) = digests(cast, "hanneke")
    assert local(digest.made_at).date() == date(2026, 11, 26)
    assert all(f"Taak {n}" in digest.body for n in range(3))
    assert "gepauzeerd" in {e.reason for e in ledger(cast, "hanneke")}


def test_a_machine_that_wakes_in_the_evening_waits_for_the_next_working_day(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25")

    counts = morning(cast, "2026-11-25", 18)
    morning(cast, "2026-11-26")

    assert (counts["quiet"], counts["told"]) == (1, 0)
    assert [local(d.made_at).date() for d in digests(cast, "hanneke")] == [date(2026, 11, 26)]
    refused = [e for e in ledger(cast, "hanneke") if e.outcome == LedgerOutcome.NOT_TOLD]
    assert "rusttijd" in {e.reason for e in refused}


def test_ones_own_quiet_hours_come_on_top_of_those_of_the_school(cast: Cast) -> None:
    wants(cast, "hanneke", quiet_from=time(15), quiet_until=time(7, 30))
    work(cast, "hanneke", "2026-11-25")

    counts = [morning(cast, "2026-11-25", hour, minute) for hour, minute in ((7, 0), (7, 30))]

    assert [count["told"] for count in counts] == [0, 1]
    (digest,) = digests(cast, "hanneke")
    assert local(digest.expires_at).time() == time(15)


@pytest.mark.parametrize("day", ["2030-09-11", "2031-02-05"])
def test_in_a_year_of_which_no_holidays_are_known_people_still_hear(cast: Cast, day: str) -> None:
    work(cast, "hanneke", day, group="8")
    late, evening = work(cast, "laila", day), moment(date.fromisoformat(day) - timedelta(days=1), 20)
    remind_by_hand(cast.session, late.id, actor=cast.actor("ineke", evening), at=evening)

    morning(cast, day)

    (digest,), (by_hand,) = digests(cast, "hanneke"), cast.post("notice", "laila")
    assert local(by_hand.due_at).date() > evening.date()
    assert objections(cast.session, [digest, by_hand], by_hand.due_at) == {}


@pytest.mark.parametrize(
    ("friday", "monday", "hours"),
    [("2026-10-16", "2026-10-26", 24 * 10 + 1), ("2027-03-26", "2027-03-30", 24 * 4 - 1)],
    ids=["autumn, 25-10-2026", "spring, 28-03-2027"],
)
def test_over_a_change_of_the_clock_the_hour_on_the_wall_stays(friday: str, monday: str, hours: int) -> None:
    member = Member(identity("5-0"), (RoleSpan("teacher"),))
    told = Hours(BOUNDS, {}, CALENDAR)
    first, second = (told.moment(member, date.fromisoformat(day)) for day in (friday, monday))

    assert {local(first).time(), local(second).time()} == {time(6, 30)}
    assert second - first == timedelta(hours=hours)


@pytest.mark.parametrize("night", ["2026-10-25", "2027-03-28"])
def test_in_the_night_of_the_change_nobody_hears_at_any_minute(night: str) -> None:
    member = Member(identity("5-0"), (RoleSpan("teacher"),))
    told = Hours(BOUNDS, {}, CALENDAR)
    start = moment(night, 0)

    turns = {told.turn(member, start + timedelta(minutes=5 * n), None) for n in range(25 * 12)}

    assert turns <= {Turn.EARLY, Turn.OFF}


halves = st.sets(st.tuples(st.integers(0, 6), st.sampled_from(["am", "pm"])), min_size=1)
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0, tzinfo=None))
days = st.dates(date(2026, 10, 14), date(2026, 11, 3)) | st.dates(date(2027, 3, 24), date(2027, 4, 2))


@settings(max_examples=150)
@given(halves, st.none() | clocks, clocks, clocks, days, clocks)
def test_nobody_is_told_on_a_day_off_in_quiet_hours_or_before_their_hour(
    week: set[tuple[int, Half]], hour: time | None, first: time, last: time, day: date, now: time
) -> None:
    pattern = tuple(PresentHalf(weekday, half, date(2026, 8, 1)) for weekday, half in week)
    member = Member(identity("5-0"), (RoleSpan("teacher"),), Presence(pattern))
    wish = ReminderWish(
        school_id=BOUNDS.school_id, person_id=member.id, hour=hour, quiet_from=first, quiet_until=last
    )
    told = Hours(BOUNDS, {member.id: wish}, CALENDAR)
    at = moment(day, now.hour, now.minute)

    turn = told.turn(member, at, None)

    if turn == Turn.NOW:
        assert CALENDAR.is_school_day(day)
        assert member.presence.halves_on(day)
        assert not told.is_quiet(member.id, at)
        assert time(6, 30) <= local(at).time() < time(18)
        assert at < told.of_use_until(member.id, at)
    if turn == Turn.OFF:
        assert not member.presence.works_on(day, CALENDAR)
