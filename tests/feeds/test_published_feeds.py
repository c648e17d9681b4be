import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import Session, col, select

from models import (
    CLOSED_STATES,
    Attendee,
    Case,
    CaseState,
    FeedBytes,
    Meeting,
    MeetingState,
    Person,
    Pupil,
    Task,
    TaskKind,
    TaskState,
)
from models.database import reading, unit_of_work
from service.feeds.publish import publish_feeds
from tests.cast import Cast
from tests.feeds.conftest import NOW, World

UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Events = Callable[[str], list[Any]]


@pytest.fixture
def events(world: World) -> Events:
    """Return what stands in someone's calendar, read by another program."""

    def of(name: str) -> list[Any]:
        calendar = Calendar.from_ical(body(world, name))
        found = calendar.walk("VEVENT")
        assert [part.errors for part in (calendar, *found) if part.errors] == []
        return found

    return of


def body(world: World, name: str) -> bytes:
    with reading(world.engine) as session:
        person = world.wilgenhof.people[name].id
        return session.exec(select(FeedBytes.body).where(FeedBytes.person_id == person)).one()


def publish(world: World, at: datetime = NOW) -> dict[str, int]:
    with unit_of_work(world.engine) as session:
        return publish_feeds(session, at)


def titles(found: list[Any]) -> list[str]:
    return [str(event["SUMMARY"]) for event in found]


def a_meeting(session: Session, world: World, name: str = "laila") -> Meeting:
    query = (
        select(Meeting)
        .join(Attendee, col(Attendee.meeting_id) == Meeting.id)
        .where(Attendee.person_id == world.wilgenhof.people[name].id, Meeting.starts_at > NOW)
    )
    meeting = session.exec(query.order_by(col(Meeting.starts_at))).first()
    assert meeting, "no meeting ahead"
    return meeting


def test_a_new_subscription_is_filled_at_once(world: World, events: Events) -> None:
    world.subscribe("laila")

    assert any("Groepsbespreking" in title for title in titles(events("laila")))


def test_a_calendar_holds_the_meetings_of_its_person_with_their_hours(world: World, events: Events) -> None:
    world.subscribe("laila")

    hours = {str(event["UID"]): event for event in events("laila") if "VALUE" not in event["DTSTART"].params}

    with reading(world.engine) as session:
        meeting = a_meeting(session, world)
        here = Attendee.person_id == world.wilgenhof.people["laila"].id
        mine = session.exec(select(Meeting.uid).join(Attendee).where(here)).all()
    event = hours[meeting.uid]
    assert set(hours) == set(mine)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (meeting.starts_at, meeting.ends_at)
    assert (str(event["SEQUENCE"]), str(event["STATUS"])) == (str(meeting.sequence), "CONFIRMED")
    assert "ATTENDEE" not in event


def test_an_ib_er_of_two_schools_has_both_in_one_calendar(world: World, events: Events) -> None:
    world.subscribe("ineke")

    organizers = {str(event["ORGANIZER"]) for event in events("ineke")}

    assert {"mailto:planning@wilgenhof.example", "mailto:planning@kompas.example"} <= organizers


def test_a_task_names_its_group_once(world: World, events: Events) -> None:
    world.subscribe("laila")

    of_the_school = [title for title in titles(events("laila")) if title.startswith("Bekijk welke kinderen")]

    assert set(of_the_school) == {"Bekijk welke kinderen opvallen – groep 5"}


def test_deadlines_are_whole_days_that_block_nobody(world: World, events: Events) -> None:
    world.subscribe("ineke")

    days = [event for event in events("ineke") if isinstance(event["DTSTART"].dt, date)]
    whole = [event for event in days if not isinstance(event["DTSTART"].dt, datetime)]

    assert whole
    assert {str(event["TRANSP"]) for event in whole} == {"TRANSPARENT"}


def test_the_laws_last_day_stands_beside_the_day_it_is_planned_on(world: World, events: Events) -> None:
    with unit_of_work(world.engine) as session:
        legal = select(Task).where(col(Task.latest_on).is_not(None), Task.kind == TaskKind.TASK)
        here = Task.school_id == world.wilgenhof.school.id
        task = session.exec(legal.where(here, col(Task.state).not_in(CLOSED_STATES))).first()
        assert task
        task.owner_id = world.wilgenhof.id("dirk")
        task.target_on, task.latest_on = date(2027, 3, 22), date(2027, 3, 24)
    world.subscribe("dirk")

    by_uid = {str(event["UID"]): event for event in events("dirk")}
    planned, last = (by_uid[f"{kind}-{task.id}@wilgenhof.example"] for kind in ("task", "latest"))

    assert (planned["DTSTART"].dt, last["DTSTART"].dt) == (date(2027, 3, 22), date(2027, 3, 24))
    assert str(last["SUMMARY"]) == f"Uiterlijk (wettelijk): {planned['SUMMARY']}"


def test_work_that_is_done_leaves_the_calendar(world: World, events: Events) -> None:
    world.subscribe("ineke")
    before = {str(event["UID"]) for event in events("ineke")}
    with unit_of_work(world.engine) as session:
        mine = Task.owner_id == world.wilgenhof.id("ineke")
        task = session.exec(select(Task).where(mine, Task.state == TaskState.RESERVED)).first()
        assert task
        task.state = TaskState.COMPLETED

    publish(world)

    gone = before - {str(event["UID"]) for event in events("ineke")}
    assert gone
    assert all(str(task.id) in uid for uid in gone)


