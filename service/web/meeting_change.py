"""Change a meeting, or arrange a new one: what was typed, who hears what, and only then it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, select

from models import Meeting
from service import clock
from service.access.scope import NotFoundError, find_task
from service.cases.errors import CaseError
from service.cases.open import arrangeable
from service.meetings.arrange import Wish, arrange
from service.meetings.call_off import call_off_meeting
from service.meetings.change import change_meeting
from service.meetings.counter import accept_counter, decline_counter
from service.meetings.guests import guests_of
from service.meetings.preview import foretell
from service.meetings.view import meeting_view
from service.web.cases import classes_of
from service.web.meeting_form import Day, Text, Typed, change_form, change_of, id_of, new_form, wish_of
from service.web.meeting_words import Said, colleagues, hearings, warnings
from service.web.meetings import Here, one, require_own, show
from service.web.page import LoggedIn, Me, Reading, Writing, go, render

router = APIRouter(prefix="/overleg")
_USUAL_MINUTES = 30
NewForm = Annotated[Typed, Depends(new_form)]
ChangeForm = Annotated[Typed, Depends(change_form)]


@dataclass(frozen=True, slots=True)
class Look:
    """What is about to happen: who hears what, what may be wrong, and when it would be or was."""

    hears: list[Said]
    doubts: list[str]
    days: list[datetime]
    is_off: bool = False
    stays: bool = False


@router.get("/nieuw", response_class=HTMLResponse)
def new_meeting(request: Request, db: Reading, me: LoggedIn, task: str = "") -> HTMLResponse:
    """Ask which meeting, about whom, when and with whom; ``task`` has a meeting that wants its hour."""
    one = {"task": task, "minutes": str(_USUAL_MINUTES), "chair": str(me.person.id)}
    return _new_page(request, db, me, _with_who_came(db, me, one))


def _with_who_came(db: Session, me: Me, one: dict[str, str]) -> Typed:
    """Return a form with who was asked to the hour that was called off, to ask them again or not."""
    task_id = id_of(one["task"])
    if task_id is None:
        return Typed(one)
    find_task(db, me.actor, task_id)  # for whom it isn't, nobody was asked
    meeting = db.exec(select(Meeting).where(Meeting.task_id == task_id)).first()
    guests = [guest for guest in guests_of(db, meeting) if guest.is_here] if meeting else []
    staff = [str(guest.person.id) for guest in guests if guest.person]
    outside = [guest for guest in guests if not guest.person]
    if outside:
        one |= {"outside": "\n".join(g.mail for g in outside), "outside_kind": outside[0].name}
    return Typed(one, {"staff": staff})


@router.post("/nieuw", response_class=HTMLResponse)
def create_meeting(request: Request, db: Writing, me: LoggedIn, typed: NewForm, step: Day = "") -> Response:
    """Show who will hear what of a new meeting; make it when that was seen."""
    if step == "terug":
        return _new_page(request, db, me, typed)
    try:
        wish = wish_of(typed)
        if step == "versturen":
            with db.begin_nested():
                made = arrange(db, wish, actor=me.actor, at=clock.now())
            return go(f"/overleg/{made[0].id}", _made(me, made))
        look = _look_at_new(db, me, wish)
    except CaseError as error:
        return _new_page(request, db, me, typed, problem=error)
    return render(request, "meeting_preview.html", address="/overleg/nieuw", typed=typed, look=look)


def _look_at_new(db: Session, me: Me, wish: Wish) -> Look:
    """Return what making a meeting would do."""
    days: list[datetime] = []
    doubts: list[str] = []

    def verb() -> list[Meeting]:
        made = arrange(db, wish, actor=me.actor, at=clock.now())
        days.extend(meeting.starts_at for meeting in made)
        doubts.extend(text for meeting in made for text in warnings(db, me, meeting, wish.staff))
        return made

    return Look(hearings(me, foretell(db, verb)), doubts, days)


def _made(me: Me, made: list[Meeting]) -> str:
    if len(made) == 1:
        return me.say("Het overleg staat gepland en de uitnodigingen gaan uit.")
    return me.say("Er staan %(n)s overleggen gepland en de uitnodigingen gaan uit.", n=len(made))


@router.post("/{meeting_id}/wijzigen", response_class=HTMLResponse)
def change(
    request: Request, db: Writing, me: LoggedIn, meeting_id: UUID, typed: ChangeForm, step: Day = ""
) -> Response:
    """Show who will hear what of a change; make it when that was seen."""
    view = meeting_view(db, me.actor, meeting_id)
    if not view.plans:
        raise NotFoundError
    if step == "terug":
        return show(request, db, me, meeting_id, typed=_of_change(typed))
    try:
        wanted = change_of(typed)
        if step == "versturen":
            with db.begin_nested():
                change_meeting(db, meeting_id, wanted, actor=me.actor, at=clock.now())
            return go(f"/overleg/{meeting_id}", me.say("Het overleg is bijgewerkt."))
        look = _look_at(
            db,
            me,
            view.meeting,
            lambda: change_meeting(db, meeting_id, wanted, actor=me.actor, at=clock.now()),
        )
    except CaseError as error:
        return show(request, db, me, meeting_id, problem=error, typed=_of_change(typed))
    address = f"/overleg/{meeting_id}/wijzigen"
    return render(request, "meeting_preview.html", address=address, typed=typed, look=look)


def _look_at(db: Session, me: Me, meeting: Meeting, change_it: Callable[[], object]) -> Look:
    """Return what a change of a meeting would do."""
    days: list[datetime] = []
    doubts: list[str] = []
    id_ = meeting.id

    def verb() -> list[Meeting]:
        change_it()
        changed = db.get_one(Meeting, id_)
        asked = meeting_view(db, me.actor, id_).guests
        days.append(changed.starts_at)
        doubts.extend(warnings(db, me, changed, [g.person.id for g in asked if g.person]))
        return [changed]

    return Look(hearings(me, foretell(db, verb, meeting)), doubts, days)


@one.post("/afzeggen", response_class=HTMLResponse)
def call_off(here: Here, reason: Text = "", step: Day = "") -> Response:
    """Call a meeting off, with a reason; show first who hears of it when that is asked."""
    db, me, id_ = here.db, here.me, here.meeting_id

    def verb() -> list[Meeting]:
        return [call_off_meeting(db, id_, actor=me.actor, at=clock.now(), reason=reason)]

    fields = {"reason": reason}
    typed = Typed({**fields, "form": "afzeggen"})
    if step == "terug":
        return show(here.request, db, me, id_, typed=typed)
    if step != "bekijken":
        said = "Het overleg is afgezegd. Wie een uitnodiging kreeg, krijgt een afzegging."
        return here.do(verb, said, typed)
    meeting = db.get_one(Meeting, id_)
    try:
        hears = hearings(me, foretell(db, verb, meeting), quiet="silent")
    except CaseError as error:
        return show(here.request, db, me, id_, problem=error, typed=typed)
    look = Look(hears, [], [meeting.starts_at], is_off=True)
    address = f"/overleg/{id_}/afzeggen"
    return render(here.request, "meeting_preview.html", address=address, typed=Typed(fields), look=look)


@one.post("/voorstel/{counter_id}/aannemen", response_class=HTMLResponse)
def accept(here: Here, counter_id: UUID, step: Day = "") -> Response:
    """Move a meeting to an hour that somebody proposed; show first who hears what when that is asked."""
    require_own(here, counter_id)
    db, me, id_ = here.db, here.me, here.meeting_id

    def verb() -> object:
        return accept_counter(db, counter_id, actor=me.actor, at=clock.now())

    if step == "terug":
        return go(f"/overleg/{id_}")
    if step != "bekijken":
        said = "Het overleg is verzet. Iedereen die is uitgenodigd krijgt een bijgewerkte uitnodiging."
        return here.do(verb, said)
    try:
        look = _look_at(db, me, db.get_one(Meeting, id_), verb)
    except CaseError as error:
        return show(here.request, db, me, id_, problem=error)
    address = f"/overleg/{id_}/voorstel/{counter_id}/aannemen"
    return render(here.request, "meeting_preview.html", address=address, typed=Typed({}), look=look)


@one.post("/voorstel/{counter_id}/afwijzen", response_class=HTMLResponse)
def decline(here: Here, counter_id: UUID, step: Day = "") -> Response:
    """Show who hears that a meeting stays where it is; tell who proposed another hour when that was seen."""
    require_own(here, counter_id)
    db, me, id_ = here.db, here.me, here.meeting_id
    meeting = db.get_one(Meeting, id_)

    def verb() -> list[Meeting]:
        decline_counter(db, counter_id, actor=me.actor, at=clock.now())
        return [meeting]

    if step == "terug":
        return go(f"/overleg/{id_}")
    if step == "versturen":
        return here.do(verb, "Het moment blijft. Wie iets anders voorstelde, hoort dat.")
    try:
        hears = hearings(me, foretell(db, verb, meeting))
    except CaseError as error:
        return show(here.request, db, me, id_, problem=error)
    look = Look(hears, [], [meeting.starts_at], stays=True)
    address = f"/overleg/{id_}/voorstel/{counter_id}/afwijzen"
    return render(here.request, "meeting_preview.html", address=address, typed=Typed({}), look=look)


def _of_change(typed: Typed) -> Typed:
    return Typed({**typed.one, "form": "wijzigen"}, typed.many)


def _new_page(
    request: Request, db: Session, me: Me, typed: Typed, problem: CaseError | None = None
) -> HTMLResponse:
    kinds, task_id = arrangeable(), id_of(typed.one.get("task", ""))
    return render(
        request,
        "meeting_new.html",
        status=422 if problem else 200,
        problem=problem,
        typed=typed,
        kinds=[(p, o) for p, o in kinds if me.actor.is_manager or o.per != "school"],
        classes=classes_of(db, me.actor),
        people=colleagues(db, me),
        task=find_task(db, me.actor, task_id) if task_id else None,
    )
