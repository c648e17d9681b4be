"""The rules around a school on its pages: who may see and change them, and every kind of change."""

import pytest
from httpx2 import Response
from sqlmodel import select

from models import Layer, LayerRule, Meeting, Replan, School, Task, TaskState
from models.database import reading, unit_of_work
from tests.cast import moment
from tests.web_admin.conftest import House
from tests.web_admin.replan_form import go_on

pytestmark = pytest.mark.acceptance  # each page plans a school year; the verbs are tried elsewhere

HERE = "/beheer/school/regels"
ENTER = {"procedure": "test-calendar", "taak": "invoeren", "jaar": "2026-2027", "reden": "zo spraken we af"}
TALK = {**ENTER, "procedure": "group-discussions", "taak": "bespreking"}
# What a browser sends along although it is not asked: the fields of the other choices.
UNUSED = {"aantal": "5", "eenheid": "school_days", "moment": "", "wie": "", "ronde": "", "voor": ""}


def say(house: House, role: str = "ib", **form: str) -> Response:
    return house.client(role).post(f"{HERE}/wijzigen", data={**UNUSED, **form})


def kept(house: House) -> list[LayerRule]:
    with reading(house.engine) as session:
        return list(session.exec(select(LayerRule)))


def withdrawn(house: House) -> int:
    with reading(house.engine) as session:
        query = select(Task).where(Task.key == "invoeren", Task.state == TaskState.CANCELLED)
        return len(session.exec(query).all())


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ({"wat": "aantal", "aantal": "3"}, {"due": {"school_days": 3}}),
        ({"wat": "moment", "moment": "week 10", "ronde": "M"}, {"occurrence": "M", "due": {"rule": "week"}}),
        ({"wat": "grens", "moment": "uiterlijk 1 juni"}, {"latest": {}, "law": "zo spraken we af"}),
        ({"wat": "wie", "wie": "coordinator"}, {"role": "coordinator"}),
        ({"wat": "uit"}, {"off": True}),
    ],
    ids=["number", "moment", "own last day", "who", "off"],
)
def test_every_change_shows_first_what_moves_is_applied_and_undone(
    house: House, said: dict[str, str], means: dict[str, object]
) -> None:
    client = house.client("ib")
    page = client.post(f"{HERE}/wijzigen", data={**UNUSED, **ENTER, **said})
    before = kept(house)

    answer = go_on(client, page)
    [rule] = kept(house)
    with reading(house.engine) as session:
        [replan] = session.exec(select(Replan.id))
    undone = client.post(f"/herplannen/{replan}/ongedaan")

    assert (page.status_code, before, answer.status_code) == (200, [], 303)
    for name, value in means.items():
        got = rule.definition[name]
        assert value.items() <= got.items() if isinstance(value, dict) else got == value
    assert (undone.status_code, kept(house)) == (303, [])


def test_minutes_of_a_meeting_are_kept_and_told(house: House) -> None:
    answer = say(house, **TALK, wat="minuten", minuten="60")

    page = house.client("ib").get(f"{HERE}?jaar=2026-2027").text
    assert (answer.status_code, [r.definition for r in kept(house)]) == (303, [{"minutes": 60}])
    assert "60 minuten" in page


def test_a_meeting_in_one_week_is_held_somewhere_in_that_week(house: House) -> None:
    client = house.client("ib")
    form = {**UNUSED, **TALK, "wat": "moment", "moment": "week 10", "ronde": "didactisch-m"}

    go_on(client, client.post(f"{HERE}/wijzigen", data=form))

    with reading(house.engine) as session:
        query = select(Meeting.starts_at).join(Task).where(Task.key == "bespreking")
        hours = list(session.exec(query.where(Meeting.starts_at > moment("2027-01-01"))))
    [rule] = kept(house)
    held = [at for at in hours if moment("2027-03-08", 0) <= at < moment("2027-03-13", 0)]
    assert rule.definition["window"]["first"] == rule.definition["window"]["last"]
    assert len({at.date() for at in held}) > 1


@pytest.mark.parametrize(
    ("said", "other_end"),
    [("uiterlijk 1 maart", "first"), ("vanaf 1 maart", "last")],
)
def test_a_meeting_with_one_end_named_keeps_its_other(house: House, said: str, other_end: str) -> None:
    client = house.client("ib")
    form = {**UNUSED, **TALK, "wat": "moment", "moment": said, "ronde": "didactisch-m"}

    go_on(client, client.post(f"{HERE}/wijzigen", data=form))

    [rule] = kept(house)
    kept_end = rule.definition["window"][other_end]
    assert (kept_end["rule"], kept_end["after"]) == ("offset", f"window.{other_end}")


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"wat": "aantal", "aantal": "²"}, "Schrijf een aantal: 0 tot en met 400."),
        ({"wat": "aantal", "aantal": "9999"}, "Schrijf een aantal: 0 tot en met 400."),
        ({"wat": "aantal", "eenheid": "furlongs"}, "Kies waarin je telt."),
        ({"wat": "moment", "moment": "zodra het uitkomt"}, "Dit moment begrijpen we niet."),
        ({"wat": "moment", "moment": "vanaf 1 maart"}, "Schrijf er een uiterste dag bij."),
        ({"wat": "wie"}, "Kies wie dit doet."),
        ({"wat": "minuten", "minuten": "30"}, "Dit is geen overleg."),
        ({"wat": "anders"}, "Kies wat er anders wordt."),
        ({"wat": "uit", "reden": " "}, "Schrijf erbij waarom"),
    ],
)
def test_what_can_not_be_read_is_told_and_nothing_changes(
    house: House, form: dict[str, str], why: str
) -> None:
    answer = say(house, **{**ENTER, **form})

    assert (answer.status_code, why in answer.text, kept(house)) == (422, True, [])


