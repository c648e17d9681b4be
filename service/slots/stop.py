"""Stop a search, and keep the best it had; or lay a draft aside."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import ProposalState, SlotProposal
from service.access.actor import Actor
from service.school.errors import SchoolError
from service.slots.look import BUSY, find_proposal


class NotRunningError(SchoolError):
    """Deze zoektocht is al klaar."""


def stop(session: Session, proposal_id: UUID, *, actor: Actor) -> SlotProposal:
    """Ask a search to end with what it has."""
    proposal = find_proposal(session, actor, proposal_id, hold=True)
    if proposal.state not in BUSY:
        raise NotRunningError
    proposal.asked = {**proposal.asked, "stop": True}
    return proposal


def discard(session: Session, proposal_id: UUID, *, actor: Actor, at: datetime) -> SlotProposal:
    """Lay a draft aside, or end a search whose outcome nobody wants; nobody hears of it."""
    proposal = find_proposal(session, actor, proposal_id, hold=True)
    if proposal.state == ProposalState.APPLIED:
        raise SchoolError("Dit voorstel is al overgenomen.")
    proposal.state, proposal.ended_at = ProposalState.DISCARDED, at
    return proposal
