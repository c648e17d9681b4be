"""Carry a search out: its process beside the work, its progress in the row, its outcome as a draft."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from calendars.slotting.assemble import Assembled, assemble
from calendars.slotting.board import greedy
from calendars.slotting.puzzle import Answer
from calendars.slotting.solver import Effort, Progress
from models import ProposalState, School, SlotProposal
from models.database import reading, unit_of_work
from service.mishap import told
from service.slots.asked import asked_of
from service.slots.child import Child
from service.slots.draft import draft_of
from service.slots.look import BUSY
from service.slots.read import Question, question_of

_log = logging.getLogger(__name__)
_AT_ONCE = threading.BoundedSemaphore(2)  # searches of one process; the others wait their turn
_EVERY = 0.5  # seconds between two looks at whether somebody stopped it

Start = Callable[[Assembled, Effort], Child]


class _LaidAsideError(Exception):
    """Het voorstel is weggelegd terwijl er werd gezocht."""


def real_now() -> datetime:
    """Return the real time, by which a search is known to live."""
    return datetime.now(UTC)


def begin(engine: Engine, proposal_id: UUID) -> threading.Thread:
    """Carry a search out beside what we do; it waits when others are going on."""
    thread = threading.Thread(target=_in_turn, args=(engine, proposal_id), daemon=True)
    thread.start()
    return thread


def _in_turn(engine: Engine, proposal_id: UUID) -> None:
    while not _AT_ONCE.acquire(timeout=2):
        if not _beat(engine, proposal_id):
            return
    try:
        search(engine, proposal_id)
    finally:
        _AT_ONCE.release()


def start_child(assembled: Assembled, effort: Effort) -> Child:
    """Start the process that seeks."""
    return Child(assembled.puzzle, effort)


def search(
    engine: Engine, proposal_id: UUID, *, workers: int = 2, start: Start = start_child
) -> SlotProposal | None:
    """Seek until it is proven, its time is up or somebody stops it; return the proposal as it ended."""
    try:
        return _search(engine, proposal_id, workers, start)
    except _LaidAsideError:
        return None
    except Exception as error:  # noqa: BLE001 -- whatever happens, the row must say so
        _log.error("zoeken van uren mislukte: %s", told(error))
        return _end(engine, proposal_id, ProposalState.FAILED, problem=told(error))


def _search(engine: Engine, proposal_id: UUID, workers: int, start: Start) -> SlotProposal | None:
    begun = monotonic()
    found = _read(engine, proposal_id)
    if found is None:
        return None
    question, effort, stopped = found[0], Effort(found[1], workers), found[2]
    assembled = assemble(question.problem)
    best = _Best(greedy(assembled.puzzle), assembled)
    if not stopped:
        child = start(assembled, effort)
        try:
            stopped = _listen(engine, proposal_id, child, best, begun)
        finally:
            child.close()
    draft = draft_of(question, assembled, best.answer, by=best.by)
    return _end(engine, proposal_id, ProposalState.STOPPED if stopped else ProposalState.DRAFT, draft=draft)


@dataclass(slots=True)
class _Best:
    """The best answer so far; the first guess until something better comes."""

    answer: Answer
    assembled: Assembled
    by: str = "greedy"
    bound: int | None = None

    @property
    def score(self) -> int:
        return self.assembled.puzzle.score(self.answer)

    def hear(self, progress: Progress) -> None:
        self.bound = progress.bound
        if progress.score <= self.score:
            self.answer = progress.answer
            self.by = "proven" if progress.proven else "found"


def _read(engine: Engine, proposal_id: UUID) -> tuple[Question, float, bool] | None:
    """Return what is sought as the rows are now; the search is under way from here."""
    with unit_of_work(engine) as session:
        proposal = session.get(SlotProposal, proposal_id, with_for_update=True)
        if proposal is None or proposal.state != ProposalState.WAITING:
            return None
        proposal.state, proposal.beat_at = ProposalState.RUNNING, real_now()
    with reading(engine) as session:
        school = session.get_one(School, proposal.school_id)
        asked = asked_of(proposal)
        question = question_of(session, school, proposal.school_year, asked, proposal.made_at)
        return question, float(asked.seconds), asked.stop


def _listen(engine: Engine, proposal_id: UUID, child: Child, best: _Best, begun: float) -> bool:
    """Hear what is found and keep it in the row; tell whether somebody stopped it."""
    looked, stopped = 0.0, False
    for progress in child.heard(_EVERY):
        if progress:
            best.hear(progress)
        if monotonic() - looked < _EVERY and not (progress and progress.proven):
            continue
        looked = monotonic()
        asked = _keep(engine, proposal_id, best, monotonic() - begun)
        if asked is None:
            raise _LaidAsideError
        if asked and not stopped:
            stopped = True
            child.stop()
    return stopped


def _keep(engine: Engine, proposal_id: UUID, best: _Best, seconds: float) -> bool | None:
    """Write how far it is; tell whether it should stop, and nothing when nobody wants it any more."""
    answer, weights = best.answer, best.assembled.puzzle.weights
    missing = answer.count(None)
    points = best.score - weights.unplaced * missing
    with unit_of_work(engine) as session:
        proposal = session.get(SlotProposal, proposal_id, with_for_update=True)
        if proposal is None or proposal.state != ProposalState.RUNNING:
            return None
        proposal.progress = {
            "placed": len(answer) - missing,
            "of": len(answer),
            "points": points,
            "gap": max(0, best.score - best.bound) if best.bound is not None else None,
            "proven": best.by == "proven",
            "seconds": round(seconds, 1),
        }
        proposal.beat_at = real_now()
        return bool(proposal.asked.get("stop"))


def _beat(engine: Engine, proposal_id: UUID) -> bool:
    with unit_of_work(engine) as session:
        proposal = session.get(SlotProposal, proposal_id, with_for_update=True)
        if proposal is None or proposal.state != ProposalState.WAITING:
            return False
        proposal.beat_at = real_now()
        return True


def _end(
    engine: Engine,
    proposal_id: UUID,
    state: ProposalState,
    *,
    draft: dict[str, object] | None = None,
    problem: str = "",
) -> SlotProposal | None:
    with unit_of_work(engine) as session:
        proposal = _busy(session, proposal_id)
        if proposal is None:
            return None
        proposal.state = state
        proposal.beat_at = proposal.ended_at = real_now()
        if draft is not None:
            proposal.result = draft
        if problem:
            proposal.progress = {**proposal.progress, "problem": problem}
        return proposal


def _busy(session: Session, proposal_id: UUID) -> SlotProposal | None:
    proposal = session.get(SlotProposal, proposal_id, with_for_update=True)
    return proposal if proposal and proposal.state in BUSY else None
