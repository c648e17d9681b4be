"""The example school is a school that could exist, in files that a school could have."""

import re
import tomllib
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree

FOLDER = Path(__file__).parents[2] / "deploy" / "example-school"
SETTINGS = ("school.toml", "second-school.toml")
ROSTERS = ("edex.xml", "edex-2027-2028.xml", "edex-second.xml")
MONTHS = "januari februari maart april mei juni juli augustus september oktober november december"
DAYS = "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
SCREEN_WORDS = """toets groep week dag taak plan school leerling gesprek verslag advies ouders
    vandaag laat nieuw klaar afspraak jaar herfst winter lente zomer max jan sep"""

# The order of EDEXML 2.1 (handbook of 17-02-2017), which is strict.
SCHOOL_ORDER = """schooljaar peildatum brincode dependancecode schoolkey aanmaakdatum auteur xsdversie
    commentaar toevoegingen""".split()
GROUP_ORDER = "naam jaargroep omschrijving toevoegingen mutatiedatum".split()
PUPIL_ORDER = """achternaam voorvoegsel voornamen voorletters-1 roepnaam geboortedatum geslacht
    start_ondw_jgr3 jaargroep groep samengestelde_groepen vestiging gebruikersnaam emailadres fotourl
    etniciteit land land_vader land_moeder bsn_ondwnr-4 gewicht_nieuw gewicht postcodenl instroomdatum
    uitstroomdatum toevoegingen mutatiedatum""".split()
TEACHER_ORDER = """achternaam voorvoegsel voornamen voorletters-1 roepnaam gebruikersnaam emailadres rol
    groepen toevoegingen mutatiedatum""".split()


@cache
def roster(name: str) -> Element:
    return ElementTree.fromstring((FOLDER / name).read_bytes())


def pupils(name: str) -> list[Element]:
    return roster(name).findall("leerlingen/leerling")


def teachers(name: str) -> list[Element]:
    return roster(name).findall("leerkrachten/leerkracht")


def text(element: Element, tag: str) -> str:
    return element.findtext(tag) or ""


def keys(name: str, path: str) -> list[str]:
    return [element.attrib["key"] for element in roster(name).findall(path)]


def day(element: Element, tag: str) -> date:
    return date.fromisoformat(text(element, tag))


def is_present(pupil: Element, on: date) -> bool:
    left = text(pupil, "uitstroomdatum")
    return day(pupil, "instroomdatum") <= on and (not left or date.fromisoformat(left) >= on)


def words_of(elements: list[Element]) -> set[str]:
    names = " ".join(f"{text(e, 'roepnaam')} {text(e, 'achternaam')}" for e in elements)
    return {word.casefold() for word in re.split(r"[\s'-]+", names) if word}


