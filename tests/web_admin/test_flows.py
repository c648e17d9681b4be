from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from models import Channel, ChannelKind, Message, MessageState, Pupil, RunState, RunVia, School, TimerRun
from models.database import reading, unit_of_work
from service.rhythm.timers import TIMERS
from tests.web_admin.conftest import NOW, House

HERE = "/beheer/stromen"


def letter(house: House, state: MessageState = MessageState.DEAD, brin: str = "99ZW") -> UUID:
    """Put a message in the outbox as it would stand there."""
    facts: dict[MessageState, dict[str, object]] = {
        MessageState.DEAD: {"attempts": 5, "last_error": "550 onbekende ontvanger"},
        MessageState.SENT: {"sent_at": NOW - timedelta(minutes=30)},
    }
    return house.letter(state, brin, state=state, **facts.get(state, {}))


def run(house: House, name: str, state: RunState, error: str | None = None) -> None:
    with unit_of_work(house.engine) as session:
        session.add(
            TimerRun(
                timer=name,
                started_at=NOW - timedelta(minutes=5),
                ended_at=NOW - timedelta(minutes=4),
                via=RunVia.PREFECT,
                state=state,
                expected=3,
                done=3,
                counts={"reminded": 3, "off": 0},
                error=error,
            )
        )


def state_of(house: House, message_id: UUID) -> MessageState:
    with reading(house.engine) as session:
        return session.get_one(Message, message_id).state


def test_every_flow_has_a_row_with_its_light_and_what_it_did(house: House) -> None:
    run(house, "remind", RunState.DONE)
    run(house, "deliver", RunState.FAILED, "De database was even weg.")

    page = house.client("administrator").get(HERE).text

    assert [timer.title for timer in TIMERS.values() if timer.title not in page] == []
    assert "collega's herinnerd: 3" in page
    assert "De database was even weg." in page
    assert "1 stroom heeft aandacht nodig." in page


def test_a_flow_tells_its_latest_runs(house: House) -> None:
    run(house, "remind", RunState.DONE)

    page = house.client("administrator").get(f"{HERE}/remind")

    assert (page.status_code, "gedaan" in page.text) == (200, True)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_flow_that_is_none_is_not_there(house: House, method: str) -> None:
    client = house.client("administrator")
    path = f"{HERE}/geen" if method == "get" else f"{HERE}/geen/uitvoeren"

    assert client.request(method, path).status_code == 404


def test_a_flow_runs_at_once_and_says_who_did_it(house: House) -> None:
    answer = house.client("administrator").post(f"{HERE}/keep-house/uitvoeren")

    with reading(house.engine) as session:
        [made] = session.exec(select(TimerRun).where(TimerRun.timer == "keep-house")).all()
    assert (answer.status_code, made.state, made.via) == (303, RunState.DONE, RunVia.COMMAND)


def test_a_flow_that_runs_already_is_left_alone(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.add(TimerRun(timer="keep-house", started_at=NOW, via=RunVia.PREFECT, state=RunState.RUNNING))

    client = house.client("administrator")
    client.post(f"{HERE}/keep-house/uitvoeren")

    assert "Opruimen loopt al." in client.get(HERE).text
    with reading(house.engine) as session:
        assert len(session.exec(select(TimerRun).where(TimerRun.timer == "keep-house")).all()) == 1


def test_the_outbox_is_counted_for_this_school_only(house: House) -> None:
    for state in (MessageState.DEAD, MessageState.READY, MessageState.SENT):
        letter(house, state)
        letter(house, state, "99KM")

    page = house.client("administrator").get(HERE).text

    tiles = page.split('<div class="tiles">')[1].split("</div>")[0]
    assert [int(part.split("</strong>")[0]) for part in tiles.split("<strong>")[1:]] == [1, 1, 1, 0]
    assert "40 minuten" in tiles


def test_a_stuck_message_shows_its_reason_and_not_its_text(house: House) -> None:
    key = letter(house)
    client = house.client("administrator")

    pages = client.get(HERE).text + client.get(f"{HERE}/bericht/{key}").text

    assert pages.count("550 onbekende ontvanger") == 2
    assert "Dit staat alleen in het bericht." not in pages


@pytest.mark.parametrize(
    ("kind", "owner", "told"),
    [
        (ChannelKind.PUSH, "teacher", "een eigen apparaat van deze collega"),
        (ChannelKind.APPRISE, "teacher", "een eigen kanaal van deze collega"),
        (ChannelKind.PUSH, "administrator", "kanaal Oma"),
        (ChannelKind.APPRISE, None, "kanaal Oma"),
    ],
)
def test_of_a_colleagues_own_channel_only_the_kind_is_told(
    house: House, kind: ChannelKind, owner: str | None, told: str
) -> None:
    key = letter(house)
    with unit_of_work(house.engine) as session:
        whose = house.person_id(owner) if owner else None
        own = Channel(
            school_id=house.school_id(), person_id=whose, name="Oma thuis", kind=kind, secret_url="x"
        )
        session.add(own)
        session.flush()
        session.get_one(Message, key).channel_id = own.id

    page = house.client("administrator").get(f"{HERE}/bericht/{key}").text

    assert told in page
    assert ("Oma thuis" in page) == told.startswith("kanaal")


def test_a_stuck_message_leaves_again(house: House) -> None:
    key = letter(house)

    answer = house.client("administrator").post(f"{HERE}/bericht/{key}/opnieuw")

    assert (answer.status_code, state_of(house, key)) == (303, MessageState.READY)


def test_a_message_that_was_sent_is_not_sent_again(house: House) -> None:
    key = letter(house, MessageState.SENT)

    house.client("administrator").post(f"{HERE}/bericht/{key}/opnieuw")

    assert state_of(house, key) is MessageState.SENT


def test_a_message_of_another_school_is_not_there(house: House) -> None:
    key = letter(house, MessageState.DEAD, "99KM")
    client = house.client("administrator")

    codes = [
        client.get(f"{HERE}/bericht/{key}").status_code,
        client.post(f"{HERE}/bericht/{key}/opnieuw").status_code,
    ]

    assert (codes, state_of(house, key)) == ([404, 404], MessageState.DEAD)


def test_all_messages_of_the_school_are_paused_and_let_go(house: House) -> None:
    client = house.client("administrator")

    def paused() -> list[str]:
        with reading(house.engine) as session:
            return list(session.exec(select(School.brin).where(School.messages_paused)))

    client.post(f"{HERE}/pauze", data={"on": "ja"})
    during, page = paused(), client.get(HERE).text
    client.post(f"{HERE}/pauze", data={"on": "nee"})

    assert (during, paused()) == (["99ZW"], [])
    assert "Alle berichten zijn gepauzeerd." in page
    assert client.post(f"{HERE}/pauze", data={"on": "x"}).status_code == 404


def test_what_is_odd_in_the_set_up_is_on_the_page(house: House) -> None:
    page = house.client("administrator").get(HERE).text

    assert "Er is geen mailserver ingesteld" in page


def test_no_pupil_is_named_here(house: House) -> None:
    letter(house)
    run(house, "remind", RunState.DONE)
    with reading(house.engine) as session:
        names = {name for name in session.exec(select(Pupil.last_name)) if len(name) > 4}
    client = house.client("administrator")

    pages = client.get(HERE).text + client.get(f"{HERE}/remind").text

    words = set(pages.replace("<", " ").replace(">", " ").split())
    assert names & words == set()
