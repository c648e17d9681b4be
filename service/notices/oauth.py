"""Ask for the token that the mail servers of Microsoft and Google want in place of a password (RFC 6749)."""

import re
import threading
import time
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from service.notices.sealed_file import SealedFile
from service.settings import Settings

_MARGIN = 120  # seconds before its end at which a token counts as spent
_PATIENCE = 30  # seconds
_ERROR = re.compile(r"[a-z_]{1,40}")
_ADVICE = {
    "invalid_client": "controleer JAARRITME_OAUTH_CLIENT_ID en JAARRITME_OAUTH_CLIENT_SECRET",
    "invalid_grant": "de toestemming is verlopen; vraag een nieuw JAARRITME_OAUTH_REFRESH_TOKEN aan",
    "invalid_scope": "controleer JAARRITME_OAUTH_SCOPE",
    "unauthorized_client": "de toepassing mag dit nog niet; laat de beheerder van de mail toestemming geven",
}

_kept: dict[str, tuple[str, float]] = {}
_turn = threading.Lock()


class NoTokenError(Exception):
    """De aanmelddienst voor mail geeft geen toegang."""


def access_token(ours: Settings, *, fresh: bool = False) -> str:
    """Return a token for the mail server, kept until shortly before its end; ``fresh`` asks a new one.

    With a refresh token as the person who gave it, otherwise as the application itself (client credentials).
    """
    _require_settings(ours)
    account = _account(ours)
    with _turn:
        token, end = _kept.get(account, ("", 0.0))
        if fresh or time.monotonic() >= end:
            token, lasts = _asked(ours, account)
            _kept[account] = (token, time.monotonic() + lasts - _MARGIN)
    return token


def xoauth2(user: str, token: str) -> str:
    """Return the answer of AUTH XOAUTH2, before base64: smtplib and imaplib encode it themselves."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _require_settings(ours: Settings) -> None:
    if not (ours.oauth_token_url and ours.oauth_client_id):
        raise NoTokenError("Voor inloggen met XOAUTH2 ontbreekt JAARRITME_OAUTH_TOKEN_URL of _CLIENT_ID.")
    if not is_safe(ours.oauth_token_url):
        raise NoTokenError("JAARRITME_OAUTH_TOKEN_URL moet met https:// beginnen.")


def is_safe(url: str) -> bool:
    """Tell whether a secret may travel to an address: encrypted, or within this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")


def _account(ours: Settings) -> str:
    facts = (ours.oauth_token_url, ours.oauth_client_id, ours.oauth_scope, ours.oauth_refresh_token)
    return sha256("\n".join(facts).encode()).hexdigest()


def _asked(ours: Settings, account: str) -> tuple[str, float]:
    """Ask for a token; keep a newer refresh token, for the old one ends (Microsoft: after 90 days)."""
    renewed = SealedFile(ours.home, "mail-refresh-token", about=f"oauth:{account}")
    refresh = renewed.read() or ours.oauth_refresh_token
    answer = _answer(ours, refresh)
    token, newer = answer.get("access_token"), answer.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise NoTokenError(NoTokenError.__doc__)
    if isinstance(newer, str) and ours.oauth_refresh_token and newer != refresh:
        renewed.write(newer)
    return token, float(answer.get("expires_in") or _MARGIN)


def _answer(ours: Settings, refresh: str) -> dict[str, Any]:
    # Slow to load, and few schools log in this way.
    from authlib.integrations.base_client import OAuthError  # noqa: PLC0415 -- see above
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 -- see above
    from requests import RequestException  # noqa: PLC0415 -- see above

    method = "client_secret_post" if ours.oauth_client_secret else "none"
    asked: dict[str, Any] = {"timeout": _PATIENCE, "allow_redirects": False}
    if ours.oauth_scope:
        asked["scope"] = ours.oauth_scope
    kind = {"refresh_token": refresh} if refresh else {}
    grant = "refresh_token" if refresh else "client_credentials"
    try:
        with OAuth2Session(
            ours.oauth_client_id, ours.oauth_client_secret or None, token_endpoint_auth_method=method
        ) as client:
            return dict(client.fetch_token(ours.oauth_token_url, grant_type=grant, **kind, **asked))
    except OAuthError as error:
        raise NoTokenError(_why(str(error.error))) from None  # its own words may repeat what we sent
    except (RequestException, ValueError) as error:
        raise NoTokenError(f"De aanmelddienst voor mail antwoordt niet ({type(error).__name__}).") from None


def _why(code: str) -> str:
    code = code if _ERROR.fullmatch(code) else "onbekend"
    advice = _ADVICE.get(code, "kijk in docs/administrator.md onder XOAUTH2")
    return f"De aanmelddienst voor mail geeft geen toegang ({code}): {advice}."
