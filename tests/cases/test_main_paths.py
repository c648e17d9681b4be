"""Each procedure from its opening to its close, through the verbs, with its gates and outcomes."""

from datetime import date

import pytest

from models import CaseState, TaskState
from service import procedures
from service.cases.errors import ConsentMissingError, GateClosedError
from service.cases.open import openable
from tests.cases.walk import Walk
from tests.cast import Cast

BY_PERSON = [(p.key, o.key) for p, o in openable()]
BY_YEAR = [(p.key, o.key) for p in procedures.current() for o in p.occurrence if o.opened_by == "year"]


def test_a_test_round_goes_from_the_first_preparation_to_the_directors_decision(light: Cast) -> None:
    walk = Walk(light, light.case("M"))
    assert (walk.case.state, walk.case.stage) == (CaseState.ACTIVE, "voorbereiden")
    assert walk.waits("afname", "analyse-groep", "schooloverzicht", "directie-besluit")

    walk.do("koppeling", "aangepaste-afname", "aanpassingen-besluit", "rooster", "protocol", "klaarzetten")
    assert walk.waits("afname")
    walk.on("2027-01-11")
    assert walk.case.stage == "afnemen"
    walk.on("2027-01-29").do("afname", "inhalen", "invoeren")
    walk.do("volledig", outcome="compleet")
    walk.on("2027-02-01")
    assert walk.begun("analyse-leerling", "analyse-groep")
    walk.do("analyse-leerling")
    assert walk.waits("schooloverzicht")
    walk.do("analyse-groep")
    assert walk.begun("schooloverzicht")
    walk.on("2027-02-10").do("schooloverzicht")
    walk.do("bouwteam")
    assert walk.waits("directie-memo")
    walk.do("isb")
    walk.do("directie-memo")
    assert walk.waits("directie-besluit")
    walk.do("directie-lezen")
    walk.do("directie-besluit", outcome="afgerond")

    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "afgerond")
    assert walk.case.closed_at == walk.at


def test_a_round_tests_on_its_first_day_even_when_the_preparation_lags(light: Cast) -> None:
    walk = Walk(light, light.case("M"), "2027-01-10")
    assert walk.waits("afname")

    walk.on("2027-01-11")

    assert walk.begun("afname", "koppeling")


def test_one_group_analyses_while_another_still_tests(light: Cast) -> None:
    walk = Walk(light, light.case("M"), "2027-02-01")

    five = light.task(walk.case, "analyse-groep", "5")

    assert five.state == TaskState.RESERVED
    assert light.task(walk.case, "afname", "8").state == TaskState.RESERVED


def test_a_group_discussion_goes_from_its_goal_to_the_agreements(light: Cast) -> None:
    walk = Walk(light, light.case("didactisch-m:g5"))
    hour = light.meeting(walk.one("bespreking")).starts_at

    walk.do("doel", "voorbereiding", "agenda")
    assert walk.waits("bespreking")
    walk.on(hour.date())
    assert walk.waits("verslag")
    walk.do("bespreking")
    assert walk.begun("verslag", "acties", "groepsplan", "ouders")
    walk.do("verslag", "acties", "groepsplan")
    assert walk.waits("controle")
    walk.do("ouders")
    walk.do("controle", outcome="afgerond")

    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "afgerond")
    assert walk.states("leerlingbespreking") == {TaskState.CANCELLED}


def test_a_group_plan_goes_from_draft_to_evaluation(light: Cast) -> None:
    walk = Walk(light, light.case("groepsplan-1:g5"))

    walk.do("groepsplan-concept")
    assert walk.waits("groepsplan-vaststellen")
    walk.do("groepsplan-controle")
    walk.do("groepsplan-vaststellen")
    assert walk.begun("groepsplan-tussenevaluatie")
    walk.on("2026-12-01").do("groepsplan-tussenevaluatie")
    walk.on("2027-02-05").do("groepsplan-evaluatie", outcome="doelen-behaald")

    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "doelen-behaald")


def test_an_opp_is_settled_within_six_calendar_weeks_and_only_with_consent(light: Cast) -> None:
    walk = Walk.opened(light, "opp", "plan-reviews")
    assert walk.one("opp-vaststellen").latest_on == date(2026, 11, 17)

    walk.do("opp-beginsituatie", "opp-concept")
    walk.do("opp-horen", outcome="gehoord")
    walk.do("opp-overleg")
    assert walk.waits("opp-vaststellen")
    walk.consent()
    walk.do("opp-instemming", outcome="instemming")
    assert walk.begun("opp-vaststellen")
    walk.do("opp-vaststellen")
    walk.do("opp-rod", "opp-start")
    walk.do("opp-tussenevaluatie", outcome="loopt")

    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "loopt")


