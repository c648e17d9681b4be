import re

import pytest
from sqlmodel import select

from models import Feed
from models.database import reading
from tests.quick_password import PASSWORD
from tests.web_admin.conftest import WHO, House

SCHOOL = "/beheer/school/jaaragenda"
NEW = "een heel ander zinnetje"


def feeds(house: House) -> list[Feed]:
    with reading(house.engine) as session:
        return list(session.exec(select(Feed)))


def test_an_address_is_made_shown_once_and_kept_as_a_digest(house: House) -> None:
    client = house.client("teacher")

    page = client.post("/mijn/agenda", data={"name": "telefoon"})

    [address] = re.findall(r'value="(http[^"]+\.ics)"', page.text)
    token = address.rpartition("/")[2].removesuffix(".ics")
    [feed] = feeds(house)
    assert (feed.name, feed.person_id) == ("telefoon", house.person_id("teacher"))
    assert token not in feed.token_hash
    assert address.replace("http", "webcal", 1) in page.text
    assert token not in client.get("/mijn").text


def test_an_address_is_withdrawn(house: House) -> None:
    client = house.client("teacher")
    client.post("/mijn/agenda", data={"name": "telefoon"})
    [feed] = feeds(house)

    answer = client.post(f"/mijn/agenda/{feed.id}/intrekken")

    [kept] = feeds(house)
    assert (answer.status_code, kept.revoked_at is None) == (303, False)
    assert f'action="/mijn/agenda/{feed.id}/intrekken"' not in client.get("/mijn").text


@pytest.mark.parametrize(("role", "here"), [("teacher", "/mijn/agenda"), ("director", SCHOOL)])
def test_withdrawing_an_address_is_undone_from_the_notice_and_from_the_list(
    house: House, role: str, here: str
) -> None:
    client, page = house.client(role), here.removesuffix("/agenda")
    client.post(here, data={"name": "telefoon"})
    [feed] = feeds(house)
    back = f'action="{here}/{feed.id}/aanzetten"'

    client.post(f"{here}/{feed.id}/intrekken")
    offered, listed = (client.get(page).text.split("<h1") for _ in range(2))
    done = client.post(f"{here}/{feed.id}/aanzetten")

    assert offered[0].count(back) == 1, "in the notice"
    assert (listed[0].count(back), listed[1].count(back)) == (0, 1), "folded away below"
    assert (done.status_code, done.headers["location"]) == (303, page)
    assert feeds(house)[0].revoked_at is None
    assert back not in client.get(page).text


def test_an_address_of_someone_else_can_not_be_put_back(house: House) -> None:
    client = house.client("teacher")
    client.post("/mijn/agenda", data={"name": "telefoon"})
    [feed] = feeds(house)
    client.post(f"/mijn/agenda/{feed.id}/intrekken")

    answer = house.client("administrator").post(f"/mijn/agenda/{feed.id}/aanzetten")

    [kept] = feeds(house)
    assert (answer.status_code, kept.revoked_at is None) == (404, False)


def test_an_address_of_someone_else_can_not_be_withdrawn(house: House) -> None:
    house.client("teacher").post("/mijn/agenda", data={"name": "telefoon"})
    [feed] = feeds(house)

    answer = house.client("administrator").post(f"/mijn/agenda/{feed.id}/intrekken")

    [kept] = feeds(house)
    assert (answer.status_code, kept.revoked_at) == (404, None)


def test_a_device_has_a_name(house: House) -> None:
    answer = house.client("teacher").post("/mijn/agenda", data={"name": "  "})

    assert (answer.status_code, feeds(house)) == (422, [])


def test_ten_addresses_is_enough(house: House) -> None:
    client = house.client("teacher")
    for number in range(10):
        client.post("/mijn/agenda", data={"name": f"apparaat {number}"})

    answer = client.post("/mijn/agenda", data={"name": "elfde"})
    first = feeds(house)[0].id
    client.post(f"/mijn/agenda/{first}/intrekken")
    client.post("/mijn/agenda", data={"name": "elfde"})
    back = client.post(f"/mijn/agenda/{first}/aanzetten")

    assert (answer.status_code, back.status_code, len(feeds(house))) == (422, 422, 11)
    assert len([feed for feed in feeds(house) if feed.revoked_at is None]) == 10


def test_a_new_password_counts_and_ends_the_other_logins(house: House) -> None:
    elsewhere, client = house.client("teacher"), house.client("teacher")

    answer = client.post("/mijn/wachtwoord", data={"old": PASSWORD, "new": NEW, "again": NEW})

    again = house.anonymous()
    codes = [
        again.post("/login", data={"email": WHO["teacher"], "password": word}).status_code
        for word in (PASSWORD, NEW)
    ]
    assert (answer.status_code, codes[1]) == (303, 303)
    assert codes[0] != 303
    assert [client.get("/mijn").status_code, elsewhere.get("/mijn").status_code] == [200, 303]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"old": "fout", "new": NEW, "again": NEW}, "Het huidige wachtwoord klopt niet."),
        ({"old": PASSWORD, "new": NEW, "again": "anders"}, "niet gelijk"),
        ({"old": PASSWORD, "new": "kort", "again": "kort"}, "12 tot en met 128 tekens"),
        ({}, "klopt niet."),
    ],
)
def test_a_password_that_can_not_be_changes_nothing(house: House, form: dict[str, str], said: str) -> None:
    answer = house.client("teacher").post("/mijn/wachtwoord", data=form)

    login = house.anonymous().post("/login", data={"email": WHO["teacher"], "password": PASSWORD})
    assert (answer.status_code, said in answer.text, login.status_code) == (422, True, 303)
