"""Mijn berichten, the logbook, the school's bounds, and the button to remind: for whom and what they say."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from sqlmodel import select

from models import (
    Channel,
    ChannelChoice,
    ChannelKind,
    LedgerEntry,
    Message,
    MessageState,
    ReminderBounds,
    ReminderWish,
    Task,
    TaskState,
)
from models.database import reading, unit_of_work
from service.cases.conversation import conversation_id
from service.reminders.digest import write_digests
from tests.cast import moment
from tests.web.conftest import NOW, World

FORM = {
    "hour": "07:30",
    "quiet_from": "17:00",
    "quiet_until": "07:15",
    "paused_from": "2026-12-01",
    "paused_until": "2026-12-04",
    "by_mail": "ja",
}
BOUNDS = {
    "hour": "07:00",
    "latest_hour": "10:00",
    "quiet_from": "17:30",
    "quiet_until": "06:45",
    "most_pause_days": "10",
    "hand_wait_hours": "48",
    "most": "3",
}


def late(world: World, owner: str = "laila") -> Task:
    """Let a task of group 5 be late and somebody's."""
    task = world.task("seo:g5", "voorbereiding")
    with unit_of_work(world.engine) as session:
        kept = session.get_one(Task, task.id)
        kept.owner_id, kept.state = world.wilgenhof.id(owner), TaskState.RESERVED
        kept.target_on = date(2026, 11, 25)
    return world.now(task)


def remind_all(world: World) -> None:
    with unit_of_work(world.engine) as session:
        write_digests(session, world.wilgenhof.school, NOW)


def test_what_i_choose_is_kept_and_shown(world: World) -> None:
    client = world.client("laila")

    answer = client.post("/mijn/berichten", data=FORM)

    assert (answer.status_code, answer.headers["location"]) == (303, "/mijn/berichten")
    page = client.get("/mijn/berichten").text
    assert '<option value="07:30" selected>' in page
    assert 'name="paused_until" value="2026-12-04"' in page
    with reading(world.engine) as session:
        (wish,) = session.exec(select(ReminderWish)).all()
    assert (wish.person_id, wish.school_id) == (world.wilgenhof.id("laila"), world.wilgenhof.school.id)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hour": "12:30"}, "Kies een uur tussen 06:30 en 12:00"),
        ({"quiet_from": "kwart over"}, "Schrijf een uur als 07:30."),
        ({"paused_until": "2027-01-30"}, "Een pauze duurt hooguit 14 dagen."),
        ({"by_mail": ""}, "Zonder mail heb je eerst een ander kanaal nodig"),
    ],
)
def test_what_can_not_be_is_told_and_what_was_typed_stays(
    world: World, wrong: dict[str, str], said: str
) -> None:
    answer = world.client("laila").post("/mijn/berichten", data=FORM | wrong)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert 'name="paused_from" value="2026-12-01"' in answer.text


def test_a_page_of_my_own_shows_only_what_was_sent_to_me(world: World) -> None:
    late(world)
    remind_all(world)
    with unit_of_work(world.engine) as session:
        for message in session.exec(select(Message)):
            message.state, message.sent_at = MessageState.SENT, NOW

    pages = {name: world.client(name).get("/mijn/berichten").text for name in ("laila", "hanneke")}

    assert "dagbericht" in pages["hanneke"]
    assert not re.search("Laila|Ineke", pages["hanneke"].partition('id="log"')[2])
    assert "voorbereiding" not in pages["hanneke"].partition('id="log"')[2].lower()


def test_the_logbook_is_for_who_guards_or_keeps_the_school(world: World) -> None:
    codes = {
        name: world.client(name).get("/verzendlogboek").status_code
        for name in ("ineke", "dirk", "amira", "laila", "hanneke", "ilse", "bram", "ans")
    }

    assert {name for name, code in codes.items() if code == 200} == {"ineke", "dirk", "amira"}
    assert set(codes.values()) == {200, 404}


