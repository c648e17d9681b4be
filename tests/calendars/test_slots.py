"""Meetings get an hour at which the chair and a teacher are there, and nobody sits in two at once."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations

from calendars.people import Facts, GroupFact, MeetingFact, Member, People
from calendars.presence import Half
from calendars.schoolyear import Closed, SchoolCalendar
from calendars.slots import AMSTERDAM, Request, local_day, place
from tests.calendars.invented_school import GROUPS, calendar, identity, member, people

SCHOOL = people(1)
MIDDEN = calendar("midden")
FIRST, LAST = date(2027, 2, 10), date(2027, 3, 5)


def request(group: str, first: date = FIRST, last: date = LAST, minutes: int = 45) -> Request:
    return Request(identity(f"meeting {group}"), identity(group), first, last, minutes, "ib")


def half_of(moment: datetime) -> Half:
    return "am" if moment.hour < 12 else "pm"


def present(someone: Member, hour: MeetingFact) -> bool:
    day = local_day(hour.starts_at)
    return half_of(hour.starts_at) in someone.presence.halves_on(day)


def staff(role: str, group: str = "") -> list[Member]:
    found = SCHOOL.candidates(role, FIRST, group=identity(group) if group else None)
    return list(found)


def test_every_group_gets_an_hour_with_the_chair_and_a_teacher() -> None:
    placed = place([request(g) for g in GROUPS], SCHOOL, MIDDEN, Facts())

    (chair,) = staff("ib")
    for group in GROUPS:
        hour = placed[identity(f"meeting {group}")]
        assert present(chair, hour)
        assert any(present(teacher, hour) for teacher in staff("teacher", group))
        assert MIDDEN.is_school_day(local_day(hour.starts_at))
        assert FIRST <= local_day(hour.starts_at) <= LAST
        assert hour.ends_at - hour.starts_at == timedelta(minutes=45)


def test_nobody_sits_in_two_meetings_at_once() -> None:
    placed = place([request(g) for g in GROUPS], SCHOOL, MIDDEN, Facts())

    hours = list(placed.values())

    assert len(hours) == len(GROUPS)
    assert all(a.ends_at <= b.starts_at or b.ends_at <= a.starts_at for a, b in combinations(hours, 2))


def test_a_chair_leads_at_most_five_meetings_a_day() -> None:
    placed = place([request(g) for g in GROUPS], SCHOOL, MIDDEN, Facts())

    days = [local_day(hour.starts_at) for hour in placed.values()]

    assert max(days.count(day) for day in days) <= 5


def test_an_hour_for_both_of_a_duo_is_better_than_an_earlier_one_for_one() -> None:
    placed = place([request("3")], SCHOOL, MIDDEN, Facts())

    hour = placed[identity("meeting 3")]

    assert all(present(teacher, hour) for teacher in staff("teacher", "3"))
    assert local_day(hour.starts_at).isoweekday() == 3, "Wednesday, when both work"


def test_a_meeting_that_has_its_hour_keeps_it_and_others_go_around_it() -> None:
    kept = MeetingFact(datetime(2027, 2, 10, 7, 45, tzinfo=UTC), datetime(2027, 2, 10, 9, 15, tzinfo=UTC))
    facts = Facts(meetings={identity("meeting 3"): kept})

    placed = place([request("4"), request("3")], SCHOOL, MIDDEN, facts)

    assert placed[identity("meeting 3")] == kept
    assert placed[identity("meeting 4")].starts_at >= kept.ends_at


def test_no_hour_is_found_when_the_whole_period_is_a_holiday() -> None:
    placed = place([request("3", date(2027, 2, 20), date(2027, 2, 28))], SCHOOL, MIDDEN, Facts())

    assert placed == {}


def test_no_hour_is_found_when_chair_and_teacher_never_share_a_half_day() -> None:
    strangers = People(
        (member("ib", "ib", "ma"), member("t", "teacher", "di wo", group="3")),
        (GroupFact(identity("3"), "3", "3", frozenset({"3"})),),
    )

    assert place([request("3")], strangers, MIDDEN, Facts()) == {}


def test_no_hour_is_found_for_a_meeting_longer_than_half_a_day() -> None:
    assert place([request("3", minutes=240)], SCHOOL, MIDDEN, Facts()) == {}


def test_a_group_is_not_discussed_on_its_own_day_off() -> None:
    wednesdays = Closed("Vrij groep 3", FIRST, FIRST, official=False, groups=frozenset({"3"}))
    days = calendar("midden", (wednesdays,))

    placed = place([request("3"), request("4")], SCHOOL, days, Facts())

    assert local_day(placed[identity("meeting 3")].starts_at) > FIRST
    assert local_day(placed[identity("meeting 4")].starts_at) == FIRST


def test_the_narrowest_period_is_served_first() -> None:
    wide, narrow = request("3", FIRST, LAST), request("4", FIRST, FIRST)

    placed = place([wide, narrow], SCHOOL, MIDDEN, Facts())

    assert placed[narrow.id].starts_at < placed[wide.id].starts_at


def test_hours_keep_to_the_clock_on_the_wall_when_summer_time_begins() -> None:
    week = [
        request("3", date(2027, 3, 22), date(2027, 3, 26)),
        request("4", date(2027, 4, 5), date(2027, 4, 9)),
    ]

    placed = place(week, SCHOOL, MIDDEN, Facts())

    utc = [placed[r.id].starts_at.hour for r in week]
    assert utc[0] - utc[1] == 1


def test_a_meeting_with_a_teacher_is_not_in_lesson_hours() -> None:
    lessons = {2: (time(8, 30), time(13, 20)), 1: (time(8, 30), time(14, 15))}
    taught = SchoolCalendar(MIDDEN.first, MIDDEN.last, MIDDEN.closures, lessons)

    placed = place([request(g) for g in GROUPS], SCHOOL, taught, Facts())

    wall = [placed[identity(f"meeting {g}")].starts_at.astimezone(AMSTERDAM) for g in GROUPS]
    assert [w for w in wall if w.time() < lessons[w.weekday()][1]] == []
    assert min(w.time() for w in wall) == time(13, 20), "as soon as the lessons end"
