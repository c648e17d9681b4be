"""Pages of a meeting that is asked once more: another hour after one was called off, and who leads it."""

from sqlmodel import select

from models import Task
from models.database import unit_of_work
from service.cases.open import open_case
from service.meetings.arrange import Wish, arrange
from service.meetings.call_off import call_off_meeting
from tests.cast import moment
from tests.web.conftest import World

AT = moment("2026-11-25")
PARENT = "ouders@gezin.example"


def called_off(world: World) -> Task:
    """Return the talk about a plan, of which the first hour was called off."""
    cast = world.wilgenhof
    with unit_of_work(world.engine) as session:
        ineke = cast.actor("ineke", AT)
        case = open_case(
            session,
            actor=ineke,
            at=AT,
            procedure="plan-reviews",
            occurrence="opp",
            pupil_id=cast.pupils["1001"].id,
        )
        task = session.exec(select(Task).where(Task.case_id == case.id, Task.key == "opp-overleg")).one()
        wish = Wish(
            occurrence="",
            task_id=task.id,
            starts_at=moment("2026-12-09", 14),
            minutes=30,
            staff=frozenset({cast.id("joris")}),
            outside=(PARENT,),
            chair=cast.id("ineke"),
        )
        [meeting] = arrange(session, wish, actor=ineke, at=AT)
        call_off_meeting(session, meeting.id, actor=ineke, at=AT, reason="ziek")
        return task


def test_who_was_asked_to_the_hour_that_was_called_off_is_offered_again(world: World) -> None:
    task, joris = called_off(world), world.wilgenhof.people["joris"]

    page = world.client("ineke").get(f"/overleg/nieuw?task={task.id}").text

    assert PARENT in page
    assert any(str(joris.id) in line and "checked" in line for line in page.splitlines())


def test_of_a_task_that_is_not_yours_nobody_is_offered(world: World) -> None:
    task = called_off(world)

    answers = [world.client(name).get(f"/overleg/nieuw?task={task.id}") for name in ("koert", "hanneke")]

    assert {answer.status_code for answer in answers} == {404}


def test_who_leads_and_did_not_answer_yet_is_asked_on_the_page(world: World) -> None:
    cast = world.wilgenhof
    with unit_of_work(world.engine) as session:
        wish = Wish(
            occurrence="oudergesprek",
            pupil_id=cast.pupils["1001"].id,
            starts_at=moment("2027-02-16", 14),
            minutes=30,
            staff=frozenset({cast.id("laila")}),
            chair=cast.id("joris"),
        )
        [meeting] = arrange(session, wish, actor=cast.actor("ineke", AT), at=AT)

    joris, address = world.client("joris"), f"/overleg/{meeting.id}"

    asked = "Kom je?" in joris.get(address).text
    joris.post(f"{address}/antwoord", data={"reply": "ja"})

    assert (asked, "Kom je?" in joris.get(address).text) == (True, False)
