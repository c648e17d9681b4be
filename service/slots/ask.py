"""Ask for hours: what is sought is written down, with a first guess to look at while the search goes on."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from calendars.slotting.assemble import assemble
from calendars.slotting.board import greedy
from models import ProposalState, School, SlotProposal
from service.school.errors import SchoolError
from service.slots.asked import Asked, asked_of
from service.slots.draft import draft_of
from service.slots.read import Question, question_of

MOST = 400  # meetings in one search
_NAMED = 3


class NothingToSeekError(SchoolError):
    """In wat je koos zijn geen overleggen te verzetten: ze staan vast, of zijn voor de eerste dag."""


def ask(
    session: Session,
    school: School,
    label: str,
    asked: Asked,
    *,
    actor_id: UUID,
    at: datetime,
    beat: datetime,
) -> SlotProposal:
    """Write down what is sought; ``beat`` is the real time, that a search is known to live by."""
    question = question_of(session, school, label, asked, at)
    count = sum(s.fixed is None for s in question.problem.sought)
    if not count:
        raise NothingToSeekError
    if count > MOST:
        raise SchoolError(f"Dit zijn {count} overleggen; zoek er hoogstens {MOST} tegelijk.")
    assembled = assemble(question.problem)
    guess = greedy(assembled.puzzle)
    proposal = SlotProposal(
        school_id=school.id,
        school_year=label,
        title=_title(question, asked),
        asked=asked.model_dump(mode="json"),
        result=draft_of(question, assembled, guess, by="greedy"),
        progress={"placed": count - guess.count(None), "of": len(guess)},
        made_by=actor_id,
        made_at=at,
        beat_at=beat,
    )
    session.add(proposal)
    session.flush()
    return proposal


def ask_again(
    session: Session, school: School, proposal: SlotProposal, *, actor_id: UUID, at: datetime, beat: datetime
) -> SlotProposal:
    """Ask the same once more, as things are now; the old one is laid aside."""
    asked = asked_of(proposal).model_copy(update={"stop": False})
    proposal.state, proposal.ended_at = ProposalState.DISCARDED, at
    return ask(session, school, proposal.school_year, asked, actor_id=actor_id, at=at, beat=beat)


def _title(question: Question, asked: Asked) -> str:
    if asked.keep:
        return "Herplannen: zo min mogelijk verzetten"
    names = dict.fromkeys(
        question.replanner.procedure(seat.case).occurs(seat.case.occurrence).title.nl
        for seat in question.seats.values()
    )
    more = f" en nog {len(names) - _NAMED}" if len(names) > _NAMED else ""
    return ", ".join(list(names)[:_NAMED]) + more
