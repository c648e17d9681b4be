"""What a school allows: from when until when people hear, how long a pause lasts, how often by hand."""

from dataclasses import dataclass, fields
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from models import ReminderBounds
from service import clock
from service.reminders.hours import bounds_of
from service.reminders.wishes import LONGEST_PAUSE, LONGEST_WAIT, MOST, Bounds, keep_bounds
from service.school.errors import SchoolError
from service.web.keepers import require_keeper
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.reminders_mine import optional_time, written
from service.year.frame import year_without_holidays

HERE = "/beheer/school/herinneringen"
router = APIRouter(prefix=HERE)
Short = Annotated[str, Form(max_length=10)]
_HOURS = ("hour", "latest_hour", "quiet_from", "quiet_until")


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed in the form, to show it again."""

    hour: str = ""
    latest_hour: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    most_pause_days: str = ""
    hand_wait_hours: str = ""
    most: str = ""

    def bounds(self) -> Bounds:
        """Return what is asked; raise ``SchoolError`` for what is no hour or number."""
        hours = [optional_time(getattr(self, name)) for name in _HOURS]
        first, last, quiet_from, quiet_until = hours
        if first is None or last is None or quiet_from is None or quiet_until is None:
            raise SchoolError("Vul alle uren in.")
        return Bounds(
            hour=first,
            latest_hour=last,
            quiet_from=quiet_from,
            quiet_until=quiet_until,
            most_pause_days=_number(self.most_pause_days),
            hand_wait_hours=_number(self.hand_wait_hours),
            most=_number(self.most),
        )


def _typed(
    *,
    hour: Short = "",
    latest_hour: Short = "",
    quiet_from: Short = "",
    quiet_until: Short = "",
    most_pause_days: Short = "",
    hand_wait_hours: Short = "",
    most: Short = "",
) -> Typed:
    return Typed(hour, latest_hour, quiet_from, quiet_until, most_pause_days, hand_wait_hours, most)


AsTyped = Annotated[Typed, Depends(_typed)]


@router.get("", response_class=HTMLResponse)
def bounds_page(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show what the school allows."""
    require_keeper(me)
    return _page(request, db, me)


@router.post("", response_class=HTMLResponse)
def keep(request: Request, db: Writing, me: LoggedIn, typed: AsTyped) -> Response:
    """Keep what the school allows."""
    require_keeper(me)
    try:
        with db.begin_nested():
            keep_bounds(db, me.school.id, typed.bounds())
    except SchoolError as error:
        return _page(request, db, me, problem=str(error), typed=typed)
    return go(HERE, me.say("Bewaard. Wie een ander uur koos, hoort het op het dichtstbijzijnde uur."))


def _page(
    request: Request, db: Session, me: Me, *, problem: str = "", typed: Typed | None = None
) -> HTMLResponse:
    return render(
        request,
        "school_reminders.html",
        status=422 if problem else 200,
        problem=problem,
        typed=typed or _as_typed(bounds_of(db, me.school.id)),
        longest_pause=LONGEST_PAUSE,
        longest_wait=LONGEST_WAIT,
        most=MOST,
        unknown=year_without_holidays(db, me.school, clock.today()),
    )


def _as_typed(bounds: ReminderBounds) -> Typed:
    def text(name: str) -> str:
        value = getattr(bounds, name)
        return written(value) if name in _HOURS else str(value)

    return Typed(*(text(field.name) for field in fields(Typed)))


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise SchoolError("Vul overal een getal in.") from error
