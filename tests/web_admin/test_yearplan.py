import pytest
from httpx2 import Response
from sqlmodel import col, select

from models import OwnItem
from models.database import reading
from tests.web_admin.conftest import House

HERE = "/jaarplan"
MEETING = {
    "title": "Zorgoverleg",
    "when": "om de 6 weken",
    "owner": ["ib"],
    "groups": [],
    "jaar": "2026-2027",
}


def items(house: House, brin: str = "99ZW") -> list[OwnItem]:
    with reading(house.engine) as session:
        own = select(OwnItem).where(OwnItem.school_id == house.school_id(brin))
        return list(session.exec(own.order_by(col(OwnItem.key))))


def added(house: House, **fields: object) -> OwnItem:
    answer = house.client("ib").post(f"{HERE}/nieuw", data=MEETING | fields)
    assert answer.status_code == 303, answer.text
    return items(house)[-1]


def look(house: House, **fields: object) -> Response:
    return house.client("ib").post(f"{HERE}/uitleg", data=MEETING | fields)


def test_an_empty_plan_says_how_to_begin(house: House) -> None:
    page = house.client("ib").get(HERE).text

    assert "Nog geen eigen items" in page
    assert 'href="/jaarplan/inlezen?jaar=2026-2027"' in page


@pytest.mark.parametrize("role", ["ib", "director"])
def test_an_item_is_added_by_hand(house: House, role: str) -> None:
    answer = house.client(role).post(f"{HERE}/nieuw", data=MEETING)

    [made] = items(house)
    assert (answer.status_code, answer.headers["location"]) == (303, "/jaarplan?jaar=2026-2027")
    assert (made.key, made.source) == ("zorgoverleg", "met de hand")
    assert made.definition["when"] == {"rule": "every", "school_weeks": 6}
    assert made.changed_by == house.person_id(role)


def test_the_list_says_when_for_whom_by_whom_and_why(house: House) -> None:
    added(
        house, title="M-toetsen", when="week 3-5", groups=["3", "4", "5"], owner=["leerkracht"], also="ouders"
    )

    page = house.client("director").get(HERE).text

    for words in (
        "M-toetsen",
        "in week 3 tot en met 5",
        "18 januari t/m 5 februari",
        "groep 3 t/m 5",
        "leerkracht",
        "ouders",
    ):
        assert words in page
    assert "Waarom deze datum?" in page


def test_another_year_has_other_dates(house: House) -> None:
    added(house, title="M-toetsen", when="week 3-5")

    assert "17 januari t/m 4 februari" in house.client("ib").get(f"{HERE}?jaar=2027-2028").text


def test_an_open_year_says_that_items_come_in_by_replanning(house: House) -> None:
    added(house)

    assert "/herplannen/jaarplan" in house.client("ib").get(HERE).text
    assert "/herplannen?jaar=2027-2028" not in house.client("ib").get(f"{HERE}?jaar=2027-2028").text


def test_what_typed_words_become_is_said_at_once(house: House) -> None:
    page = look(house, when="tweede woensdag van november").text

    assert "op de tweede woensdag van november" in page
    assert "woensdag 11 november" in page


def test_without_scripts_a_button_says_what_the_words_become(house: House) -> None:
    answer = house.client("ib").post(f"{HERE}/nieuw", data=MEETING | {"look": "ja"})

    assert (answer.status_code, "elke 6 schoolweken" in answer.text, items(house)) == (200, True, [])


def test_what_may_be_two_things_is_asked_before_it_is_kept(house: House) -> None:
    client, form = house.client("ib"), MEETING | {"when": "ma 12 nov"}

    asked = client.post(f"{HERE}/nieuw", data=form)
    answered = client.post(f"{HERE}/nieuw", data=form | {"choice": "day-2026-11-09"})

    assert (asked.status_code, answered.status_code) == (422, 303)
    assert "12 november 2026 is een donderdag, geen maandag." in asked.text
    assert 'value="Zorgoverleg"' in asked.text
    assert (
        items(house)[0].definition["when"] == "11-09" or items(house)[0].definition["when"]["day"] == "11-09"
    )


def test_an_item_that_counts_from_another_is_offered_it_by_name(house: House) -> None:
    added(house, title="M-toetsen", when="week 3-5")

    page = look(house, title="Analyse", when="15 schooldagen na de M-toetsen").text

    assert "telt vanaf &#34;M-toetsen&#34;" in page


