"""The pages about calendar addresses: one's own, the school's, and a server of the school's own."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree.ElementTree import fromstring

import pytest
import segno
from sqlmodel import select

from models import CaldavTarget, Feed, FeedBytes
from models.database import reading, unit_of_work
from service.feeds.read import program_name
from service.settings import settings
from tests.feeds.dav_server import DavServer, dav_server
from tests.web_admin.conftest import NOW, House

SCHOOL = "/beheer/school/jaaragenda"
_QR = re.compile(r'<img src="(data:image/svg\+xml[^"]+)"')


@pytest.fixture
def server() -> Iterator[DavServer]:
    with dav_server() as server:
        yield server


@pytest.fixture
def demo(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house as a demo, which may reach this machine."""
    monkeypatch.setenv("JAARRITME_DEMO", "1")
    settings.cache_clear()
    return house


def drawn(source: str) -> set[tuple[int, int]]:
    """Return the dark squares of a QR code, read from its picture as a browser would draw it."""
    picture = fromstring(unquote(source).partition(",")[2])  # noqa: S314 -- drawn by ourselves
    [path] = [e.attrib["d"] for e in picture.iter() if e.attrib.get("stroke") == "#000"]
    x = y = 0.0
    dark = set()
    for command, numbers in re.findall(r"([Mmhv])([-\d. ]*)", path):
        values = [float(n) for n in numbers.replace("-", " -").split()]
        if command == "h":
            dark |= {(int(x) + n, int(y)) for n in range(int(values[0]))}
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return dark


def test_the_picture_says_the_address_as_phones_open_it(house: House) -> None:
    page = house.client("teacher").post("/mijn/agenda", data={"name": "telefoon"})

    [address] = re.findall(r'value="(http[^"]+\.ics)"', page.text)
    [source] = _QR.findall(page.text)

    code = segno.make(address.replace("http", "webcal", 1), micro=False, error="m")
    rows = enumerate(code.matrix_iter(border=4))
    assert drawn(source) == {(x, y) for y, row in rows for x, dark in enumerate(row) if dark}


def test_the_links_lead_to_the_same_address(house: House) -> None:
    page = house.client("teacher").post("/mijn/agenda", data={"name": "telefoon"})

    [address] = re.findall(r'value="(http[^"]+\.ics)"', page.text)
    [webcal] = re.findall(r'href="(webcal://[^"]+)"', page.text)
    [google] = re.findall(r'href="(https://calendar\.google\.com/[^"]+)"', page.text)
    token = address.rpartition("/")[2].removesuffix(".ics")

    assert webcal.partition("://")[2] == address.partition("://")[2]
    assert parse_qs(urlsplit(google).query) == {"cid": [webcal]}
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert token not in house.client("teacher").get("/mijn").text


def test_the_page_says_that_google_may_lag_a_day(house: House) -> None:
    pages = [house.client("teacher").get("/mijn").text, house.client("ib").get(SCHOOL).text]

    assert [bool(re.search("Google[^.]*een dag achter", page)) for page in pages] == [True, True]


def test_the_page_says_when_and_by_what_an_address_was_read(house: House) -> None:
    client = house.client("teacher")
    page = client.post("/mijn/agenda", data={"name": "telefoon"})
    [address] = re.findall(r'value="http://[^/]+(/f/[^"]+\.ics)"', page.text)

    before = client.get("/mijn").text
    client.get(address, headers={"User-Agent": "Google-Calendar-Importer"})
    after = client.get("/mijn").text

    assert ("nog niet" in before, "Google Agenda" in re.sub("Google Agenda loopt", "", before)) == (
        True,
        False,
    )
    assert "door Google Agenda" in after


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Google-Calendar-Importer", "Google Agenda"),
        ("iOS/26.1 (23B85) dataaccessd/1.0", "iPhone of iPad"),
        ("macOS/15.1 (24B83) CalendarAgent/1091", "Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.7.0", "Thunderbird"),
        ("Microsoft.Exchange/15.20 (PublishedCalendar)", "Outlook"),
        ("ICSx5/2.3 (ical4j/3.2 okhttp/4.12) Android/15", "ICSx⁵ (Android)"),
        ("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "een browser"),
        ("Kalender van Mars 1.0", "Kalender van Mars 1.0"),
        (None, ""),
    ],
)
def test_programs_are_called_as_people_call_them(agent: str | None, name: str) -> None:
    assert program_name(agent) == name


def test_withdrawing_asks_first_and_says_what_it_means(house: House) -> None:
    client = house.client("teacher")
    client.post("/mijn/agenda", data={"name": "telefoon"})

    page = client.get("/mijn").text

    assert re.search(r"<summary>Intrekken.*?Dertig dagen lang.*?Ja, trek “telefoon” in", page, re.DOTALL)


@pytest.mark.parametrize("role", ["ib", "director", "administrator"])
def test_keepers_give_the_school_an_address(house: House, role: str) -> None:
    client = house.client(role)

    page = client.post(SCHOOL, data={"name": "website"})

    [address] = re.findall(r'value="http://[^/]+(/f/[^"]+\.ics)"', page.text)
    assert "Kerstvakantie" in page.text
    assert b"Kerstvakantie" in client.get(address).content
    with reading(house.engine) as session:
        kept = session.exec(select(FeedBytes)).one()
        feed = session.exec(select(Feed)).one()
    assert (kept.person_id, kept.school_id, feed.school_id) == (None, house.school_id(), house.school_id())


