"""The trial years of a school: the list, a new one, and keeping it. Planning one sends nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from calendars.presence import WEEKDAYS_NL
from models import Group, GroupKind
from service import clock
from service.school.errors import SchoolError
from service.trial.activate import is_open
from service.trial.plan import Tried, keep, left_out, trials_of, try_year, wishes_of
from service.trial.wishes import NAME_LENGTH, Wishes
from service.web.keepers import require_manager
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.staff_rows import HALVES, WORKDAYS
from service.web.trial_form import Typed, kept_wishes, typed, typed_of
from service.web.trial_shared import (
    HERE,
    find,
    first_day,
    label_or_next,
    staff_of,
    titles,
)
from service.web.trial_show import overview
from service.web.years import years_around
from service.year.frame import frame_of

router = APIRouter(prefix=HERE)

_HALF_WORDS = {HALVES[0]: "ochtend", HALVES[1]: "middag"}
AsTyped = Annotated[Typed, Depends(typed)]
Label = Annotated[str, Form(max_length=9)]
Kept = Annotated[str, Form(max_length=60_000)]
Name = Annotated[str, Form(max_length=NAME_LENGTH)]


@router.get("", response_class=HTMLResponse)
def trials(request: Request, db: Reading, me: LoggedIn, jaar: str = "") -> HTMLResponse:
    """Show the trial years that were kept."""
    require_manager(me)
    label = label_or_next(db, me.school, jaar)
    return render(
        request,
        "trials.html",
        label=label,
        years=years_around(label),
        trials=trials_of(db, me.school.id, label),
        can_plan=first_day(db, me.school, label) is not None,
        opened=is_open(db, me.school.id, label),
    )


@router.get("/nieuw", response_class=HTMLResponse)
def new(request: Request, db: Reading, me: LoggedIn, jaar: str = "", van: UUID | None = None) -> HTMLResponse:
    """Ask what is different in this trial year; another one can be the start."""
    require_manager(me)
    keys = set(titles(db, me, "nl"))
    if van:
        trial = find(db, me, van)
        return _form(request, db, me, trial.school_year, typed_of(wishes_of(trial), keys))
    label = label_or_next(db, me.school, jaar)
    wishes = Wishes(without=left_out(db, me.school.id, label))
    return _form(request, db, me, label, typed_of(wishes, keys))


@router.post("/nieuw", response_class=HTMLResponse)
def plan(request: Request, db: Reading, me: LoggedIn, form: AsTyped, jaar: Label = "") -> HTMLResponse:
    """Plan it and show what comes out; nothing is kept yet."""
    require_manager(me)
    label = label_or_next(db, me.school, jaar)
    try:
        wishes = form.wishes(set(titles(db, me, "nl")))
        tried = try_year(db, me.school, label, wishes)
    except SchoolError as error:
        return _form(request, db, me, label, form, problem=str(error))
    return _result(request, db, me, label, wishes, tried)


@router.post("/aanpassen", response_class=HTMLResponse)
def change(request: Request, db: Reading, me: LoggedIn, jaar: Label = "", wensen: Kept = "") -> HTMLResponse:
    """Go back to the form with what was filled in."""
    require_manager(me)
    label = label_or_next(db, me.school, jaar)
    try:
        wishes = kept_wishes(wensen)
    except SchoolError as error:
        return _form(request, db, me, label, Typed(), problem=str(error))
    return _form(request, db, me, label, typed_of(wishes, set(titles(db, me, "nl"))))


@router.post("/bewaren", response_class=HTMLResponse)
def keep_it(
    request: Request, db: Writing, me: LoggedIn, jaar: Label = "", wensen: Kept = "", naam: Name = ""
) -> Response:
    """Keep a planned trial year under a name."""
    require_manager(me)
    label = label_or_next(db, me.school, jaar)
    wishes = Wishes()
    try:
        wishes = kept_wishes(wensen)
        named = wishes.model_copy(update={"name": naam or wishes.name})
        with db.begin_nested():
            trial = keep(db, me.school, label, named, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _form(request, db, me, label, typed_of(wishes, set(titles(db, me, "nl"))), problem=str(error))
    return go(f"{HERE}/{trial.id}", me.say("Bewaard: %(name)s. Er is niets verstuurd.", name=trial.name))


def _form(request: Request, db: Session, me: Me, label: str, form: Typed, problem: str = "") -> HTMLResponse:
    start = frame_of(db, me.school, label).year.first_day
    return render(
        request,
        "trial_new.html",
        status=422 if problem else 200,
        label=label,
        form=form.with_room(),
        problem=problem,
        start=start,
        procedures=titles(db, me),
        people=staff_of(db, me.school.id).names,
        groups=_groups(db, me, label),
        workdays=WORKDAYS,
        weekdays=WEEKDAYS_NL,
        halves=HALVES,
        half_words=_HALF_WORDS,
    )


def _result(request: Request, db: Session, me: Me, label: str, wishes: Wishes, tried: Tried) -> HTMLResponse:
    return render(
        request,
        "trial_result.html",
        label=label,
        wishes=wishes,
        kept=wishes.model_dump_json(),
        staff=staff_of(db, me.school.id),
        titles=(known := titles(db, me)),
        everything=len(known),
        **overview(tried.outcome),
    )


def _groups(session: Session, me: Me, label: str) -> list[str]:
    names = select(Group.name).where(
        Group.school_id == me.school.id,
        Group.school_year == label,
        Group.kind == GroupKind.BASE,
        col(Group.active).is_(True),
    )
    return list(session.exec(names.order_by(Group.name)))
