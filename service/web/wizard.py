"""The first steps of a new school: from its region to a year that runs, in any order and pace."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service import clock
from service.school.errors import SchoolError
from service.trial.activate import is_open
from service.trial.plan import left_out, trials_of
from service.trial.setup import REGIONS, Step, set_region, set_without, steps_of
from service.web.keepers import Word, require_administrator, require_keeper, require_manager
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.trial_shared import first_day, label_or_next, titles
from service.web.years import asked_year, years_around
from service.year.frame import label_after

router = APIRouter(prefix="/begin")

_TITLES = {
    "regio": "Regio en bestuur",
    "vrije-dagen": "Vrije dagen",
    "mensen": "Mensen en werkdagen",
    "onderdelen": "Wat doet mee?",
    "proefjaar": "Proefjaar",
    "openen": "Het jaar openen",
}
Label = Annotated[str, Form(max_length=9)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the page shows it."""

    step: Step
    title: str
    is_next: bool


@router.get("", response_class=HTMLResponse)
def first_steps(request: Request, db: Reading, me: LoggedIn, jaar: str = "") -> HTMLResponse:
    """Show the steps and which of them are done; without a year asked, of this one, also when it is open."""
    require_keeper(me)
    return _page(request, db, me, asked_year(jaar))


@router.post("/regio", response_class=HTMLResponse)
def region(
    request: Request,
    db: Writing,
    me: LoggedIn,
    regio: Word = "",
    bestuur: Word = "",
    *,
    verband: Word = "",
    jaar: Label = "",
) -> Response:
    """Say in which region the school lies, and of which board and samenwerkingsverband it is."""
    require_administrator(me)
    label = label_or_next(db, me.school, jaar)
    try:
        with db.begin_nested():
            set_region(
                db,
                me.school.id,
                region=regio,
                board=bestuur,
                partnership=verband,
                actor_id=me.person.id,
                at=clock.now(),
            )
    except SchoolError as error:
        return _page(request, db, me, label, problem=str(error))
    return go(f"/begin?jaar={label}", me.say("Bewaard. De vakanties van deze regio gelden nu."))


@router.post("/onderdelen", response_class=HTMLResponse)
def parts(
    request: Request,
    db: Writing,
    me: LoggedIn,
    doet: Annotated[list[str] | None, Form()] = None,
    jaar: Label = "",
) -> Response:
    """Choose which procedures take part in the year; what the law asks is for a manager to decide."""
    require_manager(me)
    label = label_or_next(db, me.school, jaar)
    without = tuple(key for key in titles(db, me, "nl") if key not in set(doet or ()))
    try:
        with db.begin_nested():
            set_without(db, me.school.id, label, without, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _page(request, db, me, label, problem=str(error))
    return go(f"/begin?jaar={label}", me.say("Bewaard. Er is nog niets gepland."))


def _page(request: Request, db: Session, me: Me, label: str, problem: str = "") -> HTMLResponse:
    start = first_day(db, me.school, label)
    found = steps_of(db, me.school, label, start) if start else []
    trials = trials_of(db, me.school.id, label)
    opened = is_open(db, me.school.id, label)
    return render(
        request,
        "wizard.html",
        status=422 if problem else 200,
        label=label,
        years=years_around(label),
        steps=_shown(found, opened=opened),
        problem=problem,
        regions=REGIONS,
        procedures=titles(db, me),
        without=left_out(db, me.school.id, label),
        trials=trials,
        opened=opened,
        following=label_after(label),
    )


def _shown(steps: list[Step], *, opened: bool) -> list[Shown]:
    """Return the steps as shown; of a year that is open none has its turn any more."""
    following = "" if opened else next((step.key for step in steps if not step.done), "")
    return [Shown(step, _TITLES[step.key], step.key == following) for step in steps]