def test_an_item_changes_and_keeps_what_the_form_does_not_show(house: House) -> None:
    made = added(house, title="Bespreking", when="week 44 19:30 uur")

    page = house.client("ib").get(f"{HERE}/{made.id}").text
    form = {"title": "Groepsbespreking", "when": "in week 44", "groups": ["8"], "owner": ["ib", "leerkracht"]}
    answer = house.client("ib").post(f"{HERE}/{made.id}", data=form)

    [kept] = items(house)
    assert ('value="in week 44"' in page, answer.status_code) == (True, 303)
    assert (kept.key, kept.definition["title"], kept.definition["groups"]) == (
        "bespreking",
        "Groepsbespreking",
        ["8"],
    )
    assert kept.definition["time"] == {"at": "19:30:00"}


def test_other_words_make_another_rule(house: House) -> None:
    made = added(house)

    house.client("ib").post(f"{HERE}/{made.id}", data=MEETING | {"when": "uiterlijk 31 januari"})

    assert items(house)[0].definition["when"] == {"rule": "until", "day": "01-31"}


def test_an_item_goes_and_comes_back(house: House) -> None:
    made = added(house)
    client = house.client("ib")

    gone = client.post(f"{HERE}/{made.id}/weg", data={"jaar": "2026-2027"})
    page = client.get(gone.headers["location"]).text
    without = [row.active for row in items(house)]
    back = client.post(f"{HERE}/{made.id}/terug", data={"jaar": "2026-2027"})

    assert (gone.status_code, back.status_code, without) == (303, 303, [False])
    assert ("Verwijderd: Zorgoverleg." in page, f"{HERE}/{made.id}/terug" in page) == (True, True)
    assert [row.active for row in items(house)] == [True]


def test_an_item_that_another_counts_from_stays(house: House) -> None:
    first = added(house, title="Aanloop", when="week 3-5")
    added(house, title="Nabespreking", when="na de aanloop", choice="other-0")

    answer = house.client("ib").post(f"{HERE}/{first.id}/weg")

    assert (answer.status_code, "Dit telt mee voor" in answer.text) == (422, True)
    assert all(row.active for row in items(house))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": " "}, "Geef het item een naam."),
        ({"title": "Gesprek {pupil}"}, "is de naam van een leerling"),
        ({"note": "over {pupil}"}, "is de naam van een leerling"),
        ({"also": "leerkrachten"}, "is geen rol"),
    ],
)
def test_what_can_not_be_is_told_and_what_was_typed_stays(
    house: House, fields: dict[str, str], words: str
) -> None:
    form = MEETING | {key: value.format(pupil=pupil(house)) for key, value in fields.items()}

    answer = house.client("ib").post(f"{HERE}/nieuw", data=form)

    assert (answer.status_code, words in answer.text, items(house)) == (422, True, [])


def pupil(house: House) -> str:
    from models import Pupil  # noqa: PLC0415 -- only here

    with reading(house.engine) as session:
        one = session.exec(select(Pupil).where(Pupil.school_id == house.school_id())).first()
        assert one is not None
        return one.name


@pytest.mark.parametrize("role", ["teacher", "administrator", "isb", "administration"])
@pytest.mark.parametrize("path", ["", "/nieuw", "/inlezen"])
def test_to_others_the_year_plan_does_not_exist(house: House, role: str, path: str) -> None:
    assert house.client(role).get(f"{HERE}{path}").status_code == 404


@pytest.mark.parametrize("path", ["/nieuw", "/uitleg", "/inlezen"])
def test_others_can_not_write_in_it(house: House, path: str) -> None:
    assert house.client("teacher").post(f"{HERE}{path}", data=MEETING).status_code == 404
    assert items(house) == []


@pytest.mark.parametrize("role", ["teacher", "outsider"])
def test_an_item_of_the_school_is_nothing_to_someone_else(house: House, role: str) -> None:
    made = added(house)
    client = house.client(role)

    answers = [
        client.get(f"{HERE}/{made.id}"),
        client.post(f"{HERE}/{made.id}", data=MEETING | {"title": "Anders"}),
        client.post(f"{HERE}/{made.id}/weg"),
        client.post(f"{HERE}/{made.id}/terug"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert items(house)[0].definition["title"] == "Zorgoverleg"


def test_another_school_sees_its_own_plan_only(house: House) -> None:
    added(house)

    assert "Zorgoverleg" not in house.client("outsider").get(HERE).text


@pytest.mark.parametrize("year", ["2026", "2026-2028", "2090-2091", "x"])
def test_a_year_that_can_not_be_does_not_exist(house: House, year: str) -> None:
    assert house.client("ib").get(f"{HERE}?jaar={year}").status_code == 404


def test_who_reads_english_gets_english_words(house: House) -> None:
    client = house.client("ib")
    client.post("/taal", data={"language": "en", "next": HERE})

    assert "Our year plan" in client.get(HERE).text
