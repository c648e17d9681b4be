"""Seek hours for a round of meetings, or again after illness or a day off; what was sought before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from calendars.schoolyear import OutsideCalendarError
from models import Case, Role, School
from service import clock
from service.access.scope import NotFoundError
from service.cases.replan import Replanner
from service.school.errors import SchoolError
from service.school.rooms import lessons_of, rooms_of
from service.slots.ask import ask
from service.slots.draft import title_of
from service.slots.look import latest, state_of
from service.slots.read import Seat, round_of, seats_of
from service.slots.search import begin, real_now
from service.web.keepers import require_manager
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.slots_form import Typed, fresh
from service.web.staff_rows import staff_of
from service.web.wording import PROPOSAL_STATES
from service.web.years import asked_year

router = APIRouter(prefix="/uren")
_HERE = "/uren"

AsTyped = Annotated[Typed, Depends()]


@dataclass(frozen=True, slots=True)
class Round:
    """A round with meetings to come: how many, how many without an hour, and when they are now."""

    key: str
    title: str
    count: int
    without: int
    first: datetime | None
    last: datetime | None


@router.get("", response_class=HTMLResponse)
def overview(
    request: Request, db: Reading, me: LoggedIn, jaar: str = "", taak: UUID | None = None
) -> HTMLResponse:
    """Show what can be sought, and what was."""
    require_manager(me)
    tasks = [str(taak)] if taak else []
    return _page(request, db, me, asked_year(jaar), fresh(tasks=tasks))


@router.post("", response_class=HTMLResponse)
def seek(
    request: Request,
    db: Writing,
    me: LoggedIn,
    work: BackgroundTasks,
    form: AsTyped,
    jaar: Annotated[str, Form(max_length=9)] = "",
) -> Response:
    """Begin a search; the first guess is there at once."""
    require_manager(me)
    label = asked_year(jaar)
    school = db.get_one(School, me.school.id)
    try:
        proposal = ask(
            db, school, label, form.asked(), actor_id=me.person.id, at=clock.now(), beat=real_now()
        )
    except SchoolError as error:
        return _page(request, db, me, label, form, problem=me.say(str(error)))
    except OutsideCalendarError as error:
        raise NotFoundError from error
    work.add_task(begin, request.app.state.engine, proposal.id)
    return go(f"{_HERE}/{proposal.id}")


def _page(
    request: Request, db: Session, me: Me, label: str, form: Typed, *, problem: str = ""
) -> HTMLResponse:
    school, real = me.school, real_now()
    seats = _seats(db, school, label)
    single = [seat for seat in seats if str(seat.task.id) in (form.tasks or ())]
    if form.tasks and not single:
        raise NotFoundError
    return render(
        request,
        "slots.html",
        status=422 if problem else 200,
        label=label,
        rounds=_rounds(seats),
        single=[title_of(seat) for seat in single],
        form=form if form.kind == "ronde" else replace(fresh(), tasks=form.tasks),
        again=form if form.kind == "herplannen" else fresh("herplannen"),
        people=[
            (row.person.id, row.person.name)
            for row in staff_of(db, school)
            if not row.is_gone(clock.today()) and {Role.IB, Role.TEACHER} & {m.role for m in row.memberships}
        ],
        proposals=[(p, state_of(p, real)) for p in latest(db, school.id)],
        states=PROPOSAL_STATES,
        lessons=bool(lessons_of(db, school.id)),
        rooms=sum(room.active for room in rooms_of(db, school.id)),
        problem=problem,
    )


def _seats(session: Session, school: School, label: str) -> list[Seat]:
    try:
        replanner = Replanner(session, session.get_one(School, school.id), label)
    except OutsideCalendarError:
        return []
    return seats_of(session, replanner, clock.now())


def _rounds(seats: Sequence[Seat]) -> list[Round]:
    """Return the rounds that have meetings to come; those of a case that a person opened count by kind."""
    found: dict[str, list[Seat]] = {}
    for seat in seats:
        found.setdefault(round_of(seat.case), []).append(seat)
    rounds = [_round(key, mine) for key, mine in found.items()]
    return sorted(rounds, key=lambda r: (r.first is None, r.first or clock.now(), r.title))


def _round(key: str, seats: list[Seat]) -> Round:
    hours = sorted(seat.meeting.starts_at for seat in seats if seat.meeting)
    return Round(
        key=key,
        title=_title(seats[0].case),
        count=len(seats),
        without=len(seats) - len(hours),
        first=hours[0] if hours else None,
        last=hours[-1] if hours else None,
    )


def _title(case: Case) -> str:
    return case.title.rpartition(" – groep ")[0] or case.title
