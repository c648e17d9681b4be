from datetime import timedelta

import pytest
import time_machine
from sqlmodel import select

from models import LoginSession, Person
from models.database import reading, unit_of_work
from service.settings import settings
from tests.quick_password import PASSWORD
from tests.web.conftest import NOW, World

EMAIL = "laila.tahiri@wilgenhof.example"
WRONG = "Dit e-mailadres en wachtwoord horen niet bij elkaar."


def form(email: str = EMAIL, password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"email": email, "password": password, **more}


def test_logging_in_leads_to_the_page_that_was_asked(world: World) -> None:
    client = world.anonymous()
    asked = client.get("/trajecten?state=all")
    assert asked.headers["location"] == "/login?next=/trajecten%3Fstate%3Dall"

    answer = client.post("/login", data=form(next="/trajecten?state=all"))

    assert (answer.status_code, answer.headers["location"]) == (303, "/trajecten?state=all")
    assert client.get("/trajecten?state=all").status_code == 200


def test_the_browser_holds_a_token_that_scripts_cannot_read_and_the_database_does_not_hold(
    world: World,
) -> None:
    answer = world.anonymous().post("/login", data=form())

    cookie = answer.headers["set-cookie"]
    token = cookie.split("=")[1].split(";")[0]
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    with reading(world.engine) as session:
        [kept] = session.exec(select(LoginSession.token_hash)).all()
    assert len(token) == 43
    assert token not in kept


def test_over_https_the_cookie_is_secure_and_bound_to_this_host(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAARRITME_BASE_URL", "https://jaarritme.example")
    settings.cache_clear()
    try:
        answer = world.anonymous().post("/login", data=form())
    finally:
        settings.cache_clear()

    assert answer.headers["set-cookie"].startswith("__Host-sid=")
    assert "Secure" in answer.headers["set-cookie"].split("; ")
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("email", [EMAIL, "niemand@wilgenhof.example"])
def test_a_refusal_does_not_tell_whether_the_address_is_known(world: World, email: str) -> None:
    answer = world.anonymous().post("/login", data=form(email, "helemaal iets anders"))

    assert (answer.status_code, WRONG in answer.text) == (422, True)
    assert f'value="{email}"' in answer.text


def test_guessing_is_slowed_down_and_a_patient_person_gets_in(world: World) -> None:
    client = world.anonymous()
    for _ in range(3):
        client.post("/login", data=form(password="geraden wachtwoord"))

    hasty = client.post("/login", data=form())
    with time_machine.travel(NOW + timedelta(minutes=1), tick=True):
        patient = client.post("/login", data=form())

    assert (hasty.status_code, "Probeer het na 09:00 weer" in hasty.text) == (429, True)
    assert patient.status_code == 303


def test_a_colleague_at_the_same_address_is_not_slowed_down(world: World) -> None:
    client = world.anonymous()
    for _ in range(5):
        client.post("/login", data=form(password="geraden wachtwoord"))

    answer = client.post("/login", data=form("joris.kamphuis@wilgenhof.example"))

    assert answer.status_code == 303


@pytest.mark.parametrize("minutes", [31, 60])
def test_a_login_ends_when_nobody_uses_it(world: World, minutes: int) -> None:
    client = world.client("laila")

    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=True):
        answer = client.get("/vandaag")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/vandaag")


def test_a_login_that_is_used_goes_on_until_twelve_hours_have_passed(world: World) -> None:
    client = world.client("laila")

    codes = []
    for minutes in (*range(20, 720, 20), 721):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=True):
            codes.append(client.get("/vandaag").status_code)

    assert codes == [200] * 35 + [303]


def test_logging_out_ends_the_login_in_the_database_too(world: World) -> None:
    client = world.client("laila")
    cookies = dict(client.cookies)

    client.post("/uitloggen")

    thief = world.anonymous()
    thief.cookies.update(cookies)
    assert thief.get("/vandaag").status_code == 303


def test_logging_in_again_in_the_same_browser_ends_the_login_before(world: World) -> None:
    client = world.client("laila")
    before = dict(client.cookies)

    client.post("/login", data=form())

    thief = world.anonymous()
    thief.cookies.update(before)
    assert (thief.get("/vandaag").status_code, client.get("/vandaag").status_code) == (303, 200)


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "vandaag", ""],
)
def test_logging_in_never_leads_to_another_site(world: World, address: str) -> None:
    answer = world.anonymous().post("/login", data=form(next=address))

    assert answer.headers["location"] == "/vandaag"


def test_someone_who_has_left_cannot_log_in_and_is_logged_out(world: World) -> None:
    client = world.client("laila")
    with unit_of_work(world.engine) as session:
        session.exec(select(Person).where(Person.email == EMAIL)).one().active = False

    assert client.get("/vandaag").status_code == 303
    assert world.anonymous().post("/login", data=form()).status_code == 422


def test_who_works_at_two_schools_moves_between_them(world: World) -> None:
    client = world.client("ineke")
    other = world.wilgenhof.school if "Het Kompas" in client.get("/vandaag").text else world.kompas.school

    client.post("/school", data={"school": str(other.id)})

    assert f'<span class="where">{other.name}</span>' in client.get("/vandaag").text


def test_nobody_moves_to_a_school_where_they_do_not_work(world: World) -> None:
    client = world.client("laila")

    answer = client.post("/school", data={"school": str(world.kompas.school.id)})

    assert answer.status_code == 404
    assert "Het Kompas" not in client.get("/vandaag").text


def test_the_screen_speaks_the_language_that_a_person_chose(world: World) -> None:
    client = world.client("laila")

    answer = client.post("/taal", data={"language": "en", "next": "/trajecten"})

    page = client.get(answer.headers["location"]).text
    assert '<html lang="en">' in page
    assert "<h1>Cases</h1>" in page


def test_an_unknown_language_changes_nothing(world: World) -> None:
    client = world.client("laila")

    client.post("/taal", data={"language": "../../etc", "next": "/trajecten"})

    assert '<html lang="nl">' in client.get("/trajecten").text
