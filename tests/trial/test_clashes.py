from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from calendars.people import Facts, MeetingFact, Overrides
from calendars.plan import Item
from calendars.presence import Presence
from calendars.schoolyear import Closed
from service.trial.clashes import Clash, clashes_of
from service.trial.wishes import DaysOff, OtherWeek, Wishes
from tests.calendars.invented_school import identity
from tests.trial.conftest import Try, Year


def found(year: Year, kind: str) -> list[Clash]:
    return [c for c in clashes_of(year.plan, year.frame, year.inputs.people) if c.kind == kind]


def item_of(year: Year, key: str, occurrence: str, group: str | None = None) -> Item:
    return next(
        item
        for item in year.plan.items
        if item.rule.key == key
        and item.case.occurrence.key == occurrence
        and (group is None or (item.group or item.case.group).name == group)  # type: ignore[union-attr]
    )


def pinned(tried: Try, item: Item, day: date) -> Year:
    return tried(overrides=Overrides(pins={item.id: (day, "zo besloten")}))


def meeting_at(tried: Try, *items: Item, at: datetime) -> Year:
    hours = {item.id: MeetingFact(at, at.replace(minute=45)) for item in items}
    return tried(facts=Facts(meetings=hours))


def test_the_year_of_the_invented_school_has_no_clash(tried: Try) -> None:
    year = tried()

    assert clashes_of(year.plan, year.frame, year.inputs.people) == ()


def test_a_day_past_the_law_comes_first(tried: Try) -> None:
    item = item_of(tried(), "voorlopig-advies", "leerling")
    assert item.dates.latest_on

    year = pinned(tried, item, date(2027, 3, 3))

    first = clashes_of(year.plan, year.frame, year.inputs.people)[0]
    assert (first.kind, first.severity, first.items) == ("legal", "law", (item.id,))
    assert "de wet zegt uiterlijk" in first.words


def test_pinned_work_on_a_day_off_of_its_owner_is_told(tried: Try) -> None:
    item = item_of(tried(), "agenda", "start", "5")
    friday = date(2026, 9, 18)

    clashes = found(pinned(tried, item, friday), "absent")

    assert [(c.items, c.people, c.day) for c in clashes] == [((item.id,), (identity("ib"),), friday)]


def test_a_meeting_keeps_its_hour_on_a_supposed_day_off_and_that_is_told(tried: Try) -> None:
    item = item_of(tried(), "bespreking", "start", "5")
    tuesday = date(2026, 9, 22)
    hours = {
        item.id: MeetingFact(datetime(2026, 9, 22, 11, tzinfo=UTC), datetime(2026, 9, 22, 12, tzinfo=UTC))
    }
    wish = DaysOff(name="Staking", first=tuesday, last=tuesday)

    clashes = found(tried(Wishes(closures=(wish,)), facts=Facts(meetings=hours)), "closed")

    assert [(c.severity, item.id in c.items) for c in clashes] == [("high", True)]
    assert "is de school vrij" in clashes[0].words


def test_a_meeting_on_a_free_day_of_its_group_alone_is_told(tried: Try) -> None:
    item = item_of(tried(), "bespreking", "start", "8")
    day = date(2026, 9, 22)
    hours = {
        item.id: MeetingFact(datetime(2026, 9, 22, 11, tzinfo=UTC), datetime(2026, 9, 22, 12, tzinfo=UTC))
    }
    wish = DaysOff(name="Kamp", first=day, last=day, groups=("8",))

    [clash] = found(tried(Wishes(closures=(wish,)), facts=Facts(meetings=hours)), "closed")

    assert "is groep 8 vrij" in clash.words


def test_two_meetings_at_one_hour_clash_for_who_chairs_both(tried: Try) -> None:
    year = tried()
    five, six = (item_of(year, "bespreking", "start", group) for group in ("5", "6A"))

    clashes = found(meeting_at(tried, five, six, at=datetime(2026, 9, 22, 11, tzinfo=UTC)), "two-at-once")

    assert [(set(c.items), c.people) for c in clashes] == [({five.id, six.id}, (identity("ib"),))]


