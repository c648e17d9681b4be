import re
from datetime import date
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlmodel import col, select

from models import Attendee, Case, CaseEvent, CaseState, Meeting, Person, Task, TaskKind, TaskState
from models.database import reading, unit_of_work
from tests.web.conftest import World


def sections(page: str) -> dict[str, int]:
    """Return the sections of the page with the number of tasks that each says it has."""
    found = re.findall(r'id="s-(\w+)">.*?class="count">(\d+)<', page, re.DOTALL)
    return {key: int(count) for key, count in found}


def row(page: str, task: Task) -> str:
    """Return a task's row, or nothing."""
    _, _, rest = page.partition(f'<li class="row" id="t-{task.id}">')
    return rest.partition("</li>")[0]


def flash(client: TestClient) -> str:
    page = client.get("/vandaag").text
    return page.partition('<div id="flash"')[2].partition("<header")[0]


def test_the_day_of_the_ib_is_sorted_by_when_it_is_her_turn(world: World) -> None:
    today, next_day = date(2026, 11, 25), date(2026, 12, 1)
    with reading(world.engine) as session:
        planned_talk = (Task.state == TaskState.PLANNED) & (Task.kind == TaskKind.MEETING)
        mine = (
            select(Task.target_on)
            .join(Case, Case.id == Task.case_id)
            .where(
                Task.owner_id == world.wilgenhof.id("ineke"),
                Task.school_id == world.wilgenhof.school.id,
                Case.state == CaseState.ACTIVE,
                (Task.state == TaskState.RESERVED) | planned_talk,
            )
        )
        days = [day for day in session.exec(mine) if day]

    page = world.client("ineke").get("/vandaag").text

    found = sections(page)
    assert (found["late"], found["today"]) == (sum(d < today for d in days), days.count(today))
    assert found["next"] == sum(today < d <= next_day for d in days)
    assert found["soon"] == sum(d > next_day for d in days)
    assert "<h1>Goedemorgen Ineke</h1>" in page
    assert f"{found['late']} te laat, 1 voor vandaag, {found['waiting']} bij anderen." in page
    assert '<span class="muted">dinsdag 1 december</span>' in page


def test_a_talk_that_a_teacher_is_asked_to_stands_in_her_own_day_and_not_with_others(world: World) -> None:
    with reading(world.engine) as session:
        talk = session.exec(
            select(Task)
            .join(Case, Case.id == Task.case_id)
            .join(Meeting, Meeting.task_id == Task.id)
            .join(Attendee, Attendee.meeting_id == Meeting.id)
            .where(
                Attendee.person_id == world.wilgenhof.id("hanneke"),
                Case.state == CaseState.ACTIVE,
                Task.target_on >= date(2026, 11, 25),
            )
        ).first()
    assert talk is not None

    page = world.client("hanneke").get("/vandaag").text

    others = page.partition('id="s-waiting"')[2].partition('id="s-')[0]
    assert (row(page, talk) != "", row(others, talk)) == (True, "")


def test_a_teacher_sees_her_own_groups_only(world: World) -> None:
    page = world.client("hanneke").get("/vandaag").text

    assert ("groep 5" in page, "groep 8" in page) == (False, True)


def test_much_of_the_same_work_is_one_line_that_opens(world: World) -> None:
    one = world.task("leerling:1081", "dossier")
    with unit_of_work(world.engine) as session:
        for unit in "abc":
            again = {"id": uuid4(), "unit": unit, "state": one.state, "target_on": one.target_on}
            session.add(Task(**one.model_dump() | again))

    page = world.client("hanneke").get("/vandaag").text

    line = page.partition('<details class="bundle" id="b-next-dossier-')[2].partition("</summary>")[0]
    assert one.title in line
    assert '<span class="count">5\u00d7</span>' in line


def test_two_of_the_same_are_just_two_lines(world: World) -> None:
    page = world.client("hanneke").get("/vandaag").text

    assert 'class="bundle"' not in page


def test_completing_a_task_says_so_and_takes_it_off_the_list(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")
    assert "Afronden" in row(client.get("/vandaag").text, task)

    answer = client.post(f"/taken/{task.id}/afronden", data={"next": "/vandaag", "version": task.version})

    assert (answer.status_code, answer.headers["location"]) == (303, "/vandaag")
    page = client.get("/vandaag").text
    assert "Afgerond: Bereid de bespreking voor" in page
    assert row(page, task) == ""
    assert world.now(task).state == TaskState.COMPLETED


def test_what_was_said_is_said_once(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")
    client.post(f"/taken/{task.id}/afronden", data={"next": "/vandaag"})

    assert ["Afgerond" in flash(client), "Afgerond" in flash(client)] == [True, False]


def test_completing_can_be_undone_from_the_same_page(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")
    client.post(f"/taken/{task.id}/afronden", data={"next": "/vandaag"})
    undo = re.search(
        r'action="(/taken/[^"]+/heropenen)".*?name="reason" value="([^"]+)"', flash(client), re.DOTALL
    )
    assert undo

    client.post(undo[1], data={"reason": undo[2], "next": "/vandaag"})

    assert world.now(task).state == TaskState.RESERVED
    assert "Afronden" in row(client.get("/vandaag").text, task)


def test_a_task_that_ends_in_more_than_one_way_is_completed_on_its_own_page(world: World) -> None:
    task = world.task("onderzoek:1001", "dossiercheck")

    mine = row(world.client("ineke").get("/vandaag").text, task)

    assert f'href="/taken/{task.id}#do"' in mine
    assert "/afronden" not in mine


def test_released_work_is_to_divide_and_a_colleague_takes_it_on(world: World) -> None:
    laila, joris = world.client("laila"), world.client("joris")
    task = world.task("seo:g5", "voorbereiding")

    laila.post(f"/taken/{task.id}/vrijgeven", data={"next": "/vandaag"})
    offered = row(joris.get("/vandaag").text, task)
    joris.post(f"/taken/{task.id}/oppakken", data={"next": "/vandaag"})

    assert "Oppakken" in offered
    assert world.now(task).owner_id == world.wilgenhof.id("joris")


def test_every_step_is_in_the_history_with_who_when_and_why(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")

    client.post(f"/taken/{task.id}/verzetten", data={"to": "2026-11-30", "reason": "ik was ziek"})
    client.post(f"/taken/{task.id}/afronden", data={})

    with reading(world.engine) as session:
        events = session.exec(
            select(CaseEvent.verb, CaseEvent.reason, Person.name)
            .join(Person, col(Person.id) == CaseEvent.actor_id)
            .where(CaseEvent.task_id == task.id)
            .order_by(col(CaseEvent.at))
        ).all()
    assert events == [("rescheduled", "ik was ziek", "Laila Tahiri"), ("completed", None, "Laila Tahiri")]


def test_every_date_explains_itself_without_a_script(world: World) -> None:
    task = world.task("seo:g5", "voorbereiding")

    mine = row(world.client("laila").get("/vandaag").text, task)

    assert "<strong>Waarom deze datum?</strong>" in mine
    assert "de dag van &#34;Bespreek de groep&#34;" in mine


def test_the_administrator_is_led_to_the_flows(world: World) -> None:
    page = world.client("amira").get("/vandaag").text

    assert 'href="/beheer/stromen"' in page
    assert sections(page) == {}


def test_an_empty_day_says_when_the_next_thing_comes(world: World) -> None:
    page = world.client("bram").get("/vandaag").text

    assert "Alles is bij" in page
    assert re.search(r"Het volgende komt op \w+ \d+ \w+\.", page)
