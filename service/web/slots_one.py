"""One search for hours: how far it is, what it found side by side, and what a person does with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from models import Attendee, Person, ProposalState, School, SlotProposal
from service import clock
from service.access.scope import NotFoundError
from service.school.errors import SchoolError
from service.slots.approve import StaleDraftError, approve
from service.slots.ask import ask_again
from service.slots.asked import EVERY_ROUND, asked_of
from service.slots.look import BUSY, READY, find_proposal, state_of
from service.slots.search import begin, real_now
from service.slots.stop import discard, stop
from service.slots.undo import undo
from service.web.keepers import require_manager
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.wording import PROPOSAL_STATES

router = APIRouter(prefix="/uren/{proposal_id}")

_Outside = dict[str, list[Attendee]]
Chosen = Annotated[list[Annotated[str, Form(max_length=36)]] | None, Form()]


@dataclass(frozen=True, slots=True)
class Line:
    """A meeting in a draft, with its moments read and its people named."""

    task: str
    title: str
    was: datetime | None
    was_ends: datetime | None
    was_location: str
    becomes: datetime | None
    ends: datetime | None
    location: str
    there: tuple[str, ...]
    outside: tuple[str, ...]
    absent: tuple[str, ...]
    moved: bool
    why: str
    stays: str


@router.get("", response_class=HTMLResponse)
def one(request: Request, db: Reading, me: LoggedIn, proposal_id: UUID) -> HTMLResponse:
    """Show a search and what it found."""
    return _page(request, db, me, find_proposal(db, me.actor, proposal_id))


@router.post("/stoppen")
def stop_it(db: Writing, me: LoggedIn, proposal_id: UUID) -> Response:
    """Stop a search, and keep the best it had."""
    try:
        stop(db, proposal_id, actor=me.actor)
    except SchoolError as error:
        return go(f"/uren/{proposal_id}", me.say(str(error)))
    return go(f"/uren/{proposal_id}")


@router.post("/opnieuw", response_class=HTMLResponse)
def again(request: Request, db: Writing, me: LoggedIn, work: BackgroundTasks, proposal_id: UUID) -> Response:
    """Seek the same once more, as things are now."""
    found = find_proposal(db, me.actor, proposal_id, hold=True)
    if found.state == ProposalState.APPLIED:
        raise NotFoundError
    school = db.get_one(School, me.school.id)
    try:
        with db.begin_nested():
            fresh = ask_again(db, school, found, actor_id=me.person.id, at=clock.now(), beat=real_now())
    except SchoolError as error:
        return _page(request, db, me, found, problem=me.say(str(error)))
    work.add_task(begin, request.app.state.engine, fresh.id)
    return go(f"/uren/{fresh.id}")


@router.post("/weg")
def lay_aside(db: Writing, me: LoggedIn, proposal_id: UUID) -> Response:
    """Lay a draft aside; nobody hears of it."""
    try:
        found = discard(db, proposal_id, actor=me.actor, at=clock.now())
    except SchoolError as error:
        return go(f"/uren/{proposal_id}", me.say(str(error)))
    return go(f"/uren?jaar={found.school_year}", me.say("Weggelegd. Er is niets veranderd."))


@router.post("/overnemen", response_class=HTMLResponse)
def apply(
    request: Request,
    db: Writing,
    me: LoggedIn,
    proposal_id: UUID,
    task: Chosen = None,
    whole: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Give the hours that were chosen; who is asked hears of it now."""
    found = find_proposal(db, me.actor, proposal_id)
    school = db.get_one(School, me.school.id)
    only = None if whole else {UUID(each) for each in task or () if _is_id(each)}
    try:
        done = approve(db, school, proposal_id, actor=me.actor, at=clock.now(), only=only)
    except StaleDraftError as error:
        return _page(request, db, me, found, problem=me.say(str(error)), changes=error.changes)
    except SchoolError as error:
        return _page(request, db, me, found, problem=me.say(str(error)))
    said = me.say(
        "Overgenomen. Overleggen: %(meetings)d. Berichten onderweg: %(letters)d.",
        meetings=done.meetings,
        letters=done.letters,
    )
    return go(f"/uren/{proposal_id}", said)


