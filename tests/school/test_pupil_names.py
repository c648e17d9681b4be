"""A pupil's name in words that go out is seen in whichever form it is typed; other words pass."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from models import Pupil
from service.school.pupil_names import NamesPupilError, name_check, names_of, refuse_names
from tests.cast import Cast

PUPILS = [
    ("Zoë", "", "Wolkenveld"),
    ("Pieter-Bas", "van der", "Mas'oudi"),
    ("Łukasz", "", "Y\u0131ld\u0131z"),
    ("Søren", "", "Weiß"),
    ("Mei", "van", "Dam"),
    ("Fleur", "", "de Jong"),
    ("Joris", "", "Kamphuis"),
    ("B.", "", "Vu"),
]
CHECK = names_of(PUPILS, ["Joris Kamphuis", "Ineke Bergsma"])
FULL = [" ".join(part for part in name if part) for name in PUPILS]
AROUND = st.text(alphabet=string.punctuation + string.digits + " \u2019\u00ad", max_size=3)


@given(st.sampled_from(FULL), st.sampled_from([str.lower, str.upper, str.title, str.swapcase]), AROUND)
def test_a_full_name_is_seen_in_any_case_and_between_any_signs(name: str, case: object, around: str) -> None:
    said = case(name) if callable(case) else name

    assert CHECK.sure(f"gesprek {around}{said}{around}")


@pytest.mark.parametrize(
    "text",
    [
        "gesprek zoe wolkenveld",
        "Wolkenveld, Zoe\u0308",
        "ZOE_WOLKENVELD",
        "zo\u00ade wolken\u200bveld",
        "Lukasz Yildiz thuis",
        "LUKASZ YILDIZ",
        "bij soren weiss",
        "Pieter Bas van der Mas\u2019oudi",
        "pieter-bas mas'oudi's",
        "mei van dam",
        "joris kamphuis",
        "b vu",
    ],
)
def test_a_full_name_is_seen_without_its_accents_and_signs(text: str) -> None:
    assert CHECK.sure(text)


@pytest.mark.parametrize(
    "text", ["Bij Wolkenveld", "WOLKENVELDS kamer", "Yildiz", "de Jong", "van Dam", "Weiss"]
)
def test_a_last_name_alone_is_seen_when_it_has_a_capital(text: str) -> None:
    assert CHECK.sure(text)


@pytest.mark.parametrize(
    "text",
    [
        *("lokaal 3", "zoeken", "wolkenveld", "naar de dam", "de jong belovende groep", "Wolkenvelden"),
        *("Vu", "Kamer van Kamphuis", "Overleg in mei", "Rapport Mei", "fleur", "joris", "Jorissen"),
        *("Lokaal B", "de aula's kant", "", "\u0308", "4,5%"),
    ],
)
def test_other_words_and_those_of_colleagues_pass(text: str) -> None:
    assert CHECK.found(text) == ""


@pytest.mark.parametrize(
    "text", ["Zoe's kamer", "Zo\u00ebs kamer", "Zo\u00eb-gesprek", "kamer_ZOE", "Fleur", "Lukasz"]
)
def test_a_first_name_alone_is_seen_when_it_has_a_capital(text: str) -> None:
    assert CHECK.found(text)
    assert CHECK.sure(text) == []


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        *(("bij zoe", True), ("Bij Mei thuis", True), ("fleurs kamer", True), ("Joris", True)),
        *(("overleg in mei", False), ("lokaal b", False), ("wolken en veld", False), ("", False)),
    ],
)
def test_in_a_meeting_a_first_name_is_refused_in_any_case(light: Cast, words: str, *, refused: bool) -> None:
    for number, (first, prefix, last) in enumerate(PUPILS):
        light.session.add(
            Pupil(
                school_id=light.school.id, key=f"n{number}", first_name=first, prefix=prefix, last_name=last
            )
        )
    light.session.flush()

    try:
        refuse_names(light.session, light.school.id, "spreekkamer", words)
    except NamesPupilError:
        assert refused
    else:
        assert not refused


def test_who_left_is_still_known_as_long_as_the_school_keeps_the_name(light: Cast) -> None:
    pupil = light.session.exec(select(Pupil).where(Pupil.school_id == light.school.id)).first()
    assert pupil
    pupil.active = False
    light.session.flush()

    assert name_check(light.session, light.school.id).sure(f"Gesprek {pupil.name}")
    with pytest.raises(NamesPupilError):
        refuse_names(light.session, light.school.id, pupil.first_name)


def test_a_school_without_pupils_refuses_nothing() -> None:
    assert names_of([], []).found("Wie dan ook") == ""
