"""The flows: did everything run, did every message leave, and what to do when not."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from models import RunVia, TimerRun
from service import clock
from service.access.scope import NotFoundError
from service.notices.retry import NotDeadError, retry
from service.rhythm.overview import Light, overview, recent_runs
from service.rhythm.run import TimerBusyError, run_timer
from service.rhythm.timers import TIMERS
from service.rhythm.words import counts_in_words
from service.school.checks import checks
from service.school.pause import pause_messages
from service.settings import settings
from service.web.keepers import require_administrator
from service.web.outbox_view import feeds_of_school, message_of, outbox_of
from service.web.page import LoggedIn, Reading, Writing, go, render
from service.web.post_admin import KINDS
from service.web.post_view import restored_of, shut_of

router = APIRouter(prefix="/beheer/stromen")
_HERE = "/beheer/stromen"
_LONG_WAIT = timedelta(minutes=15)
_AGAIN = (
    "Het bericht krijgt bij de eerstvolgende bezorging een nieuwe kans. "
    "Is het dan niet meer nodig, dan blijft het hier, met de reden."
)
_VIA = {RunVia.PREFECT: "Prefect", RunVia.FALLBACK: "de reserve", RunVia.COMMAND: "de hand"}
_PRIVATE = {"apprise": "een eigen kanaal van deze collega", "push": "een eigen apparaat van deze collega"}
_STATES = {
    "ready": "wacht",
    "leased": "wordt verstuurd",
    "sent": "verstuurd",
    "dead": "vastgelopen",
    "expired": "verlopen",
    "suppressed": "niet meer nodig",
    "bounced": "teruggekomen",
}


@router.get("", response_class=HTMLResponse)
def flows(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show every flow with its light, the outbox, and what is odd in the set-up."""
    require_administrator(me)
    at = clock.now()
    rows = overview(db, at)
    outbox = outbox_of(db, me.school, at)
    return render(
        request,
        "flows.html",
        rows=rows,
        red=sum(row.light == Light.RED for row in rows),
        orange=sum(row.light == Light.ORANGE for row in rows),
        did={row.timer.name: _did(row.last_run) for row in rows},
        via=_VIA,
        outbox=outbox,
        waits_long=outbox.oldest is not None and outbox.oldest > _LONG_WAIT,
        kinds=KINDS,
        restored=restored_of(db, at),
        shut=shut_of(db, me.school, at),
        paused=me.school.messages_paused,
        feeds=feeds_of_school(db, me.school, at),
        checks=checks(db, me.school, clock.today(), has_mail=bool(settings().smtp_url)),
        prefect=settings().prefect_url,
        now=at,
    )


@router.get("/{name}", response_class=HTMLResponse)
def flow(request: Request, db: Reading, me: LoggedIn, name: str) -> HTMLResponse:
    """Show the latest runs of one flow."""
    require_administrator(me)
    if name not in TIMERS:
        raise NotFoundError
    row = next(row for row in overview(db, clock.now()) if row.timer.name == name)
    runs = [(run, _did(run)) for run in recent_runs(db, name, 30)]
    return render(request, "flow.html", row=row, runs=runs, via=_VIA)


@router.post("/{name}/uitvoeren")
def run_now(request: Request, me: LoggedIn, name: str) -> Response:
    """Run a flow at once; it opens its own transactions."""
    require_administrator(me)
    if name not in TIMERS:
        raise NotFoundError
    title = TIMERS[name].title
    try:
        run = run_timer(name, request.app.state.engine, clock.now(), RunVia.COMMAND)
    except TimerBusyError:
        return go(_HERE, me.say("%(title)s loopt al. Kijk zo nog eens.", title=title))
    if run.error:
        return go(_HERE, me.say("%(title)s liep, maar er ging iets mis: zie de melding.", title=title))
    return go(_HERE, me.say("%(title)s is uitgevoerd.", title=title))


@router.get("/bericht/{message_id}", response_class=HTMLResponse)
def message(request: Request, db: Reading, me: LoggedIn, message_id: UUID) -> HTMLResponse:
    """Show what happened to a message; its text stays closed."""
    require_administrator(me)
    found = message_of(db, me.school, message_id, me.person.id)
    if found is None:
        raise NotFoundError
    about, person, (channel, private) = found
    return render(
        request,
        "flow_message.html",
        message=about,
        person=person,
        channel=channel,
        private=_PRIVATE.get(private),
        kinds=KINDS,
        states=_STATES,
    )


@router.post("/bericht/{message_id}/opnieuw")
def try_again(db: Writing, me: LoggedIn, message_id: UUID) -> Response:
    """Let a stuck message leave after all."""
    require_administrator(me)
    if message_of(db, me.school, message_id, me.person.id) is None:
        raise NotFoundError
    try:
        retry(db, message_id, at=clock.now())
    except NotDeadError:
        return go(_HERE, me.say("Dit bericht is niet vastgelopen; er is niets veranderd."))
    return go(_HERE, me.say(_AGAIN))


@router.post("/pauze")
def pause(db: Writing, me: LoggedIn, on: Annotated[str, Form(max_length=3)] = "") -> Response:
    """Hold all messages of this school, or let them go."""
    require_administrator(me)
    if on not in {"ja", "nee"}:
        raise NotFoundError
    pause_messages(db, me.school.id, paused=on == "ja", actor_id=me.person.id, at=clock.now())
    if on == "ja":
        return go(_HERE, me.say("Alle berichten van deze school wachten nu."))
    return go(_HERE, me.say("Berichten gaan weer weg, te beginnen met wat wacht."))


def _did(run: TimerRun | None) -> list[tuple[str, int]]:
    """Return what a run did, without what it did not."""
    return [(words, count) for words, count in counts_in_words(run) if count] if run else []