def test_the_logbook_shows_one_person_and_nobody_of_another_school(world: World) -> None:
    late(world)
    remind_all(world)
    client, laila = world.client("ineke"), world.wilgenhof.id("laila")

    all_, hers = client.get("/verzendlogboek").text, client.get(f"/verzendlogboek?wie={laila}").text
    other = client.get(f"/verzendlogboek?wie={world.kompas.id('fenna')}")
    there = world.client("koert").get("/verzendlogboek").text

    assert "<strong>Hanneke Achterberg</strong>" in all_
    assert "Verzendlogboek van Laila Tahiri" in hers
    assert "<strong>Hanneke Achterberg</strong>" not in hers
    assert other.status_code == 404
    assert "Hanneke" not in there


def test_of_a_colleagues_own_channel_the_logbook_tells_only_the_kind(world: World) -> None:
    task, school, joris = late(world, "joris"), world.wilgenhof.school.id, world.wilgenhof.id("joris")
    ways = (("Oma's oude tablet", ChannelKind.PUSH, joris), ("Teamchat", ChannelKind.APPRISE, None))
    with unit_of_work(world.engine) as session:
        for name, kind, person_id in ways:
            row = Channel(school_id=school, person_id=person_id, name=name, kind=kind, secret_url="x")
            session.add(row)
            session.flush()
            if person_id is None:
                session.add(ChannelChoice(channel_id=row.id, person_id=joris))
    remind_all(world)

    hers = world.client("joris").get("/mijn/berichten").text.partition('id="log"')[2]
    paths = ("/verzendlogboek", f"/verzendlogboek?wie={joris}", f"/taken/{task.id}/berichten")
    pages = [world.client("ineke").get(path).text for path in paths]

    assert "langs Oma&#39;s oude tablet" in hers
    for page in pages:
        assert "langs een eigen apparaat" in page
        assert "langs Teamchat" in page
        assert "tablet" not in page


@pytest.mark.parametrize(
    ("days", "told", "refused"),
    [
        (0, "dat pauzeren niet kan", "Pauzeren kan op deze school niet."),
        (1, "Hooguit 1 dag.", "hooguit één dag."),
        (3, "Hooguit 3 dagen.", "hooguit 3 dagen."),
    ],
)
def test_how_long_a_pause_may_be_is_said_in_good_words(
    world: World, days: int, told: str, refused: str
) -> None:
    with unit_of_work(world.engine) as session:
        session.add(ReminderBounds(school_id=world.wilgenhof.school.id, most_pause_days=days))
    client = world.client("laila")

    page = client.get("/mijn/berichten").text
    answer = client.post("/mijn/berichten", data=FORM)

    assert told in page
    assert refused in answer.text


def test_in_a_year_of_which_no_holidays_are_known_who_keeps_the_school_is_told(world: World) -> None:
    here, words = "/beheer/school/herinneringen", "nog geen schoolvakanties bekend"
    now = world.client("ineke").get(here).text

    with time_machine.travel(moment("2030-09-11"), tick=False):
        later = world.client("ineke").get(here).text

    assert words not in now
    assert f"Van schooljaar 2030-2031 zijn {words}" in later


def test_the_administrator_reads_no_pupils_name_and_no_link_to_a_case(world: World) -> None:
    with unit_of_work(world.engine) as session:
        tasks = session.exec(select(Task).where(Task.school_id == world.wilgenhof.school.id))
        for task in tasks:
            task.target_on = date(2026, 11, 25)
    remind_all(world)

    page = world.client("amira").get("/verzendlogboek").text

    assert re.search("T-[A-Z2-7]{6}", page)
    assert [p.last_name for p in world.wilgenhof.pupils.values() if p.last_name in page] == []
    assert "/taken/" not in page


def test_the_messages_of_a_task_are_for_who_sees_the_task(world: World) -> None:
    task = late(world)
    remind_all(world)
    path = f"/taken/{task.id}/berichten"

    pages = {
        name: world.client(name).get(path)
        for name in ("ineke", "laila", "joris", "hanneke", "amira", "koert")
    }

    assert {name: page.status_code for name, page in pages.items()} == {
        "ineke": 200,
        "laila": 200,
        "joris": 200,
        "hanneke": 404,
        "amira": 404,
        "koert": 404,
    }
    assert "Laila Tahiri" in pages["ineke"].text
    assert "Je ziet wat aan jou is gestuurd." in pages["joris"].text
    assert "<strong>Laila Tahiri</strong>" not in pages["joris"].text


