"""Every date can explain itself to a teacher."""

import json
from datetime import date
from functools import cache

import pytest

from calendars.derivation import Skipped, Step, as_data, day_nl, sentence, span_nl
from calendars.people import Facts, Overrides
from calendars.plan import Item, plan
from service.procedures import read_all
from tests.calendars.invented_school import frame, people


@cache
def zuid() -> tuple[Item, ...]:
    return plan(read_all(), frame("zuid"), people(1), Facts(), Overrides()).items


def planned(procedure: str, case: str, task: str) -> Item:
    return next(
        i for i in zuid() if (i.case.procedure.key, i.case.key, i.rule.key) == (procedure, case, task)
    )


def why(procedure: str, case: str, task: str, *, mine: bool = True) -> str:
    return sentence(as_data(planned(procedure, case, task).dates.steps), mine=mine)


GOLDEN = {
    ("test-calendar", "M", "schooloverzicht"): """
        15 schooldagen na de laatste toetsdag (vrijdag 29 januari), de voorjaarsvakantie van 13 t/m 21
        februari telt niet mee: vrijdag 26 februari; je bent er op dinsdagmiddag en woensdag: dinsdag 2
        maart. Geen wettelijke grens.""",
    ("test-calendar", "M", "koppeling"): """
        20 schooldagen vóór de eerste toetsdag (maandag 11 januari), de kerstvakantie van 19 december t/m 3
        januari telt niet mee: maandag 30 november. Geen wettelijke grens.""",
    ("exit-pupils", "leerling:8#0", "definitief-advies"): """
        Vaste datum: dinsdag 23 maart. Uiterlijk (wettelijk, tijdpad schooladvies en doorstroomtoets):
        woensdag 24 maart.""",
    ("test-calendar", "kalender", "kalender-concept"): """
        Vaste datum: zaterdag 15 mei; de eerste schooldag erna: dinsdag 18 mei. Geen wettelijke grens.""",
    ("group-discussions", "didactisch-m:3", "voorbereiding"): """
        5 schooldagen vóór de dag van "Bespreek de groep" (woensdag 10 februari): woensdag 3 februari.
        Geen wettelijke grens.""",
    ("group-discussions", "didactisch-m:1/2A", "bespreking"): """
        Van woensdag 10 februari tot en met vrijdag 5 maart; overleg om 08:45 uur, als voorzitter en
        leerkracht er zijn: woensdag 10 februari. Geen wettelijke grens.""",
}


@pytest.mark.parametrize("task", GOLDEN)
def test_a_planned_date_reads_as_a_colleague_would_say_it(task: tuple[str, str, str]) -> None:
    assert why(*task) == " ".join(GOLDEN[task].split())


def test_who_reads_about_someone_elses_work_is_not_addressed() -> None:
    text = why("test-calendar", "M", "schooloverzicht", mine=False)

    assert "; wie dit doet is er op dinsdagmiddag en woensdag: dinsdag 2 maart." in text


def test_a_day_of_another_round_is_named_with_its_round() -> None:
    text = why("group-discussions", "didactisch-m:3", "bespreking")
    anchored = [s.text for i in zuid() for s in i.dates.steps if s.kind == "anchor" and "Midden" in s.text]

    assert "toetsdag" not in text
    assert set(anchored) <= {
        'de eerste toetsdag van "Middentoetsen"',
        'de laatste toetsdag van "Middentoetsen"',
    }


def test_a_derivation_survives_its_way_through_json_unchanged() -> None:
    stored = json.loads(json.dumps(as_data(planned("test-calendar", "M", "schooloverzicht").dates.steps)))
    before = json.dumps(stored)

    first, second = sentence(stored), sentence(stored)

    assert first == second
    assert json.dumps(stored) == before


def test_an_anchor_alone_is_a_whole_sentence() -> None:
    steps = [Step("anchor", "het begin van dit traject", date(2027, 3, 2))]

    assert sentence(as_data(steps)) == "Het begin van dit traject: dinsdag 2 maart."


def test_nothing_known_reads_as_still_to_plan() -> None:
    assert sentence([]) == "Er is nog geen datum: nog te plannen."


def test_several_closures_are_named_in_their_order() -> None:
    skipped = (
        Skipped("Goede vrijdag", date(2027, 3, 26), date(2027, 3, 26)),
        Skipped("Tweede paasdag", date(2027, 3, 29), date(2027, 3, 29)),
    )

    text = sentence(as_data([Step("offset", "3 schooldagen", date(2027, 3, 31), skipped)]))

    assert text == (
        "3 schooldagen, Goede vrijdag op 26 maart en Tweede paasdag op 29 maart tellen niet mee: "
        "woensdag 31 maart."
    )


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2027, 3, 26), date(2027, 3, 26), "26 maart"),
        (date(2027, 2, 13), date(2027, 2, 21), "13 t/m 21 februari"),
        (date(2026, 12, 19), date(2027, 1, 3), "19 december t/m 3 januari"),
    ],
)
def test_a_span_of_days_is_written_short(first: date, last: date, text: str) -> None:
    assert span_nl(first, last) == text


def test_a_day_is_written_with_its_weekday() -> None:
    assert day_nl(date(2027, 3, 24)) == "woensdag 24 maart"
