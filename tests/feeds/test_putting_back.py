"""An address that was withdrawn by mistake is put back: the same one, for thirty days, by its owner."""

import logging
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, delete, select

from models import Feed, FeedBytes, Membership, Person, Role
from models.database import unit_of_work
from service.access.scope import NotFoundError
from service.feeds.tokens import (
    RESTORABLE,
    create_school_feed,
    restore_feed,
    revoke_feed,
    withdrawn_feeds,
    withdrawn_school_feeds,
)
from service.school.leave import deactivate_person
from tests.feeds.conftest import NOW, World

DAY = timedelta(days=1)


def withdrawn(world: World, name: str = "laila") -> tuple[str, Feed]:
    """Give someone an address and withdraw it; return its token and its row."""
    token = world.subscribe(name)
    with unit_of_work(world.engine) as session:
        [feed] = session.exec(select(Feed)).all()
        return token, revoke_feed(session, world.actor(name), feed.id, NOW)


def test_the_same_address_serves_the_year_again(
    world: World, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="service.feeds")
    token, feed = withdrawn(world)
    before = client.get(f"/f/{token}.ics").status_code

    with unit_of_work(world.engine) as session:
        session.execute(delete(FeedBytes))  # of who has no address, nothing is kept up to date
        restore_feed(session, world.actor("laila"), feed.id, NOW + DAY)

    after = client.get(f"/f/{token}.ics", headers={"Accept-Encoding": "identity"})
    assert (before, after.status_code) == (404, 200)
    assert b"BEGIN:VEVENT" in after.content
    who = world.wilgenhof.id("laila")
    assert [line for line in caplog.messages if "calendar address" in line] == [
        f"calendar address {feed.id} withdrawn by {who} at {NOW.isoformat()}",
        f"calendar address {feed.id} put back by {who} at {(NOW + DAY).isoformat()}",
    ]


def test_after_thirty_days_it_stays_withdrawn(world: World) -> None:
    _, feed = withdrawn(world)
    actor, last = world.actor("laila"), NOW + RESTORABLE - timedelta(seconds=1)

    with unit_of_work(world.engine) as session:
        assert [each.id for each in withdrawn_feeds(session, actor, last)] == [feed.id]
        assert withdrawn_feeds(session, actor, NOW + RESTORABLE) == []
        with pytest.raises(NotFoundError):
            restore_feed(session, actor, feed.id, NOW + RESTORABLE)
        assert restore_feed(session, actor, feed.id, last).revoked_at is None


def test_nobody_else_finds_it(world: World) -> None:
    _, feed = withdrawn(world)

    with unit_of_work(world.engine) as session:
        for name in ("ineke", "joris"):
            assert withdrawn_feeds(session, world.actor(name), NOW) == []
            with pytest.raises(NotFoundError):
                restore_feed(session, world.actor(name), feed.id, NOW)


@pytest.mark.parametrize("how", ["withdrawn before", "withdrawn by leaving"])
def test_who_left_and_came_back_makes_a_new_one(world: World, how: str) -> None:
    if how == "withdrawn before":
        withdrawn(world)
    else:
        world.subscribe("laila")
    actor, back = world.actor("laila"), NOW + 5 * DAY
    with unit_of_work(world.engine) as session:
        deactivate_person(session, world.wilgenhof.school.id, actor.person_id, actor_id=None, at=NOW + DAY)
        session.get_one(Person, actor.person_id).active = True
        begin(session, world, back)

        [feed] = session.exec(select(Feed)).all()
        assert feed.revoked_at
        assert withdrawn_feeds(session, actor, back) == []
        with pytest.raises(NotFoundError):
            restore_feed(session, actor, feed.id, back)


def begin(session: Session, world: World, at: datetime) -> None:
    """Let Laila work at the school again from a day on."""
    laila, school = world.wilgenhof.id("laila"), world.wilgenhof.school.id
    row = Membership(school_id=school, person_id=laila, role=Role.TEACHER, valid_from=at.date())
    session.add(row)
    session.flush()


def test_an_address_of_the_school_is_put_back_by_who_keeps_it(world: World, client: TestClient) -> None:
    dirk, laila = world.actor("dirk"), world.actor("laila")
    with unit_of_work(world.engine) as session:
        token = create_school_feed(session, dirk, "Website", NOW)
        [feed] = session.exec(select(Feed)).all()
        revoke_feed(session, dirk, feed.id, NOW)
    with unit_of_work(world.engine) as session:
        with pytest.raises(NotFoundError):
            withdrawn_school_feeds(session, laila, NOW + DAY)
        with pytest.raises(NotFoundError):
            restore_feed(session, laila, feed.id, NOW + DAY)

    with unit_of_work(world.engine) as session:
        assert [each.id for each in withdrawn_school_feeds(session, dirk, NOW + DAY)] == [feed.id]
        restore_feed(session, dirk, feed.id, NOW + DAY)

    assert client.get(f"/f/{token}.ics").status_code == 200
