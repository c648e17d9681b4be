"""The outgoing post: why something waits, what got stuck or came back, and what to do about it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from service import clock
from service.access.scope import NotFoundError
from service.notices.journal import Journal
from service.notices.restored import Choice, NotPausedError, release
from service.notices.retry import Retried, retry_all, stuck_by
from service.school.mail_address import write_again
from service.settings import settings
from service.web.keepers import require_administrator
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.post_view import is_refused_here, post_of, rests_of

router = APIRouter(prefix="/beheer/post")
_HERE = "/beheer/post"
_NOTHING = "Hiervan is niets meer vastgelopen; er is niets veranderd."
KINDS = {
    "digest": "herinnering",
    "invitation": "uitnodiging",
    "cancellation": "afzegging",
    "counter": "antwoord op een voorstel",
    "notice": "bericht",
}


@router.get("", response_class=HTMLResponse)
def post(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show what waits and why, what is shut, what got stuck and what came back."""
    require_administrator(me)
    at = clock.now()
    found = post_of(db, me.school, at)
    return render(request, "post.html", post=found, kinds=KINDS, paused=me.school.messages_paused, now=at)


@router.post("/teruggezet")
def decide(db: Writing, me: LoggedIn, choice: Annotated[str, Form(max_length=4)] = "") -> Response:
    """Let delivery go on after an old copy of the database was put back."""
    require_administrator(me)
    if choice not in set(Choice):
        raise NotFoundError
    try:
        done = release(db, Journal(settings().home), Choice(choice), actor_id=me.person.id, at=clock.now())
    except NotPausedError:
        return go(_HERE, me.say("De bezorging liep al weer; er is niets veranderd."))
    counts = {"known": done.known, "skipped": done.skipped + done.expired, "left": done.left}
    return go(
        _HERE,
        me.say(
            "De bezorging loopt weer. Al weg: %(known)s, overgeslagen: %(skipped)s, gaat mee: %(left)s.",
            **counts,
        ),
    )


@router.get("/vastgelopen/{key}", response_class=HTMLResponse)
def look_again(request: Request, db: Reading, me: LoggedIn, key: str) -> Response:
    """Show what trying everything of one cause again comes to; nothing changes yet."""
    require_administrator(me)
    at = clock.now()
    stuck = stuck_by(db, me.school.id, key, at)
    if stuck is None:
        return go(_HERE, me.say(_NOTHING))
    rests = rests_of(db, me.school, stuck, at)
    paused = me.school.messages_paused
    return render(request, "post_again.html", stuck=stuck, kinds=KINDS, rests=rests, paused=paused)


@router.post("/vastgelopen/{key}")
def all_again(db: Writing, me: LoggedIn, key: str) -> Response:
    """Let everything that one cause held up at this school leave after all."""
    require_administrator(me)
    done = retry_all(db, me.school.id, key, actor_id=me.person.id, at=clock.now())
    return go(_HERE, _told(me, done))


@router.post("/adres/{person_id}")
def accepted_again(db: Writing, me: LoggedIn, person_id: UUID) -> Response:
    """Send mail again to someone whose address gave it back."""
    require_administrator(me)
    if not is_refused_here(db, me.school, person_id):
        raise NotFoundError
    meetings = write_again(db, person_id, at=clock.now())
    return go(
        _HERE,
        me.say("Er gaat weer mail naar dit adres. Gemiste mail over overleggen: %(count)d.", count=meetings),
    )


def _told(me: Me, done: Retried) -> str:
    """Return how many are ready again and how many are not, and why."""
    if not (done.ready or done.expired):
        return me.say(_NOTHING)
    one, many = "1 staat weer klaar", "%(count)d staan weer klaar"
    said = [me.say(one) if done.ready == 1 else me.say(many, count=done.ready)]
    one, many = "1 is intussen verlopen", "%(count)d zijn intussen verlopen"
    if done.expired:
        said.append(me.say(one) if done.expired == 1 else me.say(many, count=done.expired))
    return ", ".join(said) + "."
