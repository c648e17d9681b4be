"""Find proposals, for who may: the IB'er and the director of the school. And tell how they stand."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models import ProposalState, SlotProposal
from service.access.actor import Actor
from service.access.scope import NotFoundError

SILENCE = timedelta(seconds=20)  # after which a search that says nothing is dead
BUSY = frozenset({ProposalState.WAITING, ProposalState.RUNNING})
READY = frozenset({ProposalState.DRAFT, ProposalState.STOPPED})


def find_proposal(session: Session, actor: Actor, proposal_id: UUID, *, hold: bool = False) -> SlotProposal:
    """Return a proposal of the actor's own school; with ``hold`` kept from others until we are done."""
    if not actor.is_manager:
        raise NotFoundError
    query = select(SlotProposal).where(
        SlotProposal.id == proposal_id, SlotProposal.school_id == actor.school_id
    )
    if hold:
        query = query.with_for_update()
    found = session.exec(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def latest(session: Session, school_id: UUID, count: int = 20) -> list[SlotProposal]:
    """Return the last proposals of a school, the newest first."""
    query = select(SlotProposal).where(SlotProposal.school_id == school_id)
    return list(session.exec(query.order_by(col(SlotProposal.made_at).desc()).limit(count)))


def state_of(proposal: SlotProposal, real: datetime) -> ProposalState:
    """Return how a proposal stands at a real moment; a search that fell silent has failed."""
    if proposal.state in BUSY and (proposal.beat_at is None or real - proposal.beat_at > SILENCE):
        return ProposalState.FAILED
    return proposal.state
