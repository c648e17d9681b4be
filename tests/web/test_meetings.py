"""The pages of meetings: who sees which, answering, changing with a look first, and arranging one."""

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from models import Attendee, Meeting, Message, MessageState
from models.database import reading, unit_of_work
from tests.cast import moment
from tests.web.conftest import World

FORM = {"day": "2027-02-16", "hour": "13:15", "minutes": "45", "location": "lokaal 5", "reason": "ruilen"}

WHO = ("ineke", "joris", "bram")


def meeting(world: World) -> Meeting:
    return world.meeting(world.task("didactisch-m:g5", "bespreking"))


def text(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return plain(answer.text)


def plain(page: str) -> str:
    return " ".join(unescape(page).split())


def post_of(world: World, of: Meeting) -> list[Message]:
    with reading(world.engine) as session:
        return list(session.exec(select(Message).where(Message.meeting_id == of.id)))


def send_all(world: World) -> None:
    with unit_of_work(world.engine) as session:
        for message in session.exec(select(Message).where(Message.state == MessageState.READY)):
            message.state = MessageState.SENT


def asked(world: World, of: Meeting) -> dict[str, Attendee]:
    names = {person.id: name for name, person in world.wilgenhof.people.items()}
    with reading(world.engine) as session:
        rows = session.exec(select(Attendee).where(Attendee.meeting_id == of.id)).all()
    return {names[row.person_id] if row.person_id else str(row.email): row for row in rows}


@pytest.mark.parametrize("name", ["koert", "fenna", "hanneke", "amira", "ilse", "bram", "ans"])
def test_a_meeting_that_is_not_yours_is_not_there(world: World, name: str) -> None:
    client, address = world.client(name), f"/overleg/{meeting(world).id}"
    before = len(post_of(world, meeting(world)))

    codes = {
        client.get(address).status_code,
        client.get(f"{address}/overleg.ics").status_code,
        client.post(f"{address}/antwoord", data={"reply": "ja"}).status_code,
        client.post(f"{address}/afzeggen", data={"reason": "x"}).status_code,
        client.post(f"{address}/wijzigen", data=FORM | {"step": "versturen"}).status_code,
        client.post(f"{address}/voorstel/{meeting(world).id}/aannemen").status_code,
    }

    assert codes == {404}
    assert str(meeting(world).id) not in text(client, "/overleg")
    assert len(post_of(world, meeting(world))) == before


def test_who_is_asked_sees_the_meeting_and_not_the_case(world: World) -> None:
    ineke, of = world.client("ineke"), meeting(world)
    bram = world.wilgenhof.people["bram"]
    form = FORM | {"staff": [str(bram.id)], "step": "versturen"}
    ineke.post(f"/overleg/{of.id}/wijzigen", data=form)

    page = text(world.client("bram"), f"/overleg/{of.id}")

    assert "Kom je?" in page
    assert "/trajecten/" not in page
    assert 'id="wijzigen"' not in page
    assert "ruilen" not in page


@pytest.mark.parametrize(
    ("reply", "partstat"), [("ja", "ACCEPTED"), ("misschien", "TENTATIVE"), ("nee", "DECLINED")]
)
def test_an_answer_on_the_page_is_seen_at_a_glance(world: World, reply: str, partstat: str) -> None:
    client, of = world.client("laila"), meeting(world)

    client.post(f"/overleg/{of.id}/antwoord", data={"reply": reply, "comment": "ik kom later"})

    assert asked(world, of)["laila"].partstat == partstat
    ineke = world.client("ineke")
    page = text(ineke, f"/overleg/{of.id}")
    assert f"1 {reply}, 1 nog niet" in page
    assert "“ik kom later”" in page
    assert f"1 {reply}, 1 nog niet" in text(ineke, f"/trajecten/{of.case_id}")
    assert f"1 {reply}, 1 nog niet" in text(ineke, "/overleg")
    assert "ik kom later" not in text(world.client("joris"), f"/overleg/{of.id}")


def test_opening_the_page_answers_nothing(world: World) -> None:
    client, of = world.client("laila"), meeting(world)

    client.get(f"/overleg/{of.id}?reply=ja")
    code = client.get(f"/overleg/{of.id}/antwoord?reply=ja").status_code

    assert code == 405
    assert asked(world, of)["laila"].partstat == "NEEDS-ACTION"


def test_nothing_is_sent_before_it_was_seen_who_hears_what(world: World) -> None:
    send_all(world)
    client, of = world.client("ineke"), meeting(world)
    joris = asked(world, of)["joris"]
    ilse = world.wilgenhof.people["ilse"]
    form: dict[str, Any] = FORM | {"remove": [str(joris.id)], "staff": [str(ilse.id)]}
    before = len(post_of(world, of))

    look = client.post(f"/overleg/{of.id}/wijzigen", data=form)

    said = plain(look.text)
    assert "Laila Tahiri krijgt een bijgewerkte uitnodiging" in said
    assert "Joris Kamphuis krijgt een afzegging" in said
    assert re.search(r"Ilse \w+ krijgt een uitnodiging", said)
    assert "jij krijgt geen mail" in said
    assert (len(post_of(world, of)), meeting(world).starts_at) == (before, of.starts_at)

    client.post(f"/overleg/{of.id}/wijzigen", data=form | {"step": "versturen"})

    fresh = [m for m in post_of(world, of) if m.state == MessageState.READY]
    told = {m.to_address.partition(".")[0]: m.subject.partition(":")[0] for m in fresh}
    assert told == {"laila": "Verzet", "joris": "Toch niet nodig", "ilse": "Uitnodiging"}
    assert meeting(world).starts_at == moment("2027-02-16", 13, 15)


def test_who_saw_an_older_version_sees_the_new_one_first(world: World) -> None:
    client, of = world.client("ineke"), meeting(world)
    [seen] = re.findall(r'name="seen" value="([^"]+)"', client.get(f"/overleg/{of.id}").text)
    world.client("dirk").post(f"/overleg/{of.id}/wijzigen", data=FORM | {"step": "versturen"})

    late = FORM | {"hour": "14:00", "seen": seen, "step": "versturen"}
    answer = client.post(f"/overleg/{of.id}/wijzigen", data=late)

    assert answer.status_code == 422
    assert "Iemand anders heeft dit overleg net veranderd" in plain(answer.text)
    assert meeting(world).starts_at == moment("2027-02-16", 13, 15)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hour": "25:99"}, "Kies een uur, bijvoorbeeld 14:30."),
        ({"day": "2026-11-24"}, "Kies een moment dat nog moet komen."),
        ({"reason": " "}, "Schrijf er kort bij waarom."),
        ({"minutes": "4"}, "Een overleg duurt tussen 5 en 480 minuten."),
        ({"outside": "geen adres"}, "is geen mailadres"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    world: World, wrong: dict[str, str], said: str
) -> None:
    client, of = world.client("ineke"), meeting(world)

    answer = client.post(f"/overleg/{of.id}/wijzigen", data=FORM | {"location": "zolder"} | wrong)

    assert (answer.status_code, said in plain(answer.text)) == (422, True)
    assert 'value="zolder"' in answer.text
    assert meeting(world).sequence == of.sequence


def test_a_change_of_words_alone_keeps_the_version_and_the_answers(world: World) -> None:
    send_all(world)
    of = meeting(world)
    world.client("laila").post(f"/overleg/{of.id}/antwoord", data={"reply": "ja"})
    form = _as_it_stands(world, of) | {"title": "Bespreking van de groep", "step": "versturen"}

    world.client("ineke").post(f"/overleg/{of.id}/wijzigen", data=form)

    fresh = [m for m in post_of(world, of) if m.state == MessageState.READY]
    assert {m.sequence for m in fresh} == {of.sequence}
    assert {m.subject.partition(",")[0] for m in fresh} == {"Gewijzigd: Bespreking van de groep"}
    assert asked(world, of)["laila"].partstat == "ACCEPTED"


def test_locking_and_wishes_reach_nobody(world: World) -> None:
    send_all(world)
    of = meeting(world)
    form: dict[str, Any] = _as_it_stands(world, of) | {
        "locked": "ja",
        "wishes": ["1-pm", "3-am"],
        "step": "versturen",
    }

    world.client("ineke").post(f"/overleg/{of.id}/wijzigen", data=form)

    now = meeting(world)
    assert (now.locked, now.sequence) == (True, of.sequence)
    assert now.wishes == [{"weekday": 1, "half": "pm"}, {"weekday": 3, "half": "am"}]
    assert [m for m in post_of(world, of) if m.state == MessageState.READY] == []


def _as_it_stands(world: World, of: Meeting) -> dict[str, Any]:
    page = world.client("ineke").get(f"/overleg/{of.id}").text
    fields = {}
    for name in ("day", "hour", "minutes", "location", "title", "seen"):
        [fields[name]] = re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return {name: unescape(value) for name, value in fields.items()}


def test_a_meeting_that_is_called_off_tells_who_was_asked(world: World) -> None:
    send_all(world)
    client, of = world.client("ineke"), meeting(world)

    answer = client.post(f"/overleg/{of.id}/afzeggen", data={"reason": "we bellen"})

    assert answer.headers["location"] == f"/overleg/{of.id}"
    assert "Afgezegd" in text(client, f"/overleg/{of.id}")
    off = [m.to_address for m in post_of(world, of) if m.calendar_method == "CANCEL"]
    assert len(off) == 2


def test_who_hears_that_a_meeting_is_off_is_seen_before_it_is(world: World) -> None:
    send_all(world)
    client, of = world.client("ineke"), meeting(world)
    before = len(post_of(world, of))
    form = {"reason": "we bellen", "step": "bekijken"}

    look = client.post(f"/overleg/{of.id}/afzeggen", data=form)
    back = client.post(f"/overleg/{of.id}/afzeggen", data=form | {"step": "terug"})
    empty = client.post(f"/overleg/{of.id}/afzeggen", data=form | {"reason": " "})

    said = plain(look.text)
    assert "Joris Kamphuis krijgt een afzegging" in said
    assert "Laila Tahiri krijgt een afzegging" in said
    assert "jij krijgt geen mail: je weet het al" in said
    assert 'name="reason" value="we bellen"' in look.text
    assert 'value="we bellen"' in back.text
    assert (empty.status_code, "Schrijf er kort bij waarom." in plain(empty.text)) == (422, True)
    assert len(post_of(world, of)) == before


@pytest.mark.parametrize("day", ["2027-02-14", "2027-02-24"])
def test_moving_to_a_day_without_school_is_warned_of_and_can_be_done(world: World, day: str) -> None:
    client, of = world.client("ineke"), meeting(world)

    look = client.post(f"/overleg/{of.id}/wijzigen", data=FORM | {"day": day})

    assert look.status_code == 200
    assert "Op die dag is er geen school." in plain(look.text)


def test_moving_to_a_day_on_which_somebody_is_off_is_warned_of(world: World) -> None:
    client, of = world.client("ineke"), meeting(world)

    look = client.post(f"/overleg/{of.id}/wijzigen", data=FORM | {"day": "2027-02-19"})

    assert "Laila Tahiri werkt dan niet." in plain(look.text)
    assert "Op die dag is er geen school." not in plain(look.text)


def test_a_meeting_can_be_taken_over_as_a_file_without_who_comes(world: World) -> None:
    of = meeting(world)

    answer = world.client("laila").get(f"/overleg/{of.id}/overleg.ics")

    assert answer.headers["content-type"].startswith("text/calendar")
    assert 'filename="overleg.ics"' in answer.headers["content-disposition"]
    assert f"UID:{of.uid}".encode() in answer.content
    assert b"ATTENDEE" not in answer.content


NEW = {
    "kind": "oudergesprek",
    "day": "2026-12-09",
    "hour": "15:30",
    "minutes": "20",
    "location": "lokaal 3",
    "outside": "ouders@gezin.example",
    "outside_kind": "Ouder(s)",
}


def test_a_teacher_arranges_a_parent_meeting_after_a_look_at_who_hears_what(world: World) -> None:
    client, pupil = world.client("laila"), world.wilgenhof.pupils["1001"]
    form = NEW | {"about": f"pupil:{pupil.id}", "chair": str(world.wilgenhof.people["laila"].id)}

    look = client.post("/overleg/nieuw", data=form)
    assert "Ouder(s) (ouders@gezin.example) krijgt een uitnodiging" in plain(look.text)
    assert "Oudergesprek" not in text(client, "/overleg")
    made = client.post("/overleg/nieuw", data=form | {"step": "versturen"})

    page = text(client, made.headers["location"])
    assert "woensdag 9 december" in page
    assert pupil.name in page
    assert "Oudergesprek" in text(client, "/overleg")


def test_a_teacher_is_offered_her_own_pupils_and_no_meeting_of_the_school(world: World) -> None:
    page = text(world.client("laila"), "/overleg/nieuw")

    assert world.wilgenhof.pupils["1001"].name in page
    assert "Teamoverleg" not in page
    assert "Groep 8" not in page


@pytest.mark.parametrize("name", ["hanneke", "amira", "koert"])
def test_nobody_arranges_a_meeting_about_a_pupil_of_another(world: World, name: str) -> None:
    form = NEW | {"about": f"pupil:{world.wilgenhof.pupils['1001'].id}", "step": "versturen"}

    answer = world.client(name).post("/overleg/nieuw", data=form)

    assert answer.status_code == 422
    assert world.wilgenhof.pupils["1001"].name not in answer.text


def test_going_back_from_the_look_keeps_what_was_typed(world: World) -> None:
    client = world.client("ineke")
    form = NEW | {"about": f"group:{world.wilgenhof.groups['5'].id}", "step": "terug"}

    page = client.post("/overleg/nieuw", data=form).text

    assert 'value="15:30"' in page
    assert "ouders@gezin.example" in page
