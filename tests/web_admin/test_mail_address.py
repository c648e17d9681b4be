"""A colleague's mail address is changed on their page, or on the machine itself."""

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from models import MailAlias, Person
from models.database import reading
from service.cli.person import app
from service.settings import settings
from tests.quick_password import PASSWORD
from tests.web_admin.conftest import DOMAIN, WHO, House

NEW = f"laila@{DOMAIN}"


def page_of(house: House, role: str = "teacher") -> str:
    return f"/beheer/school/mensen/{house.person_id(role)}"


def logs_in(house: House, email: str) -> bool:
    answer = house.anonymous().post("/login", data={"email": email, "password": PASSWORD})
    return bool(answer.status_code == 303)


def test_a_colleague_is_written_to_and_logs_in_at_another_address(house: House) -> None:
    client = house.client("administrator")

    answer = client.post(f"{page_of(house)}/mailadres", data={"email": NEW, "keep_old": "ja"})
    page = client.get(f"/beheer/school/mensen/{answer.headers['location'].rpartition('/')[2]}").text

    assert (answer.status_code, NEW in page, "Het mailadres is gewijzigd" in page) == (303, True, True)
    assert (logs_in(house, NEW), logs_in(house, WHO["teacher"])) == (True, False)
    with reading(house.engine) as session:
        assert session.exec(select(MailAlias.email)).all() == [WHO["teacher"]]


def test_what_was_typed_stays_when_the_address_is_taken(house: House) -> None:
    data = {"email": WHO["director"]}

    answer = house.client("administrator").post(f"{page_of(house)}/mailadres", data=data)

    assert (answer.status_code, "al van iemand anders" in answer.text) == (422, True)
    assert f'value="{WHO["director"]}"' in answer.text
    assert logs_in(house, WHO["teacher"])


@pytest.mark.parametrize("role", ["ib", "director", "teacher", "other administrator"])
def test_nobody_but_the_administrator_changes_an_address(house: House, role: str) -> None:
    answer = house.client(role).post(f"{page_of(house)}/mailadres", data={"email": NEW})

    assert answer.status_code == 404
    assert logs_in(house, WHO["teacher"])


def test_who_keeps_the_machine_changes_any_address(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAARRITME_DATABASE_URL", str(house.engine.url))
    settings.cache_clear()
    try:
        done = CliRunner().invoke(app, ["address", WHO["teacher"], NEW])
        unknown = CliRunner().invoke(app, ["address", "niemand@nergens.example", NEW])
    finally:
        settings.cache_clear()

    assert (done.exit_code, unknown.exit_code) == (0, 1), done.output
    assert f"{WHO['teacher']} is voortaan {NEW}" in done.output
    assert "niet bekend" in unknown.output
    with reading(house.engine) as session:
        mine = select(Person.name).where(col(Person.email) == NEW)
        assert session.exec(mine).one() == "Laila Tahiri"