def test_a_case_that_is_withdrawn_takes_its_days_along(world: World, events: Events) -> None:
    world.subscribe("ineke")
    with unit_of_work(world.engine) as session:
        for case in session.exec(select(Case)):
            case.state = CaseState.CANCELLED

    publish(world)

    assert [e for e in events("ineke") if not isinstance(e["DTSTART"].dt, datetime)] == []


def test_nothing_changed_means_the_same_bytes(world: World) -> None:
    world.subscribe("laila")
    world.subscribe("ineke")
    before = body(world, "ineke")

    counts = [publish(world, NOW + timedelta(minutes=n)) for n in (5, 10, 60)]

    assert counts == [{"changed": 0, "unchanged": 2}] * 3
    assert body(world, "ineke") == before


def test_a_meeting_that_moves_changes_only_the_calendars_it_is_in(world: World) -> None:
    world.subscribe("laila")
    world.subscribe("hanneke")
    with unit_of_work(world.engine) as session:
        meeting = a_meeting(session, world)
        meeting.starts_at += timedelta(days=1)
        meeting.ends_at += timedelta(days=1)
        meeting.sequence += 1
        meeting.modified_at = NOW

    assert publish(world) == {"changed": 1, "unchanged": 1}


def test_a_cancelled_meeting_shows_for_sixty_days_and_then_goes(world: World, events: Events) -> None:
    world.subscribe("laila")
    with unit_of_work(world.engine) as session:
        meeting = a_meeting(session, world)
        meeting.state, meeting.sequence, meeting.modified_at = (
            MeetingState.CANCELLED,
            meeting.sequence + 1,
            NOW,
        )

    publish(world, NOW + timedelta(days=60))
    shown = [str(e["STATUS"]) for e in events("laila") if str(e["UID"]) == meeting.uid]
    publish(world, NOW + timedelta(days=60, minutes=1))
    later = [e for e in events("laila") if str(e["UID"]) == meeting.uid]

    assert (shown, later) == (["CANCELLED"], [])


def test_who_is_taken_off_a_meeting_loses_it(world: World, events: Events) -> None:
    world.subscribe("laila")
    with unit_of_work(world.engine) as session:
        meeting = a_meeting(session, world)
        mine = select(Attendee).where(
            Attendee.meeting_id == meeting.id, Attendee.person_id == world.wilgenhof.id("laila")
        )
        session.exec(mine).one().removed = True

    publish(world)

    assert meeting.uid not in {str(event["UID"]) for event in events("laila")}


def test_a_proposal_stands_in_nobodys_calendar(world: World, events: Events) -> None:
    world.subscribe("laila")
    with unit_of_work(world.engine) as session:
        meeting = a_meeting(session, world)
        meeting.state = MeetingState.PROPOSED

    publish(world)

    assert meeting.uid not in {str(event["UID"]) for event in events("laila")}


def test_a_whole_school_year_stays_and_older_things_go(world: World, events: Events) -> None:
    world.subscribe("laila")
    with unit_of_work(world.engine) as session:
        meeting = a_meeting(session, world)
        meeting.starts_at = datetime(2026, 8, 31, 12, tzinfo=UTC)
        meeting.ends_at = meeting.starts_at + timedelta(hours=1)

    publish(world, datetime(2027, 7, 31, 9, tzinfo=UTC))
    at_the_end = {str(event["UID"]) for event in events("laila")}
    publish(world, datetime(2027, 10, 15, 9, tzinfo=UTC))
    next_year = {str(event["UID"]) for event in events("laila")}

    assert meeting.uid in at_the_end
    assert meeting.uid not in next_year


def test_no_pupils_name_stands_in_any_calendar(world: World) -> None:
    with unit_of_work(world.engine) as session:
        cast = Cast(session, world.wilgenhof.school, world.wilgenhof.people)
        for task in session.exec(select(Task).where(Task.school_id == cast.school.id)):
            task.owner_id = cast.id("ineke")
            task.note = "Quirijn Zeewuster sliep slecht"
    world.subscribe("ineke")

    lines = body(world, "ineke").replace(b"\r\n ", b"").decode().casefold()
    lines = UUIDS.sub("", lines)  # chance writes four digits of a pupil's key too

    with reading(world.engine) as session:
        pupils = session.exec(select(Pupil)).all()
        codes = session.exec(select(Case.code).where(col(Case.pupil_id).is_not(None))).all()
    words = {word.casefold() for p in pupils for word in (*p.name.split(), p.key)}
    assert {word for word in words if word in lines} == set()
    assert any(code.casefold() in lines for code in codes)
    assert "sliep slecht" not in lines


def test_who_has_left_gets_no_new_bytes(world: World) -> None:
    world.subscribe("laila")
    with unit_of_work(world.engine) as session:
        session.get_one(Person, world.wilgenhof.id("laila")).active = False

    assert publish(world) == {"changed": 0, "unchanged": 0}