@router.post("/terug", response_class=HTMLResponse)
def put_back(request: Request, db: Writing, me: LoggedIn, proposal_id: UUID) -> Response:
    """Undo what was taken over, once."""
    found = find_proposal(db, me.actor, proposal_id)
    try:
        done, stays = undo(db, db.get_one(School, me.school.id), proposal_id, actor=me.actor, at=clock.now())
    except SchoolError as error:
        return _page(request, db, me, found, problem=me.say(str(error)))
    if stays:
        return _page(
            request, db, me, done, problem=me.say("Dit bleef zoals het nu is:"), changes=tuple(stays)
        )
    return go(f"/uren/{proposal_id}", me.say("Teruggedraaid: alles staat weer op het oude uur."))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _page(
    request: Request,
    db: Session,
    me: Me,
    proposal: SlotProposal,
    *,
    problem: str = "",
    changes: tuple[str, ...] = (),
) -> HTMLResponse:
    require_manager(me)
    state, result, asked = state_of(proposal, real_now()), proposal.result, asked_of(proposal)
    names = _names(db, [*result["items"], *({"there": [str(a.person)]} for a in asked.absent)], proposal)
    outside = _outside(db, result["items"])
    return render(
        request,
        "slots_one.html",
        status=422 if problem else 200,
        proposal=proposal,
        asked=asked,
        everything=EVERY_ROUND in asked.rounds,
        state=state,
        words=PROPOSAL_STATES[state],
        busy=state in BUSY,
        ready=state in READY,
        progress=proposal.progress,
        result=result,
        items=[_line(item, names, outside) for item in result["items"]],
        unplaced=[_line(item, names, outside) for item in result["unplaced"]],
        applied=set(result.get("applied", ())),
        told=_told(result["items"], outside, me),
        names=names,
        problem=problem,
        changes=changes,
    )


def _told(items: list[dict[str, Any]], outside: _Outside, me: Me) -> int:
    """Return how many hear of it: the colleagues of who takes it over, and everyone from outside."""
    staff = {p for item in items for p in (*item["there"], *item["absent"])} - {str(me.person.id)}
    return len(staff) + len({guest.email for guests in outside.values() for guest in guests})


def _line(item: dict[str, Any], names: dict[str, str], outside: _Outside) -> Line:
    was, becomes = item["was"] or {}, item.get("becomes") or {}
    return Line(
        task=item["task"],
        title=item["title"],
        was=_read(was.get("starts")),
        was_ends=_read(was.get("ends")),
        was_location=was.get("location", ""),
        becomes=_read(becomes.get("starts")),
        ends=_read(becomes.get("ends")),
        location=becomes.get("location", ""),
        there=tuple(names.get(p, "?") for p in item.get("there", ())),
        outside=tuple(guest.name for guest in outside.get(item["meeting"] or "", ())),
        absent=tuple(names.get(p, "?") for p in item.get("absent", ())),
        moved=bool(item.get("moved")),
        why=item["why"],
        stays=item.get("stays", ""),
    )


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _outside(session: Session, items: list[dict[str, Any]]) -> _Outside:
    """Return the parents and others from outside who are asked, by meeting."""
    ids = [UUID(item["meeting"]) for item in items if item["meeting"]]
    query = select(Attendee).where(
        col(Attendee.meeting_id).in_(ids), col(Attendee.person_id).is_(None), col(Attendee.removed).is_(False)
    )
    found: _Outside = {}
    for guest in session.exec(query.order_by(Attendee.name)):
        found.setdefault(str(guest.meeting_id), []).append(guest)
    return found


def _names(session: Session, items: list[dict[str, Any]], proposal: SlotProposal) -> dict[str, str]:
    """Return the names of the staff in a draft, and of who made and approved it."""
    ids = {UUID(p) for item in items for p in (*item.get("there", ()), *item.get("absent", ()))}
    ids |= {p for p in (proposal.made_by, proposal.applied_by) if p}
    rows = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(ids)))
    return {str(id_): name for id_, name in rows}
