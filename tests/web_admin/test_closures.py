from datetime import date

import pytest
from httpx2 import Response
from sqlmodel import select

from models import Closure, ClosureSource
from models.database import reading
from tests.web_admin.conftest import House
from tests.web_admin.replan_form import go_on

HERE = "/beheer/school/vrije-dagen"
SLOW = pytest.mark.acceptance  # each plans a whole year anew
KEEPERS = ["ib", pytest.param("director", marks=SLOW), pytest.param("administrator", marks=SLOW)]
CSV = b"naam;eerste dag;laatste dag\nMargedag;21-06-2027;\nMeivakantie;26-04-2027;07-05-2027\n"
ICS = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//proef//NL
BEGIN:VEVENT
UID:1@proef.example
DTSTAMP:20261101T080000Z
DTSTART;VALUE=DATE:20270621
DTEND;VALUE=DATE:20270622
SUMMARY:Margedag
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")
WRONG = b"naam;eerste dag;laatste dag\nMargedag;21-06-2027;\nSportdag;31-06-2027;\n"


def ours(house: House) -> list[Closure]:
    with reading(house.engine) as session:
        own = select(Closure).where(Closure.school_id == house.school_id()).order_by(Closure.name)
        return list(session.exec(own))


def upload(house: House, data: bytes, role: str = "ib") -> Response:
    return house.client(role).post(f"{HERE}/bestand", files={"file": ("lijst", data)})


def token(page: Response) -> str:
    return page.text.split('name="token" value="')[1].split('"')[0]


def test_the_own_days_stand_beside_the_official_ones(house: House) -> None:
    page = house.client("director").get(HERE).text

    assert page.count("Studiedag") >= 5
    assert "Herfstvakantie" in page


@pytest.mark.parametrize(
    "role", ["ib", *(pytest.param(r, marks=SLOW) for r in ("director", "administrator"))]
)
def test_a_day_is_added(house: House, role: str) -> None:
    form = {"name": "Margedag", "first": "2027-06-21", "last": "", "groups": ["8"]}

    answer = house.client(role).post(HERE, data=form)

    [made] = [c for c in ours(house) if c.name == "Margedag"]
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?jaar=2026-2027")
    assert (made.first_day, made.last_day, made.groups) == (date(2027, 6, 21), date(2027, 6, 21), ["8"])


def test_what_was_typed_is_still_there_after_a_mistake(house: House) -> None:
    form = {"name": "Sneeuw & ijs 100%", "first": "2027-06-21", "last": "2027-06-01"}

    answer = house.client("ib").post(HERE, data=form)

    assert answer.status_code == 422
    assert "De laatste dag ligt voor de eerste dag." in answer.text
    assert 'value="Sneeuw &amp; ijs 100%"' in answer.text
    assert len(ours(house)) == 8


@pytest.mark.acceptance
def test_a_mistake_that_repeats_what_was_typed_is_shown_as_text(house: House) -> None:
    client = house.client("ib")
    form = {"name": "<b>100%</b>", "first": "2027-06-21"}
    go_on(client, client.post(HERE, data=form))

    answer = client.post(HERE, data=form)

    assert answer.status_code == 422
    assert "&lt;b&gt;100%&lt;/b&gt; (21 juni) valt samen met" in answer.text


@pytest.mark.parametrize("first", ["", "morgen", "2027-02-30"])
def test_a_day_that_is_none_is_asked_for_again(house: House, first: str) -> None:
    answer = house.client("ib").post(HERE, data={"name": "Margedag", "first": first})

    assert (answer.status_code, "Kies de eerste dag." in answer.text) == (422, True)


@pytest.mark.acceptance
def test_a_day_changes_and_goes(house: House) -> None:
    client = house.client("ib")
    [found] = [c for c in ours(house) if c.name == "Tweede week meivakantie"]
    form = {"name": "Meivakantie, tweede week", "first": "2027-05-03", "last": "2027-05-14"}

    page = client.get(f"{HERE}/{found.id}")
    changed = go_on(client, client.post(f"{HERE}/{found.id}/wijzigen", data=form))
    [kept] = [c for c in ours(house) if c.id == found.id]
    removed = go_on(client, client.post(f"{HERE}/{found.id}/verwijderen"))

    assert [page.status_code, changed.status_code, removed.status_code] == [200, 303, 303]
    assert (kept.name, kept.last_day) == ("Meivakantie, tweede week", date(2027, 5, 14))
    assert found.id not in {c.id for c in ours(house)}


def test_a_change_that_can_not_be_keeps_the_old(house: House) -> None:
    [found] = [c for c in ours(house) if c.name == "Tweede week meivakantie"]

    answer = house.client("ib").post(f"{HERE}/{found.id}/wijzigen", data={"name": "", "first": "2027-05-03"})

    assert (answer.status_code, "Geef de vrije dag een naam." in answer.text) == (422, True)
    assert "Tweede week meivakantie" in {c.name for c in ours(house)}


@pytest.mark.parametrize(("data", "count"), [(CSV, 2), pytest.param(ICS, 1, marks=SLOW)])
def test_a_list_is_shown_first_and_then_taken_over(house: House, data: bytes, count: int) -> None:
    client = house.client("administrator")
    page = client.post(f"{HERE}/bestand", files={"file": ("lijst", data)})
    before = len(ours(house))

    answer = go_on(client, client.post(f"{HERE}/bestand/overnemen", data={"token": token(page)}))

    imported = [c for c in ours(house) if c.source == ClosureSource.IMPORTED]
    assert (before, len(imported), answer.status_code) == (8, count, 303)
    assert "Margedag" in {c.name for c in imported}


def test_a_holiday_in_a_list_says_that_it_takes_the_official_place(house: House) -> None:
    page = upload(house, CSV)

    assert "in plaats van de officiële Meivakantie" in page.text


def test_a_list_with_one_wrong_line_changes_nothing_and_says_where(house: House) -> None:
    page = upload(house, WRONG)

    assert page.status_code == 422
    assert "Regel 3" in page.text
    assert "Er is niets veranderd." in page.text
    assert len(ours(house)) == 8
    assert not list((house.home / "uploads").glob("*"))


@pytest.mark.parametrize("data", [b"", b"\0\1\2", b"x" * 600_000, b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n"])
def test_what_is_no_list_changes_nothing(house: House, data: bytes) -> None:
    page = upload(house, data)

    assert (page.status_code, len(ours(house))) == (422, 8)


def test_a_preview_of_someone_else_can_not_be_taken_over(house: House) -> None:
    page = upload(house, CSV, "ib")

    answer = house.client("director").post(f"{HERE}/bestand/overnemen", data={"token": token(page)})

    assert (answer.status_code, len(ours(house))) == (422, 8)


def test_a_list_that_holds_nothing_new_says_so(house: House) -> None:
    data = b"naam;eerste dag;laatste dag\nStudiedag;07-12-2026;\n"

    page = upload(house, data)

    assert ("stond er al" in page.text, 'name="token"' in page.text) == (True, False)
