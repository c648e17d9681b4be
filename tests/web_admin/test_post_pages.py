from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from models import DeliveryGate, Installation, Message, MessageState, Person, RunState, RunVia, TimerRun
from models.database import reading, unit_of_work
from tests.web_admin.conftest import NOW, House

HERE = "/beheer/post"


def refuse(house: House, name: str = "teacher") -> UUID:
    with unit_of_work(house.engine) as session:
        person = session.get_one(Person, house.person_id(name))
        person.mail_refused_at = NOW - timedelta(days=1)
        return person.id


def text(house: House, path: str = HERE) -> str:
    return str(house.client("administrator").get(path).text)


def state_of(house: House, message_id: UUID) -> MessageState:
    with reading(house.engine) as session:
        return session.get_one(Message, message_id).state


def test_what_waits_is_grouped_by_why(house: House) -> None:
    for key in "ab":
        house.letter(key, last_error="Het tegoed van 30 mails per minuut is op.")
    house.letter("c")

    page = text(house)

    assert "Het tegoed van 30 mails per minuut is op." in page
    assert "Aan de beurt bij de volgende bezorging" in page
    assert "Dit staat alleen in het bericht." not in page


def test_what_the_last_delivery_complains_of_is_told_once(house: House) -> None:
    words = "De map outbox kan niet worden beschreven."
    with unit_of_work(house.engine) as session:
        for ago, state, error in ((2, RunState.DONE, "ouder"), (1, RunState.FAILED, words)):
            session.add(
                TimerRun(
                    timer="deliver",
                    started_at=NOW - timedelta(minutes=ago),
                    via=RunVia.PREFECT,
                    state=state,
                    error=error,
                )
            )

    before = text(house)
    house.letter("a", last_error=words)
    after = text(house)

    assert f"De laatste bezorging meldt: {words}" in before
    assert "ouder" not in before
    assert "De laatste bezorging meldt" not in after
    assert words in after


def test_what_got_stuck_can_be_tried_again_from_here(house: House) -> None:
    dead = house.letter("a", state=MessageState.DEAD, last_error="550 onbekend")

    page = text(house)
    house.client("administrator").post(f"/beheer/stromen/bericht/{dead}/opnieuw")

    assert f"/beheer/stromen/bericht/{dead}/opnieuw" in page
    assert state_of(house, dead) == MessageState.READY


def test_a_way_out_that_rests_tells_until_when_and_why(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.add(
            DeliveryGate(
                account="mail", failures=5, open_until=NOW + timedelta(minutes=7), reason="451 probeer later"
            )
        )

    page, flows = text(house), text(house, "/beheer/stromen")

    assert "De mail rust" in page
    assert "451 probeer later" in page
    assert "De mail rust" in flows


def test_mail_that_came_back_is_listed_and_the_address_let_in_again(house: House) -> None:
    house.letter("a", state=MessageState.BOUNCED, bounced_at=NOW, last_error="5.1.1 onbekend")
    person = refuse(house)

    page = text(house)
    on_page_of_person = text(house, f"/beheer/school/mensen/{person}")
    answer = house.client("administrator").post(f"{HERE}/adres/{person}")

    assert "5.1.1 onbekend" in page
    assert f"{HERE}/adres/{person}" in page
    assert "Mail komt terug" in on_page_of_person
    assert answer.status_code == 303
    with reading(house.engine) as session:
        assert session.get_one(Person, person).mail_refused_at is None


def test_what_may_have_arrived_twice_stays_visible(house: House) -> None:
    sent = house.letter("a", state=MessageState.SENT, sent_at=NOW, uncertain=True)

    assert "Misschien twee keer aangekomen" in text(house)
    assert "Misschien twee keer aangekomen" in text(house, f"/beheer/stromen/bericht/{sent}")


@pytest.mark.parametrize(
    ("choice", "state"), [("skip", MessageState.SUPPRESSED), ("send", MessageState.READY)]
)
def test_after_a_copy_was_put_back_an_administrator_decides(
    house: House, choice: str, state: MessageState
) -> None:
    waiting = house.letter("a")
    house.put_back()

    before = text(house, "/beheer/stromen")
    house.client("administrator").post(f"{HERE}/teruggezet", data={"choice": choice})

    assert "De post staat stil tot je kiest" in before
    assert "De post staat stil tot je kiest" not in text(house)
    assert state_of(house, waiting) == state
    with reading(house.engine) as session:
        assert session.exec(select(Installation)).one().released_by == house.person_id("administrator")


def test_a_decision_that_was_made_already_changes_nothing(house: House) -> None:
    waiting = house.letter("a")

    answer = house.client("administrator").post(f"{HERE}/teruggezet", data={"choice": "skip"})

    assert answer.status_code == 303
    assert state_of(house, waiting) == MessageState.READY


def test_of_another_school_nothing_is_seen_or_let_in(house: House) -> None:
    house.letter("a", brin="99KM", state=MessageState.DEAD, last_error="geheim van de andere school")
    with reading(house.engine) as session:
        other = session.exec(select(Person).where(Person.email == "koert.ravensberg@hetkompas.example")).one()

    answer = house.client("administrator").post(f"{HERE}/adres/{other.id}")

    assert "geheim van de andere school" not in text(house)
    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["teacher", "ib", "director"])
def test_only_an_administrator_comes_here(house: House, who: str) -> None:
    person = refuse(house)
    client = house.client(who)

    codes = [
        client.get(HERE).status_code,
        client.post(f"{HERE}/teruggezet", data={"choice": "skip"}).status_code,
        client.post(f"{HERE}/adres/{person}").status_code,
    ]

    assert codes == [404, 404, 404]
