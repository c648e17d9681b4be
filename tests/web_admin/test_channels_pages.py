"""The pages of channels: who sees which, what a trial tells, and that no address is ever shown."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from models import Channel, ChannelChoice, Message, MessageState, School
from models.database import reading, unit_of_work
from service.notices.channels import add_channel
from service.notices.choices import channels_for
from service.notices.delivery import deliver
from service.notices.post_office import standard_post_office
from service.notices.vault import Vault
from service.settings import settings
from tests.notices.hook import SECRET, Hook
from tests.notices.push_service import Browser
from tests.web_admin.conftest import NOW, House

SCHOOL, MINE, PEOPLE = "/beheer/school/kanalen", "/mijn/kanalen", "/beheer/school/mensen"
URL = "ntfys://fluisterwoord@ntfy.example/onderwerp"
PHONE = Browser("https://push.example/wpush/fluisterwoord").subscription


def kept(house: House, name: str) -> Channel:
    with reading(house.engine) as session:
        return session.exec(select(Channel).where(Channel.name == name)).one()


def keep(house: House, name: str, person: str | None = None, url: str = URL) -> UUID:
    person_id = house.person_id(person) if person else None
    with unit_of_work(house.engine) as session:
        made = add_channel(
            session, Vault(house.home), school_id=house.school_id(), person_id=person_id, name=name, url=url
        )
        return made.id


def hears(house: House, person: str) -> list[str]:
    with reading(house.engine) as session:
        return [c.name for c in channels_for(session, house.school_id(), house.person_id(person))]


def main(page: str) -> str:
    return page.split('<main id="content"', 1)[1]


def test_an_administrator_adds_a_channel_and_a_teacher_chooses_it(house: House) -> None:
    added = house.client("administrator").post(SCHOOL, data={"name": "teamchat", "url": URL})
    teacher, key = house.client("teacher"), kept(house, "teamchat").id

    offered = teacher.get("/mijn/meldingen").text
    chosen = teacher.post(f"{MINE}/{key}/kiezen", data={"on": "aan", "next": "/mijn/berichten"})
    heard = hears(house, "teacher")
    left = teacher.post(f"{MINE}/{key}/kiezen", data={"on": "uit", "next": "https://elders.example"})

    assert (added.status_code, "teamchat" in offered) == (303, True)
    assert (chosen.headers["location"], left.headers["location"]) == ("/mijn/berichten", "/mijn/meldingen")
    assert (heard, hears(house, "teacher"), hears(house, "ib")) == (["teamchat"], [], [])


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ntfy://onderwerp", "Gebruik ntfys://"),
        ("json://127.0.0.1/x", "Gebruik jsons://"),
        ("syslog://x", "Wel kunnen: Microsoft Teams (workflows://)"),
        ("ntfys://ntfy.example/x?attach=/etc/passwd", "attach"),
        ("slack://fluisterwoord", "klopt niet voor deze dienst"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_what_can(house: House, url: str, why: str) -> None:
    answer = house.client("administrator").post(SCHOOL, data={"name": "chat", "url": url})

    with reading(house.engine) as session:
        assert session.exec(select(Channel)).all() == []
    assert answer.status_code == 422
    assert why in answer.text
    assert "fluisterwoord" not in answer.text


@pytest.fixture
def demo(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A demo, in which a channel may lead to this machine."""
    monkeypatch.setenv("JAARRITME_DEMO", "1")
    settings.cache_clear()
    return house


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (200, "Proefbericht: aangekomen op"),
        (403, "Proefbericht: mislukt. De dienst laat dit adres niet toe (403)."),
        (503, "Proefbericht: nog niet aangekomen. De dienst heeft een storing (503)."),
    ],
)
def test_a_trial_tells_on_the_page_itself_how_it_went(demo: House, answer: int, told: str) -> None:
    hook, client = Hook(), demo.client("administrator")
    hook.answer = answer
    client.post(SCHOOL, data={"name": "team", "url": hook.url})
    line = f"{SCHOOL}/{kept(demo, 'team').id}/proef"

    client.post(line.replace("/proef", "/proberen"))
    before = client.get(SCHOOL).text
    deliver(demo.engine, NOW + timedelta(minutes=1), standard_post_office())
    after = [" ".join(client.get(path).text.split()) for path in (SCHOOL, line)]
    hook.close()

    assert "ligt klaar" in before
    assert all(told in page for page in after)
    assert 'hx-trigger="every 2s"' in before
    assert ('hx-trigger="every 2s"' in after[1]) == (answer == 503)
    assert SECRET not in before + "".join(after)
    assert len(hook.got) == 1


