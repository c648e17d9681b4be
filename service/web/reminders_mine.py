"""My messages: when and how I hear, when I don't, and what was sent to me."""

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from models import ReminderWish
from service import clock
from service.reminders.hours import bounds_of
from service.reminders.wishes import Wish, hours_to_choose, keep_wish, wish_of
from service.school.errors import SchoolError
from service.web.channels_mine import channels_block
from service.web.ledger import log_lines, log_words
from service.web.page import LoggedIn, Me, Reading, Writing, go, render

HERE = "/mijn/berichten"
_SHOWN = 30
router = APIRouter(prefix=HERE)
Short = Annotated[str, Form(max_length=10)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed in the form, to show it again."""

    hour: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    paused_from: str = ""
    paused_until: str = ""
    by_mail: str = ""

    def wish(self) -> Wish:
        """Return what is asked; raise ``SchoolError`` for what is no time or day."""
        return Wish(
            hour=optional_time(self.hour),
            quiet_from=optional_time(self.quiet_from),
            quiet_until=optional_time(self.quiet_until),
            paused_from=_optional_day(self.paused_from),
            paused_until=_optional_day(self.paused_until),
            by_mail=self.by_mail == "ja",
        )


def _typed(
    hour: Short = "",
    quiet_from: Short = "",
    quiet_until: Short = "",
    paused_from: Short = "",
    paused_until: Short = "",
    by_mail: Short = "",
) -> Typed:
    return Typed(hour, quiet_from, quiet_until, paused_from, paused_until, by_mail)


AsTyped = Annotated[Typed, Depends(_typed)]


@router.get("", response_class=HTMLResponse)
def messages(
    request: Request, db: Reading, me: LoggedIn, tot: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """Show when I hear, and what was sent to me; the older of it before a moment."""
    return _page(request, db, me, tot=tot)


@router.post("", response_class=HTMLResponse)
def keep(request: Request, db: Writing, me: LoggedIn, typed: AsTyped) -> Response:
    """Keep when and how I want to hear."""
    try:
        with db.begin_nested():
            keep_wish(db, me.school.id, me.person.id, typed.wish(), today=clock.today())
    except SchoolError as error:
        return _page(request, db, me, problem=str(error), typed=typed)
    return go(HERE, me.say("Bewaard. Het geldt vanaf je volgende bericht."))


def _page(
    request: Request, db: Session, me: Me, *, problem: str = "", typed: Typed | None = None, tot: str = ""
) -> HTMLResponse:
    bounds = bounds_of(db, me.school.id)
    wish = wish_of(db, me.school.id, me.person.id)
    lines, older = log_lines(db, me, me.person.id, tot, _SHOWN)
    return render(
        request,
        "messages_mine.html",
        status=422 if problem else 200,
        problem=problem,
        bounds=bounds,
        hours=[written(hour) for hour in hours_to_choose(bounds)],
        typed=typed or _as_typed(wish),
        paused=_is_paused(wish, clock.today()),
        until=wish.paused_until,
        hearing=channels_block(db, me),
        lines=lines,
        older=older,
        may_open=True,
        with_people=False,
        words=log_words(),
    )


def _as_typed(wish: ReminderWish) -> Typed:
    return Typed(
        written(wish.hour),
        written(wish.quiet_from),
        written(wish.quiet_until),
        wish.paused_from.isoformat() if wish.paused_from else "",
        wish.paused_until.isoformat() if wish.paused_until else "",
        "ja" if wish.by_mail else "",
    )


def _is_paused(wish: ReminderWish, today: date) -> bool:
    if wish.paused_from is None:
        return False
    return wish.paused_from <= today and (wish.paused_until is None or today <= wish.paused_until)


def written(hour: time | None) -> str:
    """Return an hour as forms write it, or nothing."""
    return f"{hour:%H:%M}" if hour else ""


def optional_time(text: str) -> time | None:
    """Read an hour from a form, or nothing."""
    if not text:
        return None
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise SchoolError("Schrijf een uur als 07:30.") from error


def _optional_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SchoolError("Kies een dag.") from error
