"""Carry mail by SMTP on one kept connection; what was promised about encryption is never lowered."""

import re
import selectors
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from service.notices.oauth import NoTokenError, xoauth2
from service.notices.parcel import (
    LaterError,
    LostClaimError,
    NotNowError,
    RefusedError,
    SilentError,
    SpentError,
    UncertainError,
    UnreachableError,
)
from service.notices.smtp_line import CLOSING, GO_AHEAD, Line, Offer, SecureLine, connected, with_final_dot

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_ACCESS = (530, 534, 535, 538)  # the server wants a login first (RFC 4954 §6): our settings, not this mail
_BAD_LOGIN = 535  # also what a token says that has expired
# What an account may send in a day is sent: Gmail (5.4.5), Microsoft 365 (the others).
_SPENT = re.compile(rb"\b5\.(?:4\.5|1\.90|7\.23[23]|7\.705)\b")
_HERE = ("127.0.0.1", "localhost", "::1")
_ANSWERS = (2, 4, 5)  # yes, not now, no; of 3yz only the one that DATA asks for
_SHOWN = 200  # characters of a server's own words
# How each answer to an offer is read: to the sender, the recipient and the wish to go ahead.
_OFFER: tuple[dict[str, Any], ...] = ({}, {"later": NotNowError}, {"wanted": GO_AHEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in: smtp://, smtps:// or smtp+starttls://[user:password@]host[:port][?auth=xoauth2].

    Secrets travel encrypted, or not further than this machine.
    """

    security: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    by_token: bool = False

    @classmethod
    def read(cls, url: str) -> Self:
        """Read a mail server's address; errors never repeat it, for it may hold a password."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("not an address of a mail server")
        how = parse_qs(parts.query, strict_parsing=True, max_num_fields=1) if parts.query else {}
        if how not in ({}, {"auth": ["xoauth2"]}) or (how and not parts.username):
            raise ValueError("not a way to log in that we know")
        if parts.scheme == "smtp" and parts.username and parts.hostname not in _HERE:
            raise ValueError("a secret must travel encrypted")
        return cls(
            security=parts.scheme,
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            by_token=bool(how),
        )


class _LostError(LaterError):
    """De verbinding met de mailserver brak."""


class MailCarrier:
    """Hands in mails one by one; ``timeout`` in seconds holds for each answer but the last.

    After the final dot the server owns the mail, so its last answer is awaited for ``patience`` seconds
    (ten minutes: RFC 5321 §4.5.3.2.6). ``token`` is asked for what to log in with; told that the last one
    was refused, it brings a new one.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        timeout: float = 60,
        patience: float = 600,
        token: Callable[[bool], str] | None = None,
    ) -> None:
        self._server, self._timeout, self._patience = server, timeout, patience
        self._token = token
        self._smtp: Line | SecureLine | None = None

    def send(self, data: bytes, *, sender: str, to: str, alive: Callable[[], bool | None]) -> None:
        """Hand in one mail for one recipient.

        ``alive`` is called while the server keeps us waiting; False when the mail is no longer ours.
        """
        kept, begun = self._smtp is not None, monotonic()
        offer = Offer(sender, to, len(data))
        try:
            self._offer(offer)
        except _LostError:
            if not kept:
                raise
            self._offer(offer)  # it had only grown tired of a connection kept so long
        if monotonic() - begun > self._timeout and alive() is False:
            self._drop()
            raise LostClaimError(LostClaimError.__doc__)
        self._hand_over(data, alive)

    def begin(self, data: bytes, *, sender: str, to: str) -> None:
        """Offer the mail that comes next without waiting; what is wrong with it shows in its turn.

        The server looks at it while we keep that the one before has left.
        """
        try:
            if self._smtp:
                self._smtp.begin(Offer(sender, to, len(data)))
        except (OSError, smtplib.SMTPException):
            self._drop()
        except ValueError:
            return

    def close(self) -> None:
        """Say goodbye, if anyone is still there."""
        if self._smtp:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                pass
            finally:
                self._drop()

    def _offer(self, offer: Offer) -> None:
        """Name sender, recipient and size, until the server says: go ahead."""
        if self._smtp and self._smtp.begun not in {None, offer}:
            self._drop()  # another mail was offered, which can't be taken back
        smtp = self._smtp or self._connect()
        try:
            if not smtp.begun:
                smtp.begin(offer)
            for (code, words), how in zip(smtp.answers(), _OFFER, strict=False):
                self._require(code, words, **how)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise _LostError(_LostError.__doc__) from error
        except ValueError as error:
            self._drop()
            raise RefusedError("Dit mailadres kan niet worden gebruikt.") from error

    def _hand_over(self, data: bytes, alive: Callable[[], bool | None]) -> None:
        """Send the mail itself; whatever breaks here may have broken after the server took it."""
        smtp = self._smtp
        assert smtp is not None  # noqa: S101 -- _offer opened it
        try:
            smtp.send(with_final_dot(data))
            self._await(smtp, alive)
            code, words = smtp.getreply()
            if code // 100 not in _ANSWERS:
                raise smtplib.SMTPResponseException(code, words)
        except TimeoutError as error:
            self._drop()
            silent = "De mailserver antwoordde niet meer; mogelijk is het bericht aangekomen."
            raise SilentError(silent) from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            lost = "De verbinding brak na het versturen; mogelijk is het bericht aangekomen."
            raise UncertainError(lost) from error
        self._require(code, words)

    def _await(self, smtp: smtplib.SMTP, alive: Callable[[], bool | None]) -> None:
        assert smtp.sock  # noqa: S101 -- it is connected
        with selectors.DefaultSelector() as selector:
            selector.register(smtp.sock, selectors.EVENT_READ)
            waited = 0.0
            while not selector.select(self._timeout):
                waited += self._timeout
                if waited >= self._patience:
                    raise TimeoutError
                alive()

    def _require(
        self,
        code: int,
        words: bytes,
        *,
        wanted: int | None = None,
        later: type[LaterError | NotNowError] = LaterError,
    ) -> None:
        """Raise what a refusal means, and leave the connection fit for the next mail."""
        if code == wanted or (wanted is None and code // 100 == 2):  # noqa: PLR2004 -- 2yz is a yes (RFC 5321)
            return
        said = _said(code, words)
        if code // 100 not in _ANSWERS or code // 100 == 2:  # noqa: PLR2004 -- a yes to what was not asked
            self._drop()
            raise _LostError(f"De mailserver zegt iets wat we niet begrijpen: {said}")
        if code == CLOSING:
            self._drop()
            raise _LostError(f"De mailserver sluit de verbinding: {said}")
        if code in _ACCESS:
            self._drop()
            raise UnreachableError(f"De mailserver laat ons niet toe: {code}")
        self._reset()
        if _SPENT.search(words):
            raise SpentError(f"De mailserver neemt vandaag niet meer van ons aan: {code}")
        if code // 100 == 5:  # noqa: PLR2004 -- 5yz is a no for good
            raise RefusedError(f"De mailserver weigert dit bericht: {said}")
        raise later(f"De mailserver neemt dit bericht nu niet aan: {said}")

    def _reset(self) -> None:
        try:
            if self._smtp:
                self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._smtp:
            self._smtp.close()
            self._smtp = None

    def _connect(self) -> Line | SecureLine:
        try:
            self._smtp = self._logged_in()
        except ssl.SSLError as error:
            why = f"De versleutelde verbinding met de mailserver lukt niet: {error.reason}"
            raise UnreachableError(why) from error
        except NoTokenError as error:
            raise UnreachableError(str(error)) from error
        except smtplib.SMTPAuthenticationError as error:
            raise UnreachableError(_no_login(error.smtp_code, self._server)) from error
        except smtplib.SMTPNotSupportedError as error:
            why = "De mailserver kan niet wat de instelling vraagt (STARTTLS of inloggen); er gaat niets weg."
            raise UnreachableError(why) from error
        except smtplib.SMTPResponseException as error:
            said = _said(error.smtp_code, error.smtp_error)
            raise UnreachableError(f"De mailserver laat ons niet binnen: {said}") from error
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise UnreachableError(UnreachableError.__doc__) from error
        return self._smtp

    def _logged_in(self) -> Line | SecureLine:
        """Connect and log in; a token that is refused is renewed once."""
        server = self._server
        smtp = connected(server.security, server.host, server.port, self._timeout)
        with _closed_on_error(smtp):
            smtp.ehlo_or_helo_if_needed()
            if self._server.by_token:
                self._log_in_by_token(smtp)
            elif self._server.user:
                smtp.login(self._server.user, self._server.password)
        return smtp

    def _log_in_by_token(self, smtp: smtplib.SMTP) -> None:
        if self._token is None:
            raise NoTokenError(NoTokenError.__doc__)
        if "XOAUTH2" not in smtp.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPNotSupportedError
        try:
            self._try_token(smtp, self._token(False))
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code != _BAD_LOGIN:
                raise
            self._try_token(smtp, self._token(True))

    def _try_token(self, smtp: smtplib.SMTP, token: str) -> None:
        """Show the token at once; to a challenge, which says what is wrong, the answer is empty."""
        said = xoauth2(self._server.user, token)
        smtp.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")


def _said(code: int, words: bytes | str) -> str:
    text = words if isinstance(words, str) else words.decode("utf-8", "replace")
    return f"{code} {text}"[:_SHOWN]


def _no_login(code: int, server: MailServer) -> str:
    if server.by_token:
        return (
            f"De mailserver accepteert ons token niet ({code}): mag deze toepassing mail versturen voor dit "
            "postvak? Zie docs/administrator.md onder XOAUTH2."
        )
    return f"De mailserver accepteert onze inlog niet: {code}"


@contextmanager
def _closed_on_error(smtp: smtplib.SMTP) -> Iterator[None]:
    try:
        yield
    except BaseException:
        smtp.close()
        raise
