"""The school's year calendar: the dates that everyone may know, under addresses that may go to anyone."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from calendars.entries import DayEntry
from models import School
from service import clock
from service.feeds.public import public_entries
from service.feeds.tokens import (
    create_school_feed,
    restore_feed,
    revoke_feed,
    school_feeds,
    withdrawn_school_feeds,
)
from service.web.calendar_address import Shown, shown
from service.web.keepers import require_keeper
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.year.frame import label_on

HERE = "/beheer/school/jaaragenda"
router = APIRouter(prefix=HERE)
_MOST = 10  # addresses of one school


@router.get("", response_class=HTMLResponse)
def calendar(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show the public dates and the addresses at which they can be read."""
    require_keeper(me)
    return _page(request, db, me)


@router.post("", response_class=HTMLResponse)
def add(
    request: Request, db: Writing, me: LoggedIn, name: Annotated[str, Form(max_length=60)] = ""
) -> HTMLResponse:
    """Make an address and show it: this once, for only its digest is kept."""
    require_keeper(me)
    if not name.strip():
        return _page(request, db, me, problem="Schrijf op waarvoor dit adres is, bijvoorbeeld de website.")
    if len(school_feeds(db, me.actor)) >= _MOST:
        return _page(request, db, me, problem="De school heeft al tien adressen. Trek er eerst een in.")
    token = create_school_feed(db, me.actor, name, clock.now())
    return _page(request, db, me, address=shown(token, name))


@router.post("/{feed_id}/intrekken")
def withdraw(db: Writing, me: LoggedIn, feed_id: UUID) -> Response:
    """Withdraw an address; what reads it gets nothing from now on."""
    require_keeper(me)
    revoke_feed(db, me.actor, feed_id, clock.now())
    return go(HERE, me.say("Het agenda-adres is ingetrokken."), undo=feed_id, undo_of="school address")


@router.post("/{feed_id}/aanzetten", response_class=HTMLResponse)
def put_back(request: Request, db: Writing, me: LoggedIn, feed_id: UUID) -> Response:
    """Let an address that was withdrawn lately work again."""
    require_keeper(me)
    if len(school_feeds(db, me.actor)) >= _MOST:
        return _page(request, db, me, problem="De school heeft al tien adressen. Trek er eerst een in.")
    restore_feed(db, me.actor, feed_id, clock.now())
    return go(HERE, me.say("Het agenda-adres werkt weer."))


def _page(
    request: Request, db: Session, me: Me, *, problem: str = "", address: Shown | None = None
) -> HTMLResponse:
    today = clock.today()
    dates = public_entries(db, db.get_one(School, me.school.id), today)
    return render(
        request,
        "school_calendar.html",
        status=422 if problem else 200,
        feeds=school_feeds(db, me.actor),
        withdrawn=withdrawn_school_feeds(db, me.actor, clock.now()),
        years=_by_year(entry for entry in dates if entry.last_day >= today),
        problem=problem,
        shown=address,
        here=HERE,
    )


def _by_year(dates: Iterable[DayEntry]) -> dict[str, list[DayEntry]]:
    found: dict[str, list[DayEntry]] = {}
    for entry in dates:
        found.setdefault(label_on(entry.last_day), []).append(entry)
    return found
