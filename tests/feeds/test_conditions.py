"""What programs that have our bytes ask: codings and conditions, as RFC 9110 has them."""

import gzip
from datetime import timedelta
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from models import Feed, FeedBytes, Meeting
from models.database import unit_of_work
from service.api.conditional import accepts_gzip
from service.feeds.publish import publish_feeds
from tests.feeds.conftest import NOW, World

PLAIN = {"Accept-Encoding": "identity"}
PACKED = {"Accept-Encoding": "gzip"}


@pytest.fixture
def address(world: World) -> str:
    return f"/f/{world.subscribe('laila')}.ics"


def raw(client: TestClient, address: str, headers: dict[str, str]) -> tuple[dict[str, str], bytes]:
    with client.stream("GET", address, headers=headers) as answer:
        return dict(answer.headers), b"".join(answer.iter_raw())


def test_a_packed_calendar_is_the_same_calendar_with_a_tag_of_its_own(
    client: TestClient, address: str
) -> None:
    plain, body = raw(client, address, PLAIN)
    packed, dense = raw(client, address, PACKED)

    assert gzip.decompress(dense) == body
    assert len(dense) * 5 < len(body)
    assert packed["content-encoding"] == "gzip"
    assert "content-encoding" not in plain
    assert plain["etag"] == f'"{sha256(body).hexdigest()}"'
    assert plain["etag"] != packed["etag"]
    assert not packed["etag"].startswith("W/")
    assert [plain["vary"], packed["vary"]] == ["Accept-Encoding"] * 2
    assert [int(h["content-length"]) for h in (plain, packed)] == [len(body), len(dense)]


@pytest.mark.parametrize("had", [PLAIN, PACKED], ids=["had plain", "had packed"])
@pytest.mark.parametrize("asks", [PLAIN, PACKED], ids=["asks plain", "asks packed"])
def test_who_has_either_form_gets_304_with_the_tag_of_what_it_has(
    client: TestClient, address: str, had: dict[str, str], asks: dict[str, str]
) -> None:
    etag = client.get(address, headers=had).headers["etag"]

    answer = client.get(address, headers={**asks, "If-None-Match": f'"else", {etag}'})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("seconds", "code"), [(-1, 200), (0, 304), (3600, 304)], ids=["before", "then", "after"]
)
def test_a_date_asks_whether_it_changed_since(
    client: TestClient, address: str, seconds: int, code: int
) -> None:
    since = (NOW + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")

    answer = client.get(address, headers={"If-Modified-Since": since})

    assert answer.status_code == code


@pytest.mark.parametrize(
    "since",
    ["", "gisteren", "Wed, 99 Foo 2026 08:00:00 GMT", "0", "Mon, 01 Jan 99999999999999 00:00:00 GMT"],
)
def test_a_date_that_is_none_asks_nothing(client: TestClient, address: str, since: str) -> None:
    assert client.get(address, headers={"If-Modified-Since": since}).status_code == 200


def test_a_tag_says_more_than_a_date(client: TestClient, address: str) -> None:
    later = "Wed, 25 Nov 2036 08:00:00 GMT"

    answer = client.get(address, headers={"If-None-Match": '"other"', "If-Modified-Since": later})

    assert answer.status_code == 200


@pytest.mark.parametrize("form", [PLAIN, PACKED], ids=["plain", "packed"])
def test_head_tells_of_each_form_what_get_tells(
    client: TestClient, address: str, form: dict[str, str]
) -> None:
    whole, told = client.get(address, headers=form), client.head(address, headers=form)

    assert (told.status_code, told.content) == (200, b"")
    assert dict(told.headers) == dict(whole.headers)


def test_two_changes_within_a_second_have_two_dates(world: World, client: TestClient, address: str) -> None:
    dates = [client.get(address).headers["last-modified"]]
    for room in ("Kamer 2", "Kamer 3"):
        with unit_of_work(world.engine) as session:
            for meeting in session.exec(select(Meeting)):
                meeting.location = room
            publish_feeds(session, NOW)
        dates.append(client.get(address).headers["last-modified"])

    assert len(set(dates)) == 3


def test_a_calendar_of_before_there_were_packed_ones_is_packed_all_the_same(
    world: World, client: TestClient, address: str
) -> None:
    with unit_of_work(world.engine) as session:
        session.exec(select(FeedBytes)).one().packed = b""

    _, dense = raw(client, address, PACKED)

    assert gzip.decompress(dense) == raw(client, address, PLAIN)[1]


def test_the_next_round_keeps_what_was_never_packed(world: World, address: str) -> None:
    assert address
    with unit_of_work(world.engine) as session:
        session.exec(select(FeedBytes)).one().packed = b""

    with unit_of_work(world.engine) as session:
        counts = publish_feeds(session, NOW)
        kept = session.exec(select(FeedBytes)).one()

    assert counts == {"changed": 0, "unchanged": 1}
    assert gzip.decompress(kept.packed) == kept.body


def test_a_withdrawal_elsewhere_counts_at_once(world: World, client: TestClient, address: str) -> None:
    codes = [client.get(address).status_code for _ in range(3)]
    with unit_of_work(world.engine) as session:  # as another process would
        session.exec(select(Feed)).one().revoked_at = NOW

    codes.append(client.get(address).status_code)

    assert codes == [200, 200, 200, 404]


def test_who_asks_too_often_is_told_to_wait_and_others_are_not(
    world: World, client: TestClient, address: str
) -> None:
    other = f"/f/{world.subscribe('joris')}.ics"

    codes = [client.get(address).status_code for _ in range(61)]
    late = client.get(address)

    assert codes[:60] == [200] * 60
    assert (late.status_code, late.content) == (429, b"")
    assert 1 <= int(late.headers["retry-after"]) <= 60
    assert client.get(other).status_code == 200


@pytest.mark.parametrize(
    ("asked", "packs"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP, deflate, br", True),
        ("x-gzip", True),
        ("br", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip; q=0.5, identity; q=0.9", False),
        ("identity;q=0.5, gzip;q=1.0", True),
        ("gzip;q=een", False),
        (",,;;", False),
    ],
)
def test_gzip_is_sent_to_who_asks_for_it(asked: str, packs: bool) -> None:
    assert accepts_gzip(asked) is packs
