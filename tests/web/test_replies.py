"""The pages of mail that nothing could place: who reads it, who only knows of it, and what they can do."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from models import Attendee, InboundMail, InboundState, MailAlias, Meeting, School
from models.database import reading, unit_of_work
from service.notices.vault import Vault
from service.replies.receive import receive
from service.settings import settings
from tests.replies import shapes as s
from tests.replies.corpus import counter
from tests.web.conftest import NOW, World

HOME = "l.tahiri@thuismail.example"
PAGE = "/beheer/antwoorden"
SECRET = "Zeewuster"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def talk(world: World) -> Meeting:
    return world.meeting(world.task("seo:g5", "bespreking"))


def comes_in(world: World, raw: bytes) -> UUID:
    with unit_of_work(world.engine) as session:
        return receive(session, raw, source="test", at=NOW, vault=Vault(settings().home)).id


def from_home(world: World) -> UUID:
    meeting = talk(world)
    told = s.Told(uid=meeting.uid, starts_at=meeting.starts_at, ends_at=meeting.ends_at, who=HOME, stamp=NOW)
    text = s.zimbra(replace(told, comment=f"Gaat het over {SECRET}?", sequence=meeting.sequence))
    return comes_in(world, s.alternative(text, sender=HOME, subject=f"Over {SECRET}"))


def row(world: World, key: UUID) -> InboundMail:
    with reading(world.engine) as session:
        return session.get_one(InboundMail, key)


@pytest.mark.parametrize("name", ["laila", "hanneke", "ilse", "bram", "ans"])
def test_who_plans_nothing_for_the_school_finds_no_page(world: World, name: str) -> None:
    key = from_home(world)
    client = world.client(name)

    codes = [client.get(path).status_code for path in (PAGE, f"{PAGE}/{key}")]

    assert codes == [404, 404]


def test_another_school_finds_nothing_of_it(world: World) -> None:
    key = from_home(world)
    client = world.client("koert")

    found = client.get(PAGE)
    answers = [
        client.get(f"{PAGE}/{key}"),
        *(
            client.post(f"{PAGE}/{key}/{verb}", data={"reason": "x"})
            for verb in ("weg", "plaatsen", "adres", "vervanger", "school")
        ),
    ]

    assert HOME not in found.text
    assert {answer.status_code for answer in answers} == {404}
    assert row(world, key).state == InboundState.OPEN


def test_the_administrator_sees_that_it_waits_and_why_and_nothing_more(world: World) -> None:
    key = from_home(world)
    client = world.client("amira")

    page = client.get(PAGE)

    assert "Dit adres is niet gevraagd voor het overleg." in page.text
    assert [word for word in (HOME, SECRET, "Groepsbespreking", str(key)) if word in page.text] == []
    assert client.get(f"{PAGE}/{key}").status_code == 404


def test_the_ib_reads_it_and_puts_it_with_the_meeting(world: World) -> None:
    key = from_home(world)
    client = world.client("ineke")
    with reading(world.engine) as session:
        meeting, laila = talk(world), world.wilgenhof.id("laila")
        query = select(Attendee).where(Attendee.meeting_id == meeting.id, Attendee.person_id == laila)
        attendee = session.exec(query).one()

    today, page = client.get("/vandaag"), client.get(f"{PAGE}/{key}")
    answer = client.post(
        f"{PAGE}/{key}/plaatsen", data={"attendee": attendee.id, "reply": "ja", "comment": "ok"}
    )

    assert "1 antwoord is nog niet te plaatsen" in today.text
    assert [word in page.text for word in (SECRET, HOME, "Laila Tahiri")] == [True, True, True]
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert row(world, key).state == InboundState.PROCESSED
    with reading(world.engine) as session:
        assert session.get_one(Attendee, attendee.id).partstat == "ACCEPTED"
    assert (
        "Alle antwoorden hebben hun plek" in client.get(PAGE).text
        or "nog niet gelezen" in client.get(PAGE).text
    )
    assert "niet te plaatsen" not in client.get("/vandaag").text


def test_what_is_wrong_is_told_and_nothing_happens(world: World) -> None:
    key = from_home(world)
    client = world.client("ineke")

    answers = [
        client.post(f"{PAGE}/{key}/plaatsen", data={"attendee": "x", "reply": "ja", "comment": "tot dan"}),
        client.post(f"{PAGE}/{key}/weg", data={"reason": " "}),
        client.post(
            f"{PAGE}/{key}/adres",
            data={"person": world.wilgenhof.id("laila"), "email": "joris.kamphuis@wilgenhof.example"},
        ),
        client.post(f"{PAGE}/{key}/vervanger"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert all('role="alert"' in answer.text for answer in answers)
    assert ">tot dan</textarea>" in answers[0].text
    assert row(world, key).state == InboundState.OPEN


def test_a_known_address_is_kept_on_the_page_of_the_person_and_can_go(world: World) -> None:
    key = from_home(world)
    ineke, amira = world.client("ineke"), world.client("amira")
    person = f"/beheer/school/mensen/{world.wilgenhof.id('laila')}"

    ineke.post(f"{PAGE}/{key}/adres", data={"person": world.wilgenhof.id("laila"), "email": HOME})
    shown = [client.get(person).text for client in (ineke, amira)]
    alias = re.search(rf"{person}/adres/([0-9a-f-]+)/weg", shown[1])
    refused = ineke.post(f"{person}/adres", data={"alias": "nog.een@thuismail.example"})
    added = amira.post(f"{person}/adres", data={"alias": "nog.een@thuismail.example"})
    assert alias
    gone = amira.post(f"{person}/adres/{alias[1]}/weg")

    assert row(world, key).state == InboundState.PROCESSED
    assert [HOME in page for page in shown] == [True, True]
    assert (refused.status_code, added.status_code, gone.status_code) == (404, 303, 303)
    with reading(world.engine) as session:
        assert session.exec(select(MailAlias.email)).all() == ["nog.een@thuismail.example"]


def test_a_mail_of_no_known_school_is_claimed_by_an_administrator(world: World) -> None:
    raw = s.head("ouder@thuismail.example", "vraag").replace(s.SCHOOL, "iemand@elders.example").encode()
    key = comes_in(world, raw + s.part("text/plain", "Hoe laat?"))

    before = [world.client(name).get(PAGE).text.count("Hoort bij onze school") for name in ("amira", "ineke")]
    answer = world.client("amira").post(f"{PAGE}/{key}/school")

    assert before == [1, 0]
    assert answer.status_code == 303
    assert row(world, key).school_id == world.wilgenhof.school.id
    with reading(world.engine) as session:
        assert len(session.exec(select(School.id)).all()) == 2


def test_what_somebody_wrote_is_text_and_no_page(world: World) -> None:
    text = "<script>alert(1)</script><b>hallo</b>"
    key = comes_in(
        world, s.head("laila.tahiri@wilgenhof.example", text).encode() + s.part("text/plain", text)
    )

    page = world.client("ineke").get(f"{PAGE}/{key}").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_another_hour_that_came_by_mail_leads_to_its_meeting(world: World) -> None:
    meeting = talk(world)
    laila = "laila.tahiri@wilgenhof.example"
    told = s.Told(uid=meeting.uid, starts_at=meeting.starts_at, ends_at=meeting.ends_at, who=laila, stamp=NOW)
    text = s.google(counter(replace(told, sequence=meeting.sequence)), method="COUNTER")
    comes_in(world, s.single(text, method="COUNTER"))

    pages = [world.client(name).get(PAGE).text for name in ("ineke", "amira")]

    assert [f"/overleg/{meeting.id}#voorstellen" in page for page in pages] == [True, False]
