"""Logging in and out, moving to another school, and the language of the screen."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models import Person
from service import clock, i18n
from service.access import sessions
from service.access.scope import NotFoundError
from service.access.sessions import LoginRefusedError, ThrottledError
from service.web.page import LoggedIn, Writing, cookie_name, go, is_https, local_path, real_now, render

router = APIRouter()


@router.get("/")
def front(_: LoggedIn) -> RedirectResponse:
    """Lead to today."""
    return RedirectResponse("/vandaag", 303)


@router.get("/login", response_class=HTMLResponse)
def login_page(request: Request, next: str = "") -> HTMLResponse:  # noqa: A002 -- the word in the address
    """Ask who is there."""
    return render(request, "login.html", next=local_path(next), email="", error="")


@router.post("/login")
def login(
    request: Request,
    db: Writing,
    email: Annotated[str, Form(max_length=254)],
    password: Annotated[str, Form(max_length=1024)],
    next: Annotated[str, Form()] = "",  # noqa: A002 -- the word in the address
) -> Response:
    """Let a person in, or say in plain words why not."""
    try:
        token = sessions.log_in(
            db, email, password, at=real_now(), today=clock.today(), address=_address(request)
        )
    except LoginRefusedError as error:
        status = 429 if isinstance(error, ThrottledError) else 422
        wait = error.until if isinstance(error, ThrottledError) else None
        return render(
            request, "login.html", status=status, next=local_path(next), email=email, error=error, wait=wait
        )
    if before := request.cookies.get(cookie_name()):
        sessions.log_out(db, before)
    response = RedirectResponse(local_path(next), 303)
    response.set_cookie(cookie_name(), token, path="/", httponly=True, samesite="lax", secure=is_https())
    return response


@router.post("/uitloggen")
def logout(db: Writing, me: LoggedIn) -> RedirectResponse:
    """End the login, here and in the database."""
    sessions.log_out(db, me.token)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(cookie_name(), path="/", secure=is_https(), httponly=True)
    return response


@router.post("/school")
def other_school(db: Writing, me: LoggedIn, school: Annotated[UUID, Form()]) -> RedirectResponse:
    """Move to another school where the person works."""
    if not sessions.switch_school(db, me.token, school, today=clock.today()):
        raise NotFoundError
    return RedirectResponse("/vandaag", 303)


@router.post("/taal")
def language(
    db: Writing,
    me: LoggedIn,
    language: Annotated[str, Form()],
    next: Annotated[str, Form()] = "",  # noqa: A002 -- the word in the address
) -> RedirectResponse:
    """Keep the language a person reads in, and remember it in this browser for the login page."""
    response = go(local_path(next))
    if language in i18n.LANGUAGES:
        db.get_one(Person, me.person.id).language = language
        response.set_cookie(
            cookie_name("language"), language, path="/", httponly=True, samesite="lax", secure=is_https()
        )
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
