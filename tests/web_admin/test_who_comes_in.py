"""Every address of the keepers' pages, tried by everyone."""

import pytest
from sqlmodel import select

from models import Closure, Membership, Message, Presence, School, Teaching
from models.database import reading
from tests.web_admin.conftest import WHO, House

ZERO = "00000000-0000-0000-0000-000000000000"
FORM = {
    "name": "Iemand Anders",
    "email": "iemand@proef.example",
    "role": "rt",
    "first": "2026-12-01",
    "last": "2026-12-02",
    "halves": "0-am",
    "group": ZERO,
    "token": "a" * 32,
    "on": "ja",
    "url": "ntfy://x",
    "jaar": "2026-2027",
}
KEEPERS = frozenset({"administrator", "ib", "director"})
ADMINISTRATOR = frozenset({"administrator"})
MANAGERS = frozenset({"ib", "director"})
EVERYONE = frozenset({"administrator", "ib", "director", "teacher", "isb", "administration"})
PAGES = {
    "/jaarplanner": EVERYONE,
    "/jaarplanner/openen": MANAGERS,
    "/mijn": EVERYONE,
    "/beheer/stromen": ADMINISTRATOR,
    "/beheer/stromen/remind": ADMINISTRATOR,
    "/beheer/school/leerlingen": ADMINISTRATOR,
    "/beheer/school/vrije-dagen": KEEPERS,
    "/beheer/school/mensen": KEEPERS,
    "/beheer/school/herinneringen": KEEPERS,
    "/verzendlogboek": KEEPERS,
    "/mijn/berichten": EVERYONE,
}


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_page_is_there_for_whom_it_is(house: House, role: str) -> None:
    client = house.client(role)

    codes = {path: client.get(path).status_code for path in PAGES}

    assert codes == {path: 200 if role in roles else 404 for path, roles in PAGES.items()}


def test_nobody_comes_in_without_a_login(house: House) -> None:
    client = house.anonymous()

    codes = {path: client.get(path).status_code for path in PAGES}

    assert set(codes.values()) == {303}


def posts(house: House) -> dict[str, frozenset[str]]:
    """Return every address that changes something, with who may."""
    person = house.person_id("teacher")
    with reading(house.engine) as session:
        school = house.school_id()
        closure = session.exec(select(Closure.id).where(Closure.school_id == school)).first()
        role = session.exec(select(Membership.id).where(Membership.person_id == person)).first()
        teaching = session.exec(select(Teaching.id).where(Teaching.person_id == person)).first()
    days, people = "/beheer/school/vrije-dagen", f"/beheer/school/mensen/{person}"
    kept = dict.fromkeys(
        [days, f"{days}/{closure}/wijzigen", f"{days}/{closure}/verwijderen", f"{days}/bestand"], KEEPERS
    )
    kept[f"{days}/bestand/overnemen"] = KEEPERS
    kept["/beheer/school/herinneringen"] = KEEPERS
    guarded = dict.fromkeys(
        [
            "/beheer/school/leerlingen",
            "/beheer/school/leerlingen/overnemen",
            "/beheer/school/mensen",
            f"{people}/werkdagen",
            f"{people}/rol",
            f"{people}/rol/{role}/beeindigen",
            f"{people}/groep",
            f"{people}/groep/{teaching}/beeindigen",
            f"{people}/inloglink",
            f"{people}/mailadres",
            f"{people}/vertrek",
            f"{people}/kanaal",
            f"{people}/kanaal/{ZERO}/proberen",
            f"{people}/kanaal/{ZERO}/schakelen",
            "/beheer/stromen/deliver/uitvoeren",
            f"/beheer/stromen/bericht/{ZERO}/opnieuw",
            "/beheer/stromen/pauze",
        ],
        ADMINISTRATOR,
    )
    return kept | guarded | {"/jaarplanner/openen": MANAGERS}


def state(house: House) -> list[object]:
    with reading(house.engine) as session:
        rows: list[object] = []
        for table in (Closure, Membership, Teaching, Presence, Message, School):
            found = session.exec(select(table)).all()  # type: ignore[var-annotated]
            rows.append(sorted(row.model_dump_json() for row in found))
        return rows


@pytest.mark.parametrize("role", sorted(EVERYONE - ADMINISTRATOR))
def test_what_is_not_yours_changes_nothing(house: House, role: str) -> None:
    client = house.client(role)
    before = state(house)
    closed = {path for path, roles in posts(house).items() if role not in roles}

    codes = {path: client.post(path, data=FORM).status_code for path in closed}

    assert {path: code for path, code in codes.items() if code != 404} == {}
    assert state(house) == before


@pytest.mark.parametrize("role", ["outsider", "other administrator"])
def test_another_school_changes_nothing_here(house: House, role: str) -> None:
    client = house.client(role)
    with reading(house.engine) as session:
        here = [s.model_dump_json() for s in session.exec(select(School).where(School.brin == "99ZW"))]
        ours = [c.id for c in session.exec(select(Closure).where(Closure.school_id == house.school_id()))]
    ids = [path for path in posts(house) if any(part.count("-") == 4 for part in path.split("/"))]

    codes = {path: client.post(path, data=FORM).status_code for path in ids}

    assert {path: code for path, code in codes.items() if code != 404} == {}
    with reading(house.engine) as session:
        assert [
            s.model_dump_json() for s in session.exec(select(School).where(School.brin == "99ZW"))
        ] == here
        assert [
            c.id for c in session.exec(select(Closure).where(Closure.school_id == house.school_id()))
        ] == ours
        teacher = session.exec(
            select(Membership.valid_until).where(Membership.person_id == house.person_id("teacher"))
        ).all()
    assert teacher == [None]


def test_another_schools_people_and_closures_are_not_there(house: House) -> None:
    client = house.client("other administrator")
    with reading(house.engine) as session:
        closure = session.exec(select(Closure.id).where(Closure.school_id == house.school_id())).first()

    codes = [
        client.get(f"/beheer/school/mensen/{house.person_id('teacher')}").status_code,
        client.get(f"/beheer/school/vrije-dagen/{closure}").status_code,
    ]

    assert codes == [404, 404]


def test_another_schools_names_are_on_no_page(house: House) -> None:
    client = house.client("other administrator")
    names = {
        email.split("@")[0].split(".")[-1] for role, email in WHO.items() if email.endswith("wijzer.example")
    }

    pages = "".join(client.get(path).text for path in PAGES)

    # Ineke works at both schools.
    assert {name for name in names if name.title() in pages} == {"bergsma"}
