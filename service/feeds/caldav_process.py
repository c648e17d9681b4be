"""Write to a calendar server in a process of its own, that can reach nothing inside the building.

It reads one order, and writes a line for everything that is done: whoever ordered may end it at any moment
and knows how far it came. It holds no settings and no database; no line holds an address or a password.
"""

import json
import resource
import sys
from typing import Any

import requests
from caldav.collection import Calendar
from caldav.davclient import DAVClient
from caldav.elements import dav
from caldav.lib import error as dav_error
from requests.adapters import HTTPAdapter

from service.notices.reach import Guard

_CONNECT, _READ = 5, 15  # seconds
_MEMORY = 2 * 1024**3  # bytes, so that no answer fills the machine
_OURS, _KEY = "Jaarritme", "jaarritme"
_NEXTCLOUD = "/remote.php/dav/"
_TRIAL = "jaarritme-proef.ics"
_WRITTEN, _GONE = (200, 201, 204), (200, 204, 404, 410)
_DENIED, _BROKEN, _FULL = 403, 500, 507  # RFC 4918 §11.5
_HEADERS = {"Content-Type": "text/calendar; charset=utf-8"}

Order = dict[str, Any]


class NothingHereError(Exception):
    """Op dit adres is geen agenda."""


class Line(HTTPAdapter):
    """Carry requests by https alone, follow nothing, wait a bounded time, and remember the last answer."""

    plain = False
    code = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send one request."""
        if not ((request.url or "").startswith("https://") or Line.plain):
            raise requests.exceptions.InvalidSchema
        options |= {"timeout": (_CONNECT, _READ), "proxies": None}
        answer = super().send(request, *args, **options)
        Line.code = answer.status_code
        answer.headers.pop("Location", None)
        return answer


def main(options: str) -> None:
    """Carry out the order on standard input; ``options`` holds whether this machine may be reached."""
    Line.plain = bool(json.loads(options)["here"])
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    order = json.load(sys.stdin)
    guard = Guard(here=Line.plain)
    sys.addaudithook(guard)
    try:
        _carry_out(order)
    except Exception as error:  # noqa: BLE001 -- whatever it is, a word of it must come out, and no more
        _say({"trouble": "private" if guard.refused else _trouble(error)})
    else:
        _say({"ready": True})


def _carry_out(order: Order) -> None:
    calendar = order["calendar"] or _find(order)
    _say({"calendar": calendar})
    client = _client(order, calendar)
    if order["trial"]:
        _say({"written": _TRIAL, "status": _put(client, calendar + _TRIAL, order["trial"])})
        client.delete(calendar + _TRIAL)
    for name in order["delete"]:
        _say({"deleted": name, "status": _delete(client, calendar + name)})
    for name, text in order["put"].items():
        _say({"written": name, "status": _put(client, calendar + name, text)})


def _client(order: Order, url: str) -> DAVClient:
    """Return a client that asks nothing of its surroundings: no proxy, no file with passwords."""
    client = DAVClient(url=url, username=order["user"], password=order["password"], enable_rfc6764=False)
    client.session.trust_env = False
    for scheme in ("https://", "http://"):
        client.session.mount(scheme, Line())
    return client


def _find(order: Order) -> str:
    """Return the calendar at an address, or else our own among somebody's calendars, made when needed."""
    typed = str(order["url"])
    for start in (typed, typed.rstrip("/") + _NEXTCLOUD):
        client = _client(order, start)
        try:
            if _is_calendar(client, start):
                return start.rstrip("/") + "/"
            principal: Any = client.principal()  # type: ignore[no-untyped-call]
            known = [c for c in principal.get_calendars() if c.get_display_name() == _OURS]
            ours = known[0] if known else principal.make_calendar(name=_OURS, cal_id=_KEY)
        except (dav_error.AuthorizationError, dav_error.RateLimitError, requests.RequestException):
            raise
        except Exception:  # what stands there is no calendar server; at the next address there may be one
            if Line.code >= _BROKEN:
                raise
            continue
        return str(ours.url).rstrip("/") + "/"
    raise NothingHereError


def _is_calendar(client: DAVClient, url: str) -> bool:
    found: Any = Calendar(client=client, url=url).get_properties([dav.ResourceType()])
    return any("caldav}calendar" in str(kinds) for kinds in found.values())


def _put(client: DAVClient, url: str, text: str) -> int:
    status = _status(lambda: client.put(url, text, _HEADERS).status)
    if status not in _WRITTEN and status >= _BROKEN:
        raise dav_error.PutError
    return status


def _delete(client: DAVClient, url: str) -> int:
    status = _status(lambda: client.delete(url).status)
    return 204 if status in _GONE else status


def _status(ask: Any) -> int:
    try:
        return int(ask())
    except dav_error.AuthorizationError:
        if Line.code != _DENIED:
            raise
        return _DENIED


def _trouble(error: Exception) -> str:
    """Return one word for what went wrong."""
    if isinstance(error, dav_error.AuthorizationError):
        return "denied" if Line.code == _DENIED else "refused"
    for kind, word in _KINDS:
        if isinstance(error, kind):
            return word
    if Line.code >= _BROKEN:
        return "full" if Line.code == _FULL else "broken"
    return "failed"


_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (NothingHereError, "nothing"),
    (requests.exceptions.SSLError, "certificate"),
    (requests.exceptions.ConnectTimeout, "unreachable"),
    (requests.exceptions.Timeout, "slow"),
    (requests.exceptions.InvalidSchema, "insecure"),
    (requests.exceptions.ConnectionError, "unreachable"),
    (dav_error.RateLimitError, "busy"),
)


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
