"""Does a gate hold? A day has come, tasks are done, a consent stands."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from calendars.procedure import Gate
from models import CLOSED_STATES, Consent, Task


def holds(
    gate: Gate | None, mine: Sequence[Task], others: Sequence[Task], today: date, *, consented: bool
) -> bool:
    """Tell whether a stage with tasks ``mine`` may begin; ``others`` are the tasks it may wait for."""
    if gate is None:
        return all(t.state in CLOSED_STATES for t in others if t.required)
    if gate.since and not any(t.starts_on and t.starts_on <= today for t in mine):
        return False
    if any(t.state not in CLOSED_STATES for t in others if t.key in gate.all_done):
        return False
    return consented or not gate.consent


def has_consent(session: Session, case_id: UUID, on: date) -> bool:
    """Tell whether a consent for this case holds on a day, and no later refusal stands against it."""
    rows = session.exec(
        select(Consent)
        .where(
            Consent.case_id == case_id,
            Consent.given_on <= on,
            or_(col(Consent.withdrawn_on).is_(None), col(Consent.withdrawn_on) > on),
        )
        .order_by(col(Consent.given_on).desc(), col(Consent.recorded_at).desc())
    ).all()
    return bool(rows) and rows[0].given and (rows[0].valid_until is None or rows[0].valid_until >= on)
