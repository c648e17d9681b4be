from datetime import date
from uuid import UUID

import pytest
from sqlmodel import col, select

from models import (
    Channel,
    Group,
    LoginSession,
    Membership,
    Message,
    Person,
    Presence,
    Role,
    StaffKey,
    Teaching,
)
from models.database import reading, unit_of_work
from service.school.presence import patterns_of
from tests.web_admin.conftest import House
from tests.web_admin.replan_form import go_on

HERE = "/beheer/school/mensen"
NEW = {"name": "Noor Nieuwkoop", "email": "Noor@dezonnewijzer.example", "role": "rt", "first": "2026-12-01"}


def weeks(house: House, person: UUID) -> list[tuple[str, date, date | None]]:
    with reading(house.engine) as session:
        found = patterns_of(session, house.school_id(), person)
        return [(p.week, p.valid_from, p.valid_until) for p in found]


def test_the_week_of_everyone_and_the_duos_are_on_the_page(house: House) -> None:
    page = house.client("ib").get(HERE).text

    assert "di-middag, wo" in page
    assert "Laila Tahiri" in page
    assert "duo" in page


def test_who_looks_along_has_no_buttons(house: House) -> None:
    client = house.client("director")

    pages = client.get(HERE).text + client.get(f"{HERE}/{house.person_id('teacher')}").text

    main = pages.split('<main id="content"', 1)[1]
    assert "/werkdagen" not in main
    assert "Toevoegen" not in main


def test_someone_is_added_and_tied_to_the_key_of_the_roster(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.add(
            StaffKey(
                school_id=house.school_id(),
                key="NIEN",
                name="Nieuwkoop",
                email="noor@dezonnewijzer.example",
            )
        )

    answer = house.client("administrator").post(HERE, data=NEW)

    with reading(house.engine) as session:
        person = session.exec(select(Person).where(Person.name == NEW["name"])).one()
        role = session.exec(select(Membership).where(Membership.person_id == person.id)).one()
        key = session.exec(select(StaffKey).where(StaffKey.key == "NIEN")).one()
    assert answer.headers["location"] == f"{HERE}/{person.id}"
    assert (person.email, role.role, role.valid_from) == (
        "noor@dezonnewijzer.example",
        Role.RT,
        date(2026, 12, 1),
    )
    assert key.person_id == person.id


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "noor"}, "Dit is geen mailadres."),
        ({"role": "baas"}, "Kies een rol."),
        ({"first": ""}, "Kies de eerste werkdag."),
        ({"name": " "}, "Vul de naam in"),
        ({"role": "coordinator"}, "Noem de bouw"),
    ],
)
def test_a_person_that_can_not_be_added_leaves_the_form_as_it_was(
    house: House, changed: dict[str, str], said: str
) -> None:
    answer = house.client("administrator").post(HERE, data=NEW | changed)

    with reading(house.engine) as session:
        assert session.exec(select(Person).where(Person.name == NEW["name"])).all() == []
    assert (answer.status_code, said in answer.text) == (422, True)
    assert f'value="{(NEW | changed)["email"]}"' in answer.text


@pytest.mark.acceptance
def test_other_days_from_a_day_on_keep_what_was(house: House) -> None:
    person = house.person_id("administrator")
    form = {"halves": ["0-am", "0-pm", "3-am"], "first": "2027-02-01"}

    answer = house.client("administrator").post(f"{HERE}/{person}/werkdagen", data=form)

    assert answer.status_code == 303
    assert weeks(house, person) == [
        ("ma, wo, do", date(2026, 8, 1), date(2027, 1, 31)),
        ("ma, do-ochtend", date(2027, 2, 1), None),
    ]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"halves": ["0-am"], "first": ""}, "Kies de eerste dag."),
        ({"halves": ["0-nacht"], "first": "2027-02-01"}, "Dit is geen dagdeel."),
        ({"halves": ["9-am"], "first": "2027-02-01"}, "Dit is geen dag van de week."),
        ({"halves": ["0-am"], "first": "2027-02-01", "last": "2027-01-01"}, "voor de eerste dag"),
    ],
)
def test_days_that_can_not_be_change_nothing(house: House, form: dict[str, str], said: str) -> None:
    person = house.person_id("teacher")
    before = weeks(house, person)

    answer = house.client("administrator").post(f"{HERE}/{person}/werkdagen", data=form)

    assert (answer.status_code, said in answer.text, weeks(house, person)) == (422, True, before)


