"""What every request and answer must obey, whatever page it is for: origin, size and headers."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 25 * 1024 * 1024
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that a browser sends "Origin: null" along with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
# This page sends no referrer, so its own form may come with "Origin: null"; what it does asks no cookie but
# the token in its address, which another site can't know.
_NO_REFERRER = "/wachtwoord/"
_HSTS = "max-age=31536000; includeSubDomains"


class Guard:
    """Refuse what comes from another site or is too large, and put the headers on every answer."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.headers = _HEADERS | ({"Strict-Transport-Security": _HSTS} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        answer = self._refusal(scope["method"], scope["path"], headers)
        await (answer or self.app)(scope, _limited(receive), self._dressed(send))

    def _refusal(self, method: str, path: str, headers: Headers) -> PlainTextResponse | None:
        if method not in _SAFE and not comes_from_here(headers, path):
            return PlainTextResponse("Dit verzoek kwam van een andere site.", 403)
        if int(headers.get("content-length") or 0) > MAX_BODY:
            return PlainTextResponse("Dit bestand is te groot.", 413)
        return None

    def _dressed(self, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return dressed


async def refuse_what_no_database_keeps(request: Request) -> None:
    """Refuse a form with a NUL in a text field: PostgreSQL keeps none, and no keyboard makes one."""
    if request.method not in _SAFE:
        form = await request.form()
        if any("\0" in value for value in (*form.keys(), *form.values()) if isinstance(value, str)):
            raise HTTPException(422)


def comes_from_here(headers: Headers, path: str = "/") -> bool:
    """Tell whether our own page, or something that is no browser, sent a request that changes things."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin == "null" and path.startswith(_NO_REFERRER):
        return True
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _limited(receive: Receive) -> Receive:
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY:
            raise HTTPException(413)
        return message

    return limited
