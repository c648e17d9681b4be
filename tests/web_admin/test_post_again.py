import re
from datetime import timedelta
from uuid import UUID

import pytest

from models import Channel, ChannelKind, DeliveryGate, Message, MessageState, Person
from models.database import reading, unit_of_work
from service.notices.retry import stuck_of
from tests.web_admin.conftest import NOW, House

HERE = "/beheer/post"
RELAY = "De mailserver weigert dit bericht: 554 5.7.1 <{key}@dezonnewijzer.example>: Relay access denied"


def stuck(house: House, *keys: str, brin: str = "99ZW", **values: object) -> list[UUID]:
    found = []
    for key in keys:
        facts = {"state": MessageState.DEAD, "last_error": RELAY.format(key=key)} | values
        found.append(house.letter(key, brin, **facts))
    return found


def link(page: str) -> str:
    found = re.search(rf'href="({HERE}/vastgelopen/\w+)"', page)
    assert found, page
    return found.group(1)


def address_of(house: House, brin: str = "99ZW") -> str:
    with reading(house.engine) as session:
        [cause] = stuck_of(session, house.school_id(brin), NOW)
    return f"{HERE}/vastgelopen/{cause.key}"


def text(house: House, path: str = HERE, role: str = "administrator") -> str:
    return str(house.client(role).get(path).text)


def states(house: House, ids: list[UUID]) -> list[MessageState]:
    with reading(house.engine) as session:
        return [session.get_one(Message, message_id).state for message_id in ids]


@pytest.mark.parametrize("page", [HERE, "/beheer/stromen"])
def test_what_one_cause_held_up_stands_together_and_each_keeps_its_own_button(
    house: House, page: str
) -> None:
    ids = stuck(house, "a", "b", "c")
    stuck(house, "d", last_error="De mailserver weigert dit bericht: 550 5.1.1 onbekend")

    seen = text(house, page)

    assert seen.count("/beheer/post/vastgelopen/") == 1
    assert "Alle 3 opnieuw" in seen
    assert "554 5.7.1 &lt;…&gt;: Relay access denied" in seen
    assert all(f"/beheer/stromen/bericht/{message_id}/opnieuw" in seen for message_id in ids)


def test_the_preview_says_how_many_and_why_and_changes_nothing(house: House) -> None:
    ids = stuck(house, "a", "b") + stuck(house, "c", expires_at=NOW - timedelta(minutes=1))

    seen = text(house, address_of(house))

    assert "2 berichten komen weer klaar te staan." in seen
    assert "1 bericht is intussen verlopen." in seen
    assert "Relay access denied" in seen
    assert "herinnering: 3" in seen
    assert "Dit staat alleen in het bericht." not in seen
    assert states(house, ids) == [MessageState.DEAD] * 3


def test_after_the_word_the_page_tells_what_came_of_it(house: House) -> None:
    ids = stuck(house, "a", "b") + stuck(house, "c", expires_at=NOW - timedelta(minutes=1))
    client, address = house.client("administrator"), address_of(house)

    answer = client.post(address)
    first, _, second = client.get(HERE).text, client.post(address), client.get(HERE).text

    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    assert "2 staan weer klaar, 1 is intussen verlopen." in first
    assert "Er is niets vastgelopen." in first
    assert "Hiervan is niets meer vastgelopen; er is niets veranderd." in second
    assert states(house, ids) == [MessageState.READY, MessageState.READY, MessageState.EXPIRED]


def test_when_all_has_expired_the_page_promises_nothing(house: House) -> None:
    stuck(house, "a", "b", expires_at=NOW - timedelta(minutes=1))
    client, address = house.client("administrator"), address_of(house)

    preview, _, after = client.get(address).text, client.post(address), client.get(HERE).text

    assert "Leg ze weg als verlopen" in preview
    assert "klaar te staan" not in preview
    assert "0 staan weer klaar, 2 zijn intussen verlopen." in after


def test_the_preview_says_that_the_way_out_still_rests(house: House) -> None:
    stuck(house, "a", "b")
    with unit_of_work(house.engine) as session:
        session.add(DeliveryGate(account="mail", failures=5, open_until=NOW + timedelta(minutes=7)))

    assert "Deze weg rust nog" in text(house, address_of(house))


def test_a_cause_that_is_gone_leads_back_with_a_word(house: House) -> None:
    client = house.client("administrator")

    answer = client.get(f"{HERE}/vastgelopen/0123456789abcdef")

    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    assert "Hiervan is niets meer vastgelopen" in client.get(HERE).text


def test_the_administrator_of_another_school_moves_only_that_school(house: House) -> None:
    ours, theirs = stuck(house, "a", "b"), stuck(house, "x", "y", "z", brin="99KM")
    address = address_of(house)
    other = house.client("other administrator")

    seen = other.get(address).text
    other.post(address)

    assert "Alle 3 opnieuw" in seen
    assert states(house, ours) == [MessageState.DEAD] * 2
    assert states(house, theirs) == [MessageState.READY] * 3


@pytest.mark.parametrize("who", ["teacher", "ib", "director", "outsider"])
def test_nobody_else_finds_the_cause_or_moves_it(house: House, who: str) -> None:
    ids = stuck(house, "a", "b")
    address = address_of(house)
    client = house.client(who)

    codes = [client.get(address).status_code, client.post(address).status_code]

    assert codes == [404, 404]
    assert states(house, ids) == [MessageState.DEAD] * 2


def test_somebodys_own_channel_is_not_named(house: House) -> None:
    with unit_of_work(house.engine) as session:
        own = Channel(
            school_id=house.school_id(),
            person_id=house.person_id("teacher"),
            name="mijn roze telefoon",
            kind=ChannelKind.PUSH,
            secret_url="x",
        )
        session.add(own)
    stuck(house, "a", "b", channel_id=own.id, last_error="De dienst kent dit adres niet (404).")

    client = house.client("administrator")

    page = client.get(HERE).text

    assert "Eigen apparaten van collega" in page
    assert "roze" not in page + client.get(link(page)).text


@pytest.mark.parametrize("state", [MessageState.DEAD, MessageState.READY])
def test_a_percent_sign_of_a_mail_server_breaks_no_page(house: House, state: MessageState) -> None:
    stuck(house, "a", state=state, last_error="452 4.2.2 mailbox 100% full")

    answer = house.client("administrator").get(HERE)

    assert answer.status_code == 200
    assert "mailbox 100% full" in answer.text


def test_it_speaks_english_to_who_reads_english(house: House) -> None:
    stuck(house, "a", "b")
    with unit_of_work(house.engine) as session:
        session.get_one(Person, house.person_id("administrator")).language = "en"
    client = house.client("administrator")
    page = client.get(HERE).text
    address = link(page)

    preview, _, after = client.get(address).text, client.post(address), client.get(HERE).text

    assert "All 2 again" in page
    assert "2 messages become ready again." in preview
    assert "2 are ready again." in after
    assert "Nothing is stuck." in after
