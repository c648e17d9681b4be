"""A calendar server that is in trouble, or means harm: it delays nobody, and reaches nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlmodel import select

from models import CaldavTarget
from models.database import reading, unit_of_work
from service.feeds.caldav_door import WORDS, Account, CaldavDoor
from service.feeds.push import push_calendars
from service.feeds.targets import keep_target
from service.notices.vault import Vault
from tests.feeds.conftest import NOW, World
from tests.feeds.dav_server import DavServer, dav_server

TRIAL = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
DOOR = CaldavDoor(allow_private=True, patience=20)


@pytest.fixture
def server() -> Iterator[DavServer]:
    with dav_server() as server:
        yield server


@pytest.mark.parametrize(
    ("trouble", "word"),
    [(401, "refused"), (403, "denied"), (404, "nothing"), (429, "busy"), (500, "broken")],
)
def test_every_trouble_has_words(server: DavServer, trouble: int, word: str) -> None:
    server.trouble = trouble

    outcome = DOOR.attempt(Account(server.address, "laila", "geheim"), TRIAL)

    assert outcome.trouble == word
    assert outcome.problem == WORDS[word]


def test_a_redirect_is_not_followed(server: DavServer) -> None:
    with dav_server() as inside:
        server.trouble, server.elsewhere = 301, inside.address

        outcome = DOOR.attempt(Account(server.address, "laila", "geheim"), TRIAL)

        assert inside.asked == []
    assert outcome.problem


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"])
def test_outside_a_demo_nothing_inside_the_building_is_reached(server: DavServer, host: str) -> None:
    port = server.address.split(":")[2].partition("/")[0]

    outcome = CaldavDoor(patience=20).attempt(Account(f"https://{host}:{port}/", "l", "g"), TRIAL)

    assert outcome.trouble == "private"
    assert server.asked == []


def test_outside_a_demo_a_password_never_travels_in_the_clear(server: DavServer) -> None:
    outcome = CaldavDoor(patience=20).attempt(Account(server.address, "l", "g"), TRIAL)

    assert outcome.trouble == "insecure"
    assert server.asked == []


@pytest.mark.acceptance
def test_a_server_that_hangs_is_left_and_the_others_have_their_turn(
    world: World, server: DavServer, tmp_path: Path
) -> None:
    vault = Vault(tmp_path)
    server.trouble = "hangs"
    with dav_server() as good:
        for name, at in (("laila", server), ("hanneke", server), ("joris", good)):
            actor = world.actor(name)
            with unit_of_work(world.engine) as session:
                account = Account(at.address, name, "geheim", at.address)
                keep_target(session, vault, actor, name, account, NOW)
        began = monotonic()

        counts = push_calendars(world.engine, CaldavDoor(allow_private=True, patience=4), vault, NOW)

        taken = monotonic() - began
    assert counts["pushed"] == len(good.entries) > 0
    assert taken < 15
    with reading(world.engine) as session:
        errors = {t.name: t.error for t in session.exec(select(CaldavTarget))}
    assert errors == {"laila": WORDS["slow"], "hanneke": WORDS["slow"], "joris": None}


def test_one_broken_calendar_does_not_stop_the_others_on_its_server_for_ever(
    world: World, server: DavServer, tmp_path: Path
) -> None:
    vault = Vault(tmp_path)
    for name, place in (("laila", "kapot/"), ("hanneke", ""), ("joris", "")):
        actor = world.actor(name)
        with unit_of_work(world.engine) as session:
            account = Account(server.address + place, name, "geheim", server.address + place)
            keep_target(session, vault, actor, name, account, NOW)

    for turn in range(3):
        push_calendars(world.engine, DOOR, vault, NOW + turn * timedelta(minutes=15))

    with reading(world.engine) as session:
        errors = {t.name: t.error for t in session.exec(select(CaldavTarget))}
    assert errors == {"laila": WORDS["broken"], "hanneke": None, "joris": None}
