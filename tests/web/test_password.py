import logging
import re
from datetime import timedelta

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlmodel import select

from models import LoginSession, Message, PasswordLink, Person
from models.database import reading, unit_of_work
from service.access.password_links import invite_to_log_in
from service.clock import now
from tests.quick_password import PASSWORD
from tests.web.conftest import NOW, World

EMAIL = "laila.tahiri@wilgenhof.example"
CHOSEN = "drie duiven op het dak"
FORM = {"new": CHOSEN, "again": CHOSEN}
ASK = "/wachtwoord-vergeten"


def mailed(world: World) -> str:
    """Return the address in the one mail with a link."""
    with reading(world.engine) as session:
        [mail] = session.exec(select(Message).where(Message.kind == "notice")).all()
    found = re.search(r"http://127\.0\.0\.1:8000(/wachtwoord/\S+)", mail.body)
    assert found
    return found[1]


@pytest.fixture
def link(world: World) -> str:
    """The address of a link for Laila."""
    with unit_of_work(world.engine) as session:
        person = session.exec(select(Person).where(Person.email == EMAIL)).one()
        invite_to_log_in(session, person, world.wilgenhof.school.id, at=now())
    return mailed(world)


def logs_in(world: World, password: str) -> bool:
    answer = world.anonymous().post("/login", data={"email": EMAIL, "password": password})
    return answer.status_code == 303


def test_who_has_the_link_chooses_a_password_and_logs_in_with_it(world: World, link: str) -> None:
    client = world.anonymous()
    page = client.get(link)

    answer = client.post(link, data=FORM)

    assert (page.status_code, EMAIL in page.text) == (200, True)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "Je wachtwoord is gekozen. Log er nu mee in." in client.get("/login").text
    assert (logs_in(world, CHOSEN), logs_in(world, PASSWORD)) == (True, False)


def test_looking_at_the_link_changes_nothing(world: World, link: str) -> None:
    for _ in range(3):
        assert world.anonymous().get(link).status_code == 200

    with reading(world.engine) as session:
        assert session.exec(select(PasswordLink.used_at)).all() == [None]
    assert logs_in(world, PASSWORD)


def test_whoever_was_logged_in_as_this_person_is_logged_out(world: World, link: str) -> None:
    hers, of_another = world.client("laila"), world.client("joris")

    world.anonymous().post(link, data=FORM)

    assert [client.get("/vandaag").status_code for client in (hers, of_another)] == [303, 200]


def says_what_to_do(page: str) -> bool:
    return all(
        words in page for words in ("Deze link werkt niet meer", "vraag de beheerder", f'href="{ASK}"')
    )


def test_a_used_an_old_and_an_unknown_link_say_the_same(world: World, link: str) -> None:
    with time_machine.travel(NOW + timedelta(days=7, minutes=1), tick=True):
        old = world.anonymous().get(link)
        late = world.anonymous().post(link, data=FORM)
    world.anonymous().post(link, data=FORM)
    used = world.anonymous().get(link)
    again = world.anonymous().post(link, data=FORM | {"again": "anders"})
    unknown = world.anonymous().get("/wachtwoord/" + "A" * 43)

    answers = [old, late, used, again, unknown]
    assert [answer.status_code for answer in answers] == [410] * 5
    assert len({answer.text for answer in answers}) == 1
    assert says_what_to_do(unknown.text)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"new": "kort", "again": "kort"}, "Kies een wachtwoord van 12 tot en met 128 tekens"),
        ({"new": "wachtwoord123", "again": "wachtwoord123"}, "dat niet voor de hand ligt"),
        ({"new": CHOSEN, "again": "drie duiven op de nok"}, "De twee wachtwoorden zijn niet gelijk."),
        ({}, "Kies een wachtwoord van 12 tot en met 128 tekens"),
    ],
)
def test_a_password_that_cannot_be_keeps_the_link_alive(
    world: World, link: str, form: dict[str, str], said: str
) -> None:
    answer = world.anonymous().post(link, data=form)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert world.anonymous().post(link, data=FORM).status_code == 303


