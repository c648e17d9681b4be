"""What stands before each account that messages leave by: a circuit breaker and a rate budget.

Five failures in a row open the breaker for ten minutes; then one message may try. Only what says something
about the account counts as a failure, not a refusal of one message.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models import DeliveryGate
from models.database import unit_of_work
from service.clock import local

MAIL = "mail"
FAILURES = 5  # in a row
RESTS = timedelta(minutes=10)
WINDOW = timedelta(seconds=55)  # a little less than the minute at which delivery begins again

_ADDRESS = re.compile(r"[^\s<>()]+@[^\s<>()]+")
MINUTE_SPENT = "Het tegoed van {number} mails per minuut is op; dit gaat met een volgende bezorging mee."
DAY_SPENT = "Het tegoed van {number} mails voor vandaag is op; morgen gaat de rest."


@dataclass(frozen=True, slots=True)
class Budget:
    """How many mails an account may send; nothing is no bound."""

    per_minute: int = 0
    per_day: int = 0

    @property
    def is_bound(self) -> bool:
        """Tell whether there is anything to count."""
        return bool(self.per_minute or self.per_day)


def gate_of(session: Session, account: str) -> DeliveryGate:
    """Return the gate of an account, made at its first use."""
    ours = select(DeliveryGate).where(DeliveryGate.account == account).with_for_update()
    gate = session.exec(ours).one_or_none()
    if gate is None:
        with suppress(IntegrityError), session.begin_nested():  # another worker may be first
            session.add(DeliveryGate(account=account))
        gate = session.exec(ours).one()
    return gate


def open_gates(session: Session, at: datetime) -> dict[str, DeliveryGate]:
    """Return the breakers that are open at a moment, by account."""
    rows = session.exec(select(DeliveryGate).where(col(DeliveryGate.open_until) > at))
    return {gate.account: gate for gate in rows}


def troubled(session: Session) -> dict[str, int]:
    """Return how many failures in a row each account has that has any."""
    rows = session.exec(select(DeliveryGate).where(DeliveryGate.failures > 0))
    return {gate.account: gate.failures for gate in rows}


def failed(engine: Engine, account: str, why: str, at: datetime) -> datetime | None:
    """Count a failure; return until when the breaker is open, if it is."""
    with unit_of_work(engine) as session:
        gate = gate_of(session, account)
        gate.failures += 1
        gate.reason = _ADDRESS.sub("…", why)  # it is told in places where addresses don't belong
        if gate.failures >= FAILURES:
            gate.open_until = at + RESTS
        return gate.open_until if gate.failures >= FAILURES else None


def worked(engine: Engine, account: str) -> None:
    """Close the breaker: a message went through."""
    with unit_of_work(engine) as session:
        session.execute(
            update(DeliveryGate)
            .where(col(DeliveryGate.account) == account)
            .values(failures=0, open_until=None, reason=None)
        )


def take(session: Session, budget: Budget, wanted: int, at: datetime) -> tuple[int, str | None]:
    """Take so many mails from the budget, or as many as there are; and why it is fewer."""
    if not budget.is_bound:
        return wanted, None
    gate = gate_of(session, MAIL)
    _refill(gate, budget, at)
    allowed, why = wanted, None
    if budget.per_minute and gate.tokens < allowed:
        allowed, why = int(gate.tokens), MINUTE_SPENT.format(number=budget.per_minute)
    if budget.per_day and budget.per_day - gate.sent_on_day < allowed:
        allowed, why = max(0, budget.per_day - gate.sent_on_day), DAY_SPENT.format(number=budget.per_day)
    _spend(gate, budget, allowed)
    return allowed, why


def give_back(session: Session, budget: Budget, unused: int) -> None:
    """Return to the budget what was taken and not used."""
    if budget.is_bound and unused:
        _spend(gate_of(session, MAIL), budget, -unused)


def _refill(gate: DeliveryGate, budget: Budget, at: datetime) -> None:
    if gate.tokens_at is None or not timedelta() <= at - gate.tokens_at < WINDOW:
        gate.tokens, gate.tokens_at = budget.per_minute, at
    if gate.day != local(at).date():
        gate.day, gate.sent_on_day = local(at).date(), 0


def _spend(gate: DeliveryGate, budget: Budget, mails: int) -> None:
    if budget.per_minute:
        gate.tokens = min(budget.per_minute, gate.tokens - mails)
    gate.sent_on_day = max(0, gate.sent_on_day + mails)
