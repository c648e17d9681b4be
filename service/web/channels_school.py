"""The channels of the school, from which people choose: add, try, turn on and off."""

from collections.abc import Callable, Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service import clock
from service.notices.allowed import SERVICES
from service.school.channels import (
    channels_of,
    listeners,
    remove_channel,
    switch_channel,
    try_channel,
)
from service.school.errors import SchoolError
from service.web.channel_rows import channel_or_404, misread, rows_of
from service.web.channels_admin import ADDED, REMOVED, TRIED, Secret, keep, show_trial, switched
from service.web.keepers import Word, known_or_not_found, require_administrator
from service.web.page import LoggedIn, Me, Reading, Writing, go, render

HERE = "/beheer/school/kanalen"
router = APIRouter(prefix=HERE)


@router.get("", response_class=HTMLResponse)
def channels(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show the school's channels, and which services may be used."""
    require_administrator(me)
    return _page(request, db, me)


@router.post("", response_class=HTMLResponse)
def add(request: Request, db: Writing, me: LoggedIn, name: Word = "", url: Secret = "") -> Response:
    """Keep a channel for the school."""
    require_administrator(me)
    wrong = misread(url)

    def verb() -> None:
        keep(db, me, None, name=name, url=url, wrong=wrong)

    return _attempt(request, db, me, verb, said=ADDED, typed={"channel": name})


@router.get("/{channel_id}/proef", response_class=HTMLResponse)
def progress(request: Request, db: Reading, me: LoggedIn, channel_id: UUID) -> HTMLResponse:
    """Show how the last trial of a channel goes."""
    require_administrator(me)
    return show_trial(request, db, channel_or_404(db, me, channel_id, None))


@router.post("/{channel_id}/proberen", response_class=HTMLResponse)
def trial(request: Request, db: Writing, me: LoggedIn, channel_id: UUID) -> Response:
    """Send a trial message through a channel."""
    require_administrator(me)

    def verb() -> None:
        channel_or_404(db, me, channel_id, None)
        try_channel(db, me.school.id, channel_id, at=clock.now(), actor_id=me.person.id)

    return _attempt(request, db, me, verb, said=TRIED)


@router.post("/{channel_id}/schakelen", response_class=HTMLResponse)
def switch(request: Request, db: Writing, me: LoggedIn, channel_id: UUID, on: Word = "") -> Response:
    """Turn a channel on or off."""
    require_administrator(me)

    def verb() -> None:
        channel_or_404(db, me, channel_id, None)
        switch_channel(db, me.school.id, channel_id, on=on == "aan", actor_id=me.person.id, at=clock.now())

    return _attempt(request, db, me, verb, said=switched(on))


@router.post("/{channel_id}/verwijderen", response_class=HTMLResponse)
def remove(request: Request, db: Writing, me: LoggedIn, channel_id: UUID) -> Response:
    """Wipe a channel's address."""
    require_administrator(me)

    def verb() -> None:
        channel_or_404(db, me, channel_id, None)
        remove_channel(db, me.school.id, channel_id, actor_id=me.person.id, at=clock.now())

    return _attempt(request, db, me, verb, said=REMOVED)


def _attempt(
    request: Request,
    db: Session,
    me: Me,
    verb: Callable[[], None],
    *,
    said: str,
    typed: Mapping[str, str] | None = None,
) -> Response:
    try:
        with db.begin_nested():
            verb()
    except SchoolError as error:
        return _page(request, db, me, problem=me.say(str(known_or_not_found(error))), typed=typed)
    return go(HERE, me.say(said))


def _page(
    request: Request, db: Session, me: Me, *, problem: str = "", typed: Mapping[str, str] | None = None
) -> HTMLResponse:
    mine = channels_of(db, me.school.id, None)
    return render(
        request,
        "school_channels.html",
        status=422 if problem else 200,
        rows=rows_of(db, mine, listeners(db, me.school.id)),
        services=SERVICES,
        problem=problem,
        typed=typed or {},
    )