@pytest.mark.parametrize("name", ROSTERS)
def test_every_element_stands_in_the_order_that_edexml_prescribes(name: str) -> None:
    root = roster(name)
    expected = [
        (root.findall("school"), SCHOOL_ORDER),
        (root.findall("groepen/groep"), GROUP_ORDER),
        (pupils(name), PUPIL_ORDER),
        (teachers(name), TEACHER_ORDER),
    ]

    wrong = [
        (element.tag, element.get("key"), tags)
        for elements, order in expected
        for element in elements
        if (tags := [child.tag for child in element]) != sorted(tags, key=order.index)
    ]

    assert [child.tag for child in root] == [
        "school", "vestigingen", "groepen", "leerlingen", "leerkrachten",
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("name", ROSTERS)
def test_no_key_is_used_twice(name: str) -> None:
    lists = [
        keys(name, "groepen/*"),
        keys(name, "leerlingen/leerling"),
        keys(name, "leerkrachten/leerkracht"),
    ]

    twice = [key for found in lists for key, times in Counter(found).items() if times > 1]

    assert twice == []


@pytest.mark.parametrize("name", ROSTERS)
@pytest.mark.parametrize("tag", ["groep", "samengestelde_groep", "vestiging"])
def test_every_reference_points_to_something_of_its_kind(name: str, tag: str) -> None:
    defined = set(keys(name, f"groepen/{tag}")) | set(keys(name, f"vestigingen/{tag}"))

    used = {
        reference.attrib["key"]
        for person in [*pupils(name), *teachers(name)]
        for reference in person.iter(tag)
    }

    assert used <= defined


@pytest.mark.parametrize(
    ("name", "groups", "present"), [("edex.xml", 10, 220), ("edex-2027-2028.xml", 10, 210)]
)
def test_de_zonnewijzer_has_ten_groups_and_about_220_pupils(name: str, groups: int, present: int) -> None:
    on = day(roster(name), "school/peildatum")

    counted = sum(is_present(pupil, on) for pupil in pupils(name))

    assert len(keys(name, "groepen/groep")) == groups
    assert counted == present


def test_het_kompas_has_three_groups_and_forty_five_pupils() -> None:
    assert len(keys("edex-second.xml", "groepen/groep")) == 3
    assert len(pupils("edex-second.xml")) == 45


@pytest.mark.parametrize("name", ROSTERS)
def test_a_group_has_the_pupils_of_its_own_years(name: str) -> None:
    groups = {g.attrib["key"]: g for g in roster(name).findall("groepen/groep")}

    strangers = [
        pupil.attrib["key"]
        for pupil in pupils(name)
        if (link := pupil.find("groep")) is not None
        and (year := text(groups[link.attrib["key"]], "jaargroep")) not in {"C", text(pupil, "jaargroep")}
        and year
    ]
    mixed = {
        key: {text(p, "jaargroep") for p in pupils(name) if p.find(f"groep[@key='{key}']") is not None}
        for key, group in groups.items()
        if text(group, "jaargroep") == "C"
    }

    assert strangers == []
    assert mixed
    assert all(len(years) > 1 for years in mixed.values())


@pytest.mark.parametrize("name", ROSTERS)
def test_pupils_are_as_old_as_their_year_within_a_year_or_so(name: str) -> None:
    starts = int(text(roster(name), "school/schooljaar")[:4])

    ages = {
        pupil.attrib["key"]: (date(starts, 10, 1) - day(pupil, "geboortedatum")).days / 365.25
        - int(text(pupil, "jaargroep"))
        for pupil in pupils(name)
        if text(pupil, "uitstroomdatum")[:4] != str(starts)
    }

    assert {key: age for key, age in ages.items() if not 1.9 < age < 5.1} == {}


@pytest.mark.parametrize("name", ROSTERS)
def test_nobody_leaves_before_coming_or_comes_before_the_fourth_birthday(name: str) -> None:
    wrong = [
        pupil.attrib["key"]
        for pupil in pupils(name)
        if (day(pupil, "instroomdatum") - day(pupil, "geboortedatum")).days < 4 * 365
        or text(pupil, "uitstroomdatum")
        not in {"", max(text(pupil, "uitstroomdatum"), text(pupil, "instroomdatum"))}
    ]

    assert wrong == []


def test_some_have_left_some_came_later_and_some_are_still_to_come_or_go() -> None:
    on = day(roster("edex.xml"), "school/peildatum")
    came = [day(pupil, "instroomdatum") for pupil in pupils("edex.xml")]
    left = [date.fromisoformat(t) for p in pupils("edex.xml") if (t := text(p, "uitstroomdatum"))]

    assert sum(d < on for d in left) >= 5
    assert sum(d > on for d in left) >= 1
    assert sum(date(2026, 9, 1) < d <= on for d in came) >= 5
    assert sum(d > on for d in came) >= 2


def test_the_export_carries_what_an_import_must_leave_behind() -> None:
    found = {element.tag for element in roster("edex.xml").iter()}

    assert {"geslacht", "postcodenl", "bsn_ondwnr-4", "gewicht_nieuw", "land", "fotourl"} <= found
    assert {"etniciteit", "toevoegingen", "blok"} <= found


@pytest.mark.parametrize("name", ROSTERS)
def test_no_file_carries_a_national_number_or_a_real_address(name: str) -> None:
    source = (FOLDER / name).read_text(encoding="utf-8")
    tags = {element.tag for element in roster(name).iter()}
    tails = [element.text or "" for element in roster(name).iter("bsn_ondwnr-4")]

    assert not tags & {"bsn", "sofinummer", "onderwijsnummer", "rijksregisternummer"}
    assert all(re.fullmatch(r"\d{4}", tail) for tail in tails)
    assert all(host.endswith(".example") for host in re.findall(r"(?:@|://(?!www\.w3))([\w.]+)", source))


def test_no_pupil_shares_a_name_with_staff_or_with_the_words_on_the_screen() -> None:
    children = words_of([pupil for name in ROSTERS for pupil in pupils(name)])
    files = [tomllib.loads((FOLDER / name).read_text(encoding="utf-8")) for name in SETTINGS]
    staff = words_of([teacher for name in ROSTERS for teacher in teachers(name)])
    staff |= {word.casefold() for file in files for p in file["person"] for word in p["name"].split()}

    assert not children & staff
    assert not children & set(f"{MONTHS} {DAYS} {SCREEN_WORDS}".split())


def test_no_pupil_has_a_name_so_short_that_a_random_token_could_contain_it() -> None:
    children = [pupil for name in ROSTERS for pupil in pupils(name)]
    names = {text(pupil, tag) for pupil in children for tag in ("roepnaam", "achternaam")}

    assert {name for name in names if len(name) < 4} == set()


def test_a_year_later_most_pupils_are_known_by_key_and_some_are_new_or_gone() -> None:
    before = {p.attrib["key"]: p for p in pupils("edex.xml")}
    after = {p.attrib["key"]: p for p in pupils("edex-2027-2028.xml")}
    both = before.keys() & after.keys()

    strangers = [k for k in both if text(before[k], "roepnaam") != text(after[k], "roepnaam")]
    promoted = [k for k in both if text(before[k], "jaargroep") < text(after[k], "jaargroep")]

    assert strangers == []
    assert len(promoted) > 170
    assert len(after.keys() - both) > 20
    assert len(before.keys() - both) > 20


def test_a_temporary_key_is_another_one_next_year_for_the_same_child() -> None:
    def identity(pupil: Element) -> tuple[str, ...]:
        return tuple(text(pupil, tag) for tag in ("roepnaam", "achternaam", "geboortedatum"))

    before = {identity(p): p.attrib["key"] for p in pupils("edex.xml") if p.attrib["key"][0] == "#"}
    after = {identity(p): p.attrib["key"] for p in pupils("edex-2027-2028.xml")}

    assert sorted(before.values()) == ["#1", "#2"]
    assert all(name in after and after[name] != key for name, key in before.items())


def test_some_pupils_are_older_or_younger_than_their_year() -> None:
    steps = [
        (date(2026, 10, 1) - day(pupil, "geboortedatum")).days / 365.25 - int(text(pupil, "jaargroep"))
        for pupil in pupils("edex.xml")
        if not text(pupil, "uitstroomdatum") and text(pupil, "jaargroep") != "0"
    ]

    assert sum(step > 4.01 for step in steps) >= 5
    assert sum(step < 2.99 for step in steps) >= 2
