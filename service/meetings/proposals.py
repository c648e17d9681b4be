"""The other hours that were proposed for a meeting and still wait for a decision."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import Attendee, CounterProposal, CounterState, Meeting


def open_proposals(
    session: Session, meeting: Meeting, attendee: Attendee | None = None
) -> list[CounterProposal]:
    """Return what is proposed for a meeting, by one attendee or by all, oldest first."""
    query = select(CounterProposal).where(
        CounterProposal.meeting_id == meeting.id, CounterProposal.state == CounterState.OPEN
    )
    if attendee:
        query = query.where(CounterProposal.attendee_id == attendee.id)
    return list(session.exec(query.order_by(col(CounterProposal.at))))


def close_proposals(
    proposals: Iterable[CounterProposal], state: CounterState, at: datetime, by: UUID | None
) -> None:
    """Write down what became of proposals."""
    for proposal in proposals:
        proposal.state, proposal.handled_at, proposal.handled_by = state, at, by


def overtake_proposals(
    session: Session, meeting: Meeting, at: datetime, of: Iterable[Attendee] | None = None
) -> None:
    """Close what was proposed for a meeting that got another hour or is off, or by who is taken off it."""
    gone = None if of is None else {attendee.id for attendee in of}
    proposals = open_proposals(session, meeting)
    close_proposals(
        [p for p in proposals if gone is None or p.attendee_id in gone], CounterState.OVERTAKEN, at, None
    )
