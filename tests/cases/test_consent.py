"""Nothing leaves the school without the parents' last word being a consent that holds."""

from datetime import date

import pytest

from service.access.scope import NotFoundError
from service.cases.complete import complete_task
from service.cases.consent import withdraw_consent
from service.cases.errors import (
    CaseError,
    ConsentMissingError,
    NotYoursError,
)
from tests.cases.walk import Walk, referred
from tests.cast import Cast, moment


def test_a_refusal_after_a_consent_closes_the_gate(cast: Cast) -> None:
    walk = referred(cast)
    walk.consent()
    assert walk.begun("onderzoek-aanvraag")

    walk.consent(given=False)

    assert walk.waits("onderzoek-aanvraag")


def test_that_the_parents_consent_can_not_be_said_before_it_is_recorded(cast: Cast) -> None:
    walk = Walk.opened(cast, "onderzoek", "external-referrals")
    walk.do("hulpvraag")
    walk.do("dossiercheck", outcome="voldoende")

    with pytest.raises(ConsentMissingError):
        walk.do("ouders-toestemming", outcome="toestemming")

    walk.consent()
    walk.do("ouders-toestemming", outcome="toestemming")


def test_a_withdrawn_consent_closes_the_gate(cast: Cast) -> None:
    walk = referred(cast)
    consent = walk.consent()

    withdraw_consent(cast.session, consent.id, actor=cast.actor("ineke"), at=walk.at, on=walk.today)

    assert walk.waits("onderzoek-aanvraag")
    last = [e for e in cast.history(walk.case) if e.verb == "consent_withdrawn"][-1:]
    assert [(e.actor_id, e.data) for e in last] == [(cast.id("ineke"), {"consent": str(consent.id)})]


def test_an_older_consent_does_not_come_back_when_the_last_is_withdrawn(cast: Cast) -> None:
    walk = referred(cast)
    walk.consent()
    walk.on("2026-10-13")
    second = walk.consent()

    withdraw_consent(cast.session, second.id, actor=cast.actor("ineke"), at=walk.at, on=walk.today)

    assert walk.waits("onderzoek-aanvraag")


def test_a_consent_holds_until_its_last_day_and_no_longer(cast: Cast) -> None:
    walk = referred(cast)
    walk.consent(valid_until=date(2026, 10, 13))
    task = walk.one("onderzoek-aanvraag")

    walk.on("2026-10-14")
    with pytest.raises(ConsentMissingError):
        complete_task(cast.session, task.id, actor=cast.actor("ineke"), at=walk.at)
    walk.consent()
    walk.do("onderzoek-aanvraag")

    assert walk.done("onderzoek-aanvraag")


def test_a_consent_given_today_counts_just_after_midnight(cast: Cast) -> None:
    walk = referred(cast)
    walk.at = moment("2026-10-13", 0, 30)

    walk.consent()

    assert walk.begun("onderzoek-aanvraag")


def test_a_consent_is_withdrawn_once_and_not_in_the_future(cast: Cast) -> None:
    walk = referred(cast)
    consent = walk.consent()
    ineke = cast.actor("ineke")

    with pytest.raises(CaseError):
        withdraw_consent(cast.session, consent.id, actor=ineke, at=walk.at, on=date(2026, 12, 1))
    withdraw_consent(cast.session, consent.id, actor=ineke, at=walk.at, on=walk.today)
    with pytest.raises(CaseError):
        withdraw_consent(cast.session, consent.id, actor=ineke, at=walk.at, on=walk.today)


def test_the_administration_records_no_consent(cast: Cast) -> None:
    walk = referred(cast)

    with pytest.raises((NotFoundError, NotYoursError)):
        walk.consent(by="ans")
