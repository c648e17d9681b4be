import re

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from models import Case, CaseState, Consent, Meeting, MeetingState, Message, Task, TaskState
from models.database import reading
from tests.web.conftest import World

CONSENT = {
    "purpose": "hulp bij rekenen",
    "recipient": "de jeugdarts",
    "scope": "het laatste plan",
    "answer": "ja",
    "given_by": "moeder",
    "given_on": "2026-11-24",
    "method": "in een gesprek",
}


def case_of(world: World, key: str) -> Case:
    with reading(world.engine) as session:
        return session.exec(
            select(Case).where(Case.key == key, Case.school_id == world.wilgenhof.school.id)
        ).one()


def text(client: TestClient, address: str) -> str:
    """Return a page as one line of words and tags."""
    return " ".join(client.get(address).text.split())


def test_the_list_is_limited_by_procedure_state_and_group(world: World) -> None:
    client = world.client("ineke")
    group = world.wilgenhof.groups["8"].id

    page = text(client, f"/trajecten?procedure=group-discussions&state=active&group={group}")

    assert re.findall(r'<a href="/trajecten/[0-9a-f-]{36}">([^<]+)</a>', page) == ["groep 8", "groep 8"]


def test_a_long_list_has_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.web.cases.PER_PAGE", 5)
    client = world.client("ineke")

    first, second = (set(_links(client, f"/trajecten?state=all&page={page}")) for page in (1, 2))

    assert (len(first), len(second), first & second) == (5, 5, set())
    assert 'rel="next"' in client.get("/trajecten?state=all").text


def _links(client: TestClient, address: str) -> list[str]:
    return re.findall(r'href="(/trajecten/[0-9a-f-]{36})"', client.get(address).text)


@pytest.mark.parametrize(
    "query", ["page=-3", f"page={10**20}", "state=onzin", "group=onzin", "procedure=onzin"]
)
def test_a_strange_address_is_an_empty_list_at_most(world: World, query: str) -> None:
    assert world.client("ineke").get(f"/trajecten?{query}").status_code == 200


def test_the_page_of_a_case_shows_stages_dates_and_what_is_needed_now(world: World) -> None:
    page = text(world.client("laila"), f"/trajecten/{case_of(world, 'seo:g5').id}")

    assert '<li class="active" aria-current="step">' in page
    assert "<dt>Streefdatum</dt>" in page
    needed = page.partition('<h2 id="need">')[2].partition("</section>")[0]
    assert re.findall(r'<a href="/taken/[^"]+">([^<]+)</a>', needed) == [
        "Spreek samen het doel van de bespreking af",
        "Bereid de bespreking voor",
        "Lees de voorbereiding en maak de agenda",
        "Bespreek de groep",
    ]


def test_the_future_stands_above_today_and_the_past_below(world: World) -> None:
    stream = text(world.client("laila"), f"/trajecten/{case_of(world, 'seo:g5').id}").partition(
        "Verloop</h2>"
    )[2]

    assert stream.index("Kijk of de afspraken zijn gelukt") < stream.index('class="today-line"')
    assert stream.index('class="today-line"') < stream.index("zette dit in het jaarplan")


def test_a_pupils_name_is_for_who_may_know_it(world: World) -> None:
    case = case_of(world, "onderzoek:1001")

    page = text(world.client("laila"), f"/trajecten/{case.id}")

    assert "<strong>Quirijn Zeewuster</strong>" in page
    assert case.code in page


def test_a_consent_opens_the_gate_and_is_kept_with_all_its_facts(world: World) -> None:
    client, case = world.client("ineke"), case_of(world, "onderzoek:1001")

    answer = client.post(f"/trajecten/{case.id}/toestemming", data=CONSENT)

    assert answer.status_code == 303
    page = text(client, f"/trajecten/{case.id}")
    assert "Gegeven op dinsdag 24 november" in page
    assert "<dd>de jeugdarts</dd>" in page
    assert "legde toestemming vast" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"recipient": " "}, "Vul in: waarvoor, aan wie, welke gegevens, door wie en hoe gegeven."),
        ({"answer": ""}, "Kies of de ouders toestemming geven of niet."),
        ({"given_on": ""}, "Kies een dag."),
        ({"given_on": "2027-01-05"}, "De dag van toestemming ligt niet in de toekomst"),
    ],
)
def test_half_a_consent_is_none_and_what_was_typed_stays(
    world: World, wrong: dict[str, str], said: str
) -> None:
    client, case = world.client("ineke"), case_of(world, "onderzoek:1001")

    answer = client.post(f"/trajecten/{case.id}/toestemming", data=CONSENT | wrong)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert 'value="hulp bij rekenen"' in answer.text
    with reading(world.engine) as session:
        assert len(session.exec(select(Consent).where(Consent.case_id == case.id)).all()) == 1


def test_a_consent_can_be_withdrawn(world: World) -> None:
    client, case = world.client("ineke"), case_of(world, "onderzoek:1001")
    [address] = re.findall(
        r'action="(/trajecten/[^"]+/intrekken)" class="inline-form"> <label> Ingetr',
        text(client, f"/trajecten/{case.id}"),
    )

    client.post(address, data={"on": "2026-11-25"})

    assert "Ingetrokken op woensdag 25 november" in text(client, f"/trajecten/{case.id}")


