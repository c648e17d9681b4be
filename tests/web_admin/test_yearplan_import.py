import re
from datetime import date

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import col, select

from models import OwnItem, PlanImport, Pupil
from models.database import reading
from tests.web_admin.conftest import House
from tests.yearplan.tables import saved, workbook

HERE = "/jaarplan/inlezen"
PLAN = (
    b"Wanneer;Wat;Groepen;Wie\nweek 3-5;M-toetsen;3-7;lk\nuiterlijk 29 januari;Invoer M-toetsen;3-7;lk\n"
    b"ma 12 nov;Overleg;alle;IB\n13-1-2027;Studiedag;alle;dir\nblabla;Iets;8;IB\n"
)


def send(client: TestClient, data: bytes = PLAN, name: str = "plan.csv", **fields: str) -> Response:
    return client.post(HERE, files={"file": (name, data)}, data={"jaar": "2026-2027", **fields})


def started(client: TestClient, data: bytes = PLAN, name: str = "plan.csv") -> str:
    answer = send(client, data, name)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removesuffix("/kolommen")


def titles(house: House) -> list[str]:
    with reading(house.engine) as session:
        own = select(OwnItem).where(OwnItem.school_id == house.school_id(), col(OwnItem.active).is_(True))
        return sorted(row.definition["title"] for row in session.exec(own))


def imports(house: House) -> list[PlanImport]:
    with reading(house.engine) as session:
        return list(session.exec(select(PlanImport)))


def row_of(page: str, title: str) -> tuple[str, str]:
    """Return the key of a row and the code of the question it asks."""
    at = page.index(f"<h3>{title}")
    line = re.findall(r'<li id="r-([0-9a-f]{16})">', page[:at])[-1]
    following = page[at:]
    code = re.search(r'name="code" value="([a-z0-9-]+)"', following)
    return line, code[1] if code else ""


def answer(client: TestClient, here: str, title: str, choice: str) -> Response:
    line, code = row_of(client.get(here).text, title)
    return client.post(f"{here}/regel/{line}", data={"code": code, "choice": choice})


def test_a_table_is_sent_its_columns_are_seen_and_its_rows_looked_at(house: House) -> None:
    client = house.client("ib")
    here = started(client)

    columns = client.get(f"{here}/kolommen").text
    mapped = client.post(
        f"{here}/kolommen", data={"sheet": "", "head": "0", "parts": ["when", "what", "groups", "who"]}
    )
    page = client.get(mapped.headers["location"]).text

    assert columns.count('<select name="parts">') == 4
    assert '<option value="when" selected>' in columns
    assert "1 van 5 klaar" in page
    assert titles(house) == []


@pytest.mark.acceptance
def test_the_columns_can_be_corrected(house: House) -> None:
    client = house.client("ib")
    here = started(client, b"A;B\nM-toetsen;week 3\nAVI;week 4\n")

    client.post(f"{here}/kolommen", data={"sheet": "", "head": "0", "parts": ["what", "when"]})

    page = client.get(here).text
    assert "2 van 2 klaar" in page
    assert "in week 3" in page


def test_without_a_column_for_what_happens_it_is_asked_again(house: House) -> None:
    client = house.client("ib")
    here = started(client)

    answer = client.post(
        f"{here}/kolommen", data={"sheet": "", "head": "0", "parts": ["when", "note", "", ""]}
    )

    assert (answer.status_code, "Kies in welke kolom staat" in answer.text) == (422, True)


@pytest.mark.acceptance
def test_another_sheet_or_header_is_looked_at_anew(house: House) -> None:
    book, _ = workbook(("Week", "Wat"), (44, "Toets"), (45, "Dictee"))
    other = book.create_sheet("Bovenbouw")
    other.append(["Activiteit", "Periode"])
    other.append(["IEP", "februari"])
    client = house.client("ib")
    here = started(client, saved(book), "plan.xlsx")

    moved = client.post(
        f"{here}/kolommen", data={"sheet": "Bovenbouw", "head": "0", "parts": ["week", "what"]}
    )

    assert moved.headers["location"].endswith("/kolommen")
    assert "Activiteit" in client.get(f"{here}/kolommen").text


