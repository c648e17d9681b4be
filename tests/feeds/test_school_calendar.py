"""The year's dates that everyone of a school may know."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar
from sqlmodel import Session, col, select

from models import (
    Case,
    CaseState,
    Closure,
    Feed,
    FeedBytes,
    Group,
    Meeting,
    Person,
    Pupil,
    School,
    Task,
    TaskKind,
    TaskState,
)
from models.database import reading, unit_of_work
from service.access.scope import NotFoundError
from service.feeds.public import public_entries
from service.feeds.publish import publish_feeds, publish_school
from service.feeds.tokens import create_school_feed, revoke_feed, school_feeds
from tests.feeds.conftest import NOW, World

TODAY = date(2026, 11, 25)


def subscribe(world: World, name: str = "dirk") -> str:
    actor = world.actor(name)
    with unit_of_work(world.engine) as session:
        return create_school_feed(session, actor, "Website", NOW)


def events(world: World) -> dict[str, Any]:
    with reading(world.engine) as session:
        here = FeedBytes.school_id == world.wilgenhof.school.id
        body = session.exec(select(FeedBytes.body).where(here)).one()
    calendar = Calendar.from_ical(body)
    found = calendar.walk("VEVENT")
    assert [part.errors for part in (calendar, *found) if part.errors] == []
    return {str(event["SUMMARY"]): event for event in reversed(found)}  # of two of one name the first


def close(session: Session, world: World, name: str, day: date, *, groups: tuple[str, ...] = ()) -> None:
    school_id = world.wilgenhof.school.id
    session.add(Closure(school_id=school_id, name=name, first_day=day, last_day=day, groups=list(groups)))


def test_it_holds_days_off_test_windows_and_rounds_as_whole_days(world: World) -> None:
    with unit_of_work(world.engine) as session:
        close(session, world, "Studiedag", date(2027, 3, 11))
    subscribe(world)

    found = events(world)

    assert found["Kerstvakantie"]["DTSTART"].dt == date(2026, 12, 19)
    assert found["Kerstvakantie"]["DTEND"].dt == date(2027, 1, 4)
    assert found["Studiedag"]["DTSTART"].dt == date(2027, 3, 11)
    assert found["Toetskalender: Middentoetsen"]["DTSTART"].dt == date(2027, 1, 11)
    assert found["Doorstroomtoets"]["DTSTART"].dt == date(2027, 2, 1)
    assert "Groepsbespreking: Bespreking na de middentoetsen" in found
    assert not [e for e in found.values() if isinstance(e["DTSTART"].dt, datetime)]
    assert {str(e["TRANSP"]) for e in found.values()} == {"TRANSPARENT"}


def test_it_holds_no_pupil_no_person_no_group_that_is_discussed_and_no_link(world: World) -> None:
    subscribe(world)

    with reading(world.engine) as session:
        here = FeedBytes.school_id == world.wilgenhof.school.id
        body = session.exec(select(FeedBytes.body).where(here)).one()
        said = body.replace(b"\r\n ", b"").decode().casefold()
        names = [
            *(row.name for row in session.exec(select(Pupil))),
            *(row.name for row in session.exec(select(Person))),
        ]
        words = {word.casefold() for name in names for word in name.split()}
        codes = {code.casefold() for code in session.exec(select(Case.code))}
        uids = set(session.exec(select(Meeting.uid)))

    assert {w for w in words if re.search(rf"\b{re.escape(w)}\b", said)} == set()
    assert {code for code in codes if code in said} == set()
    assert not [uid for uid in uids if uid in said]
    assert "http" not in said
    assert "groep 5" not in said


def test_work_about_one_pupil_is_never_in_it(world: World) -> None:
    with unit_of_work(world.engine) as session:
        here = Case.school_id == world.wilgenhof.school.id
        pupil = session.exec(select(Pupil).where(Pupil.school_id == world.wilgenhof.school.id)).first()
        assert pupil
        case = session.exec(select(Case).where(here, Case.procedure == "test-calendar")).first()
        assert case
        case.title, case.pupil_id = "Toetskalender: Alleen voor hem", pupil.id
        for task in session.exec(select(Task).where(Task.case_id == case.id)):
            task.kind, task.target_on = TaskKind.WINDOW, TODAY
    subscribe(world)

    assert not [title for title in events(world) if "Alleen voor hem" in title]


@pytest.mark.parametrize("gone", ["case", "tasks"])
def test_a_round_that_is_off_leaves_it(world: World, gone: str) -> None:
    with unit_of_work(world.engine) as session:
        here = Case.school_id == world.wilgenhof.school.id
        for case in session.exec(select(Case).where(here, Case.occurrence == "M")):
            if gone == "case":
                case.state = CaseState.CANCELLED
            for task in session.exec(select(Task).where(Task.case_id == case.id)):
                task.state = TaskState.CANCELLED if gone == "tasks" else task.state
    subscribe(world)

    found = events(world)

    assert "Toetskalender: Middentoetsen" not in found
    assert "Toetskalender: Eindtoetsen" in found


def test_a_day_off_for_some_groups_says_which(world: World) -> None:
    with unit_of_work(world.engine) as session:
        close(session, world, "Schoolreis", date(2027, 5, 20), groups=("8", "5"))
        close(session, world, "Vrij voor groep 8", date(2027, 5, 21), groups=("8",))
    subscribe(world)

    assert {"Schoolreis (groep 5, 8)", "Vrij voor groep 8"} <= set(events(world))


def test_it_is_of_one_school_alone(world: World) -> None:
    with unit_of_work(world.engine) as session:
        session.add(
            Closure(
                school_id=world.kompas.school.id, name="Feest", first_day=TODAY, last_day=TODAY, groups=[]
            )
        )
    subscribe(world)

    assert "Feest" not in events(world)


def test_other_days_are_another_entry_and_the_same_days_the_same_bytes(world: World) -> None:
    with unit_of_work(world.engine) as session:
        close(session, world, "Studiedag", date(2027, 3, 11))
    subscribe(world)
    before = str(events(world)["Studiedag"]["UID"])
    with unit_of_work(world.engine) as session:
        same = publish_feeds(session, NOW + timedelta(hours=1))
        closure = session.exec(select(Closure).where(Closure.name == "Studiedag")).one()
        closure.first_day = closure.last_day = date(2027, 3, 12)
        changed = publish_feeds(session, NOW + timedelta(hours=2))

    assert [same, changed] == [{"changed": 0, "unchanged": 1}, {"changed": 1, "unchanged": 0}]
    assert str(events(world)["Studiedag"]["UID"]) != before


@pytest.mark.parametrize("day", [date(2026, 8, 1), date(2026, 9, 30), TODAY, date(2027, 7, 31)])
def test_a_whole_school_year_stands_in_it_on_every_day_of_it(world: World, day: date) -> None:
    with reading(world.engine) as session:
        school = session.get_one(School, world.wilgenhof.school.id)
        entries = public_entries(session, school, day)

    starts = [entry.first_day for entry in entries if entry.title == "Herfstvakantie"]
    assert date(2026, 10, 17) in starts
    assert min(entry.last_day for entry in entries) >= min(date(2026, 8, 1), day - timedelta(days=60))
    assert max(entry.first_day for entry in entries) < date(2028, 8, 1)
    assert all(entry.modified_at < datetime(2028, 1, 1, tzinfo=UTC) for entry in entries)


@pytest.mark.parametrize("name", ["ineke", "dirk", "amira"])
def test_managers_and_administrators_make_and_withdraw_an_address(
    world: World, client: TestClient, name: str
) -> None:
    token = subscribe(world, name)
    codes = [client.get(f"/f/{token}.ics").status_code]
    actor = world.actor("amira")
    with unit_of_work(world.engine) as session:
        (feed,) = school_feeds(session, actor)
        revoke_feed(session, actor, feed.id, NOW)

    codes.append(client.get(f"/f/{token}.ics").status_code)

    assert codes == [200, 404]


@pytest.mark.parametrize("name", ["laila", "ilse", "bram", "ans"])
def test_others_make_read_and_withdraw_none(world: World, name: str) -> None:
    subscribe(world)
    actor = world.actor(name)
    with reading(world.engine) as session:
        feed = session.exec(select(Feed)).one()

    for verb in (
        lambda session: create_school_feed(session, actor, "x", NOW),
        lambda session: school_feeds(session, actor),
        lambda session: revoke_feed(session, actor, feed.id, NOW),
    ):
        with pytest.raises(NotFoundError), unit_of_work(world.engine) as session:
            verb(session)


def test_a_director_of_another_school_withdraws_none_of_ours(world: World) -> None:
    subscribe(world)
    with unit_of_work(world.engine) as session:
        feed = session.exec(select(Feed)).one()
        feed.school_id = world.kompas.school.id
    dirk = world.actor("dirk")

    with pytest.raises(NotFoundError), unit_of_work(world.engine) as session:
        revoke_feed(session, dirk, feed.id, NOW)


def test_a_school_without_any_year_has_its_days_off_all_the_same(world: World) -> None:
    with unit_of_work(world.engine) as session:
        school = School(
            id=uuid4(),
            brin="99XX",
            dependance="01",
            name="De Nieuwe",
            region="noord",
            mailbox="x@nieuw.example",
        )
        session.add(school)
        session.flush()
        publish_school(session, school, NOW)
        body = session.exec(select(FeedBytes.body).where(FeedBytes.school_id == school.id)).one()

    assert b"Kerstvakantie" in body


def test_groups_are_named_only_when_a_day_off_is_theirs(world: World) -> None:
    subscribe(world)

    with reading(world.engine) as session:
        names = session.exec(select(Group.name).where(col(Group.name).is_not(None))).all()

    assert not [title for title in events(world) for name in names if f"groep {name})" in title]