def test_consent_is_asked_only_where_something_may_leave_the_school(world: World) -> None:
    page = text(world.client("ineke"), f"/trajecten/{case_of(world, 'seo:g5').id}")

    assert 'id="toestemming"' not in page


def test_a_moved_meeting_reaches_everyone_who_was_invited(world: World) -> None:
    client, task = world.client("ineke"), world.task("seo:g5", "bespreking")
    meeting = world.meeting(task)
    form = {"day": "2026-12-02", "hour": "13:15", "location": "lokaal 5", "reason": "Laila is er dan ook"}

    answer = client.post(f"/overleg/{meeting.id}/wijzigen", data=form | {"step": "versturen"})

    assert answer.headers["location"] == f"/overleg/{meeting.id}"
    page = text(client, f"/trajecten/{task.case_id}")
    assert "<strong>woensdag 2 december</strong> 13:15–14:00" in page
    assert "verzette het overleg" in page
    with reading(world.engine) as session:
        sent = session.exec(
            select(Message).where(Message.meeting_id == meeting.id, Message.sequence == meeting.sequence + 1)
        ).all()
    assert {m.calendar_method for m in sent} == {"REQUEST"}


def test_a_meeting_is_called_off_with_a_reason(world: World) -> None:
    client, task = world.client("ineke"), world.task("seo:g5", "bespreking")
    meeting = world.meeting(task)

    client.post(f"/overleg/{meeting.id}/afzeggen", data={"reason": "we bellen"})

    assert world.meeting(task).state == MeetingState.CANCELLED
    assert "Afgezegd" in text(client, f"/trajecten/{task.case_id}")


def test_a_case_is_withdrawn_by_who_guards_the_school(world: World) -> None:
    case = case_of(world, "seo:g5")

    teacher = world.client("laila").post(f"/trajecten/{case.id}/intrekken", data={"reason": "hoeft niet"})
    ib = world.client("ineke").post(
        f"/trajecten/{case.id}/intrekken", data={"reason": "groep is samengevoegd"}
    )

    assert (teacher.status_code, ib.status_code) == (422, 303)
    assert case_of(world, "seo:g5").state == CaseState.CANCELLED


def test_a_teacher_begins_a_case_for_a_pupil_of_her_own_group(world: World) -> None:
    client, pupil = world.client("laila"), world.wilgenhof.pupils["1002"]
    form = {"kind": "external-referrals:onderzoek", "subject": f"pupil:{pupil.id}"}

    answer = client.post("/trajecten/nieuw", data=form)

    assert answer.status_code == 303
    assert "<strong>Xandra Plofkogel</strong>" in text(client, answer.headers["location"])
    with reading(world.engine) as session:
        [case] = session.exec(select(Case).where(Case.pupil_id == pupil.id)).all()
        open_now = select(Task).where(Task.case_id == case.id, col(Task.state) == TaskState.RESERVED)
        assert session.exec(open_now).all()


def test_she_sees_and_begins_nothing_for_pupils_of_another_group(world: World) -> None:
    client, pupil = world.client("laila"), world.wilgenhof.pupils["1081"]

    page = client.get("/trajecten/nieuw").text
    answer = client.post(
        "/trajecten/nieuw", data={"kind": "external-referrals:onderzoek", "subject": f"pupil:{pupil.id}"}
    )

    assert ("Xandra Plofkogel" in page, "Yfke Dwarsligger" in page) == (True, False)
    assert (answer.status_code, "zit niet in jouw groep" in answer.text) == (422, True)


def test_the_choice_stays_when_the_other_one_is_missing(world: World) -> None:
    answer = world.client("ineke").post("/trajecten/nieuw", data={"kind": "external-referrals:tlv"})

    assert (answer.status_code, "Kies een leerling." in answer.text) == (422, True)
    assert 'value="external-referrals:tlv" required checked' in " ".join(answer.text.split())


@pytest.mark.parametrize("kind", ["", "external-referrals", "group-discussions:seo", "onzin:onzin"])
def test_what_the_year_opens_is_not_opened_by_hand(world: World, kind: str) -> None:
    pupil = world.wilgenhof.pupils["1001"].id

    answer = world.client("ineke").post("/trajecten/nieuw", data={"kind": kind, "subject": f"pupil:{pupil}"})

    assert answer.status_code == 422


def test_who_has_no_group_is_told_who_begins_a_case(world: World) -> None:
    page = world.client("ilse").get("/trajecten/nieuw").text

    assert "Jij kunt hier geen traject beginnen" in page


def test_a_meeting_that_was_moved_stays_one_meeting(world: World) -> None:
    client, task = world.client("ineke"), world.task("seo:g5", "bespreking")
    before = world.meeting(task)
    form = {"day": "2026-12-02", "hour": "13:15", "location": "", "reason": "ruilen"}

    client.post(f"/overleg/{before.id}/wijzigen", data=form | {"step": "versturen"})

    with reading(world.engine) as session:
        [after] = session.exec(select(Meeting).where(Meeting.task_id == task.id)).all()
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
