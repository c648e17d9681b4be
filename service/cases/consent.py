"""Record and withdraw the parents' consent: for what, to whom, which data, by whom, until when."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from models import Consent
from service.access.actor import Actor
from service.access.scope import NotFoundError, find_case, sees_whole
from service.cases.change import hold_case, move_on
from service.cases.errors import CaseError, NotYoursError, ReasonNeededError
from service.cases.history import record
from service.clock import local


def record_consent(  # noqa: PLR0913 -- a consent is exactly these facts
    session: Session,
    case_id: UUID,
    *,
    actor: Actor,
    at: datetime,
    purpose: str,
    recipient: str,
    scope: str,
    given: bool,
    given_by: str,
    given_on: date,
    method: str,
    valid_until: date | None = None,
) -> Consent:
    """Keep a consent, or a refusal; a refusal is a valid outcome and keeps the gate closed."""
    case = hold_case(session, find_case(session, actor, case_id).id)
    if not sees_whole(actor, case) or case.pupil_id is None:
        raise NotYoursError
    consent = Consent(
        case_id=case.id,
        pupil_id=case.pupil_id,
        purpose=purpose.strip(),
        recipient=recipient.strip(),
        scope=scope.strip(),
        given=given,
        given_by=given_by.strip(),
        given_on=given_on,
        method=method.strip(),
        valid_until=valid_until,
        recorded_by=actor.person_id,
        recorded_at=at,
    )
    _guard(consent, local(at).date())
    session.add(consent)
    verb = "consent_given" if given else "consent_refused"
    record(session, case, verb, at=at, actor_id=actor.person_id, data={"consent": str(consent.id)})
    move_on(session, case, at, actor.person_id, undone=None if given else "consent")
    return consent


def _guard(consent: Consent, today: date) -> None:
    said = (consent.purpose, consent.recipient, consent.scope, consent.given_by, consent.method)
    if not all(said):
        raise ReasonNeededError("Vul in: waarvoor, aan wie, welke gegevens, door wie en hoe gegeven.")
    if consent.given_on > today or (consent.valid_until and consent.valid_until < consent.given_on):
        raise ReasonNeededError("De dag van toestemming ligt niet in de toekomst, en niet na het einde.")


def withdraw_consent(session: Session, consent_id: UUID, *, actor: Actor, at: datetime, on: date) -> Consent:
    """Keep that a consent was withdrawn on a day; what was sent before stays recorded."""
    consent = session.get(Consent, consent_id)
    if consent is None:
        raise NotFoundError
    case = hold_case(session, find_case(session, actor, consent.case_id).id)
    if not sees_whole(actor, case):
        raise NotYoursError
    session.refresh(consent)
    if not consent.given or consent.withdrawn_on:
        raise CaseError("Deze toestemming is er niet, of is al ingetrokken.")
    if not consent.given_on <= on <= local(at).date():
        raise CaseError("Intrekken kan vanaf de dag van toestemming tot en met vandaag.")
    consent.withdrawn_on = on
    data = {"consent": str(consent.id)}
    record(session, case, "consent_withdrawn", at=at, actor_id=actor.person_id, data=data)
    move_on(session, case, at, actor.person_id, undone="consent")
    return consent
