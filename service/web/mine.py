"""What is mine: calendar addresses for my devices, and my password."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service import clock
from service.access import sessions
from service.access.passwords import WeakPasswordError
from service.access.sessions import LoginRefusedError
from service.feeds.targets import targets_of
from service.feeds.tokens import create_feed, feeds_of, restore_feed, revoke_feed, withdrawn_feeds
from service.web.calendar_address import Shown, shown
from service.web.page import LoggedIn, Me, Reading, Writing, go, render

router = APIRouter(prefix="/mijn")
_MOST = 10  # addresses of one person

Secret = Annotated[str, Form(max_length=1024)]


@router.get("", response_class=HTMLResponse)
def mine(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show the person's own addresses and settings."""
    return show(request, db, me)


@router.post("/agenda", response_class=HTMLResponse)
def subscribe(
    request: Request, db: Writing, me: LoggedIn, name: Annotated[str, Form(max_length=60)] = ""
) -> HTMLResponse:
    """Make an address and show it: this once, for only its digest is kept."""
    if not name.strip():
        return show(request, db, me, problem="Geef het apparaat een naam, bijvoorbeeld telefoon.")
    if len(feeds_of(db, me.actor)) >= _MOST:
        return show(request, db, me, problem="Je hebt al tien adressen. Trek er eerst een in.")
    token = create_feed(db, me.actor, name, clock.now())
    return show(request, db, me, address=shown(token, name))


@router.post("/agenda/{feed_id}/intrekken")
def unsubscribe(db: Writing, me: LoggedIn, feed_id: UUID) -> Response:
    """Withdraw an address; what reads it gets nothing from now on."""
    revoke_feed(db, me.actor, feed_id, clock.now())
    return go("/mijn", me.say("Het agenda-adres is ingetrokken."), undo=feed_id, undo_of="address")


@router.post("/agenda/{feed_id}/aanzetten", response_class=HTMLResponse)
def resubscribe(request: Request, db: Writing, me: LoggedIn, feed_id: UUID) -> Response:
    """Let an address that was withdrawn lately work again."""
    if len(feeds_of(db, me.actor)) >= _MOST:
        return show(request, db, me, problem="Je hebt al tien adressen. Trek er eerst een in.")
    restore_feed(db, me.actor, feed_id, clock.now())
    return go("/mijn", me.say("Het agenda-adres werkt weer."))


@router.post("/wachtwoord")
def password(
    request: Request, db: Writing, me: LoggedIn, old: Secret = "", new: Secret = "", again: Secret = ""
) -> Response:
    """Replace the password; every other login of this person ends."""
    if new != again:
        return show(request, db, me, wrong="De twee nieuwe wachtwoorden zijn niet gelijk.")
    try:
        sessions.change_password(db, me.person.id, old, new, keep=me.token)
    except WeakPasswordError as error:
        return show(request, db, me, wrong=str(error))
    except LoginRefusedError:
        return show(request, db, me, wrong="Het huidige wachtwoord klopt niet.")
    return go("/mijn", me.say("Je wachtwoord is gewijzigd. Op andere apparaten ben je uitgelogd."))


def show(
    request: Request,
    db: Session,
    me: Me,
    *,
    problem: str = "",
    wrong: str = "",
    trouble: str = "",
    typed: object = None,
    address: Shown | None = None,
) -> HTMLResponse:
    """Show the page, with what went wrong in the one part of it or the other."""
    return render(
        request,
        "mine.html",
        status=422 if problem or wrong or trouble else 200,
        feeds=feeds_of(db, me.actor),
        withdrawn=withdrawn_feeds(db, me.actor, clock.now()),
        problem=problem,
        wrong=wrong,
        targets=targets_of(db, me.actor),
        trouble=trouble,
        typed=typed,
        shown=address,
    )
