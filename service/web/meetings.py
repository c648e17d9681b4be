"""Meetings: the list, the page of one, answering it, other hours that were proposed, calling it off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from calendars import invitation
from models import ProcedureVersion, School
from service import clock, procedures
from service.access.scope import NotFoundError
from service.cases.errors import CaseError, ReasonNeededError
from service.meetings.answer import answer
from service.meetings.counter import open_counters
from service.meetings.guests import Guest, guests_of
from service.meetings.tell import entry_of
from service.meetings.view import MeetingView, coming_meetings, meeting_view
from service.meetings.wishes import written_wishes
from service.web.history import lines
from service.web.meeting_form import Line, Text, Typed
from service.web.meeting_words import answered, colleagues
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.subjects import subject_of
from service.web.wording import ANSWERS

router = APIRouter(prefix="/overleg")
one = APIRouter(prefix="/overleg/{meeting_id}")
_BUTTONS = {"ja": "ACCEPTED", "misschien": "TENTATIVE", "nee": "DECLINED"}
_SAID = {
    "ja": "Je antwoord staat erbij: ja.",
    "misschien": "Je antwoord staat erbij: misschien.",
    "nee": "Je antwoord staat erbij: nee.",
}


@router.get("", response_class=HTMLResponse)
def meeting_list(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show the meetings that come, with their answers and the other hours that were proposed."""
    return render(
        request,
        "meetings.html",
        rows=coming_meetings(db, me.actor, clock.now()),
        counters=open_counters(db, me.actor),
        answered=lambda counts: answered(me, counts),
        words=ANSWERS,
        may_arrange=bool(me.actor.is_manager or me.actor.groups),
    )


@router.get("/{meeting_id}", response_class=HTMLResponse)
def meeting_page(request: Request, db: Reading, me: LoggedIn, meeting_id: UUID) -> HTMLResponse:
    """Show a meeting: when, who comes, and what a reader may do about it."""
    return show(request, db, me, meeting_id)


@router.get("/{meeting_id}/overleg.ics")
def meeting_file(db: Reading, me: LoggedIn, meeting_id: UUID) -> Response:
    """Give a meeting as a file for a calendar program."""
    meeting = meeting_view(db, me.actor, meeting_id).meeting
    guests = guests_of(db, meeting)
    inside = next((guest for guest in guests if guest.person), None)
    if inside is None:
        raise NotFoundError
    school = db.get_one(School, meeting.school_id)
    data = invitation.publish(entry_of(school, meeting, inside, guests, meeting.modified_at))
    headers = {"Content-Disposition": 'attachment; filename="overleg.ics"', "Cache-Control": "no-store"}
    return Response(data, media_type="text/calendar", headers=headers)


@dataclass(frozen=True, slots=True)
class Door:
    """A form about one meeting: who sent it, and in which transaction."""

    request: Request
    db: Session
    me: Me
    meeting_id: UUID

    def do(self, verb: Callable[[], object], said: str, typed: Typed | None = None) -> Response:
        """Do it and show the meeting; or show it with what is wrong and with what was typed."""
        try:
            with self.db.begin_nested():
                verb()
        except CaseError as error:
            return show(self.request, self.db, self.me, self.meeting_id, problem=error, typed=typed)
        return go(f"/overleg/{self.meeting_id}", self.me.say(said))


def _door(request: Request, db: Writing, me: LoggedIn, meeting_id: UUID) -> Door:
    meeting_view(db, me.actor, meeting_id)  # for whom it isn't, it isn't there
    return Door(request, db, me, meeting_id)


Here = Annotated[Door, Depends(_door, scope="function")]


@one.post("/antwoord")
def give_answer(here: Here, reply: Line = "", comment: Text = "") -> Response:
    """Answer an invitation."""
    mine = meeting_view(here.db, here.me.actor, here.meeting_id).mine
    if mine is None:
        raise NotFoundError

    def verb() -> object:
        if reply not in _BUTTONS:
            raise ReasonNeededError("Kies ja, misschien of nee.")
        return answer(here.db, mine.attendee, _BUTTONS[reply], at=clock.now(), via="page", comment=comment)

    typed = Typed({"form": "antwoord", "comment": comment})
    return here.do(verb, _SAID.get(reply, ""), typed)


def require_own(here: Door, counter_id: UUID) -> None:
    """Refuse a proposal that is not of this meeting, or not of this reader."""
    view = meeting_view(here.db, here.me.actor, here.meeting_id)
    if counter_id not in {proposal.id for proposal, _ in view.proposals}:
        raise NotFoundError


def show(
    request: Request,
    db: Session,
    me: Me,
    meeting_id: UUID,
    *,
    problem: CaseError | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    """Return the page of a meeting."""
    view = meeting_view(db, me.actor, meeting_id)
    procedure = procedures.of_version(db.get_one(ProcedureVersion, view.case.version_id))
    asked = {guest.attendee.person_id for guest in view.guests}
    page = render(
        request,
        "meeting.html",
        status=422 if problem else 200,
        view=view,
        subject=subject_of(db, view.case, sees=view.whole) if view.sees else "",
        history=lines(db, me, view.events, procedure, ()),
        summary=answered(me, view.answers),
        words=ANSWERS,
        may_read=lambda guest: _may_read(view, guest),
        others=[person for person in colleagues(db, me) if person.id not in asked] if view.plans else [],
        wishes=written_wishes(view.meeting.wishes),
        problem=problem,
        typed=typed or Typed({}),
        started=view.meeting.starts_at <= clock.now(),
    )
    if problem:
        page.headers["HX-Push-Url"] = f"/overleg/{meeting_id}"
    return page


def _may_read(view: MeetingView, guest: Guest) -> bool:
    """Tell whether a reader may see what somebody said with an answer: the planner, and they."""
    return view.plans or (view.mine is not None and guest.attendee.id == view.mine.attendee.id)