def test_a_pasted_table_is_as_good_as_a_file(house: House) -> None:
    client = house.client("ib")

    sent = client.post(HERE, data={"pasted": "Week\tWat\n44\tToets\n", "jaar": "2027-2028"})

    [kept] = imports(house)
    assert (sent.status_code, kept.file_name, kept.school_year) == (303, "geplakte tabel", "2027-2028")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "niet te lezen"),
        (b"", "Plak eerst"),
        (b"x" * 5_000_001, "te groot"),
    ],
)
def test_what_is_no_table_is_told_and_nothing_is_kept(house: House, data: bytes, words: str) -> None:
    answer = send(house.client("ib"), data)

    assert (answer.status_code, words in answer.text, imports(house)) == (422, True, [])


def test_questions_are_answered_one_by_one_and_kept_at_once(house: House) -> None:
    client = house.client("ib")
    here = started(client)

    first = answer(client, here, "Invoer M-toetsen", "within-5")
    client.post(f"{here}/tabel", data={"style": "week"})
    answer(client, here, "Overleg", "day-2026-11-09")
    page = house.client("ib").get(here).text

    assert first.headers["location"].startswith(f"{here}#r-")
    assert "4 van 5 klaar" in page
    assert "op maandag van week 46" in page


@pytest.mark.acceptance
def test_a_question_may_be_left_as_it_is(house: House) -> None:
    client = house.client("ib")
    here = started(client)

    answer(client, here, "Invoer M-toetsen", "keep")

    assert "2 van 5 klaar" in client.get(here).text


def test_an_answer_that_is_none_is_told(house: House) -> None:
    client = house.client("ib")
    here = started(client)

    wrong = answer(client, here, "Invoer M-toetsen", "anders")
    nowhere = client.post(f"{here}/regel/{'0' * 16}", data={"code": "weekday", "choice": "keep"})

    assert (wrong.status_code, nowhere.status_code) == (422, 422)
    assert "Deze regel is er niet meer." in nowhere.text


@pytest.mark.acceptance
def test_other_words_take_the_place_of_a_cell(house: House) -> None:
    client = house.client("ib")
    here = started(client)
    line, _ = row_of(client.get(here).text, "Iets")

    client.post(
        f"{here}/regel/{line}/tekst",
        data={"when": "week 12", "title": "Iets moois", "groups": "8", "who": "IB"},
    )
    client.post(f"{here}/overnemen")

    assert titles(house) == ["Iets moois", "M-toetsen"]


@pytest.mark.acceptance
def test_a_row_can_be_left_out_and_taken_after_all(house: House) -> None:
    client = house.client("ib")
    here = started(client)
    line, _ = row_of(client.get(here).text, "M-toetsen")

    client.post(f"{here}/regel/{line}/tekst", data={"when": "week 3-5", "title": "M-toetsen", "what": "drop"})
    without = client.get(here).text
    client.post(f"{here}/regel/{line}/tekst", data={"what": "anew"})

    assert "1 regel wordt niet overgenomen" in without
    assert "niet overgenomen" not in client.get(here).text


def test_all_proposals_at_once_then_taking_over(house: House) -> None:
    client = house.client("ib")
    here = started(client)
    client.post(f"{here}/tabel", data={"style": "date"})
    client.post(f"{here}/voorstellen")

    taken = client.post(f"{here}/overnemen")
    page = client.get(taken.headers["location"]).text

    assert titles(house) == ["Invoer M-toetsen", "M-toetsen", "Overleg", "Studiedag"]
    assert "4 nieuw, 0 veranderd, 0 waren al zo." in page
    assert "/herplannen?jaar=2026-2027" in page


@pytest.mark.acceptance
def test_the_same_file_again_changes_nothing(house: House) -> None:
    client = house.client("ib")
    for _ in range(2):
        here = started(client)
        client.post(f"{here}/tabel", data={"style": "date"})
        client.post(f"{here}/voorstellen")
        client.post(f"{here}/overnemen")

    assert "0 nieuw, 0 veranderd, 4 waren al zo." in client.get(here).text
    assert len(titles(house)) == 4


