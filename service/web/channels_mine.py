"""Through which channels and on which devices I hear of reminders: choose, try, turn on and off, withdraw."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from models import ChannelKind
from service import clock
from service.notices.push import MAX_SUBSCRIPTION
from service.notices.push_keys import public_key
from service.notices.vault import Vault
from service.school.channel_choices import choose, chosen, offered, switch_own, try_own
from service.school.channels import channels_of
from service.school.devices import add_device, withdraw_device
from service.school.errors import SchoolError
from service.settings import settings
from service.web.channel_rows import channel_or_404, rows_of
from service.web.channels_admin import TRIED, show_trial, switched
from service.web.keepers import Word, known_or_not_found
from service.web.page import LoggedIn, Me, Reading, Writing, go, render

PAGE = "/mijn/meldingen"
_PAGES = (PAGE, "/mijn/berichten")  # those that hold the block
_CHANNELS = "/mijn/kanalen"
router = APIRouter()
_Next = Annotated[str, Form(alias="next", max_length=100)]


def channels_block(session: Session, me: Me) -> dict[str, object]:
    """Return what ``_channels_mine.html`` needs, under the name ``hearing``."""
    school = offered(session, me.school.id)
    mine = rows_of(session, channels_of(session, me.school.id, me.person.id))
    return {
        "offered": rows_of(session, school),
        "chosen": chosen(session, me.person.id, school),
        "own": [row for row in mine if row.channel.kind != ChannelKind.PUSH],
        "devices": [row for row in mine if row.channel.kind == ChannelKind.PUSH],
        "key": public_key(settings().home),
        "base": _CHANNELS,
    }


@router.get(PAGE, response_class=HTMLResponse)
def channels(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show my channels and devices."""
    return _page(request, db, me)


@router.get(_CHANNELS + "/{channel_id}/proef", response_class=HTMLResponse)
def progress(request: Request, db: Reading, me: LoggedIn, channel_id: UUID) -> HTMLResponse:
    """Show how the last trial of a channel of mine goes."""
    return show_trial(request, db, channel_or_404(db, me, channel_id, me.person.id))


@router.post(_CHANNELS + "/{channel_id}/kiezen", response_class=HTMLResponse)
def pick(
    request: Request, db: Writing, me: LoggedIn, channel_id: UUID, on: Word = "", next_: _Next = ""
) -> Response:
    """Hear through a channel of the school, or no longer."""

    def verb() -> None:
        choose(db, me.school.id, me.person.id, channel_id, on=on == "aan", at=clock.now())

    said = "Herinneringen komen voortaan ook hier." if on == "aan" else "Hier komt niets meer."
    return _attempt(request, db, me, verb, said=said, to=next_)


@router.post(_CHANNELS + "/{channel_id}/schakelen", response_class=HTMLResponse)
def switch(
    request: Request, db: Writing, me: LoggedIn, channel_id: UUID, on: Word = "", next_: _Next = ""
) -> Response:
    """Turn a channel of mine on or off."""

    def verb() -> None:
        switch_own(db, me.school.id, me.person.id, channel_id, on=on == "aan", at=clock.now())

    return _attempt(request, db, me, verb, said=switched(on), to=next_)


@router.post(_CHANNELS + "/{channel_id}/proberen", response_class=HTMLResponse)
def trial(request: Request, db: Writing, me: LoggedIn, channel_id: UUID, next_: _Next = "") -> Response:
    """Send a trial message through a channel of mine."""

    def verb() -> None:
        try_own(db, me.school.id, me.person.id, channel_id, at=clock.now())

    return _attempt(request, db, me, verb, said=TRIED, to=next_)


@router.post(_CHANNELS + "/apparaat", response_class=HTMLResponse)
def subscribe(
    request: Request,
    db: Writing,
    me: LoggedIn,
    name: Word = "",
    subscription: Annotated[str, Form(max_length=MAX_SUBSCRIPTION)] = "",
    next_: _Next = "",
) -> Response:
    """Send push messages to the browser that asks for it."""

    def verb() -> None:
        add_device(
            db,
            Vault(settings().home),
            me.school.id,
            me.person.id,
            name=name,
            subscription=subscription,
            at=clock.now(),
            allow_private=settings().demo,
        )

    said = "Meldingen op dit apparaat staan aan. Stuur een proefbericht om te zien of het werkt."
    return _attempt(request, db, me, verb, said=said, to=next_, device=name)


@router.post(_CHANNELS + "/{channel_id}/intrekken", response_class=HTMLResponse)
def withdraw(request: Request, db: Writing, me: LoggedIn, channel_id: UUID, next_: _Next = "") -> Response:
    """Send nothing more to a device of mine."""

    def verb() -> None:
        withdraw_device(db, me.school.id, me.person.id, channel_id, at=clock.now())

    return _attempt(request, db, me, verb, said="Dit apparaat krijgt geen meldingen meer.", to=next_)


def _attempt(
    request: Request, db: Session, me: Me, verb: Callable[[], None], *, said: str, to: str, device: str = ""
) -> Response:
    """Do it and go back to the page with the block; or show what is wrong."""
    try:
        with db.begin_nested():
            verb()
    except SchoolError as error:
        return _page(request, db, me, problem=me.say(str(known_or_not_found(error))), device=device)
    return go(to if to in _PAGES else PAGE, me.say(said))


def _page(request: Request, db: Session, me: Me, *, problem: str = "", device: str = "") -> HTMLResponse:
    return render(
        request,
        "channels_mine.html",
        status=422 if problem else 200,
        hearing=channels_block(db, me),
        problem=problem,
        device=device,
    )
