"""Push messages to a browser: what it may hand us as its address, and what it is told."""

import json
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from service.notices.parcel import Parcel
from service.notices.reach import is_loopback, is_public

MAX_SUBSCRIPTION = 2000  # characters
_AUTH = 16  # bytes (RFC 8291 §3.2)
_PAGE = "/vandaag"
_TEXT = "Open Jaarritme om te zien wat er klaarstaat."


class SubscriptionError(Exception):
    """Dit apparaat gaf geen bruikbaar adres voor meldingen."""


def read_subscription(text: str, *, allow_private: bool = False) -> str:
    """Return a browser's subscription with only what sending takes; raise ``SubscriptionError``."""
    try:
        given = json.loads(text[:MAX_SUBSCRIPTION])
        keys = {name: str(given["keys"][name]) for name in ("p256dh", "auth")}
        endpoint = str(given["endpoint"])
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(keys["p256dh"]))
        fits = len(_decoded(keys["auth"])) == _AUTH and _is_fit(endpoint, allow_private=allow_private)
    except (ValueError, TypeError, KeyError, RecursionError):
        fits = False
    if not fits:
        raise SubscriptionError(SubscriptionError.__doc__)
    return json.dumps({"endpoint": endpoint, "keys": keys})


def payload(parcel: Parcel) -> str:
    """Return what the service worker shows; the lock screen is no place for the text itself.

    ``tag`` lets a second copy of the same message replace the first.
    """
    said: dict[str, Any] = {"title": parcel.subject, "body": _TEXT, "url": _PAGE, "tag": parcel.message_id}
    return json.dumps(said, ensure_ascii=False)


def _is_fit(endpoint: str, *, allow_private: bool) -> bool:
    """Tell whether an address is a public https host; sending looks again, after DNS."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.username or not endpoint.isprintable() or " " in endpoint:
        return False
    if allow_private and is_loopback(host):
        return True
    return parts.port in {None, 443} and "." in host and not _is_number(host)


def _is_number(host: str) -> bool:
    """Tell whether a host is an address instead of a name: a push service has a name."""
    return is_public(host) or ":" in host or host.rpartition(".")[2].isdigit() or host.startswith("0x")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