@pytest.mark.acceptance
def test_taking_over_can_be_undone(house: House) -> None:
    client = house.client("ib")
    here = started(client)
    client.post(f"{here}/overnemen")

    undone = client.post(f"{here}/ongedaan")

    assert (undone.headers["location"], titles(house)) == ("/jaarplan", [])
    assert "ongedaan gemaakt" in client.get(here).text


@pytest.mark.acceptance
def test_a_plan_of_last_year_is_moved_with_one_answer(house: House) -> None:
    client = house.client("ib")
    here = started(client, b"Datum;Wat\n10-11-2025;Een\n12-1-2026;Twee\n13-4-2026;Drie\n")
    asked = client.get(here).text

    client.post(f"{here}/tabel", data={"year": "week", "written": "2025-2026"})

    assert "Dit plan lijkt van 2025-2026" in asked
    assert "3 van 3 klaar" in client.get(here).text


@pytest.mark.parametrize("form", [{"style": "ooit"}, {"year": "ooit"}, {}])
def test_no_answer_about_the_table_is_told(house: House, form: dict[str, str]) -> None:
    client = house.client("ib")
    here = started(client)

    assert client.post(f"{here}/tabel", data=form).status_code == 422


def test_an_import_waits_for_who_comes_back(house: House) -> None:
    here = started(house.client("ib"))

    assert f'href="{here}"' in house.client("director").get("/jaarplan").text


def test_an_import_can_be_thrown_away(house: House) -> None:
    client = house.client("ib")
    here = started(client)

    gone = client.post(f"{here}/weg")

    assert (gone.headers["location"], imports(house)) == (HERE, [])


def test_a_table_without_rows_says_so(house: House) -> None:
    client = house.client("ib")
    here = started(client, b"Wanneer;Wat;Groepen\n;;\nweek 44;;3\n")

    assert "Geen regels gevonden" in client.get(here).text


@pytest.mark.parametrize("role", ["teacher", "administrator", "outsider"])
def test_an_import_is_nothing_to_someone_else(house: House, role: str) -> None:
    here = started(house.client("ib"))
    client = house.client(role)

    answers = [
        client.get(here),
        client.get(f"{here}/kolommen"),
        client.post(f"{here}/kolommen", data={"head": "0"}),
        client.post(f"{here}/tabel", data={"style": "date"}),
        client.post(f"{here}/regel/{'0' * 16}", data={"code": "weekday", "choice": "keep"}),
        client.post(f"{here}/regel/{'0' * 16}/tekst", data={"when": "week 1"}),
        client.post(f"{here}/voorstellen"),
        client.post(f"{here}/overnemen"),
        client.post(f"{here}/ongedaan"),
        client.post(f"{here}/weg"),
    ]

    assert {one.status_code for one in answers} == {404}
    assert len(imports(house)) == 1


def test_a_name_of_a_pupil_does_not_come_along(house: House) -> None:
    with reading(house.engine) as session:
        one = session.exec(select(Pupil).where(Pupil.school_id == house.school_id())).first()
        assert one is not None
    client = house.client("ib")
    here = started(client, f"Week;Wat\n44;Gesprek {one.name}\n".encode())

    page = client.get(here).text
    kept = answer(client, here, f"Gesprek {one.name}", "keep")
    client.post(f"{here}/overnemen")

    assert "is de naam van een leerling" in page
    assert (kept.status_code, titles(house)) == (422, [])


def test_what_stands_in_a_table_is_shown_as_text(house: House) -> None:
    client = house.client("ib")
    here = started(client, b"Week;Wat\n44;<script>alert(1)</script>\n", '<img src=x onerror="1">.csv')

    page = client.get(here).text

    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.acceptance
def test_dates_of_a_spreadsheet_are_dates(house: House) -> None:
    book, _ = workbook(("Datum", "Wat"), (date(2026, 11, 12), "Overleg"))
    client = house.client("ib")
    here = started(client, saved(book), "plan.xlsx")

    client.post(f"{here}/tabel", data={"style": "once"})

    assert "donderdag 12 november" in client.get(here).text