def test_the_button_reminds_and_says_so_and_then_waits(world: World) -> None:
    task, client = late(world, "joris"), world.client("ineke")
    page = client.get(f"/taken/{task.id}").text

    first = client.post(f"/taken/{task.id}/herinneren")
    second = client.post(f"/taken/{task.id}/herinneren")

    assert f'action="/taken/{task.id}/herinneren"' in page
    assert (first.status_code, second.status_code) == (303, 422)
    assert "Ineke Bergsma herinnerde hier woensdag 25 november om" in second.text
    after = client.get(f"/taken/{task.id}").text
    assert "Laatst met de hand herinnerd door Ineke Bergsma" in after
    assert "herinnerde met de hand" in after
    with reading(world.engine) as session:
        lines = session.exec(select(LedgerEntry).where(LedgerEntry.rung == "met-de-hand")).all()
    assert [line.by_id for line in lines] == [world.wilgenhof.id("ineke")]


def test_a_colleague_has_no_button_and_is_refused(world: World) -> None:
    task, client = late(world, "joris"), world.client("laila")

    page, answer = client.get(f"/taken/{task.id}").text, client.post(f"/taken/{task.id}/herinneren")

    assert "/herinneren" not in page
    assert (answer.status_code, "herinnert een collega" in answer.text) == (422, True)


def test_a_task_that_stopped_leads_to_its_conversation(world: World) -> None:
    task = late(world, "hanneke")
    day = date(2026, 11, 26)
    while day < date(2026, 12, 9):
        with unit_of_work(world.engine) as session:
            write_digests(session, world.wilgenhof.school, moment(day, 13))
            for message in session.exec(select(Message)):
                message.state = MessageState.SENT
        day += timedelta(days=1)

    page = world.client("dirk").get(f"/taken/{task.id}/berichten").text

    assert "Het herinneren is gestopt: nu helpt een gesprek." in page
    assert f'href="/taken/{conversation_id(task.id)}"' in page
    assert world.client("ineke").get(f"/taken/{conversation_id(task.id)}").status_code == 200


def test_the_school_says_what_it_allows(world: World) -> None:
    here = "/beheer/school/herinneringen"
    codes = {
        name: world.client(name).get(here).status_code for name in ("ineke", "dirk", "amira", "laila", "ans")
    }

    kept = world.client("amira").post(here, data=BOUNDS)
    refused = world.client("amira").post(here, data=BOUNDS | {"most": "9"})
    other = world.client("laila").post(here, data=BOUNDS)

    assert {name for name, code in codes.items() if code == 200} == {"ineke", "dirk", "amira"}
    assert (kept.status_code, refused.status_code, other.status_code) == (303, 422, 404)
    assert "hooguit 4 berichten" in refused.text
    with reading(world.engine) as session:
        (bounds,) = session.exec(select(ReminderBounds)).all()
    assert (bounds.school_id, bounds.most, bounds.hand_wait_hours) == (world.wilgenhof.school.id, 3, 48)


@pytest.mark.parametrize("name", ["ineke", "amira", "laila"])
def test_the_pages_speak_english_too(world: World, name: str) -> None:
    client = world.client(name)
    client.post("/taal", data={"language": "en"})

    page = client.get("/mijn/berichten").text

    assert "My messages" in page
    assert "Hoe laat op je werkdag?" not in page


def test_what_waits_for_another_is_reminded_from_today_by_who_guards(world: World) -> None:
    task = late(world)
    pages = {name: world.client(name).get("/vandaag").text for name in ("ineke", "laila", "hanneke")}

    answer = world.client("ineke").post(f"/taken/{task.id}/herinneren", data={"next": "/vandaag"})

    assert f"/taken/{task.id}/herinneren" in pages["ineke"]
    assert not any("/herinneren" in pages[name] for name in ("laila", "hanneke"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/vandaag")


@pytest.mark.parametrize("tot", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "ooit", "\0"])
def test_a_moment_that_no_calendar_has_breaks_no_logbook(world: World, tot: str) -> None:
    answer = world.client("ineke").get("/verzendlogboek", params={"tot": tot})

    assert answer.status_code == 200
