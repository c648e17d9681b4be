"""Make a trial year the real one, after showing once more what will happen."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from models import School, Trial
from service import clock
from service.rhythm.timers import next_round
from service.school.errors import SchoolError
from service.trial.activate import activate, foretell, is_open
from service.web.page import LoggedIn, Me, Writing, go, render
from service.web.trial_shared import HERE, find, staff_of, titles

router = APIRouter(prefix=HERE)


@router.get("/{trial_id}/activeren", response_class=HTMLResponse)
def ask(request: Request, db: Writing, me: LoggedIn, trial_id: UUID) -> HTMLResponse:
    """Show what activating will do; nothing has happened yet."""
    return _ask(request, db, me, find(db, me, trial_id))


@router.post("/{trial_id}/activeren", response_class=HTMLResponse)
def do(request: Request, db: Writing, me: LoggedIn, trial_id: UUID) -> Response:
    """Make everything true that was supposed, and open the year: all of it, or nothing."""
    trial = find(db, me, trial_id)
    school = db.get_one(School, me.school.id)
    try:
        with db.begin_nested():
            opened = activate(db, school, trial, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _ask(request, db, me, find(db, me, trial_id), problem=str(error))
    said = me.say(
        "Schooljaar %(label)s is geopend: %(cases)d trajecten, %(items)d taken, perioden en overleggen.",
        label=trial.school_year,
        cases=opened.cases,
        items=opened.items,
    )
    return go(f"/jaarplanner?jaar={trial.school_year}", said)


def _ask(request: Request, db: Session, me: Me, trial: Trial, problem: str = "") -> HTMLResponse:
    opened = is_open(db, me.school.id, trial.school_year)
    foretold = None
    if not opened:
        try:
            foretold = foretell(db, db.get_one(School, me.school.id), trial, clock.now(), next_round)
        except SchoolError as error:
            problem = problem or str(error)
    return render(
        request,
        "trial_activate.html",
        status=422 if problem else 200,
        trial=trial,
        label=trial.school_year,
        opened=opened,
        foretold=foretold,
        problem=problem,
        staff=staff_of(db, me.school.id),
        titles=titles(db, me),
    )
