"""The school's own year plan among the procedures, and the door to take over what changed in it."""

import re

import pytest
from sqlmodel import col, select

from calendars.yearplan.schoolplan import OWN
from models import Case, OwnItem, Task, Year
from models.database import reading, unit_of_work
from tests.cast import moment
from tests.web_admin.conftest import House
from tests.web_admin.replan_form import go_on

pytestmark = pytest.mark.acceptance  # each page plans a school year; the verbs are tried elsewhere

ITEM = {"key": "musical", "title": "Oefen de musical", "owner": ["ib"], "when": "06-15"}
DOOR = "Bekijk wat erbij komt"


def add(house: House) -> None:
    with unit_of_work(house.engine) as session:
        at = moment("2026-11-24")
        session.add(OwnItem(school_id=house.school_id(), key="musical", definition=ITEM, changed_at=at))


def own_titles(house: House) -> list[str]:
    with reading(house.engine) as session:
        query = select(Task.title).join(Case, col(Case.id) == Task.case_id).where(Case.procedure == OWN)
        return list(session.exec(query))


def test_a_changed_plan_is_told_and_taken_over_by_a_person_and_undone(house: House) -> None:
    client = house.client("ib")
    quiet = client.get("/jaarplan?jaar=2026-2027").text
    add(house)
    doors = [client.get(f"{path}?jaar=2026-2027").text for path in ("/jaarplan", "/herplannen")]

    page = client.post(
        "/herplannen/jaarplan", data={"jaar": "2026-2027", "terug": "/jaarplan?jaar=2026-2027"}
    )
    before = own_titles(house)
    go_on(client, page)
    taken, after = own_titles(house), client.get("/herplannen?jaar=2026-2027").text
    undo = re.findall(r"/herplannen/[0-9a-f-]{36}/ongedaan", after)

    assert (DOOR in quiet, [DOOR in door for door in doors]) == (False, [True, True])
    assert "Eigen jaarplan: de wijzigingen daarin" in page.text
    assert (before, taken, DOOR in after) == ([], ["Oefen de musical"], False)
    assert client.post(undo[0]).status_code == 303
    assert DOOR in client.get("/herplannen?jaar=2026-2027").text


def test_only_managers_take_the_own_plan_over(house: House) -> None:
    add(house)

    answers = [
        house.client(role).post("/herplannen/jaarplan", data={"jaar": "2026-2027"})
        for role in ("administrator", "teacher")
    ]

    assert ([answer.status_code for answer in answers], own_titles(house)) == ([404, 404], [])
    assert DOOR not in house.client("administrator").get("/herplannen?jaar=2026-2027").text


def test_pages_that_list_procedures_know_the_own_plan_when_there_is_one(house: House) -> None:
    client = house.client("ib")
    pages = ["/jaarplanner", "/trajecten", "/begin?jaar=2027-2028", "/proefjaar/nieuw?jaar=2027-2028"]
    before = ["Eigen jaarplan" in client.get(page).text for page in pages]
    add(house)

    after = ["Eigen jaarplan" in client.get(page).text for page in pages]

    assert (before, after) == ([False] * 4, [True] * 4)


def test_the_own_plan_is_left_out_by_the_first_steps_and_stays_out_of_a_trial(house: House) -> None:
    add(house)
    client = house.client("ib")
    rest = ["test-calendar", "group-discussions", "plan-reviews", "exit-pupils", "external-referrals"]

    kept = client.post("/begin/onderdelen", data={"jaar": "2027-2028", "doet": rest})
    trial = client.post("/proefjaar/nieuw", data={"jaar": "2027-2028", "doet": rest})

    with reading(house.engine) as session:
        year = session.exec(select(Year).where(Year.label == "2027-2028")).one()
        assert year.without == [OWN]
    assert (kept.status_code, trial.status_code) == (303, 200)
    assert "Doet niet mee: Eigen jaarplan" in trial.text
    assert "Oefen de musical" not in trial.text


def test_managers_are_led_to_re_planning_from_the_people(house: House) -> None:
    told = "Andere werkdagen, of een andere leerkracht voor een groep?"

    pages = {role: house.client(role).get("/beheer/school/mensen").text for role in ("ib", "administrator")}

    assert (told in pages["ib"], told in pages["administrator"]) == (True, False)
