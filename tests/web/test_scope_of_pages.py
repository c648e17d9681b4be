"""Every address, tried by everyone for whom it is not."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlmodel import select

from models import Case, Consent, Meeting, Task
from models.database import reading
from service.app import create_app
from tests.web.conftest import World

OUTSIDERS = {
    "koert": "directeur van een andere school",
    "fenna": "leerkracht van een andere school",
    "hanneke": "leerkracht van een andere groep",
    "amira": "beheerder",
    "ilse": "ISB'er",
    "bram": "bouwcoördinator",
    "ans": "administratie",
}
OPEN = {
    "/login",
    "/wachtwoord-vergeten",
    "/wachtwoord/{token}",
    "/health",
    "/f/{token}.ics",
    "/manifest.webmanifest",
    "/service-worker.js",
}


_OF_A_MEETING = ("wijzigen", "afzeggen", "antwoord")


def addresses(world: World, key: str) -> Iterator[tuple[str, str]]:
    """Return every address of a case, its tasks, its meetings and its consents."""
    with reading(world.engine) as session:
        case = session.exec(select(Case).where(Case.key == key)).one()
        tasks = session.exec(select(Task.id).where(Task.case_id == case.id)).all()
        meetings = session.exec(select(Meeting.id).where(Meeting.case_id == case.id)).all()
        consents = session.exec(select(Consent.id).where(Consent.case_id == case.id)).all()
    yield "GET", f"/trajecten/{case.id}"
    yield from (("POST", f"/trajecten/{case.id}/{verb}") for verb in ("toestemming", "intrekken"))
    yield from (("POST", f"/trajecten/{case.id}/toestemming/{c}/intrekken") for c in consents)
    yield from (("POST", f"/overleg/{m}/{verb}") for m in meetings for verb in _OF_A_MEETING)
    yield from (("GET", f"/overleg/{m}{file}") for m in meetings for file in ("", "/overleg.ics"))
    verbs = "afronden oppakken vrijgeven verzetten overslaan toewijzen heropenen herinneren".split()
    yield from (("GET", f"/taken/{t}{page}") for t in tasks for page in ("", "/berichten"))
    yield from (("POST", f"/taken/{t}/{verb}") for t in tasks for verb in verbs)


FORM = {
    "reason": "x",
    "to": "2026-12-01",
    "person": "00000000-0000-0000-0000-000000000000",
    "on": "2026-11-25",
    "day": "2026-12-01",
    "hour": "13:00",
    "answer": "ja",
}


@pytest.mark.parametrize("key", ["seo:g5", "onderzoek:1001"])
@pytest.mark.parametrize("name", OUTSIDERS)
def test_what_is_not_yours_is_not_there(world: World, name: str, key: str) -> None:
    client = world.client(name)
    before = _state(world)

    answers = {
        (method, path): client.request(method, path, data=FORM if method == "POST" else None).status_code
        for method, path in addresses(world, key)
    }

    assert {asked: code for asked, code in answers.items() if code != 404} == {}
    assert _state(world) == before


def _state(world: World) -> list[object]:
    with reading(world.engine) as session:
        tasks = session.exec(select(Task.id, Task.version, Task.state).order_by(Task.id)).all()
        consents = session.exec(select(Consent.id, Consent.withdrawn_on)).all()
        return [*tasks, *consents, *session.exec(select(Meeting.id, Meeting.sequence)).all()]


@pytest.mark.parametrize("name", ["ineke", "dirk", "laila", "joris"])
def test_who_it_is_for_sees_it(world: World, name: str) -> None:
    client = world.client(name)

    reads = {
        path: client.get(path).status_code for method, path in addresses(world, "seo:g5") if method == "GET"
    }

    assert set(reads.values()) == {200}


@pytest.mark.parametrize("name", ["koert", "fenna", "amira", "ilse", "bram", "ans"])
def test_no_list_holds_a_pupil_that_is_not_yours(world: World, name: str) -> None:
    client = world.client(name)
    names = [pupil.last_name for pupil in world.wilgenhof.pupils.values()]

    pages = [client.get(path).text for path in ("/vandaag", "/trajecten?state=all", "/trajecten/nieuw")]

    assert [n for n in names if any(n in page for page in pages)] == []


def test_a_teacher_finds_pupils_of_her_own_group_only(world: World) -> None:
    client = world.client("hanneke")

    pages = "".join(
        client.get(path).text for path in ("/vandaag", "/trajecten?state=all", "/trajecten/nieuw")
    )

    found = {p.last_name for p in world.wilgenhof.pupils.values() if p.last_name in pages}
    assert found == {"Dwarsligger", "Knipoogje"}


def test_a_consent_is_withdrawn_under_its_own_case_only(world: World) -> None:
    client = world.client("ineke")
    with reading(world.engine) as session:
        [consent] = session.exec(select(Consent.id)).all()
        other = session.exec(
            select(Case.id).where(Case.key == "seo:g5", Case.school_id == world.wilgenhof.school.id)
        ).one()

    answer = client.post(f"/trajecten/{other}/toestemming/{consent}/intrekken", data={"on": "2026-11-25"})

    assert answer.status_code == 404


def test_a_step_of_a_pupils_case_shows_its_owner_a_code_instead_of_the_name(world: World) -> None:
    ineke, ilse = world.client("ineke"), world.client("ilse")
    task = world.task("onderzoek:1001", "dossiercheck")

    ineke.post(f"/taken/{task.id}/toewijzen", data={"person": str(world.wilgenhof.id("ilse"))})

    pages = [ilse.get(path) for path in ("/vandaag", f"/taken/{task.id}", f"/trajecten/{task.case_id}")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [bool(re.search("Quirijn|Zeewuster", page.text)) for page in pages] == [False, False, False]
    assert [bool(re.search("T-[A-Z2-7]{6}", page.text)) for page in pages] == [True, True, True]
    assert "begeleidingsdienst De Brug" not in pages[2].text


def routes(app: FastAPI) -> list[APIRoute]:
    return [
        context.route for context in iter_route_contexts(app.routes) if isinstance(context.route, APIRoute)
    ]


def test_every_address_wants_a_login_but_the_few_that_cannot(world: World) -> None:
    client = world.anonymous()
    key = "00000000-0000-0000-0000-000000000000"

    found = {}
    for route in routes(create_app(world.engine)):
        path = re.sub(r"\{[^}]+\}", key, route.path)
        for method in route.methods:
            found[route.path, method] = client.request(method, path).status_code

    open_now = {path for (path, _), code in found.items() if code not in {303, 401, 404}}
    assert len(found) > 15
    assert open_now - OPEN == set()
