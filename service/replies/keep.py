"""Forget what came in long ago and was dealt with."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete
from sqlmodel import Session, col, select

from models import CounterProposal, InboundMail, InboundState

_KEPT = timedelta(days=400)  # calendar days


def forget_old_mail(session: Session, at: datetime) -> int:
    """Delete the rows of mail of more than a year ago, save what waits or a proposal came from."""
    cited = select(CounterProposal.inbound_id).where(col(CounterProposal.inbound_id).is_not(None))
    old = delete(InboundMail).where(
        col(InboundMail.received_at) < at - _KEPT,
        col(InboundMail.state) != InboundState.OPEN,
        col(InboundMail.id).not_in(cited),
    )
    result = session.execute(old)
    return result.rowcount if isinstance(result, CursorResult) else 0
