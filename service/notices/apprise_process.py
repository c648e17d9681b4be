"""Send through Apprise in a process of its own, that can reach nothing inside the building.

It holds no settings and no database, and what a plugin prints goes nowhere. Each line in is an order, each
line out its outcome; neither is kept.
"""

import json
import resource
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import apprise
import requests
from apprise.common import ContentLocation
from apprise.plugins.base import NotifyBase
from apprise.plugins.vapid import NotifyVapid
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError

from service.notices.allowed import AddressError, allowed, schema_of
from service.notices.reach import Guard

_PACE = 0.3  # seconds between requests for one message; between messages there is the outbox
_MEMORY = 2 * 1024**3  # bytes, so that no answer fills the machine
_DEVICE = "device"

Order = dict[str, Any]
Outcome = dict[str, Any]


@dataclass(frozen=True)
class Times:
    """How many seconds a service gets, so that its answer is there before whoever ordered gives up."""

    patience: float = 30

    @property
    def line(self) -> tuple[float, float]:
        """Return the time to connect and the time to wait for an answer."""
        return self.patience / 6, self.patience / 2.5

    @property
    def altogether(self) -> float:
        """Return the time for a service that takes several requests."""
        return self.patience / 1.5


@dataclass
class Seen:
    """What went over the line for one order: Apprise itself tells only whether it went well."""

    code: int | None = None
    fault: str = ""


class Line(HTTPAdapter):
    """Carry requests by https alone, follow nothing, wait a bounded time, and remember what happened."""

    plain = False
    times = Times()
    seen = Seen()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send one request; Apprise swallows what is raised, so it is noted here."""
        seen = Line.seen
        seen.code, seen.fault = None, ""
        if not ((request.url or "").startswith("https://") or self.plain):
            seen.fault = "insecure"
            raise requests.exceptions.InvalidSchema
        options |= {"timeout": self.times.line, "proxies": None, "verify": options.get("verify") or True}
        try:
            answer = super().send(request, *args, **options)
        except requests.RequestException as error:
            seen.fault = _fault(error)
            raise
        seen.code = answer.status_code
        answer.headers.pop("Location", None)
        return answer


def _fault(error: requests.RequestException) -> str:
    """Tell a request that never left from one that may have arrived."""
    if isinstance(error, requests.exceptions.SSLError):
        return "certificate"
    if isinstance(error, requests.ConnectTimeout):
        return "unreachable"
    broken = bool(error.args) and isinstance(error.args[0], ProtocolError)
    return "uncertain" if broken or isinstance(error, requests.Timeout) else "unreachable"


def main(options: str) -> None:
    """Carry out orders until there are no more; ``options`` says whether this machine may be reached."""
    wanted = json.loads(options)
    here = bool(wanted["here"])
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sessions: Any = requests.sessions
    sessions.HTTPAdapter = Line  # every plugin makes its requests with it
    Line.plain, Line.times = here, Times(wanted["patience"])
    services: Any = apprise.NotificationManager
    services().enable_only("vapid", *allowed(plain=here))  # vapid for devices, never by an address
    guard = Guard(here=here)
    sys.addaudithook(guard)
    for line in sys.stdin:
        guard.refused, Line.seen = False, Seen()
        outcome = _carry_out(json.loads(line), guard, plain=here)
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()


def _carry_out(order: Order, guard: Guard, *, plain: bool) -> Outcome:
    """Return what became of an order, in words that hold nothing of the address."""
    push = order["do"] == "push"
    service = _device(order) if push else _service(order["url"], plain=plain)
    if isinstance(service, str):
        return {"outcome": service}
    if order["do"] == "check":
        return {"outcome": "sent"}
    sender = apprise.Apprise(asset=service.asset, location=ContentLocation.INACCESSIBLE)
    sender.add(service)
    body = order["body"] if push else _fit(service, order)
    title = str(order.get("title", ""))[: service.title_maxlen or None]
    result = sender.notify(title=title, body=body, body_format="text")
    return _outcome(result, guard)


def _outcome(result: apprise.AppriseResult, guard: Guard) -> Outcome:
    seen = Line.seen
    if result:
        return {"outcome": "sent"}
    if result.status == apprise.AppriseResultStatus.TIMEOUT:
        return {"outcome": "uncertain"}
    if seen.fault == "unreachable" and guard.refused:
        return {"outcome": "private"}
    return {"outcome": seen.fault or "failed", "code": seen.code}


def _service(url: str, *, plain: bool) -> NotifyBase | str:
    """Return the service of an address for one receiver, or what is wrong with the address."""
    with suppress(AddressError):
        schema_of(url, plain=plain)
        service = apprise.Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
        if isinstance(service, NotifyBase):
            return _tamed(service)
    return "unknown"


def _tamed(service: NotifyBase) -> NotifyBase | str:
    """Take back whatever an address may have asked for beyond sending one message to one receiver."""
    service.retry, service.wait = 0, 0.0
    service.redirects, service.verify_certificate = False, True
    service.socket_connect_timeout, service.socket_read_timeout = Line.times.line
    service.request_rate_per_sec = min(service.request_rate_per_sec, _PACE)
    service.attachment_support = False
    for name in ("include_image", "attach", "avatar_url"):
        if hasattr(service, name):
            setattr(service, name, None)
    return service if len(service) == 1 else "several"


def _fit(service: NotifyBase, order: Order) -> str:
    """Return the text as far as the service takes it, in whole lines, and then where the rest is."""
    body, more = str(order["body"]), str(order.get("more", ""))
    room = service.body_maxlen - (0 if service.title_maxlen else len(order["title"]) + 4)
    if len(body) <= room:
        return body
    start = body[: max(0, room - len(more) - 3)]
    return "\n".join((start.rpartition("\n")[0] or start, "…", more))


def _device(order: Order) -> NotifyBase | str:
    """Return the push service of one browser, from its subscription (RFC 8030, 8291, 8292)."""
    vapid: Any = NotifyVapid
    service = vapid(order["mailbox"], targets=[_DEVICE], keyfile=order["key"], asset=_asset())
    if not service.subscriptions.add(order["subscription"], name=_DEVICE):
        return "unknown"
    tamed = _tamed(service)
    service.ttl = int(order["ttl"])  # the address would allow a minute; a phone may sleep longer
    return tamed


def _asset() -> apprise.AppriseAsset:
    return apprise.AppriseAsset(
        app_id="Jaarritme",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        http_redirects=False,
        allow_templates=False,  # they read this process's environment
        service_timeout=Line.times.altogether,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
    )
