import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from models import Group, Membership, Person, Role, School, StaffKey, Teaching
from service.access.actor import actor_for
from service.school.file import SchoolFileError, parse_school_file, read_school_file
from service.school.load import load_school
from service.school.presence import patterns_of

EXAMPLE = Path("deploy/example-school")
AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
SMALL = """
[school]
name = "De Proef"
brin = "99XX"
region = "midden"
mailbox = "plan@proef.example"
year = "2026-2027"

[[closure]]
name = "Studiedag"
from = 2026-12-07
until = 2026-12-07

[[person]]
key = "TOM"
name = "Tom Maas"
email = "tom@proef.example"
roles = ["teacher"]
groups = ["8"]
presence = [{ from = 2026-08-01, week = "ma di-pm" }]
"""


def with_(changed: str, by: str) -> dict[str, Any]:
    assert changed in SMALL
    return tomllib.loads(SMALL.replace(changed, by))


def test_the_example_school_loads_with_its_roster(session: Session) -> None:
    loaded = load_school(session, read_school_file(EXAMPLE / "school.toml"), at=AT)

    assert (loaded.closures, loaded.people, loaded.groups) == (8, 20, 17)
    assert loaded.roster["pupils"]["new"] > 200


def test_loading_twice_changes_nothing(session: Session) -> None:
    file = read_school_file(EXAMPLE / "school.toml")
    load_school(session, file, at=AT)

    again = load_school(session, file, at=AT)

    assert (again.closures, again.people, again.roles, again.patterns, again.groups, again.roster) == (
        0,
        0,
        0,
        0,
        0,
        {},
    )


def test_the_ib_er_of_two_schools_is_one_person(session: Session) -> None:
    first = load_school(session, read_school_file(EXAMPLE / "school.toml"), at=AT)
    second = load_school(session, read_school_file(EXAMPLE / "second-school.toml"), at=AT)

    person = session.exec(select(Person).where(Person.email == "ineke.bergsma@dezonnewijzer.example")).one()
    schools = session.exec(select(Membership.school_id).where(Membership.person_id == person.id)).all()
    here = [p.week for p in patterns_of(session, first.school_id, person.id)]
    there = [p.week for p in patterns_of(session, second.school_id, person.id)]
    assert set(schools) == {first.school_id, second.school_id}
    assert not set(here) & set(there)


def test_roles_count_from_the_first_of_august(session: Session, school: School) -> None:
    load_school(session, parse_school_file(tomllib.loads(SMALL)), at=AT)

    person = session.exec(select(Person)).one()
    group = session.exec(select(Group)).one()
    actor = actor_for(session, person.id, school.id, date(2026, 8, 1))
    assert actor is not None
    assert (actor.roles, actor.groups) == (frozenset({Role.TEACHER}), frozenset({group.id}))


def test_the_key_of_the_roster_is_tied_to_the_person(session: Session, school: School) -> None:
    session.add(StaffKey(school_id=school.id, key="TOM", name="Maas"))
    session.flush()

    load_school(session, parse_school_file(tomllib.loads(SMALL)), at=AT)

    person = session.exec(select(Person)).one()
    assert session.exec(select(StaffKey.person_id)).one() == person.id


@pytest.mark.usefixtures("school")
def test_a_role_that_the_school_ended_does_not_come_back(session: Session) -> None:
    file = parse_school_file(tomllib.loads(SMALL))
    load_school(session, file, at=AT)
    role = session.exec(select(Membership)).one()
    role.valid_until = date(2026, 10, 1)
    session.flush()

    load_school(session, file, at=AT)

    assert session.exec(select(Membership.valid_until)).all() == [date(2026, 10, 1)]


@pytest.mark.usefixtures("school")
def test_a_group_that_the_roster_does_not_know_is_named(session: Session) -> None:
    file = parse_school_file(with_('["8"]', '["8", "9C"]'))

    with pytest.raises(SchoolFileError) as refused:
        load_school(session, file, at=AT)

    assert refused.value.problems == [
        "person (Tom Maas): groep 9C staat niet in het leerlingbestand van 2026-2027"
    ]
    assert session.exec(select(Teaching)).all() == []


@pytest.mark.parametrize(
    ("changed", "by", "problem"),
    [
        ('region = "midden"', 'region = "west"', "school: region moet een van deze zijn"),
        ('brin = "99XX"', 'brin = "99"', "school: brin is geen BRIN"),
        ('year = "2026-2027"', 'year = "2026"', "school: year is geen schooljaar"),
        ('name = "De Proef"\n', "", "school: name ontbreekt"),
        ('mailbox = "plan@proef.example"', 'mailbox = "plan"', "school: mailbox is geen mailadres"),
        ("until = 2026-12-07", 'until = "7 december"', "closure 1 (Studiedag): until is geen datum"),
        ("until = 2026-12-07", "untill = 2026-12-07", "closure 1 (Studiedag): until ontbreekt"),
        ('roles = ["teacher"]', 'roles = ["boss"]', "person 1 (Tom Maas): roles.1 moet een van deze"),
        ('roles = ["teacher"]', "roles = []", "person 1 (Tom Maas): roles is leeg"),
        ('roles = ["teacher"]', 'roles = ["rt"]', "person 1 (Tom Maas): groups hoort bij de rol teacher"),
        (
            'roles = ["teacher"]',
            'roles = ["teacher", "coordinator"]',
            "person 1 (Tom Maas): unit hoort bij de rol coordinator",
        ),
        ('week = "ma di-pm"', 'week = "ma zo"', "person 1 (Tom Maas): presence.1 week: 'zo' is geen werkdag"),
        ('key = "TOM"', "key = 3", "person 1 (Tom Maas): key moet tekst zijn"),
        ("[[closure]]", "[[closures]]", "closures: is hier onbekend"),
        ('brin = "99XX"', 'brin = "99XX"\nroster = "../x.xml"', "school: roster is de naam van een bestand"),
    ],
)
def test_a_wrong_entry_is_named_in_plain_dutch(changed: str, by: str, problem: str) -> None:
    with pytest.raises(SchoolFileError) as refused:
        parse_school_file(with_(changed, by))

    assert any(told.startswith(problem) for told in refused.value.problems), refused.value.problems


def test_a_person_stands_in_the_file_once() -> None:
    person = SMALL[SMALL.index("[[person]]") :]

    with pytest.raises(SchoolFileError) as refused:
        parse_school_file(tomllib.loads(SMALL + person))

    assert refused.value.problems == [
        "person: key TOM staat er twee keer",
        "person: email tom@proef.example staat er twee keer",
    ]


def test_what_is_no_toml_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("[school", encoding="utf-8")

    with pytest.raises(SchoolFileError, match=r"s\.toml: geen geldige TOML"):
        read_school_file(tmp_path / "s.toml")
    with pytest.raises(SchoolFileError, match="is er niet"):
        read_school_file(tmp_path / "none.toml")


def test_a_closure_that_can_not_be_is_named(session: Session, school: School) -> None:
    file = parse_school_file(with_("until = 2026-12-07", "until = 2026-12-01"))

    with pytest.raises(SchoolFileError, match=r"closure 1 \(Studiedag\): De laatste dag"):
        load_school(session, file, at=AT)

    assert school.name == "De Proef"
