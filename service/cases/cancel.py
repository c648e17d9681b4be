"""Withdraw a case, with a reason; nothing is deleted."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import Case, CaseState
from service.access.actor import Actor
from service.access.scope import find_case
from service.cases import engine
from service.cases.change import given, hold_case
from service.cases.errors import CaseError, NotYoursError


def cancel_case(session: Session, case_id: UUID, *, actor: Actor, at: datetime, reason: str) -> Case:
    """Close a case as withdrawn: its open work is withdrawn and its meetings are called off."""
    case = hold_case(session, find_case(session, actor, case_id).id)
    if not actor.is_manager:
        raise NotYoursError("Alleen de IB'er of de directeur trekt een traject in.")
    if case.state in {CaseState.COMPLETED, CaseState.CANCELLED}:
        raise CaseError("Dit traject is al gesloten.")
    engine.close_case(
        session,
        case,
        engine.tasks_of(session, case),
        at=at,
        outcome="ingetrokken",
        actor_id=actor.person_id,
        state=CaseState.CANCELLED,
        reason=given(reason),
    )
    return case
