import logging
from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlmodel import select

from models import Feed, Meeting, Person
from models.database import reading, unit_of_work
from service.access.scope import NotFoundError
from service.feeds.publish import publish_feeds
from service.feeds.tokens import create_feed, feeds_of, revoke_feed
from tests.feeds.conftest import NOW, World

PLAIN = {"Accept-Encoding": "identity"}


def the_feed(world: World) -> Feed:
    with reading(world.engine) as session:
        return session.exec(select(Feed)).one()


def test_a_subscription_is_served_as_a_calendar(world: World, client: TestClient) -> None:
    token = world.subscribe("laila")

    answer = client.get(f"/f/{token}.ics", headers=PLAIN)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert answer.headers["etag"] == f'"{sha256(answer.content).hexdigest()}"'
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["last-modified"] == "Wed, 25 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize("known", ['"{etag}"', 'W/"{etag}"', '"other", "{etag}"', "*"])
def test_who_has_it_already_gets_304(world: World, client: TestClient, known: str) -> None:
    token = world.subscribe("laila")
    etag = client.get(f"/f/{token}.ics").headers["etag"].strip('"')

    answer = client.get(f"/f/{token}.ics", headers={"If-None-Match": known.format(etag=etag)})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == f'"{etag}"'


def test_a_change_gives_new_bytes_to_who_asks_for_a_change(world: World, client: TestClient) -> None:
    token = world.subscribe("laila")
    etag = client.get(f"/f/{token}.ics").headers["etag"]
    with unit_of_work(world.engine) as session:
        for meeting in session.exec(select(Meeting)):
            meeting.location, meeting.modified_at = "Kamer 2", NOW
        publish_feeds(session, NOW)

    answer = client.get(f"/f/{token}.ics", headers={"If-None-Match": etag})

    assert answer.status_code == 200
    assert answer.headers["etag"] != etag
    assert b"Kamer 2" in answer.content


def test_head_tells_the_same_without_the_bytes(world: World, client: TestClient) -> None:
    token = world.subscribe("laila")
    whole = client.get(f"/f/{token}.ics")

    answer = client.head(f"/f/{token}.ics")

    assert (answer.status_code, answer.content) == (200, b"")
    assert dict(answer.headers) == dict(whole.headers)


def test_a_withdrawn_address_and_an_unknown_one_answer_alike(world: World, client: TestClient) -> None:
    token = world.subscribe("laila")
    laila = world.actor("laila")
    with unit_of_work(world.engine) as session:
        (feed,) = feeds_of(session, laila)
        revoke_feed(session, laila, feed.id, NOW)

    withdrawn, unknown = client.get(f"/f/{token}.ics"), client.get("/f/onbekend.ics")

    assert (withdrawn.status_code, withdrawn.content) == (unknown.status_code, unknown.content) == (404, b"")
    assert dict(withdrawn.headers) == dict(unknown.headers)


def test_who_has_left_is_served_nothing(world: World, client: TestClient) -> None:
    token = world.subscribe("laila")
    with unit_of_work(world.engine) as session:
        session.get_one(Person, world.wilgenhof.id("laila")).active = False

    assert client.get(f"/f/{token}.ics").status_code == 404


def test_nobody_withdraws_the_address_of_another(world: World, client: TestClient) -> None:
    token = world.subscribe("laila")

    joris, feed = world.actor("joris"), the_feed(world)

    with pytest.raises(NotFoundError), unit_of_work(world.engine) as session:
        revoke_feed(session, joris, feed.id, NOW)

    assert client.get(f"/f/{token}.ics").status_code == 200


def test_only_the_digest_of_a_token_is_kept(world: World) -> None:
    token = world.subscribe("laila")

    kept = the_feed(world)

    assert len(token) >= 43
    assert kept.token_hash == sha256(token.encode()).hexdigest()
    assert token not in str(kept)


def test_a_name_for_a_device_is_kept_short_and_on_one_line(world: World) -> None:
    laila = world.actor("laila")
    with unit_of_work(world.engine) as session:
        create_feed(session, laila, "  Mijn\n telefoon " + "x" * 100, NOW)

    assert the_feed(world).name.startswith("Mijn telefoon xxx")
    assert len(the_feed(world).name) == 60


def test_a_fetch_is_noted_at_most_once_per_five_minutes(world: World, client: TestClient) -> None:
    token = world.subscribe("laila")
    noted = []
    for minutes, program in (
        (0, "Google-Calendar-Importer"),
        (4, "curl"),
        (6, "Thunder\x00bird" + "x" * 500),
    ):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            client.get(f"/f/{token}.ics", headers={"User-Agent": program.replace("\x00", "")})
        feed = the_feed(world)
        noted.append((feed.fetched_at, (feed.fetched_by or "")[:11]))

    assert noted == [
        (NOW, "Google-Cale"),
        (NOW, "Google-Cale"),
        (NOW + timedelta(minutes=6), "Thunderbird"),
    ]
    assert len(the_feed(world).fetched_by or "") == 120


def test_a_token_stays_out_of_the_web_servers_log() -> None:
    log = logging.getLogger("uvicorn.access")
    arguments = ("127.0.0.1:1", "GET", "/f/geheim-token.ics?x=1", "1.1", 200)
    written = []
    for message, values in (('%s - "%s %s HTTP/%s" %d', arguments), ("GET /f/geheim-token.ics 200", ())):
        record = log.makeRecord(log.name, logging.INFO, "", 0, message, values, None)
        kept = log.filter(record)
        written.append(record.getMessage() if kept else None)

    assert written == ['127.0.0.1:1 - "GET /f/…?x=1 HTTP/1.1" 200', "GET /f/… 200"]