@pytest.mark.parametrize("said", [{"wat": "moment", "moment": "1 juni"}, {"wat": "uit"}])
def test_looser_than_the_law_is_refused_with_the_laws_name(house: House, said: dict[str, str]) -> None:
    advice = {**ENTER, "procedure": "exit-pupils", "taak": "definitief-advies"}

    answer = say(house, **{**advice, **said})

    assert (answer.status_code, kept(house)) == (422, [])
    assert "tijdpad schooladvies en doorstroomtoets:" in answer.text


def test_in_a_year_that_is_not_open_a_rule_is_kept_at_once(house: House) -> None:
    answer = say(house, **{**ENTER, "jaar": "2027-2028", "wat": "aantal", "aantal": "3"})

    [rule] = kept(house)
    assert (answer.status_code, rule.school_year) == (303, "2027-2028")


def test_a_round_gets_other_days_this_year_only(house: House) -> None:
    client = house.client("ib")
    form = {"procedure": "test-calendar", "ronde": "M", "jaar": "2026-2027", "reden": "nieuwe toets"}
    wrong = client.post(f"{HERE}/periode", data={**form, "first": "2030-01-18", "last": "2030-02-05"})
    page = client.post(f"{HERE}/periode", data={**form, "first": "2027-01-18", "last": "2027-02-05"})

    go_on(client, page)

    [rule] = kept(house)
    assert (wrong.status_code, rule.school_year) == (422, "2026-2027")
    assert "van 18 januari" in client.get(f"{HERE}?jaar=2026-2027").text


def test_who_does_it_is_told_in_dutch_and_a_rule_is_switched_off_and_on(house: House) -> None:
    client = house.client("ib")
    go_on(client, client.post(f"{HERE}/wijzigen", data={**UNUSED, **ENTER, "wat": "wie", "wie": "isb"}))
    [rule] = kept(house)
    told = client.get(f"{HERE}?jaar=2026-2027").text.replace("&#39;", "'")

    go_on(client, client.post(f"{HERE}/{rule.id}/uit", data={"jaar": "2026-2027"}))
    off = kept(house)[0].active
    go_on(client, client.post(f"{HERE}/{rule.id}/aan", data={"jaar": "2026-2027"}))

    assert "wordt gedaan door de ISB'er" in told
    assert (off, kept(house)[0].active) == (False, True)


def test_what_was_left_out_comes_back_when_its_rule_no_longer_holds(house: House) -> None:
    client = house.client("ib")
    was = withdrawn(house)
    go_on(client, client.post(f"{HERE}/wijzigen", data={**UNUSED, **ENTER, "wat": "uit"}))
    without = withdrawn(house)
    [rule] = kept(house)

    go_on(client, client.post(f"{HERE}/{rule.id}/uit", data={"jaar": "2026-2027"}))

    assert (was, without > 0, withdrawn(house)) == (0, True, 0)


def test_a_rule_of_the_board_shows_without_buttons_and_is_not_switched_here(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.get_one(School, house.school_id()).board = "De Kring"
        rule = LayerRule(
            layer=Layer.BOARD,
            scope="De Kring",
            procedure="test-calendar",
            task="invoeren",
            definition={"role": "ib"},
            reason="afspraak van het bestuur",
            changed_at=moment("2026-09-01"),
        )
        session.add(rule)
    client = house.client("ib")

    page = client.get(f"{HERE}?jaar=2026-2027").text
    switched = client.post(f"{HERE}/{rule.id}/uit", data={"jaar": "2026-2027"})

    assert ("het bestuur De Kring" in page, f"{rule.id}/uit" in page) == (True, False)
    assert (switched.status_code, kept(house)[0].active) == (404, True)


def test_a_teacher_finds_no_rules_and_the_administrator_sees_but_does_not_change(house: House) -> None:
    form = f"{HERE}/wijzigen?procedure=test-calendar&taak=invoeren&jaar=2026-2027"
    teacher, administrator = house.client("teacher"), house.client("administrator")

    hers = [teacher.get(HERE).status_code, teacher.get(form).status_code]
    page = administrator.get(f"{HERE}?jaar=2026-2027")
    refused = [administrator.get(form).status_code, say(house, "administrator", **ENTER).status_code]

    assert (hers, page.status_code, refused) == ([404, 404], 200, [404, 404])
    assert ("Voer de resultaten in" in page.text, f"{HERE}/wijzigen" in page.text) == (True, False)
