"""Taking a year over into the next: what goes along, what deserves a look, and both years side by side."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from calendars.schoolyear import is_year_label
from models import School
from service import clock
from service.access.scope import NotFoundError
from service.replan.copy import Beside, Copied, changes_in, copy_year, preview_copy
from service.school.errors import SchoolError
from service.web.keepers import require_manager
from service.web.page import LoggedIn, Writing, go, render
from service.web.years import years_around
from service.year.frame import label_after, label_on

router = APIRouter(prefix="/herplannen/kopieren")
_HERE = "/herplannen/kopieren"
Label = Annotated[str, Form(max_length=9)]


@router.get("", response_class=HTMLResponse)
def look(request: Request, db: Writing, me: LoggedIn, van: str = "", naar: str = "") -> HTMLResponse:
    """Show what taking a year over would do; nothing is written."""
    require_manager(me)
    now = label_on(clock.today())
    old = van or now
    new = naar or (label_after(old) if is_year_label(old) else "")
    if not (is_year_label(old) and is_year_label(new)):
        raise NotFoundError
    school = db.get_one(School, me.school.id)
    copied, problem = None, ""
    try:
        copied = preview_copy(db, school, old, new, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        problem = me.say(str(error))
    return _page(request, old, new, copied, problem)


@router.post("", response_class=HTMLResponse)
def take_over(request: Request, db: Writing, me: LoggedIn, van: Label = "", naar: Label = "") -> Response:
    """Take a year over."""
    require_manager(me)
    school = db.get_one(School, me.school.id)
    try:
        with db.begin_nested():
            copied = copy_year(db, school, van, naar, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _page(request, van, naar, None, me.say(str(error)))
    said = me.say("Overgenomen naar %(year)s: %(count)d.", year=naar, count=len(copied.goes))
    return go(f"{_HERE}?van={van}&naar={naar}", said)


def _page(request: Request, old: str, new: str, copied: Copied | None, problem: str) -> HTMLResponse:
    now = label_on(clock.today())
    return render(
        request,
        "replan_copy.html",
        status=422 if problem else 200,
        old=old,
        new=new,
        years=years_around(now, label_after(label_after(now))),
        copied=copied,
        counts=changes_in(copied.beside) if copied else {},
        bundles=_bundles(copied.beside) if copied else {},
        problem=problem,
    )


def _bundles(rows: tuple[Beside, ...]) -> dict[str, list[Beside]]:
    """Return what differs, per procedure."""
    found: dict[str, list[Beside]] = {}
    for row in rows:
        if row.what != "same":
            found.setdefault(row.procedure, []).append(row)
    return found
