"""Does a gate hold? A day has come, tasks are done, a consent stands."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.procedure import Gate
from models import CLOSED_STATES, Consent, Task

Undone = Task | Literal["consent"]


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


def waits_for(gate: Gate | None, others: Sequence[Task], undone: Undone) -> bool:
    """Tell whether a gate looks at a task, or at the consent."""
    if undone == "consent":
        return gate is not None and gate.consent
    if gate is None:
        return any(task.id == undone.id for task in others)
    return undone.key in gate.all_done


def has_consent(session: Session, case_id: UUID, on: date) -> bool:
    """Tell whether the parents' last word on this case, up to a day, is a consent that holds on it.

    A refusal, a withdrawal and an end all close the gate; an earlier consent doesn't come back to life.
    """
    last = session.exec(
        select(Consent)
        .where(Consent.case_id == case_id, Consent.given_on <= on)
        .order_by(col(Consent.given_on).desc(), col(Consent.recorded_at).desc(), col(Consent.given))
    ).first()
    if last is None or not last.given or (last.withdrawn_on and last.withdrawn_on <= on):
        return False
    return last.valid_until is None or last.valid_until >= on