def test_group_8_goes_from_the_regional_calendar_to_closed_files(light: Cast) -> None:
    walk = Walk(light, light.case("groep:g8", "exit-pupils"))

    walk.do("regiokalender", "toets-aanmelden", "kandidaten")
    assert walk.waits("adviescommissie")
    walk.on("2026-12-01")
    assert walk.begun("adviescommissie")
    walk.do("adviescommissie")
    walk.do("toets-klaarzetten", "voorlopig-rod", "doorstroomtoets", "toets-inhalen")
    walk.do("ontheffing", outcome="geen")
    walk.on("2027-03-15").do("uitslag", "uitslag-rod", "definitief-rod")
    assert walk.waits("warme-overdracht")
    walk.do("aanmelding-controle")
    walk.do("warme-overdracht")
    assert walk.waits("uitschrijven")
    walk.on("2027-07-07").do("uitschrijven")
    walk.do("dossiers-sluiten", outcome="afgerond")

    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "afgerond")


def test_a_pupil_of_group_8_goes_from_the_file_to_a_place(light: Cast) -> None:
    walk = Walk(light, light.case("leerling:1081"))

    walk.do("dossier")
    assert walk.waits("voorlopig-advies")
    walk.on("2027-01-11").do("voorlopig-advies")
    assert walk.waits("heroverweging")
    walk.on("2027-03-01").do("heroverweging", outcome="bijgesteld")
    walk.do("definitief-advies")
    walk.do("overstapdossier")
    assert walk.waits("oso")
    walk.do("inzage", outcome="gelezen")
    walk.do("oso")
    walk.do("plaatsing", outcome="vo")

    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "vo")


def test_the_preliminary_advice_waits_for_its_legal_period(light: Cast) -> None:
    walk = Walk(light, light.case("leerling:1081"), "2027-01-08")
    walk.do("dossier")

    with pytest.raises(GateClosedError):
        walk.do("voorlopig-advies")


def test_a_referral_leaves_only_with_consent_and_ends_with_a_plan(light: Cast) -> None:
    walk = Walk.opened(light, "onderzoek", "external-referrals")
    walk.do("hulpvraag")
    assert walk.waits("ouders-toestemming", "onderzoek-aanvraag")

    walk.do("dossiercheck", outcome="voldoende")
    walk.do("kind-betrekken")
    assert walk.waits("onderzoek-aanvraag")
    walk.consent()
    walk.do("ouders-toestemming", outcome="toestemming")
    walk.do("onderzoek-aanvraag")
    walk.do("onderzoek-verslag")
    walk.do("onderzoek-adviesgesprek")
    walk.do("onderzoek-evaluatie", outcome="plan")

    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "plan")


def test_a_referral_that_the_parents_refuse_ends(light: Cast) -> None:
    walk = Walk.opened(light, "arrangement", "external-referrals")
    walk.do("hulpvraag")
    walk.do("dossiercheck", outcome="voldoende")
    walk.consent(given=False)

    walk.do("ouders-toestemming", outcome="geen-toestemming", note="zij willen eerst een plan")

    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "geen-toestemming")
    assert walk.states("arrangement-indienen") == {TaskState.CANCELLED}


@pytest.mark.parametrize(("procedure", "occurrence"), BY_PERSON)
def test_what_people_open_comes_to_an_end(light: Cast, procedure: str, occurrence: str) -> None:
    walk = Walk.opened(light, occurrence, procedure)

    walk.to_the_end()

    assert walk.case.state == CaseState.COMPLETED


@pytest.mark.parametrize(("procedure", "occurrence"), BY_YEAR)
def test_what_the_year_opens_comes_to_an_end(light: Cast, procedure: str, occurrence: str) -> None:
    cases = [c for c in light.cases(procedure) if c.occurrence == occurrence]
    walk = Walk(light, cases[0])

    walk.to_the_end()

    assert walk.case.state == CaseState.COMPLETED


def test_nothing_leaves_the_school_when_the_consent_has_gone(light: Cast) -> None:
    walk = Walk.opened(light, "onderzoek", "external-referrals")
    walk.do("hulpvraag")
    walk.do("dossiercheck", outcome="voldoende")
    walk.consent(valid_until=date(2026, 10, 9))
    walk.do("ouders-toestemming", outcome="toestemming")
    walk.do("kind-betrekken")
    assert walk.begun("onderzoek-aanvraag")

    walk.on("2026-10-12")

    with pytest.raises(ConsentMissingError):
        walk.do("onderzoek-aanvraag")
