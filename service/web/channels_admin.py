"""A person's channels besides mail: add, try, turn on and off. Their addresses are never shown."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service import clock
from service.notices.vault import Vault
from service.school.channels import MAX_URL, add_channel, find_channel, switch_channel, try_channel
from service.school.errors import NotOfThisSchoolError
from service.settings import settings
from service.web.keepers import Word, require_administrator
from service.web.page import LoggedIn, Me, Writing
from service.web.person_page import HERE, attempt

router = APIRouter(prefix=HERE + "/{person_id}/kanaal")
Secret = Annotated[str, Form(max_length=MAX_URL)]


@router.post("", response_class=HTMLResponse)
def add(
    request: Request, db: Writing, me: LoggedIn, person_id: UUID, name: Word = "", url: Secret = ""
) -> Response:
    """Keep a channel for a person."""
    require_administrator(me)

    def verb() -> None:
        add_channel(
            db,
            Vault(settings().home),
            me.school.id,
            person_id,
            name=name,
            url=url,
            actor_id=me.person.id,
            at=clock.now(),
        )

    said = "Het kanaal is toegevoegd. Stuur een proefbericht om te zien of het werkt."
    return attempt(request, db, me, person_id, verb, said=said, typed={"channel": name})


@router.post("/{channel_id}/proberen", response_class=HTMLResponse)
def trial(request: Request, db: Writing, me: LoggedIn, person_id: UUID, channel_id: UUID) -> Response:
    """Send a trial message through a channel."""
    require_administrator(me)

    def verb() -> None:
        _of_person(db, me, person_id, channel_id)
        try_channel(db, me.school.id, channel_id, at=clock.now())

    said = "Het proefbericht ligt klaar en gaat binnen een paar minuten weg."
    return attempt(request, db, me, person_id, verb, said=said)


@router.post("/{channel_id}/schakelen", response_class=HTMLResponse)
def switch(
    request: Request, db: Writing, me: LoggedIn, person_id: UUID, channel_id: UUID, on: Word = ""
) -> Response:
    """Turn a channel on or off."""
    require_administrator(me)

    def verb() -> None:
        _of_person(db, me, person_id, channel_id)
        switch_channel(db, me.school.id, channel_id, on=on == "aan", actor_id=me.person.id, at=clock.now())

    said = "Het kanaal staat aan." if on == "aan" else "Het kanaal staat uit."
    return attempt(request, db, me, person_id, verb, said=said)


def _of_person(session: Session, me: Me, person_id: UUID, channel_id: UUID) -> None:
    if find_channel(session, me.school.id, channel_id).person_id != person_id:
        raise NotOfThisSchoolError
