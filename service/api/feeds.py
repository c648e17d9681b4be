"""The calendar door: ``/f/<token>.ics`` gives the bytes as they were rendered, plain or packed.

It is plain ASGI: calendar programs ask day and night, mostly for what they have already, and such an answer
should cost no thread, no model and, on SQLite, no query.
"""

import logging
import re
from time import monotonic

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from models.database import unit_of_work
from service.api.access_log import be_discreet
from service.api.conditional import accepts_gzip, http_date, is_since, known_tag
from service.clock import now
from service.feeds.pace import Pace
from service.feeds.read import note_fetch
from service.feeds.shelf import Known, Served, Shelf
from service.feeds.tokens import hashed

be_discreet()  # whoever serves these addresses must not write them down
router = APIRouter(include_in_schema=False)
_log = logging.getLogger(__name__)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 octets
_HERE = ("127.0.0.1", "::1")
_ALWAYS = {
    "Cache-Control": "private, max-age=300",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_NO_STORE = {**_ALWAYS, "Cache-Control": "no-store"}


class Subscription:
    """Serves subscriptions; a withdrawn address and an unknown one answer alike."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; write down afterwards that it came."""
        headers, token = Headers(scope=scope), str(scope["path_params"]["token"])
        if not _TOKEN.fullmatch(token):
            await _unknown()(scope, receive, send)
            return
        key, door, pack = hashed(token), _door(scope), accepts_gzip(headers.get("accept-encoding", ""))
        wait = door.wait(scope, key)
        if wait:
            slow_down = Response(status_code=429, headers={**_NO_STORE, "Retry-After": str(wait)})
            await slow_down(scope, receive, send)
            return
        found = await door.find(key, pack=pack)
        answer = _answer(found, headers, scope["method"], pack=pack) if found else _unknown()
        await answer(scope, receive, send)
        if found and found.known.wants_note(now()):
            await run_in_threadpool(_note, scope, found.known, headers.get("user-agent", ""))


class _Door:
    """What one application remembers between requests."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.pace = shelf, Pace()

    def wait(self, scope: Scope, key: str) -> int:
        """Return how many seconds too early this request is; who sits at this machine is never."""
        client = scope.get("client")
        return 0 if client and client[0] in _HERE else self.pace.wait(key, monotonic())

    async def find(self, key: str, *, pack: bool) -> Served | None:
        """Return a calendar, from memory when the database is as it was."""
        stamp = self.shelf.stamp()
        found = self.shelf.at_hand(key, stamp, pack=pack)
        return found or await run_in_threadpool(self.shelf.look_up, key, stamp, pack=pack)


def _door(scope: Scope) -> _Door:
    state = scope["app"].state
    if not hasattr(state, "feed_door"):
        state.feed_door = _Door(Shelf(state.engine))
    door: _Door = state.feed_door
    return door


def _unknown() -> Response:
    return Response(status_code=404, headers=_NO_STORE)


def _answer(found: Served, headers: Headers, method: str, *, pack: bool) -> Response:
    """Answer with the form that was asked for; each form has a tag of its own (RFC 9110 §8.8.3.3)."""
    etags = f'"{found.known.etag}"', f'"{found.known.etag}-gzip"'
    chosen, other = reversed(etags) if pack else etags
    told = {**_ALWAYS, "Vary": "Accept-Encoding", "Last-Modified": http_date(found.known.rendered_at)}
    if (had := _had(found.known, headers, (chosen, other))) is not None:
        return Response(status_code=304, headers={**told, "ETag": had})
    told |= {"ETag": chosen, "Content-Length": str(len(found.body))}
    if pack:
        told["Content-Encoding"] = "gzip"
    body = b"" if method == "HEAD" else found.body
    return Response(body, headers=told, media_type="text/calendar; charset=utf-8")


def _had(known: Known, headers: Headers, etags: tuple[str, str]) -> str | None:
    """Return the tag of what the asker has and may keep; a tag says more than a date (RFC 9110 §13.2.2)."""
    tags, since = headers.get("if-none-match"), headers.get("if-modified-since")
    if tags is not None:
        return known_tag(tags, etags)
    return etags[0] if since and is_since(since, known.rendered_at) else None


def _note(scope: Scope, known: Known, user_agent: str) -> None:
    try:
        with unit_of_work(scope["app"].state.engine) as session:
            note_fetch(session, known.feed_id, at=now(), by=user_agent)
    except SQLAlchemyError as error:  # the calendar was served; that it was is less important
        _log.warning("a fetch could not be noted: %s", type(error).__name__)


router.routes.append(Route("/f/{token}.ics", Subscription(), methods=["GET", "HEAD"]))