def test_a_meeting_in_a_half_day_without_its_chair_is_told(tried: Try) -> None:
    item = item_of(tried(), "bespreking", "start", "5")

    clashes = found(meeting_at(tried, item, at=datetime(2026, 9, 22, 7, tzinfo=UTC)), "absent")

    assert [item.id in c.items for c in clashes] == [True]


def test_without_a_chair_no_meeting_has_an_hour(tried: Try) -> None:
    away = OtherWeek(person=identity("ib"), halves=(), since=date(2026, 8, 1))

    year = tried(Wishes(weeks=(away,)))

    clashes = found(year, "no-hour")
    meetings = {item.id for item in year.plan.items if item.kind == "meeting" and item.rule.meeting}
    assert {c.severity for c in clashes} == {"high"}
    assert {id_ for c in clashes for id_ in c.items} == {
        id_ for id_ in meetings if any(i.id == id_ and i.meeting is None for i in year.plan.items)
    }
    assert any("groep 1/2A, 1/2B, 3, 4" in c.words for c in clashes)


def test_work_that_nobody_can_do_is_told(tried: Try) -> None:
    people = tried().inputs.people
    staff = tuple(m for m in people.members if m.id != identity("director"))

    clashes = found(tried(people=replace(people, members=staff)), "nobody")

    assert clashes
    assert all("niemand op school" in c.words for c in clashes)


def test_a_window_before_its_own_beginning_is_told(tried: Try) -> None:
    item = item_of(tried(), "doorstroomtoets", "groep")
    before = date(2027, 1, 5)
    assert item.dates.starts_on
    assert before < item.dates.starts_on

    clashes = found(pinned(tried, item, before), "end-before-start")

    assert [item.id in c.items for c in clashes] == [True]


@pytest.mark.parametrize("key", ["invoeren", "analyse-groep"])
def test_results_wanted_while_the_tests_still_run_are_told(tried: Try, key: str) -> None:
    item = item_of(tried(), key, "M", "5")

    clashes = found(pinned(tried, item, date(2027, 1, 14)), "inside-window")

    assert [item.id in c.items for c in clashes] == [True]
    assert "loopt tot en met" in clashes[0].words


def test_a_test_in_a_week_with_an_evening_walk_is_told_with_its_groups(tried: Try) -> None:
    walk = DaysOff(
        name="Avondvierdaagse", first=date(2027, 5, 18), last=date(2027, 5, 18), groups=("6A", "7")
    )

    clashes = found(tried(Wishes(closures=(walk,))), "test-and-evening")

    assert len(clashes) == 1
    assert (clashes[0].severity, clashes[0].day) == ("low", date(2027, 5, 17))
    assert "(groep 6A, 7)" in clashes[0].words
    assert "Avondvierdaagse" in clashes[0].words


def test_an_evening_walk_in_a_week_without_tests_is_no_clash(tried: Try) -> None:
    walk = DaysOff(name="Avondvierdaagse", first=date(2026, 10, 5), last=date(2026, 10, 5))

    assert found(tried(Wishes(closures=(walk,))), "test-and-evening") == []


def test_what_the_planner_warns_of_is_passed_on(tried: Try) -> None:
    frame = tried().frame
    late = Closed("Zomerfeest", frame.year.last_day, frame.year.last_day, official=False)
    item = item_of(tried(), "voorlopig-advies", "leerling")

    clashes = found(pinned(tried, item, date(2027, 3, 3)), "warning")

    assert late.first_day == frame.year.last_day
    assert any("vastgezet na de wettelijke datum" in c.words for c in clashes)


def test_everyone_of_a_group_alike_is_one_clash(tried: Try) -> None:
    year = tried()
    items = [
        item
        for item in year.plan.items
        if item.rule.key == "voorlopig-advies" and item.case.occurrence.key == "leerling"
    ]
    pins: dict[UUID, tuple[date, str]] = {item.id: (date(2027, 3, 3), "later") for item in items}

    clashes = found(tried(overrides=Overrides(pins=pins)), "legal")

    assert [len(c.items) for c in clashes] == [len(items)]


def test_someone_without_known_days_is_taken_as_always_there(tried: Try) -> None:
    people = tried().inputs.people
    members = tuple(replace(m, presence=Presence()) if m.id == identity("ib") else m for m in people.members)

    year = tried(people=replace(people, members=members))

    assert found(year, "absent") == []
