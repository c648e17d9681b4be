"""A message that waits while the world changes: who left, another day, other hours, one that died."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from models import Closure, MessageState
from service.cases.reschedule import reschedule_task
from service.reminders.by_hand import NotRemindedError, remind_by_hand
from service.reminders.logbook import LogLine, of_people
from service.reminders.recheck import objections
from service.reminders.wishes import Bounds, Wish, keep_bounds, keep_wish
from service.school.errors import SchoolError
from tests.cast import Cast, moment
from tests.reminders.mornings import digests, ledger, morning, told, work

WEDNESDAY = "2026-11-25"
BOUNDS = Bounds(
    hour=time(6, 30),
    latest_hour=time(16),
    quiet_from=time(18),
    quiet_until=time(6, 30),
    most_pause_days=14,
    hand_wait_hours=24,
    most=4,
)


def test_a_reminder_does_not_follow_who_left_the_school_meanwhile(cast: Cast) -> None:
    work(cast, "hanneke", WEDNESDAY, group="8")
    morning(cast, WEDNESDAY)
    (digest,) = digests(cast, "hanneke")

    cast.leaves("hanneke", date(2026, 11, 24))

    found = objections(cast.session, [digest], moment(WEDNESDAY, 10))
    assert found == {digest.id: "werkt hier niet meer"}


def test_a_reminder_of_a_day_that_moved_meanwhile_does_not_leave(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY, group="8")
    morning(cast, WEDNESDAY)
    (digest,) = digests(cast, "hanneke")
    at, to = moment(WEDNESDAY, 8), date(2026, 12, 16)

    reschedule_task(cast.session, task.id, actor=cast.actor("ineke", at), at=at, to=to, reason="ziek")

    found = objections(cast.session, [digest], moment(WEDNESDAY, 9))
    assert found == {digest.id: "intussen verzet"}


def test_a_reminder_of_another_day_does_not_leave_on_a_day_that_became_free(cast: Cast) -> None:
    task, at = work(cast, "laila", WEDNESDAY), moment(WEDNESDAY)
    remind_by_hand(cast.session, task.id, actor=cast.actor("ineke", at), at=at)
    (by_hand,) = cast.post("notice", "laila")
    monday = date(2026, 11, 30)
    assert objections(cast.session, [by_hand], by_hand.due_at) == {}

    free = Closure(school_id=cast.school.id, name="Studiedag", first_day=monday, last_day=monday)
    cast.session.add(free)
    cast.session.flush()

    assert objections(cast.session, [by_hand], by_hand.due_at) == {by_hand.id: "je was vrij"}


def test_a_reminder_that_gets_a_second_life_does_not_leave_in_quiet_hours(cast: Cast) -> None:
    work(cast, "hanneke", WEDNESDAY, group="8")
    morning(cast, WEDNESDAY)
    (digest,) = digests(cast, "hanneke")

    found = objections(cast.session, [digest], moment("2026-11-26", 22))

    assert found == {digest.id: "rusttijd"}


def test_a_digest_that_waited_does_not_leave_when_the_school_closed_that_morning(cast: Cast) -> None:
    work(cast, "hanneke", WEDNESDAY, group="8")
    morning(cast, WEDNESDAY)
    (digest,) = digests(cast, "hanneke")
    day = date.fromisoformat(WEDNESDAY)

    cast.session.add(Closure(school_id=cast.school.id, name="IJzel", first_day=day, last_day=day))
    cast.session.flush()

    assert objections(cast.session, [digest], moment(WEDNESDAY, 9)) == {digest.id: "je was vrij"}


def test_a_reminder_by_hand_waits_for_the_hour_that_its_reader_chose_since(cast: Cast) -> None:
    task, at = work(cast, "laila", WEDNESDAY), moment(WEDNESDAY)
    remind_by_hand(cast.session, task.id, actor=cast.actor("ineke", at), at=at)
    (by_hand,) = cast.post("notice", "laila")
    assert by_hand.due_at == moment("2026-11-30", 6, 30)
    keep_wish(cast.session, cast.school.id, cast.id("laila"), Wish(hour=time(9)), today=at.date())

    morning(cast, "2026-11-30", 0, 5)

    assert by_hand.due_at == by_hand.next_try_at == moment("2026-11-30", 9)


def test_what_was_left_unsaid_for_a_message_that_died_is_said_after_all(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY, group="8")
    evening = moment("2026-11-24", 20)
    remind_by_hand(cast.session, task.id, actor=cast.actor("ineke", evening), at=evening)
    morning(cast, WEDNESDAY)
    assert ("op-de-dag", "zelfde bericht") in {(e.rung, e.reason) for e in ledger(cast, "hanneke")}
    (by_hand,) = cast.post("notice", "hanneke")
    by_hand.state = MessageState.DEAD
    cast.session.flush()

    morning(cast, "2026-11-26")

    assert "op-de-dag" in [rung for rung, _ in told(cast, "hanneke")]


def test_bounds_that_a_school_narrows_leave_everyone_a_moment_to_hear(cast: Cast) -> None:
    keep_bounds(cast.session, cast.school.id, BOUNDS)
    quiet = Wish(quiet_from=time(17), quiet_until=time(15))
    keep_wish(cast.session, cast.school.id, cast.id("hanneke"), quiet, today=date(2026, 11, 24))
    narrow = replace(BOUNDS, latest_hour=time(9), quiet_from=time(14))
    keep_bounds(cast.session, cast.school.id, narrow)
    work(cast, "hanneke", WEDNESDAY, group="8")

    for hour in (6, 9, 12, 15, 18):
        morning(cast, WEDNESDAY, hour, 30)

    assert [d.made_at for d in digests(cast, "hanneke")] == [moment(WEDNESDAY, 9, 30)]


def test_nobody_chooses_an_hour_in_own_quiet_hours(cast: Cast) -> None:
    keep_bounds(cast.session, cast.school.id, BOUNDS)
    wish = Wish(hour=time(15), quiet_from=time(14), quiet_until=time(7))

    with pytest.raises(SchoolError, match="ligt in je rusttijd"):
        keep_wish(cast.session, cast.school.id, cast.id("hanneke"), wish, today=date(2026, 11, 24))


def test_a_reminder_by_hand_that_would_come_in_a_pause_is_refused(cast: Cast) -> None:
    task, at = work(cast, "laila", WEDNESDAY), moment(WEDNESDAY)
    pause = Wish(paused_from=date(2026, 11, 26), paused_until=date(2026, 12, 4))
    keep_wish(cast.session, cast.school.id, cast.id("laila"), pause, today=date(2026, 11, 24))

    with pytest.raises(NotRemindedError, match="gepauzeerd tot en met vrijdag 4 december"):
        remind_by_hand(cast.session, task.id, actor=cast.actor("ineke", at), at=at)


def test_no_line_of_a_busy_morning_falls_between_two_pages_of_the_logbook(cast: Cast) -> None:
    for name in ("hanneke", "laila", "joris"):
        for number in range(3):
            work(cast, name, WEDNESDAY, title=f"Werk {number}")
    morning(cast, "2026-11-24")
    morning(cast, WEDNESDAY)
    everything = of_people(cast.session, cast.school.id, most=500)

    seen, before = list[LogLine](), moment("2026-12-01")
    while lines := of_people(cast.session, cast.school.id, before=before, most=2):
        seen, before = [*seen, *lines], _last(lines)

    assert len(seen) == len(everything) > 4


def _last(lines: list[LogLine]) -> datetime:
    return lines[-1].at
