"""Choosing a password by a mailed link, and asking for such a link; both without a login."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Engine
from starlette.background import BackgroundTask

from models import Person
from models.database import unit_of_work
from service import clock, i18n
from service.access import password_links
from service.access.password_links import DeadLinkError
from service.access.passwords import WeakPasswordError
from service.access.sessions import ThrottledError
from service.web.page import Reading, Writing, go, real_now, render

router = APIRouter()
Secret = Annotated[str, Form(max_length=1024)]
_GONE = 410


@router.get("/wachtwoord/{token}", response_class=HTMLResponse)
def form(request: Request, db: Reading, token: str) -> HTMLResponse:
    """Show the form; looking changes nothing, for mail programs look at links too."""
    return _page(request, token, password_links.owner_of(db, token, clock.now()))


@router.post("/wachtwoord/{token}")
def choose(request: Request, db: Writing, token: str, new: Secret = "", again: Secret = "") -> Response:
    """Keep the chosen password and lead to the login."""
    owner = password_links.owner_of(db, token, clock.now())
    if owner and new != again:
        return _page(request, token, owner, wrong="De twee wachtwoorden zijn niet gelijk.")
    try:
        person = password_links.choose_password(db, token, new, at=clock.now())
    except DeadLinkError:
        return _page(request, token, None)
    except WeakPasswordError as error:
        return _page(request, token, owner, wrong=str(error))
    return go("/login", i18n.say(person.language, "Je wachtwoord is gekozen. Log er nu mee in."))


@router.get("/wachtwoord-vergeten", response_class=HTMLResponse)
def forgotten(request: Request) -> HTMLResponse:
    """Ask for whom the link is."""
    return render(request, "password_forgotten.html", asked=False, email="", error="", wait=None)


@router.post("/wachtwoord-vergeten", response_class=HTMLResponse)
def ask(request: Request, db: Writing, email: Annotated[str, Form(max_length=254)]) -> HTMLResponse:
    """Promise a link; whether the address is known can be told from neither the answer nor its duration."""
    address = request.client.host if request.client else ""
    try:
        password_links.note_question(db, email, at=real_now(), address=address)
    except ThrottledError as error:
        facts = {"asked": False, "email": email, "error": error, "wait": error.until}
        return render(request, "password_forgotten.html", status=429, **facts)
    answer = render(request, "password_forgotten.html", asked=True, email=email)
    answer.background = BackgroundTask(_mail, request.app.state.engine, email, clock.now(), clock.today())
    return answer


def _mail(engine: Engine, email: str, at: datetime, today: date) -> None:
    with unit_of_work(engine) as session:
        password_links.mail_link_to(session, email, at=at, today=today)


def _page(request: Request, token: str, owner: Person | None, *, wrong: str = "") -> HTMLResponse:
    """Show the form to the owner of a link; of a link that doesn't work, say what to do."""
    status = (422 if wrong else 200) if owner else _GONE
    page = render(request, "password.html", status=status, token=token, owner=owner, wrong=wrong)
    page.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return page
