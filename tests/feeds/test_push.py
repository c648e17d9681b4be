"""Calendars on a server of the school's own: what is written there, and what is taken away."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlmodel import Session, col, select

from models import Attendee, CaldavTarget, Meeting, MeetingState, Membership
from models.database import reading, unit_of_work
from service.access.scope import NotFoundError
from service.feeds.caldav_door import WORDS, Account, CaldavDoor
from service.feeds.push import push_calendars
from service.feeds.targets import (
    MOST,
    TargetError,
    checked,
    find_target,
    keep_target,
    tried,
    unsealed,
    withdraw_target,
    write_all_again,
)
from service.notices.vault import Vault
from tests.feeds.conftest import NOW, World
from tests.feeds.dav_server import DavServer, dav_server

DOOR = CaldavDoor(allow_private=True, patience=20)


@pytest.fixture
def server() -> Iterator[DavServer]:
    with dav_server() as server:
        yield server


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path)


def add(world: World, vault: Vault, server: DavServer, name: str = "laila") -> CaldavTarget:
    actor = world.actor(name)
    account = Account(server.address, name, "app-geheim", server.address)
    with unit_of_work(world.engine) as session:
        return keep_target(session, vault, actor, "Cloud", account, NOW)


def target(world: World) -> CaldavTarget:
    with reading(world.engine) as session:
        return session.exec(select(CaldavTarget)).one()


def a_meeting(session: Session, world: World, name: str = "laila") -> Meeting:
    here = Attendee.person_id == world.wilgenhof.people[name].id
    query = select(Meeting).join(Attendee, col(Attendee.meeting_id) == Meeting.id)
    found = session.exec(query.where(here, Meeting.starts_at > NOW).order_by(col(Meeting.starts_at))).first()
    assert found
    return found


def test_only_what_changed_is_written_and_what_vanished_is_taken_away(
    world: World, vault: Vault, server: DavServer
) -> None:
    add(world, vault, server)
    first = push_calendars(world.engine, DOOR, vault, NOW)
    before = dict(server.entries)
    server.asked.clear()

    again = push_calendars(world.engine, DOOR, vault, NOW + timedelta(minutes=15))
    quiet = list(server.asked)
    with unit_of_work(world.engine) as session:
        moved = a_meeting(session, world)
        moved.location, moved.modified_at, moved.sequence = "Kamer 9", NOW, moved.sequence + 1
        gone = [m for m in session.exec(select(Meeting)) if m.starts_at > NOW and m.id != moved.id]
        for meeting in gone:
            meeting.state = MeetingState.PROPOSED
    third = push_calendars(world.engine, DOOR, vault, NOW + timedelta(minutes=30))

    assert first == {"pushed": len(before), "taken_away": 0, "failed": 0}
    assert (again, quiet) == ({"pushed": 0, "taken_away": 0, "failed": 0}, [])
    changed = [name for name, body in server.entries.items() if body != before.get(name)]
    vanished = set(before) - set(server.entries)
    assert vanished
    assert third["taken_away"] == len(vanished)
    assert third["pushed"] == len(changed)
    assert any(b"Kamer 9" in server.entries[name] for name in changed)
    assert len(target(world).known) == len(server.entries)


def test_what_stands_there_is_a_calendar_object_and_no_message(
    world: World, vault: Vault, server: DavServer
) -> None:
    add(world, vault, server)
    push_calendars(world.engine, DOOR, vault, NOW)

    bodies = list(server.entries.values())

    assert bodies
    assert not [b for b in bodies if b"METHOD" in b or b"ORGANIZER" in b or b"ATTENDEE" in b]
    assert {len(Calendar.from_ical(body).walk("VEVENT")) for body in bodies} == {1}
    assert all(b"\r\nSEQUENCE:" in body and b"\r\nLAST-MODIFIED:" in body for body in bodies)


def test_the_address_and_the_password_are_sealed(world: World, vault: Vault, server: DavServer) -> None:
    kept = add(world, vault, server)

    account = unsealed(vault, kept)

    assert (account.user, account.password) == ("laila", "app-geheim")
    assert not [part for part in ("app-geheim", "127.0.0.1", "laila") if part in kept.secret]


@pytest.mark.parametrize("how", ["withdrawn", "left"])
def test_our_entries_go_when_it_is_withdrawn_or_its_person_left(
    world: World, vault: Vault, server: DavServer, how: str
) -> None:
    kept = add(world, vault, server)
    push_calendars(world.engine, DOOR, vault, NOW)
    server.entries["eigen.ics"] = b"BEGIN:VCALENDAR"
    with unit_of_work(world.engine) as session:
        if how == "withdrawn":
            withdraw_target(session, session.get_one(CaldavTarget, kept.id))
        else:
            mine = Membership.person_id == world.wilgenhof.id("laila")
            for row in session.exec(select(Membership).where(mine)):
                row.valid_until = (NOW - timedelta(days=1)).date()

    push_calendars(world.engine, DOOR, vault, NOW + timedelta(minutes=15))

    with reading(world.engine) as session:
        assert session.exec(select(CaldavTarget)).all() == []
    assert list(server.entries) == ["eigen.ics"]


def test_one_that_never_wrote_is_forgotten_at_once(world: World, vault: Vault, server: DavServer) -> None:
    kept = add(world, vault, server)

    with unit_of_work(world.engine) as session:
        withdraw_target(session, session.get_one(CaldavTarget, kept.id))

    with reading(world.engine) as session:
        assert session.exec(select(CaldavTarget)).all() == []


def test_trying_again_writes_everything_anew(world: World, vault: Vault, server: DavServer) -> None:
    kept = add(world, vault, server)
    push_calendars(world.engine, DOOR, vault, NOW)
    before = dict(server.entries)
    server.entries.clear()  # somebody threw them away
    with unit_of_work(world.engine) as session:
        write_all_again(session, session.get_one(CaldavTarget, kept.id), server.address, vault)

    push_calendars(world.engine, DOOR, vault, NOW + timedelta(minutes=15))

    assert server.entries == before


def test_what_was_written_before_the_server_was_full_is_not_written_again(
    world: World, vault: Vault, server: DavServer
) -> None:
    add(world, vault, server)
    server.full_after = 2
    push_calendars(world.engine, DOOR, vault, NOW)
    halfway = target(world)
    server.full_after = 10_000
    server.asked.clear()

    push_calendars(world.engine, DOOR, vault, NOW + timedelta(minutes=15))

    written = [line for line in server.asked if line.startswith("PUT")]
    assert len(halfway.known) == 2
    assert halfway.error == WORDS["full"]
    assert len(written) == len(server.entries) - 2
    assert target(world).error is None


def test_a_colleague_does_not_find_it(world: World, vault: Vault, server: DavServer) -> None:
    kept, joris = add(world, vault, server), world.actor("joris")

    with pytest.raises(NotFoundError), reading(world.engine) as session:
        find_target(session, joris, kept.id)


def test_three_calendars_is_enough(world: World, vault: Vault, server: DavServer) -> None:
    for _ in range(MOST):
        add(world, vault, server)

    with pytest.raises(TargetError):
        add(world, vault, server)


@pytest.mark.parametrize(
    ("url", "user", "password", "said"),
    [
        ("", "u", "p", "begint met https"),
        ("ftp://cloud.example/", "u", "p", "begint met https"),
        ("https:///dav", "u", "p", "begint met https"),
        ("https://[::1", "u", "p", "begint met https"),
        ("https://cloud.example:99999/", "u", "p", "begint met https"),
        ("https://cloud.example/a b", "u", "p", "begint met https"),
        ("http://cloud.example/", "u", "p", "niet versleuteld"),
        ("https://u:p@cloud.example/", "u", "p", "eigen vak"),
        ("https://cloud.example/?x=1", "u", "p", "eigen vak"),
        ("https://cloud.example/", " ", "p", "naam en het wachtwoord"),
        ("https://cloud.example/", "u", "", "naam en het wachtwoord"),
    ],
)
def test_what_can_not_be_an_account_is_refused(url: str, user: str, password: str, said: str) -> None:
    with pytest.raises(TargetError, match=said):
        checked(url, user, password)


def test_a_trial_leaves_nothing_behind(server: DavServer) -> None:
    found = tried(DOOR, checked(server.address.rstrip("/"), "laila", "geheim", plain=True))

    assert found.calendar == server.address
    assert server.entries == {}
    assert [line.partition(" ")[0] for line in server.asked] == ["PROPFIND", "PUT", "DELETE"]
