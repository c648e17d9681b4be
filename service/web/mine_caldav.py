"""My calendar on a server of the school's own: add, try, withdraw. The password is never shown."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from models.database import reading, unit_of_work
from service import clock
from service.feeds.caldav_door import CaldavDoor
from service.feeds.targets import (
    MAX_FIELD,
    TargetError,
    checked,
    find_target,
    keep_target,
    require_room,
    tried,
    unsealed,
    withdraw_target,
    write_all_again,
)
from service.notices.vault import Vault, VaultError
from service.settings import settings
from service.web.mine import show
from service.web.page import LoggedIn, Me, Writing, go

router = APIRouter(prefix="/mijn/server")
_Field = Annotated[str, Form(max_length=MAX_FIELD)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, to show it again; without the password."""

    name: str = ""
    url: str = ""
    user: str = ""


@router.post("", response_class=HTMLResponse)
def add(
    request: Request,
    me: LoggedIn,
    name: _Field = "",
    url: _Field = "",
    user: _Field = "",
    password: _Field = "",
) -> Response:
    """Try a calendar and keep it; the network is asked before anything is written."""
    engine = request.app.state.engine
    try:
        with reading(engine) as session:
            require_room(session, me.actor)
        account = tried(_door(), checked(url, user, password, plain=settings().demo))
        with unit_of_work(engine) as session:
            keep_target(session, _vault(), me.actor, name, account, clock.now())
    except TargetError as error:
        return _refused(request, me, str(error), Typed(name, url, user))
    return go("/mijn#server", me.say("Het werkt. Binnen een kwartier staan je afspraken erin."))


@router.post("/{target_id}/proberen", response_class=HTMLResponse)
def attempt(request: Request, me: LoggedIn, target_id: UUID) -> Response:
    """Try a calendar again, and let everything be written there anew."""
    engine = request.app.state.engine
    try:
        with reading(engine) as session:
            account = unsealed(_vault(), find_target(session, me.actor, target_id))
        found = tried(_door(), account)
    except (TargetError, VaultError) as error:
        with unit_of_work(engine) as session:
            find_target(session, me.actor, target_id).error = str(error)
        return _refused(request, me, str(error), Typed())
    with unit_of_work(engine) as session:
        write_all_again(session, find_target(session, me.actor, target_id), found.calendar, _vault())
    return go("/mijn#server", me.say("Het werkt. Binnen een kwartier staat alles er opnieuw in."))


@router.post("/{target_id}/weghalen")
def withdraw(db: Writing, me: LoggedIn, target_id: UUID) -> Response:
    """Stop writing to a calendar; our entries leave it with the next round."""
    withdraw_target(db, find_target(db, me.actor, target_id))
    return go("/mijn#server", me.say("Jaarritme schrijft er niet meer, en haalt zijn afspraken daar weg."))


def _refused(request: Request, me: Me, problem: str, typed: Typed) -> HTMLResponse:
    with reading(request.app.state.engine) as session:
        return show(request, session, me, trouble=problem, typed=typed)


def _door() -> CaldavDoor:
    return CaldavDoor(allow_private=settings().demo)


def _vault() -> Vault:
    return Vault(settings().home)
