"""The calendar door: ``/f/<token>.ics`` gives the bytes as they were rendered, plain or packed.

It stands before the pages, as plain ASGI: calendar programs ask day and night, mostly for what they have
already, and such an answer should cost no thread, no header for browsers and, on SQLite, no query.
"""

import re
from time import monotonic

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.access_log import be_discreet
from service.api.conditional import accepts_gzip, http_date, is_since, known_tag
from service.api.fetches import Fetches
from service.clock import now
from service.feeds.pace import Pace
from service.feeds.shelf import Known, Served, Shelf
from service.feeds.tokens import hashed

be_discreet()  # whoever serves these addresses must not write them down
_ADDRESS = re.compile(r"/f/(.*)\.ics")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 octets
_HERE = ("127.0.0.1", "::1")
_ALWAYS = {
    "Cache-Control": "private, max-age=300",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_NO_STORE = {**_ALWAYS, "Cache-Control": "no-store"}


class FeedDoor:
    """Serves subscriptions, and lets every other request through to the application."""

    def __init__(self, app: ASGIApp, engine: Engine) -> None:
        self.app, self.shelf, self.pace, self.fetches = app, Shelf(engine), Pace(), Fetches(engine)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_asked = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        asked = _ADDRESS.fullmatch(scope["path"]) if is_asked else None
        if asked is None:
            await self.app(scope, receive, send)
        else:
            await self._serve(asked[1], scope, receive, send)

    async def _serve(self, token: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a subscription, and write down that it was fetched; withdrawn and unknown answer alike."""
        headers = Headers(scope=scope)
        key, pack = hashed(token), accepts_gzip(headers.get("accept-encoding", ""))
        wait = self._wait(scope, key)
        if wait:
            slow_down = Response(status_code=429, headers={**_NO_STORE, "Retry-After": str(wait)})
            await slow_down(scope, receive, send)
            return
        found = await self._find(key, pack=pack) if _TOKEN.fullmatch(token) else None
        answer = _answer(found, headers, scope["method"], pack=pack) if found else _unknown()
        await answer(scope, receive, send)
        if found and found.known.wants_note(at := now()):
            await self.fetches.note(found.known.feed_id, at, headers.get("user-agent", ""))

    def _wait(self, scope: Scope, key: str) -> int:
        """Return how many seconds too early this request is; who sits at this machine is never."""
        client = scope.get("client")
        return 0 if client and client[0] in _HERE else self.pace.wait(key, monotonic())

    async def _find(self, key: str, *, pack: bool) -> Served | None:
        """Return a calendar, from memory when the database is as it was."""
        stamp = self.shelf.stamp()
        found = self.shelf.at_hand(key, stamp, pack=pack)
        return found or await run_in_threadpool(self.shelf.look_up, key, stamp, pack=pack)


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
