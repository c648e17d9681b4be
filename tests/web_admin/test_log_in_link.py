from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlmodel import select

from models import Message, PasswordLink, Person, School
from models.database import reading, unit_of_work
from service.settings import settings
from tests.web_admin.conftest import NOW, WHO, House

BUTTON = "Stuur een link om in te loggen"


def page_of(person: UUID) -> str:
    return f"/beheer/school/mensen/{person}"


def notices(house: House) -> list[Message]:
    with reading(house.engine) as session:
        return list(session.exec(select(Message).where(Message.kind == "notice")))


def forget_password(house: House, role: str) -> None:
    with unit_of_work(house.engine) as session:
        session.exec(select(Person).where(Person.email == WHO[role])).one().password_hash = None


def test_a_new_colleague_is_let_in_from_the_pages(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    forget_password(house, "teacher")
    before = client.get(page_of(person)).text

    answer = client.post(f"{page_of(person)}/inloglink")

    [mail] = notices(house)
    link = mail.body.split("http://127.0.0.1:8000")[1].split()[0]
    form = {"new": "drie duiven op het dak", "again": "drie duiven op het dak"}
    house.anonymous().post(link, data=form)
    assert ("heeft nog geen wachtwoord" in before, BUTTON in before) == (True, True)
    assert (answer.status_code, mail.to_address) == (303, WHO["teacher"])
    assert "kan inloggen" in client.get(page_of(person)).text


def test_the_administrator_never_sees_the_link(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("ib")

    answer = client.post(f"{page_of(person)}/inloglink")

    [mail] = notices(house)
    token = mail.body.split("/wachtwoord/")[1].split()[0]
    seen = [
        str(answer.headers),
        *(
            client.get(path).text
            for path in (page_of(person), "/beheer/stromen", f"/beheer/stromen/bericht/{mail.id}")
        ),
    ]
    assert [text for text in seen if token in text] == []
    assert "die werkt tot wo 2 dec 09:00" in seen[1]


def test_a_second_link_within_five_minutes_is_refused_in_words(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    client.post(f"{page_of(person)}/inloglink")

    soon = client.post(f"{page_of(person)}/inloglink")
    with time_machine.travel(NOW + timedelta(minutes=6), tick=True):
        later = client.post(f"{page_of(person)}/inloglink")

    assert (soon.status_code, "Er is net al een link gestuurd." in soon.text) == (422, True)
    assert (later.status_code, len(notices(house))) == (303, 2)


@pytest.mark.parametrize("role", ["director", "ib", "teacher", "outsider", "other administrator"])
def test_nobody_else_sends_a_link(house: House, role: str) -> None:
    answer = house.client(role).post(f"{page_of(house.person_id('teacher'))}/inloglink")

    with reading(house.engine) as session:
        assert session.exec(select(PasswordLink)).all() == []
    assert (answer.status_code, notices(house)) == (404, [])


def test_who_looks_along_does_not_see_who_can_log_in(house: House) -> None:
    text = house.client("director").get(page_of(house.person_id("teacher"))).text

    assert [words for words in (BUTTON, "kan inloggen") if words in text] == []


def test_who_has_left_gets_no_link(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    client.post(f"{page_of(person)}/vertrek")

    answer = client.post(f"{page_of(person)}/inloglink")

    assert (answer.status_code, notices(house)) == (404, [])
    assert BUTTON not in client.get(page_of(person)).text


@pytest.mark.parametrize(
    ("server", "paused", "said"),
    [
        ("smtp://mail.example", False, "gaat binnen een paar minuten per mail weg"),
        ("smtp://mail.example", True, "maar mail gaat nu niet weg"),
        ("", False, "maar mail gaat nu niet weg"),
    ],
)
def test_the_administrator_hears_when_mail_does_not_leave(
    house: House, monkeypatch: pytest.MonkeyPatch, server: str, paused: bool, said: str
) -> None:
    with unit_of_work(house.engine) as session:
        session.get_one(School, house.school_id()).messages_paused = paused
    monkeypatch.setenv("JAARRITME_SMTP_URL", server)
    settings.cache_clear()
    client, person = house.client("administrator"), house.person_id("teacher")

    client.post(f"{page_of(person)}/inloglink")

    assert said in client.get(page_of(person)).text
