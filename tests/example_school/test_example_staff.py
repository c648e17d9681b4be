"""The people of the example school fit its groups, its calendar and each other."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree

FOLDER = Path(__file__).parents[2] / "deploy" / "example-school"
SCHOOLS = {"school.toml": "edex.xml", "second-school.toml": "edex-second.xml"}
ROLES = "ib teacher director administrator isb coordinator administration rt".split()
WEEK = ("ma", "di", "wo", "do", "vr")


@cache
def roster(name: str) -> Element:
    return ElementTree.fromstring((FOLDER / name).read_bytes())


@cache
def settings(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def people(name: str) -> list[dict[str, Any]]:
    return list(settings(name)["person"])


def teachers(name: str) -> list[Element]:
    return roster(SCHOOLS[name]).findall("leerkrachten/leerkracht")


def group_names(name: str) -> dict[str, str]:
    groups = roster(SCHOOLS[name]).findall("groepen/groep")
    return {group.attrib["key"]: group.findtext("naam") or "" for group in groups}


def teachers_of(group: str, name: str) -> list[dict[str, Any]]:
    return [person for person in people(name) if group in person.get("groups", ())]


def halves(row: dict[str, Any]) -> set[str]:
    """Return "ma-am", "ma-pm", … of one row of presence."""
    found = set()
    for word in row["week"].split():
        weekday, _, half = word.partition("-")
        found |= {f"{weekday}-{h}" for h in ([half] if half else ["am", "pm"])}
    return found


def working(person: dict[str, Any], on: date) -> set[str]:
    rows = [row for row in person["presence"] if row["from"] <= on <= row["until"]]
    return set().union(*map(halves, rows))


@pytest.mark.parametrize("name", SCHOOLS)
def test_every_teacher_stands_in_the_roster_under_the_same_key_and_address(name: str) -> None:
    known = {t.attrib["key"]: t.findtext("emailadres") for t in teachers(name)}

    teaching = {p["key"]: p["email"] for p in people(name) if "teacher" in p["roles"]}

    assert teaching
    assert teaching.items() <= known.items()


@pytest.mark.parametrize("name", SCHOOLS)
def test_teachers_have_the_same_groups_in_both_files(name: str) -> None:
    named = group_names(name)

    here = {p["key"]: set(p["groups"]) for p in people(name) if "groups" in p}
    there = {
        t.attrib["key"]: {named[g.attrib["key"]] for g in t.findall("groepen/groep")}
        for t in teachers(name)
        if t.attrib["key"] in here
    }

    assert here == there
    assert set().union(*here.values()) == set(named.values())


@pytest.mark.parametrize("name", SCHOOLS)
@pytest.mark.parametrize("on", [date(2026, 11, 16), date(2027, 2, 1), date(2027, 7, 16)])
def test_on_every_weekday_morning_each_group_has_a_teacher(name: str, on: date) -> None:
    alone = [
        (group, weekday)
        for group in group_names(name).values()
        for weekday in WEEK
        if not any(f"{weekday}-am" in working(p, on) for p in teachers_of(group, name))
    ]

    assert alone == []


@pytest.mark.parametrize("on", [date(2026, 11, 16), date(2027, 2, 1)])
def test_a_teacher_of_two_groups_is_never_the_only_one_of_both(on: date) -> None:
    alone = [
        (present[0], half)
        for group in group_names("school.toml").values()
        for half in (f"{weekday}-{part}" for weekday in WEEK for part in ("am", "pm"))
        if len(present := [p["key"] for p in teachers_of(group, "school.toml") if half in working(p, on)])
        == 1
    ]

    assert len(alone) == len(set(alone))


def test_most_groups_of_de_zonnewijzer_have_a_duo() -> None:
    groups = group_names("school.toml").values()

    duos = [group for group in groups if len(teachers_of(group, "school.toml")) == 2]

    assert len(duos) == 7


def test_de_zonnewijzer_has_twenty_staff_in_every_role() -> None:
    staff = people("school.toml")
    units = [person["unit"] for person in staff if "unit" in person]

    assert len({p["key"] for p in staff}) == len({p["email"] for p in staff}) == len(staff) == 20
    assert {role for person in staff for role in person["roles"]} == set(ROLES)
    assert sorted(units) == ["bovenbouw", "middenbouw", "onderbouw"]


def test_some_people_work_other_days_from_february_on() -> None:
    changed = [
        person["name"]
        for person in people("school.toml")
        if working(person, date(2027, 1, 31)) != working(person, date(2027, 2, 1))
    ]

    assert changed == ["Ilse van Schaik", "Merel Faassen", "Laila Tahiri"]


def test_the_demo_names_one_person_for_each_role_and_an_outsider() -> None:
    staff = {person["key"]: person for person in people("school.toml")}
    others = {person["key"]: person for person in people("second-school.toml")}

    demo = settings("school.toml")["demo"]
    outsider = others[settings("second-school.toml")["demo"]["outsider"]]

    assert set(demo) == set(ROLES)
    assert all(role in staff[key]["roles"] for role, key in demo.items())
    assert outsider["email"] not in {person["email"] for person in staff.values()}


def test_the_one_ib_works_at_both_schools_and_never_at_the_same_time() -> None:
    ibs = [person for name in SCHOOLS for person in people(name) if "ib" in person["roles"]]

    here, there = (working(ib, date(2026, 11, 18)) for ib in ibs)

    assert {ib["email"] for ib in ibs} == {"ineke.bergsma@dezonnewijzer.example"}
    assert here == {"di-pm", "wo-am", "wo-pm"}
    assert there == {"do-am", "do-pm", "vr-am"}


@pytest.mark.parametrize(("name", "study_days"), [("school.toml", 5), ("second-school.toml", 2)])
def test_closures_lie_in_the_school_year_and_name_groups_that_exist(name: str, study_days: int) -> None:
    closures = settings(name)["closure"]
    named = {group for closure in closures for group in closure.get("groups", ())}

    assert all(date(2026, 8, 1) <= c["from"] <= c["until"] <= date(2027, 7, 31) for c in closures)
    assert named <= set(group_names(name).values())
    assert sum(c["name"] == "Studiedag" for c in closures) == study_days


@pytest.mark.parametrize("name", SCHOOLS)
def test_a_school_and_its_roster_agree_on_who_they_are(name: str) -> None:
    school = settings(name)["school"]
    root = roster(SCHOOLS[name])

    assert school["roster"] == SCHOOLS[name]
    assert school["brin"] == root.findtext("school/brincode")
    assert school["year"] == root.findtext("school/schooljaar")
    assert school["mailbox"].endswith(f"@{school['domain']}")
