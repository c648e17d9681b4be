"""A subscription and a calendar on a server live alike on SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from models import CaldavTarget, Closure, Feed, Person
from models.database import reading, unit_of_work
from service.api.feeds import FeedDoor
from service.feeds.caldav_door import Account, CaldavDoor
from service.feeds.publish import publish_feeds
from service.feeds.push import push_calendars
from service.feeds.targets import keep_target
from service.feeds.tokens import create_school_feed, revoke_feed
from service.notices.vault import Vault
from tests.cast import Cast, moment, read_cast
from tests.feeds.dav_server import dav_server

NOW = moment("2026-11-25")


@pytest.fixture
def client(opened: Engine) -> Iterator[TestClient]:
    app = FastAPI()
    app.add_middleware(FeedDoor, engine=opened)
    with TestClient(app) as client:
        yield client


def cast(opened: Engine) -> Cast:
    with reading(opened) as session:
        return read_cast(session, "99WH")


def test_a_subscription_is_made_changed_noted_and_withdrawn(opened: Engine, client: TestClient) -> None:
    here = cast(opened)
    with unit_of_work(opened) as session:
        dirk = Cast(session, here.school, here.people).actor("dirk", NOW)
        token = create_school_feed(session, dirk, "Website", NOW)
    first = client.get(f"/f/{token}.ics")
    known = {"If-None-Match": first.headers["etag"]}
    codes = [first.status_code, client.get(f"/f/{token}.ics", headers=known).status_code]

    with unit_of_work(opened) as session:
        day = NOW.date()
        session.add(Closure(school_id=here.school.id, name="IJsvrij", first_day=day, last_day=day))
        session.flush()
        counts = publish_feeds(session, NOW + timedelta(minutes=5))
    codes.append(client.get(f"/f/{token}.ics", headers=known).status_code)
    with unit_of_work(opened) as session:
        feed = session.exec(select(Feed)).one()
        revoke_feed(session, dirk, feed.id, NOW)
    codes.append(client.get(f"/f/{token}.ics").status_code)

    assert codes == [200, 304, 200, 404]
    assert counts == {"changed": 1, "unchanged": 0}
    assert feed.fetched_at is not None


def test_a_calendar_is_written_to_a_server_once(opened: Engine, tmp_path: Path) -> None:
    here, vault, door = cast(opened), Vault(tmp_path), CaldavDoor(allow_private=True)
    with dav_server() as server:
        with unit_of_work(opened) as session:
            laila = Cast(session, here.school, here.people).actor("laila", NOW)
            account = Account(server.address, "laila", "geheim", server.address)
            keep_target(session, vault, laila, "Cloud", account, NOW)
        counts = [push_calendars(opened, door, vault, NOW + timedelta(minutes=n)) for n in (0, 15)]
        with reading(opened) as session:
            kept = session.exec(select(CaldavTarget)).one()
            assert session.get_one(Person, kept.person_id).name == "Laila Tahiri"

        assert [count["pushed"] for count in counts] == [len(server.entries), 0]
        assert len(kept.known) == len(server.entries) > 0