def test_a_teacher_turns_her_own_channel_off_and_tries_it(house: House) -> None:
    key, client = keep(house, "app", "teacher"), house.client("teacher")

    tried = client.post(f"{MINE}/{key}/proberen")
    page = client.get("/mijn/meldingen").text
    off = client.post(f"{MINE}/{key}/schakelen", data={"on": "uit"})

    assert (tried.status_code, off.status_code, hears(house, "teacher")) == (303, 303, [])
    assert "ligt klaar" in page
    assert client.get(f"{MINE}/{key}/proef").status_code == 200
    assert "fluisterwoord" not in page


def test_a_device_is_added_named_tried_and_withdrawn(house: House) -> None:
    client = house.client("teacher")

    added = client.post(f"{MINE}/apparaat", data={"name": "telefoon", "subscription": PHONE})
    key = kept(house, "telefoon").id
    pages = [client.get("/mijn/meldingen").text]
    client.post(f"{MINE}/{key}/proberen")
    pages.append(client.get("/mijn/meldingen").text)
    heard = hears(house, "teacher")
    withdrawn = client.post(f"{MINE}/{key}/intrekken")
    pages.append(client.get("/mijn/meldingen").text)

    assert (added.status_code, withdrawn.status_code) == (303, 303)
    assert (heard, hears(house, "teacher")) == (["telefoon"], [])
    assert ["telefoon</strong>" in page for page in pages] == [True, True, False]
    assert [s for s in ("fluisterwoord", *json.loads(PHONE)["keys"].values()) if s in "".join(pages)] == []


@pytest.mark.parametrize(
    "subscription",
    ["", "{}", Browser("https://127.0.0.1/x").subscription, Browser("http://push.example/x").subscription],
)
def test_an_address_of_a_device_that_cannot_be_is_refused(house: House, subscription: str) -> None:
    answer = house.client("teacher").post(
        f"{MINE}/apparaat", data={"name": "telefoon", "subscription": subscription}
    )

    assert (answer.status_code, hears(house, "teacher")) == (422, [])
    assert "geen bruikbaar adres" in answer.text


def rows(house: House) -> list[object]:
    with reading(house.engine) as session:
        channels = session.exec(select(Channel.id, Channel.active, Channel.secret_url)).all()
        tried = session.exec(select(Message.id).where(col(Message.channel_id).is_not(None))).all()
        return [*channels, *session.exec(select(ChannelChoice)).all(), *tried]


def tries(client: TestClient, house: House, school: UUID, own: UUID) -> dict[str, int]:
    """Try everything with a channel of the school and one of a teacher; return what was answered."""
    person = f"{PEOPLE}/{house.person_id('teacher')}/kanaal"
    addresses = [
        f"{MINE}/{own}",
        f"{SCHOOL}/{school}",
        f"{SCHOOL}/{own}",
        f"{person}/{own}",
        f"{person}/{school}",
    ]
    verbs = "proberen schakelen verwijderen intrekken kiezen".split()
    posted = {
        f"{a}/{v}": client.post(f"{a}/{v}", data={"on": "uit"}).status_code for a in addresses for v in verbs
    }
    read = {f"{a}/proef": client.get(f"{a}/proef").status_code for a in addresses}
    return posted | read


@pytest.mark.parametrize("who", ["ib", "director", "isb", "outsider", "other administrator"])
def test_what_is_not_yours_is_not_there(house: House, who: str) -> None:
    school, own = keep(house, "team"), keep(house, "app", "teacher")
    client, before = house.client(who), rows(house)

    answers = tries(client, house, school, own)
    pages = [client.get(path) for path in (SCHOOL, "/mijn/meldingen")]
    after = rows(house)
    added = client.post(SCHOOL, data={"name": "x", "url": URL})

    assert set(answers.values()) <= {404, 405}
    assert after == before
    if who == "other administrator":  # she has a page of her own, with her own school's channels
        assert (pages[0].status_code, kept(house, "x").school_id == house.school_id()) == (200, False)
    else:
        assert (pages[0].status_code, added.status_code) == (404, 404)
    assert ">team<" not in main(pages[0].text)
    assert (">team<" in main(pages[1].text)) == (who in {"ib", "director", "isb"})
    assert ">app<" not in main(pages[1].text)


