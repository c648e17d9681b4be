"""A person's channels besides mail: add, try, turn on and off. Their addresses are never shown."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from models import Channel
from service import clock
from service.notices.vault import Vault
from service.school.channels import (
    MAX_URL,
    ChannelError,
    add_channel,
    remove_channel,
    switch_channel,
    try_channel,
)
from service.settings import settings
from service.web.channel_rows import channel_or_404, misread, rows_of
from service.web.keepers import Word, require_administrator
from service.web.page import LoggedIn, Me, Reading, Writing, render
from service.web.person_page import HERE, attempt

router = APIRouter(prefix=HERE + "/{person_id}/kanaal")
Secret = Annotated[str, Form(max_length=MAX_URL)]
ADDED = "Het kanaal is toegevoegd. Stuur een proefbericht om te zien of het werkt."
TRIED = "Het proefbericht ligt klaar. Bij het kanaal zie je of het aankomt."
REMOVED = "Het kanaal is verwijderd, en zijn adres gewist."


@router.post("", response_class=HTMLResponse)
def add(
    request: Request, db: Writing, me: LoggedIn, person_id: UUID, name: Word = "", url: Secret = ""
) -> Response:
    """Keep a channel for a person."""
    require_administrator(me)
    wrong = misread(url)

    def verb() -> None:
        keep(db, me, person_id, name=name, url=url, wrong=wrong)

    return attempt(request, db, me, person_id, verb, said=ADDED, typed={"channel": name})


@router.get("/{channel_id}/proef", response_class=HTMLResponse)
def progress(request: Request, db: Reading, me: LoggedIn, person_id: UUID, channel_id: UUID) -> HTMLResponse:
    """Show how the last trial of a channel goes."""
    require_administrator(me)
    return show_trial(request, db, channel_or_404(db, me, channel_id, person_id))


@router.post("/{channel_id}/proberen", response_class=HTMLResponse)
def trial(request: Request, db: Writing, me: LoggedIn, person_id: UUID, channel_id: UUID) -> Response:
    """Send a trial message through a channel."""
    require_administrator(me)

    def verb() -> None:
        channel_or_404(db, me, channel_id, person_id)
        try_channel(db, me.school.id, channel_id, at=clock.now())

    return attempt(request, db, me, person_id, verb, said=TRIED)


@router.post("/{channel_id}/schakelen", response_class=HTMLResponse)
def switch(
    request: Request, db: Writing, me: LoggedIn, person_id: UUID, channel_id: UUID, on: Word = ""
) -> Response:
    """Turn a channel on or off."""
    require_administrator(me)

    def verb() -> None:
        channel_or_404(db, me, channel_id, person_id)
        switch_channel(db, me.school.id, channel_id, on=on == "aan", actor_id=me.person.id, at=clock.now())

    return attempt(request, db, me, person_id, verb, said=switched(on))


@router.post("/{channel_id}/verwijderen", response_class=HTMLResponse)
def remove(request: Request, db: Writing, me: LoggedIn, person_id: UUID, channel_id: UUID) -> Response:
    """Wipe a channel's address."""
    require_administrator(me)

    def verb() -> None:
        channel_or_404(db, me, channel_id, person_id)
        remove_channel(db, me.school.id, channel_id, actor_id=me.person.id, at=clock.now())

    return attempt(request, db, me, person_id, verb, said=REMOVED)


def keep(db: Session, me: Me, person_id: UUID | None, *, name: str, url: str, wrong: str) -> None:
    """Keep an address that Apprise could read, for a person or for the school."""
    if wrong:
        raise ChannelError(wrong)
    add_channel(
        db,
        Vault(settings().home),
        me.school.id,
        person_id,
        name=name,
        url=url,
        actor_id=me.person.id,
        at=clock.now(),
        plain=settings().demo,
    )


def show_trial(request: Request, db: Session, channel: Channel) -> HTMLResponse:
    """Show the one line about a trial, which asks for itself again while there may be news."""
    [row] = rows_of(db, [channel])
    return render(request, "_channel_trial.html", row=row, look=request.url.path, page_address="")


def switched(on: str) -> str:
    """Return what to say after a channel was turned on or off."""
    return "Het kanaal staat aan." if on == "aan" else "Het kanaal staat uit."
