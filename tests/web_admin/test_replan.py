from datetime import date

import pytest
from sqlmodel import col, select

from models import Closure, Group, Message, Presence, Replan, Task, Year
from models.database import reading, unit_of_work
from tests.web_admin.conftest import House
from tests.web_admin.replan_form import fields, go_on

pytestmark = pytest.mark.acceptance  # each page plans a school year; tests/replan tries the verbs

DAYS = "/beheer/school/vrije-dagen"
HERE = "/herplannen"
WEEK = {"name": "IJsvrij", "first": "2027-03-08", "last": "2027-03-12"}


def replans(house: House) -> list[Replan]:
    with reading(house.engine) as session:
        return list(session.exec(select(Replan).order_by(col(Replan.made_at))))


def names(house: House) -> set[str]:
    with reading(house.engine) as session:
        return set(session.exec(select(Closure.name).where(Closure.school_id == house.school_id())))


def notices(house: House) -> list[Message]:
    with reading(house.engine) as session:
        return list(session.exec(select(Message).where(Message.kind == "notice")))


def days(house: House) -> dict[str, date | None]:
    with reading(house.engine) as session:
        return {str(task.id): task.target_on for task in session.exec(select(Task))}


def test_a_closed_day_first_shows_what_moves_and_changes_nothing(house: House) -> None:
    before = days(house)

    page = house.client("ib").post(DAYS, data=WEEK)

    assert page.status_code == 200
    for words in ("Wat schuift er?", "Pas toe", "Toch niet", "Wie hoort ervan?", "Oud en nieuw"):
        assert words in page.text
    assert "IJsvrij (8 t/m 12 maart) telt niet meer mee" in page.text
    assert (days(house) == before, "IJsvrij" in names(house), notices(house)) == (True, False, [])


def test_going_on_applies_it_and_sends_one_letter_each(house: House) -> None:
    client = house.client("ib")
    page = client.post(DAYS, data=WEEK)

    answer = go_on(client, page)

    told = [message.person_id for message in notices(house)]
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?jaar=2026-2027")
    assert "IJsvrij" in names(house)
    assert len(told) == len(set(told)) > 5
    assert "IJsvrij: vrij 8 t/m 12 maart 2027" in client.get(f"{HERE}?jaar=2026-2027").text


def test_what_was_applied_can_be_undone_once_from_the_page(house: House) -> None:
    client = house.client("director")
    before = days(house)
    go_on(client, client.post(DAYS, data=WEEK))
    [replan] = replans(house)
    moved = days(house) != before

    undone = client.post(f"{HERE}/{replan.id}/ongedaan")
    again = client.post(f"{HERE}/{replan.id}/ongedaan")

    assert (moved, undone.status_code, days(house)) == (True, 303, before)
    assert (again.status_code, "Dit is al ongedaan gemaakt." in again.text) == (422, True)
    assert f"{replan.id}/ongedaan" not in client.get(HERE).text


def test_a_preview_that_is_old_by_now_is_shown_anew(house: House) -> None:
    client = house.client("ib")
    page = client.post(DAYS, data=WEEK)
    go_on(client, client.post(DAYS, data={"name": "Margedag", "first": "2027-03-15"}))

    answer = client.post(f"{HERE}/toepassen", data=fields(page))

    assert (answer.status_code, "Er is intussen iets veranderd." in answer.text) == (409, True)
    assert "IJsvrij" not in names(house)
    assert go_on(client, client.post(f"{HERE}/toepassen", data=fields(answer))).status_code == 303


def test_before_a_year_is_open_a_change_is_simply_made(house: House) -> None:
    form = {"name": "Margedag", "first": "2027-10-04"}

    answer = house.client("ib").post(DAYS, data=form)

    assert (answer.status_code, "Margedag" in names(house), replans(house)) == (303, True, [])


def test_a_day_that_moves_nothing_is_kept_at_once_and_can_be_undone(house: House) -> None:
    client = house.client("ib")

    answer = client.post(DAYS, data={"name": "Open dag", "first": "2027-03-06"})

    assert answer.status_code == 303
    assert [replan.reason for replan in replans(house)] == ["Open dag: vrij op 6 maart 2027"]
    assert client.post(f"{HERE}/{replans(house)[0].id}/ongedaan").status_code == 303
    assert "Open dag" not in names(house)