@pytest.mark.parametrize("role", ["teacher", "isb", "administration"])
def test_to_others_the_page_of_the_school_does_not_exist(house: House, role: str) -> None:
    client = house.client(role)

    answers = [client.get(SCHOOL), client.post(SCHOOL, data={"name": "x"})]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_another_school_does_not_find_our_address(house: House) -> None:
    house.client("ib").post(SCHOOL, data={"name": "website"})
    with reading(house.engine) as session:
        feed = session.exec(select(Feed)).one()
    stranger = house.client("other administrator")

    answer = stranger.post(f"{SCHOOL}/{feed.id}/intrekken")

    with reading(house.engine) as session:
        kept = session.exec(select(Feed)).one()
    assert (answer.status_code, kept.revoked_at) == (404, None)
    assert "website" not in re.sub("bijvoorbeeld de website|op de website", "", stranger.get(SCHOOL).text)


def test_the_address_of_the_school_is_withdrawn_by_another_keeper(house: House) -> None:
    house.client("ib").post(SCHOOL, data={"name": "website"})
    with reading(house.engine) as session:
        feed = session.exec(select(Feed)).one()

    answer = house.client("director").post(f"{SCHOOL}/{feed.id}/intrekken")

    with reading(house.engine) as session:
        kept = session.exec(select(Feed)).one()
    assert (answer.status_code, kept.revoked_at is None) == (303, False)


@pytest.mark.parametrize("count", [0, 10])
def test_an_address_of_the_school_has_a_purpose_and_ten_is_enough(house: House, count: int) -> None:
    client = house.client("ib")
    with unit_of_work(house.engine) as session:
        for number in range(count):
            school = house.school_id()
            session.add(Feed(school_id=school, name=f"{number}", token_hash=f"{number}", created_at=NOW))

    answer = client.post(SCHOOL, data={"name": "website" if count else " "})

    assert answer.status_code == 422


def add(house: House, role: str, server: DavServer, **fields: str) -> tuple[int, str]:
    form = {"url": server.address, "user": "laila", "password": "app-geheim", "name": "Cloud"} | fields
    answer = house.client(role).post("/mijn/server", data=form)
    return answer.status_code, answer.text


def targets(house: House) -> list[CaldavTarget]:
    with reading(house.engine) as session:
        return list(session.exec(select(CaldavTarget)))


def test_a_calendar_on_a_server_is_tried_kept_and_never_shown_again(demo: House, server: DavServer) -> None:
    code, _ = add(demo, "teacher", server)

    [kept] = targets(demo)
    page = demo.client("teacher").get("/mijn").text
    assert (code, kept.name, kept.person_id) == (303, "Cloud", demo.person_id("teacher"))
    assert not [part for part in ("app-geheim", server.address) if part in page or part in kept.secret]
    assert [line.partition(" ")[0] for line in server.asked] == ["PROPFIND", "PUT", "DELETE"]


def test_a_calendar_that_does_not_work_is_not_kept_and_says_why(demo: House, server: DavServer) -> None:
    server.trouble = 401

    code, page = add(demo, "teacher", server)

    assert (code, targets(demo)) == (422, [])
    assert "kent deze naam met dit wachtwoord niet" in page
    assert f'value="{server.address}"' in page
    assert "app-geheim" not in page


def test_outside_a_demo_an_address_in_the_building_is_refused(house: House, server: DavServer) -> None:
    code, page = add(house, "teacher", server, url=server.address.replace("http:", "https:"))

    assert (code, targets(house), server.asked) == (422, [], [])
    assert "besloten netwerk" in page


def test_trying_again_tells_what_is_wrong_now(demo: House, server: DavServer) -> None:
    add(demo, "teacher", server)
    [kept] = targets(demo)
    server.trouble = 403

    answer = demo.client("teacher").post(f"/mijn/server/{kept.id}/proberen")

    assert (answer.status_code, "laat niet toe" in answer.text) == (422, True)
    assert "laat niet toe" in str(targets(demo)[0].error)


@pytest.mark.parametrize("verb", ["proberen", "weghalen"])
def test_a_calendar_of_someone_else_is_not_there(demo: House, server: DavServer, verb: str) -> None:
    add(demo, "teacher", server)
    [kept] = targets(demo)

    answers = [demo.client(role).post(f"/mijn/server/{kept.id}/{verb}") for role in ("ib", "administrator")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert targets(demo)[0].active


def test_a_calendar_is_taken_away(demo: House, server: DavServer) -> None:
    add(demo, "teacher", server)
    [kept] = targets(demo)
    with unit_of_work(demo.engine) as session:
        session.get_one(CaldavTarget, kept.id).known = {"een@x": "digest"}

    answer = demo.client("teacher").post(f"/mijn/server/{kept.id}/weghalen")

    assert answer.status_code == 303
    assert [target.active for target in targets(demo)] == [False]
    assert "wordt leeggehaald" in demo.client("teacher").get("/mijn").text