def test_a_role_is_given_and_ended(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    given = client.post(
        f"{HERE}/{person}/rol", data={"role": "coordinator", "unit": "bovenbouw", "first": "2026-12-01"}
    )
    with reading(house.engine) as session:
        row = session.exec(
            select(Membership).where(Membership.person_id == person, Membership.role == Role.COORDINATOR)
        ).one()

    ended = client.post(f"{HERE}/{person}/rol/{row.id}/beeindigen", data={"last": "2027-01-31"})

    with reading(house.engine) as session:
        assert session.get_one(Membership, row.id).valid_until == date(2027, 1, 31)
    assert (given.status_code, ended.status_code, row.unit) == (303, 303, "bovenbouw")


def test_the_only_administrator_can_not_take_that_away(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("administrator")
    with reading(house.engine) as session:
        row = session.exec(select(Membership).where(Membership.person_id == person)).one()

    ended = client.post(f"{HERE}/{person}/rol/{row.id}/beeindigen", data={"last": "2026-11-25"})
    left = client.post(f"{HERE}/{person}/vertrek")

    with reading(house.engine) as session:
        assert session.get_one(Membership, row.id).valid_until is None
    assert [a.status_code for a in (ended, left)] == [422, 422]
    assert "Er moet altijd iemand zijn die beheert" in ended.text


@pytest.mark.acceptance
def test_a_group_is_given_and_ended(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    with reading(house.engine) as session:
        group = session.exec(
            select(Group).where(Group.name == "7", Group.school_id == house.school_id())
        ).one()
    shown = client.post(f"{HERE}/{person}/groep", data={"group": str(group.id), "first": "2026-12-01"})
    given = go_on(client, shown)
    with reading(house.engine) as session:
        row = session.exec(
            select(Teaching).where(Teaching.person_id == person, Teaching.group_id == group.id)
        ).one()

    shown = client.post(f"{HERE}/{person}/groep/{row.id}/beeindigen", data={"last": "2027-01-31"})
    ended = go_on(client, shown)

    with reading(house.engine) as session:
        assert session.get_one(Teaching, row.id).valid_until == date(2027, 1, 31)
    assert (given.status_code, ended.status_code) == (303, 303)


def test_a_group_of_another_school_can_not_be_given(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    with reading(house.engine) as session:
        theirs = session.exec(select(Group).where(Group.school_id == house.school_id("99KM"))).first()
    assert theirs

    codes = [
        client.post(f"{HERE}/{person}/groep", data={"group": group, "first": "2026-12-01"}).status_code
        for group in (str(theirs.id), "geen")
    ]

    assert codes == [404, 422]


def test_who_leaves_is_logged_out_at_once(house: House) -> None:
    teacher, person = house.client("teacher"), house.person_id("teacher")

    answer = house.client("administrator").post(f"{HERE}/{person}/vertrek")

    with reading(house.engine) as session:
        logins = session.exec(select(LoginSession).where(LoginSession.person_id == person)).all()
        running = session.exec(
            select(Presence).where(
                Presence.person_id == person, col(Presence.valid_until) >= date(2026, 11, 25)
            )
        ).all()
        assert session.get_one(Person, person).active is False
    assert (answer.status_code, logins, running) == (303, [], [])
    assert teacher.get("/vandaag").status_code == 303


def test_a_channel_is_added_tried_and_turned_off_and_never_shown(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    place = f"{HERE}/{person}/kanaal"
    added = client.post(place, data={"name": "chat", "url": "ntfys://fluisterwoord@ntfy.example/x"})
    with reading(house.engine) as session:
        channel = session.exec(select(Channel)).one()

    tried = client.post(f"{place}/{channel.id}/proberen")
    off = client.post(f"{place}/{channel.id}/schakelen", data={"on": "uit"})

    page = client.get(f"{HERE}/{person}").text
    with reading(house.engine) as session:
        [message] = session.exec(select(Message).where(Message.channel_id == channel.id)).all()
        assert session.get_one(Channel, channel.id).active is False
    assert [added.status_code, tried.status_code, off.status_code] == [303, 303, 303]
    assert (message.kind, ">ntfy<" in page, "fluisterwoord" in page) == ("notice", True, False)


def test_a_channel_of_someone_else_is_not_reached_through_me(house: House) -> None:
    client, person = house.client("administrator"), house.person_id("teacher")
    client.post(f"{HERE}/{person}/kanaal", data={"name": "chat", "url": "ntfys://ntfy.example/x"})
    with reading(house.engine) as session:
        channel = session.exec(select(Channel)).one()

    answer = client.post(f"{HERE}/{house.person_id('ib')}/kanaal/{channel.id}/schakelen", data={"on": "uit"})

    assert answer.status_code == 404


def test_an_address_that_is_none_is_not_repeated_on_the_page(house: House) -> None:
    person = house.person_id("teacher")

    answer = house.client("administrator").post(
        f"{HERE}/{person}/kanaal", data={"name": "chat", "url": "fluisterwoord"}
    )

    assert (answer.status_code, "fluisterwoord" in answer.text) == (422, False)
