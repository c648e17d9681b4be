import os
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select

from models import Pupil, RosterImport
from models.database import reading
from tests.web_admin.conftest import EXAMPLE, House

HERE = "/beheer/school/leerlingen"
SAME = (EXAMPLE / "edex.xml").read_bytes()


def other_name(data: bytes = SAME) -> bytes:
    """Return the roster with one first name changed."""
    head, _, rest = data.partition(b"<leerlingen>")
    before, _, after = rest.partition(b"<roepnaam>")
    _, _, tail = after.partition(b"</roepnaam>")
    return head + b"<leerlingen>" + before + b"<roepnaam>Nieuwenaam</roepnaam>" + tail


def upload(house: House, data: bytes) -> Response:
    return house.client("administrator").post(HERE, files={"file": ("edex.xml", data)})


def token(page: Response) -> str:
    return page.text.split('name="token" value="')[1].split('"')[0]


def state(house: House) -> list[str]:
    with reading(house.engine) as session:
        return sorted(pupil.model_dump_json() for pupil in session.exec(select(Pupil)))


def kept(house: House) -> list[Path]:
    return list((house.home / "uploads").glob("*"))


def test_the_same_file_changes_nothing(house: House) -> None:
    page = upload(house, SAME)

    assert (page.status_code, "Alles klopt al" in page.text, kept(house)) == (200, True, [])


def test_a_change_is_shown_first_and_written_after_a_yes(house: House) -> None:
    client = house.client("administrator")
    before = state(house)
    page = client.post(HERE, files={"file": ("edex.xml", other_name())})
    shown = state(house)

    answer = client.post(f"{HERE}/overnemen", data={"token": token(page)})

    assert ("Nieuwenaam" in page.text, "voornaam" in page.text, shown == before) == (True, True, True)
    assert (answer.status_code, kept(house)) == (303, [])
    with reading(house.engine) as session:
        assert len(session.exec(select(Pupil).where(Pupil.first_name == "Nieuwenaam")).all()) == 1
        [journal] = session.exec(
            select(RosterImport).where(RosterImport.actor_id == house.person_id("administrator"))
        ).all()
    assert journal.counts["pupils"]["changed"] == 1


def test_the_journal_is_on_the_page(house: House) -> None:
    client = house.client("administrator")
    page = client.post(HERE, files={"file": ("edex.xml", other_name())})
    client.post(f"{HERE}/overnemen", data={"token": token(page)})

    assert "Amira Haddou" in client.get(HERE).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Kies eerst het bestand"),
        (b"geen xml", "Dit is geen XML"),
        (SAME[: len(SAME) // 2], "regel"),
        ((EXAMPLE / "edex-second.xml").read_bytes(), "99KM"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><EDEX>&a;</EDEX>', "regel"),
    ],
)
def test_a_file_that_is_refused_changes_nothing_and_says_what(house: House, data: bytes, said: str) -> None:
    before = state(house)

    page = upload(house, data)

    assert (page.status_code, said in page.text, "Er is niets veranderd." in page.text) == (422, True, True)
    assert (state(house), kept(house)) == (before, [])


def test_a_preview_without_a_file_is_asked_again(house: House) -> None:
    answer = house.client("administrator").post(HERE)

    assert (answer.status_code, "Kies eerst het bestand" in answer.text) == (422, True)


@pytest.mark.parametrize("wrong", ["", "a" * 32, "../../jaarritme.db"])
def test_a_token_that_is_none_changes_nothing(house: House, wrong: str) -> None:
    before = state(house)

    answer = house.client("administrator").post(f"{HERE}/overnemen", data={"token": wrong})

    assert (answer.status_code, state(house) == before) == (422, True)


def test_a_preview_lasts_an_hour(house: House) -> None:
    client = house.client("administrator")
    page = client.post(HERE, files={"file": ("edex.xml", other_name())})
    [file] = kept(house)
    then = file.stat().st_mtime - 3700
    os.utime(file, (then, then))

    answer = client.post(f"{HERE}/overnemen", data={"token": token(page)})

    assert (answer.status_code, "ouder dan een uur" in answer.text, kept(house)) == (422, True, [])


def test_a_file_without_most_pupils_wants_a_second_yes(house: House) -> None:
    client = house.client("administrator")
    head, _, rest = SAME.partition(b"<leerlingen>")
    pupils, _, tail = rest.partition(b"</leerlingen>")
    few = pupils[: pupils.index(b"</leerling>", len(pupils) // 10) + len(b"</leerling>")]
    data = head + b"<leerlingen>" + few + b"</leerlingen>" + tail
    before = state(house)
    page = client.post(HERE, files={"file": ("edex.xml", data)})

    refused = client.post(f"{HERE}/overnemen", data={"token": token(page)})
    unchanged = state(house) == before
    done = client.post(f"{HERE}/overnemen", data={"token": token(page), "sure": "ja"})

    assert "zouden" in page.text
    assert (refused.status_code, unchanged, done.status_code) == (422, True, 303)
    assert state(house) != before