def test_a_teacher_neither_tries_nor_turns_off_what_is_the_schools(house: House) -> None:
    school = keep(house, "team")
    client, before = house.client("teacher"), rows(house)

    answers = [
        client.post(f"{where}/{school}/{verb}", data={"on": "uit"}).status_code
        for where in (MINE, SCHOOL)
        for verb in ("proberen", "schakelen", "intrekken", "verwijderen")
    ]

    assert set(answers) <= {404, 405}
    assert rows(house) == before
    assert client.get(SCHOOL).status_code == 404


def test_a_removed_channel_leaves_no_address_behind(house: House) -> None:
    key, client = keep(house, "team"), house.client("administrator")

    answer = client.post(f"{SCHOOL}/{key}/verwijderen")

    with reading(house.engine) as session:
        row = session.get_one(Channel, key)
    assert (answer.status_code, row.secret_url, row.active) == (303, "", False)
    assert "team" not in main(client.get(SCHOOL).text).split("Er zijn nog geen kanalen")[0]


def test_a_failed_trial_waits_nowhere_for_ever(demo: House) -> None:
    client = demo.client("administrator")
    client.post(SCHOOL, data={"name": "team", "url": "json://127.0.0.1:1/"})
    client.post(f"{SCHOOL}/{kept(demo, 'team').id}/proberen")

    for minutes in (1, 20):
        deliver(demo.engine, NOW + timedelta(minutes=minutes), standard_post_office())

    with reading(demo.engine) as session:
        [message] = session.exec(select(Message).where(col(Message.channel_id).is_not(None))).all()
    assert message.state in {MessageState.DEAD, MessageState.EXPIRED}
    assert "mislukt" in client.get(SCHOOL).text


def test_no_secret_is_in_a_log_or_in_the_database_in_clear(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client, teacher = house.client("administrator"), house.client("teacher")

    client.post(SCHOOL, data={"name": "team", "url": URL})
    client.post(f"{PEOPLE}/{house.person_id('teacher')}/kanaal", data={"name": "app", "url": URL})
    client.post(SCHOOL, data={"name": "fout", "url": "slack://fluisterwoord"})
    teacher.post(f"{MINE}/apparaat", data={"name": "telefoon", "subscription": PHONE})
    client.post(f"{SCHOOL}/{kept(house, 'team').id}/proberen")
    teacher.get("/mijn/meldingen")

    secrets = ("fluisterwoord", *json.loads(PHONE)["keys"].values())
    files = [path.read_bytes() for path in house.home.rglob("*") if path.is_file()]
    assert len(files) >= 3  # the database and the two keys
    assert [s for s in secrets if s in caplog.text or any(s.encode() in file for file in files)] == []


def test_a_phone_finds_what_it_needs_to_keep_us_as_an_app(house: House) -> None:
    client = house.anonymous()

    manifest, worker = client.get("/manifest.webmanifest"), client.get("/service-worker.js")
    icons = {icon["src"]: client.get(icon["src"]) for icon in manifest.json()["icons"]}

    assert manifest.headers["content-type"] == "application/manifest+json"
    assert (manifest.json()["display"], manifest.json()["start_url"]) == ("standalone", "/vandaag")
    assert {(i.status_code, i.headers["content-type"]) for i in icons.values()} == {(200, "image/png")}
    assert worker.headers["content-type"].startswith("text/javascript")
    assert [word for word in ("caches", "fetch(", "indexedDB") if word in worker.text] == []
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/login").text
    assert "manifest-src 'self'" in manifest.headers["content-security-policy"]


def test_a_trial_that_must_wait_says_what_for(demo: House) -> None:
    client = demo.client("administrator")
    client.post(SCHOOL, data={"name": "team", "url": "json://127.0.0.1:1/"})
    with unit_of_work(demo.engine) as session:
        session.get_one(School, demo.school_id()).messages_paused = True
    client.post(f"{SCHOOL}/{kept(demo, 'team').id}/proberen")

    deliver(demo.engine, NOW + timedelta(minutes=1), standard_post_office())

    assert "Proefbericht: wacht. Alle berichten" in " ".join(client.get(SCHOOL).text.split())
