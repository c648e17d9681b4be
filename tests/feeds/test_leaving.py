"""Who works nowhere any more has no calendar; who leaves one of two schools loses what is of that school."""

from datetime import timedelta

from fastapi.testclient import TestClient
from sqlmodel import col, select

from models import Feed, FeedBytes, Membership
from models.database import reading, unit_of_work
from service.feeds.publish import publish_feeds
from tests.feeds.conftest import NOW, World


def leaves(world: World, name: str, brin: str = "") -> None:
    """Let yesterday be someone's last day, everywhere or at one school."""
    school = {"99WH": world.wilgenhof.school.id, "99HK": world.kompas.school.id}.get(brin)
    with unit_of_work(world.engine) as session:
        mine = select(Membership).where(Membership.person_id == world.wilgenhof.id(name))
        for row in session.exec(mine):
            if school in {None, row.school_id}:
                row.valid_until = (NOW - timedelta(days=1)).date()


def test_an_address_stops_by_itself_when_the_last_role_is_over(world: World, client: TestClient) -> None:
    token, other = world.subscribe("laila"), world.subscribe("joris")
    leaves(world, "laila")

    with unit_of_work(world.engine) as session:
        counts = publish_feeds(session, NOW)

    assert counts == {"changed": 0, "unchanged": 1}
    assert [client.get(f"/f/{t}.ics").status_code for t in (token, other)] == [404, 200]
    with reading(world.engine) as session:
        feed = session.exec(select(Feed).where(Feed.person_id == world.wilgenhof.id("laila"))).one()
        kept = session.exec(select(FeedBytes.person_id).where(col(FeedBytes.person_id).is_not(None))).all()
    assert feed.revoked_at == NOW
    assert kept == [world.wilgenhof.id("joris")]


def test_who_still_starts_next_week_keeps_the_address(world: World, client: TestClient) -> None:
    token = world.subscribe("laila")
    leaves(world, "laila")
    with unit_of_work(world.engine) as session:
        old = session.exec(
            select(Membership).where(Membership.person_id == world.wilgenhof.id("laila"))
        ).first()
        assert old
        row = Membership(
            school_id=old.school_id,
            person_id=old.person_id,
            role=old.role,
            valid_from=(NOW + timedelta(days=7)).date(),
        )
        session.add(row)
        session.flush()
        publish_feeds(session, NOW)

    assert client.get(f"/f/{token}.ics").status_code == 200


def test_of_a_school_that_was_left_nothing_stays(world: World, client: TestClient) -> None:
    token = world.subscribe("ineke")
    plain = {"Accept-Encoding": "identity"}
    before = client.get(f"/f/{token}.ics", headers=plain).content
    leaves(world, "ineke", "99HK")

    with unit_of_work(world.engine) as session:
        publish_feeds(session, NOW)

    after = client.get(f"/f/{token}.ics", headers=plain).content
    assert b"kompas.example" in before
    assert b"kompas.example" not in after
    assert b"wilgenhof.example" in after