def test_other_working_days_lead_to_the_preview_too(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    form = {"halves": ["3-am", "3-pm"], "first": "2027-02-01"}

    page = client.post(f"/beheer/school/mensen/{person}/werkdagen", data=form)
    answer = go_on(client, page)

    assert answer.status_code == 303
    with reading(house.engine) as session:
        kept = session.exec(
            select(Presence.weekday).where(
                Presence.person_id == person, Presence.valid_from == date(2027, 2, 1)
            )
        )
        assert set(kept) == {3}


def test_the_ib_er_gives_a_group_another_teacher_from_the_re_plans_own_page(house: House) -> None:
    with reading(house.engine) as session:
        groups = select(Group.id).where(Group.school_id == house.school_id(), Group.name == "5")
        group = session.exec(groups).one()
    told = {"jaar": "2026-2027", "group": str(group), "person": str(house.person_id("isb"))}
    form = {**told, "instead_of": str(house.person_id("teacher")), "first": "2027-02-01", "last": ""}

    page = house.client("ib").post(f"{HERE}/groep", data=form)

    assert "groep 5: Ilse van Schaik in plaats van Laila Tahiri, vanaf 1 februari 2027" in page.text
    assert "van Laila Tahiri naar" in page.text


def test_a_procedure_is_left_out_and_taken_up_again(house: House) -> None:
    client = house.client("ib")
    form = {"jaar": "2026-2027", "procedure": "group-discussions", "wat": "uit"}
    go_on(client, client.post(f"{HERE}/procedure", data=form))
    with reading(house.engine) as session:
        left_out = session.exec(select(Year.without).where(Year.school_id == house.school_id())).one()

    page = client.get(f"{HERE}?jaar=2026-2027").text
    back = go_on(client, client.post(f"{HERE}/procedure", data={**form, "wat": "aan"}))

    assert (left_out, "Toch wel dit jaar" in page, back.status_code) == (["group-discussions"], True, 303)


@pytest.mark.parametrize("role", ["teacher", "isb", "administration"])
def test_for_who_guards_nothing_the_pages_do_not_exist(house: House, role: str) -> None:
    page = house.client("ib").post(DAYS, data=WEEK)
    client = house.client(role)
    asked = [client.get(HERE), client.post(f"{HERE}/voorbeeld", data=fields(page))]

    answers = [*asked, client.post(f"{HERE}/toepassen", data=fields(page))]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "IJsvrij" not in names(house)


def test_a_change_in_the_form_does_no_more_than_the_person_may(house: House) -> None:
    client = house.client("administrator")
    change = '{"kind": "procedure_off", "procedure": "group-discussions"}'

    answers = [
        client.post(f"{HERE}/{door}", data={"change": change, "jaar": "2026-2027", "stand": "x"})
        for door in ("voorbeeld", "toepassen")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("change", ["", "{", '{"kind": "x"}', '{"kind": "closure_removed", "closure_id": 1}'])
def test_what_is_no_change_is_told_so(house: House, change: str) -> None:
    answer = house.client("ib").post(f"{HERE}/toepassen", data={"change": change, "jaar": "2026-2027"})

    assert (answer.status_code, "geen wijziging die het jaar kent" in answer.text) == (422, True)


def test_the_other_school_sees_nothing_and_undoes_nothing(house: House) -> None:
    client = house.client("ib")
    page = client.post(DAYS, data=WEEK)
    go_on(client, page)
    [replan] = replans(house)
    outsider = house.client("outsider")

    undone = outsider.post(f"{HERE}/{replan.id}/ongedaan")

    assert (undone.status_code, "IJsvrij" in outsider.get(HERE).text) == (404, False)
    assert replans(house)[0].undone_at is None


def test_a_closure_of_another_school_can_not_be_moved_through_the_form(house: House) -> None:
    with unit_of_work(house.engine) as session:
        day = date(2027, 3, 8)
        theirs = Closure(school_id=house.school_id("99KM"), name="Van hen", first_day=day, last_day=day)
        session.add(theirs)
    change = f'{{"kind": "closure_removed", "closure_id": "{theirs.id}"}}'

    answer = house.client("ib").post(f"{HERE}/voorbeeld", data={"change": change, "jaar": "2026-2027"})

    assert answer.status_code == 404


def test_an_administrator_sees_how_many_steps_of_pupils_move_but_not_which(house: House) -> None:
    form = {"name": "Studiedag", "first": "2027-03-24"}

    theirs = house.client("administrator").post(DAYS, data=form).text
    managers = house.client("ib").post(DAYS, data=form).text

    assert ("Maak het overstapdossier" in managers, "Maak het overstapdossier" in theirs) == (True, False)
    assert "in leerlingtrajecten, alleen te zien voor de IB'er en de directie" in theirs.replace("&#39;", "'")


def test_the_pages_speak_english_too(house: House) -> None:
    client = house.client("ib")
    client.post("/taal", data={"language": "en"})

    page = client.post(DAYS, data=WEEK)
    overview = client.get(f"{HERE}?jaar=2026-2027")

    assert ("What moves?" in page.text, "Somebody's working days" in overview.text) == (True, True)
    assert [
        word for word in ("Wie hoort", "Pas toe", "Eerder toegepast") if word in page.text + overview.text
    ] == []
