"""The pages that seek hours and keep rooms: for whom they are, without script, and what they say."""

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlmodel import select

from calendars.slotting.assemble import assemble
from calendars.slotting.solver import Effort, Search
from models import Attendee, LessonHours, Person, Room, SlotProposal
from models.database import connect, reading, unit_of_work
from service.settings import settings
from service.slots.asked import Asked
from service.slots.draft import draft_of
from service.slots.read import question_of
from tests.quick_password import PASSWORD, quick_hash
from tests.slots.conftest import LABEL, NOW, SEO, House
from tests.web_app import app_on

HERE_WITHOUT_HOURS = ["laila.tahiri", "amira.haddou", "ilse.vanschaik"]
OTHERS = [*HERE_WITHOUT_HOURS, "koert.ravensberg", "lucia.berendonk"]


@pytest.fixture(scope="session")
def kept() -> str:
    return quick_hash()


@pytest.fixture
def pages(
    drafted_zonnewijzer: Path, tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """The school with a draft behind its pages, on a Monday in November."""
    shutil.copy(drafted_zonnewijzer, tmp_path / "jaarritme.db")
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    settings.cache_clear()
    engine = connect(f"sqlite:///{tmp_path / 'jaarritme.db'}")
    with unit_of_work(engine) as session:
        for person in session.exec(select(Person)):
            person.password_hash = kept
    with time_machine.travel(NOW, tick=True):
        yield House(engine, has_draft=True)
    engine.dispose()
    settings.cache_clear()


def client(house: House, name: str) -> TestClient:
    found = TestClient(app_on(house.engine), follow_redirects=False)
    answer = found.post("/login", data={"email": house.person(name).email, "password": PASSWORD})
    assert answer.status_code == 303
    return found


def sought(ineke: TestClient, **form: str) -> str:
    """Ask for a round and wait until it is there; return its address."""
    told = {"kind": "ronde", "rounds": SEO, "not_before": "2026-11-10", "avoid_tests": "ja", **form}
    answer = ineke.post("/uren", data=told)
    assert answer.status_code == 303, answer.text
    address = str(answer.headers["location"])
    for _ in range(240):
        if 'hx-trigger="every 1s"' not in ineke.get(address).text:
            return address
        time.sleep(0.25)
    pytest.fail("the search did not end")


def drafted_at(house: House) -> str:
    return f"/uren/{house.found().id}"


def test_a_round_is_asked_shown_and_approved_without_a_script(pages: House) -> None:
    ineke = client(pages, "ineke")
    form = ineke.get("/uren")

    address = sought(ineke)
    shown = ineke.get(address).text
    tasks = re.findall(r'name="task" value="([^"]+)"', shown)
    done = ineke.post(f"{address}/overnemen", data={"task": tasks})

    assert "Sociaal-emotionele bespreking" in form.text
    assert "Het beste dat er is, bewezen" in shown
    assert done.status_code == 303
    assert "Overgenomen" in ineke.get(address).text
    assert len([m for m in pages.meetings() if m.sequence > 0]) == len(tasks) > 0


def test_a_form_with_a_mistake_comes_back_with_what_is_wrong(pages: House) -> None:
    ineke = client(pages, "ineke")

    none = ineke.post("/uren", data={"kind": "ronde", "not_before": "2026-11-10"})
    odd = ineke.post(
        "/uren", data={"kind": "ronde", "rounds": SEO, "not_before": "2026-11-10", "latest": "laat"}
    )

    assert (none.status_code, odd.status_code) == (422, 422)
    assert "Kies ten minste één ronde" in none.text
    assert "het laatste uur" in odd.text
    assert re.search(r'<details class="fold" open>\s*<summary>Instellingen', odd.text), "where the mistake is"


def test_a_day_that_ends_before_it_begins_is_refused(pages: House) -> None:
    told = {"rounds": SEO, "not_before": "2026-11-10", "earliest": "15:00", "latest": "10:00"}

    answer = client(pages, "ineke").post("/uren", data=told)

    assert answer.status_code == 422
    assert "Het laatste uur ligt niet na het vroegste." in answer.text


def test_a_draft_names_the_parents_who_are_asked_and_counts_who_hears(pages: House) -> None:
    [first, *_] = pages.found().result["items"]
    with unit_of_work(pages.engine) as session:
        session.add(Attendee(meeting_id=UUID(first["meeting"]), email="ouder@thuis.example", name="Ouder(s)"))
    staff = {p for item in pages.found().result["items"] for p in (*item["there"], *item["absent"])}

    page = client(pages, "ineke").get(drafted_at(pages)).text

    assert "Ouder(s)" in page
    assert f"{len(staff)} mensen worden gevraagd" in page, "the parents, and all but who takes it over"


def test_a_stale_draft_is_refused_on_the_page_with_what_changed(pages: House) -> None:
    ineke, address = client(pages, "ineke"), drafted_at(pages)
    with unit_of_work(pages.engine) as session:
        for room in session.exec(select(Room)):
            room.active = False

    answer = ineke.post(f"{address}/overnemen", data={"whole": "ja"})

    assert answer.status_code == 422
    assert "die ruimte is er niet" in answer.text
    assert pages.post() == []


def drafted_for(house: House, leaves: str, gains: str, beside: str) -> None:
    """Put a re-plan in the draft: an hour that one group has, and that another can only have.

    A third group has it too, apart from them.
    """
    with unit_of_work(house.engine) as session:
        asked = Asked.model_validate({"rounds": (SEO,), "not_before": "2026-11-10", "keep": True})
        question = question_of(session, house.school(session), LABEL, asked, NOW)
        by_group = {s.group_name: s for s in question.problem.sought}
        had, wants, third = (by_group[name] for name in (leaves, gains, beside))
        now = had.now
        assert now
        rules = replace(question.problem.rules, earliest=now.start, latest=now.end, step=60)
        sought = (
            replace(had, first=now.day, last=now.day + timedelta(days=7), target=now.day),
            replace(wants, first=now.day, last=now.day, now=None, minutes=had.minutes),
            replace(third, now=replace(now, chair=None, room=None), chair="director"),
        )
        problem = replace(question.problem, sought=sought, rooms=(), tests=(), rules=rules)
        question = replace(question, problem=problem)
        assembled = assemble(question.problem)
        found = Search(assembled.puzzle, Effort(10, 1)).run()
        assert found
        [proposal] = session.exec(select(SlotProposal)).all()
        proposal.result = draft_of(question, assembled, found.answer, by="proven")


def test_a_meeting_that_makes_room_says_for_which(pages: House) -> None:
    drafted_for(pages, "5", "7", "8")

    page = client(pages, "ineke").get(drafted_at(pages)).text

    row = re.compile(r'<span>([^<]+)</span></label>.*?Waarom"><span>([^<]+)</span>', re.DOTALL)
    title = "Groepsbespreking: Sociaal-emotionele bespreking – groep"
    assert dict(row.findall(page)) == {
        f"{title} 5": f"Maakt plaats voor {title} 7.",
        f"{title} 7": "Had nog geen uur.",
    }


def test_a_draft_is_laid_aside_and_sought_again(pages: House) -> None:
    ineke, address = client(pages, "ineke"), drafted_at(pages)

    fresh = ineke.post(f"{address}/opnieuw").headers["location"]
    again = ineke.post(f"{fresh}/weg")

    assert fresh != address
    assert again.headers["location"].startswith("/uren?jaar=")
    assert {p.state.value for p in _proposals(pages)} == {"discarded"}


def _proposals(house: House) -> list[SlotProposal]:
    with reading(house.engine) as session:
        return list(session.exec(select(SlotProposal)))


def test_for_anyone_else_there_are_no_hours_to_seek(pages: House) -> None:
    here = drafted_at(pages)

    codes = {}
    for name in OTHERS:
        other = client(pages, name)
        codes[name] = {other.get(here).status_code} | {
            other.post(f"{here}/{verb}").status_code
            for verb in ("stoppen", "opnieuw", "weg", "overnemen", "terug")
        }
        if name in HERE_WITHOUT_HOURS:
            codes[name] |= {
                other.get("/uren").status_code,
                other.post("/uren", data={"rounds": SEO}).status_code,
            }
            assert "/uren?" not in other.get("/jaarplanner").text

    assert set.union(*codes.values()) == {404}
    assert [p.state.value for p in _proposals(pages)] == ["draft"]


def test_a_proposal_that_is_not_there_is_404(pages: House) -> None:
    ineke = client(pages, "ineke")

    assert ineke.get(f"/uren/{uuid4()}").status_code == 404
    assert ineke.get(f"/uren?taak={uuid4()}").status_code == 404


def test_one_meeting_can_be_sought_from_its_case(pages: House) -> None:
    ineke = client(pages, "ineke")
    meeting = pages.of_group("5")

    page = ineke.get(f"/uren?taak={meeting.task_id}")
    answer = ineke.post(
        "/uren",
        data={"kind": "ronde", "tasks": str(meeting.task_id), "not_before": "2026-11-10", "seconds": "5"},
    )

    assert meeting.title in page.text
    assert answer.status_code == 303
    assert sorted(p.progress["of"] for p in _proposals(pages)) == [1, 10]


def test_keepers_add_a_room_and_set_the_lesson_hours(pages: House) -> None:
    amira = client(pages, "amira")
    here = "/beheer/school/ruimtes"

    added = amira.post(here, data={"name": "Teamkamer"})
    twice = amira.post(here, data={"name": "teamkamer"})
    week = {"starts": ["08:30"] * 5, "ends": ["14:00", "14:00", "12:00", "14:00", ""]}
    half = amira.post(f"{here}/lestijden", data=week)
    week["starts"][4] = ""
    kept = amira.post(f"{here}/lestijden", data=week)

    assert (added.status_code, twice.status_code, half.status_code, kept.status_code) == (303, 422, 422, 303)
    assert "Teamkamer" in amira.get(here).text
    with reading(pages.engine) as session:
        rows = session.exec(select(LessonHours)).all()
        assert {row.weekday: f"{row.ends:%H:%M}" for row in rows} == {
            0: "14:00",
            1: "14:00",
            2: "12:00",
            3: "14:00",
        }


def test_a_room_of_another_school_can_not_be_laid_aside(pages: House) -> None:
    with reading(pages.engine) as session:
        room = session.exec(select(Room)).first()
    assert room

    answers = [
        client(pages, name).post(f"/beheer/school/ruimtes/{room.id}/weg") for name in ("lucia", "laila")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert client(pages, "dirk").post(f"/beheer/school/ruimtes/{room.id}/weg").status_code == 303