def test_the_page_leaves_no_trace_of_its_address(world: World, link: str) -> None:
    client = world.anonymous()
    answers = [client.get(link), client.post(link, data={"new": "kort"}), client.get("/wachtwoord/x")]

    assert {answer.headers["referrer-policy"] for answer in answers} == {"no-referrer"}
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert all('<meta name="robots" content="noindex">' in answer.text for answer in answers)


def test_a_browser_that_tells_no_origin_for_want_of_a_referrer_may_use_the_link(
    world: World, link: str
) -> None:
    own = world.anonymous().post(link, data=FORM, headers={"Origin": "null"})

    assert own.status_code == 303


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_send_the_form(world: World, link: str, headers: dict[str, str]) -> None:
    answer = world.anonymous().post(link, data=FORM, headers=headers)

    assert (answer.status_code, logs_in(world, PASSWORD)) == (403, True)


def test_the_web_servers_log_holds_no_link(world: World, link: str, caplog: pytest.LogCaptureFixture) -> None:
    world.anonymous()  # building the application puts the filter on
    with caplog.at_level(logging.INFO, logger="uvicorn.access"):
        logging.getLogger("uvicorn.access").info('%s - "%s %s"', "127.0.0.1", "GET", f"{link}?a=b")

    assert link.removeprefix("/wachtwoord/") not in caplog.text
    assert "GET /wachtwoord/…?a=b" in caplog.text


def ask(client: TestClient, email: str) -> tuple[int, str]:
    answer = client.post(ASK, data={"email": email})
    return answer.status_code, answer.text.replace(email, "…")


def test_the_login_page_leads_to_who_forgot(world: World) -> None:
    assert f'href="{ASK}"' in world.anonymous().get("/login").text
    assert world.anonymous().get(ASK).status_code == 200


def test_who_forgot_gets_a_link_by_mail_that_works_for_a_day(world: World) -> None:
    status, _ = ask(world.anonymous(), EMAIL)

    link = mailed(world)
    with time_machine.travel(NOW + timedelta(hours=23), tick=True):
        assert world.anonymous().get(link).status_code == 200
    with time_machine.travel(NOW + timedelta(hours=25), tick=True):
        assert world.anonymous().get(link).status_code == 410
    assert status == 200


def test_the_answer_does_not_tell_whether_an_address_is_known(world: World) -> None:
    with unit_of_work(world.engine) as session:
        joris = session.exec(select(Person).where(Person.email.startswith("joris"))).one()  # type: ignore[attr-defined]
        joris.active = False
    emails = [EMAIL, EMAIL, joris.email, "niemand@wilgenhof.example", "geen adres"]

    answers = {ask(world.anonymous(), email) for email in emails}

    assert len(answers) == 1
    with reading(world.engine) as session:
        asked = session.exec(select(Message.to_address).where(Message.kind == "notice")).all()
    assert asked == [EMAIL]


@pytest.mark.parametrize("email", [EMAIL, "niemand@wilgenhof.example"])
def test_asking_again_and_again_is_slowed_down(world: World, email: str) -> None:
    client = world.anonymous()
    statuses = [client.post(ASK, data={"email": email}).status_code for _ in range(4)]

    with time_machine.travel(NOW + timedelta(minutes=1), tick=True):
        patient = client.post(ASK, data={"email": email}).status_code

    assert (statuses, patient) == ([200, 200, 200, 429], 200)


def test_one_address_asking_for_many_people_is_slowed_down(world: World) -> None:
    client = world.anonymous()
    statuses = [client.post(ASK, data={"email": f"naam{n}@wilgenhof.example"}).status_code for n in range(31)]

    assert statuses == [200] * 30 + [429]


def test_asking_ends_nothing_and_keeps_the_old_password(world: World) -> None:
    ask(world.anonymous(), EMAIL)

    with reading(world.engine) as session:
        assert session.exec(select(LoginSession)).all() == []
    assert logs_in(world, PASSWORD)
