"""Carry mail by SMTP on one kept connection; what was promised about encryption is never lowered."""

import re
import selectors
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

from service.notices.parcel import LaterError, RefusedError, UncertainError, UnreachableError

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_CLOSING = 421
_GO_AHEAD = 354
_ACCESS = (530, 534, 535, 538)  # the server wants a login first (RFC 4954 §6): our settings, not this mail
_DOT = re.compile(rb"^\.", re.MULTILINE)
_SHOWN = 200  # characters of a server's own words


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in: smtp://, smtps:// or smtp+starttls://[user:password@]host[:port]."""

    security: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    @classmethod
    def read(cls, url: str) -> Self:
        """Read a mail server's address; errors never repeat it, for it may hold a password."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("not an address of a mail server")
        return cls(
            security=parts.scheme,
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


class _LostError(LaterError):
    """De verbinding met de mailserver brak."""


class MailCarrier:
    """Hands in mails one by one; ``timeout`` in seconds holds for each answer but the last.

    After the final dot the server owns the mail, so its last answer is awaited for ``patience`` seconds
    (ten minutes: RFC 5321 §4.5.3.2.6).
    """

    def __init__(self, server: MailServer, *, timeout: float = 60, patience: float = 600) -> None:
        self._server, self._timeout, self._patience = server, timeout, patience
        self._smtp: smtplib.SMTP | None = None

    def send(self, data: bytes, *, sender: str, to: str, alive: Callable[[], None]) -> None:
        """Hand in one mail for one recipient; ``alive`` is called while the server keeps us waiting."""
        kept = self._smtp is not None
        try:
            self._offer(data, sender, to)
        except _LostError:
            if not kept:
                raise
            self._offer(data, sender, to)  # it had only grown tired of a connection kept so long
        self._hand_over(data, alive)

    def close(self) -> None:
        """Say goodbye, if anyone is still there."""
        if self._smtp:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                pass
            finally:
                self._drop()

    def _offer(self, data: bytes, sender: str, to: str) -> None:
        """Name sender, recipient and size, until the server says: go ahead."""
        smtp = self._smtp or self._connect()
        size = [f"size={len(data)}"] if smtp.has_extn("size") else []
        try:
            self._require(*smtp.mail(sender, size))
            self._require(*smtp.rcpt(to))
            self._require(*smtp.docmd("data"), wanted=_GO_AHEAD)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise _LostError(_LostError.__doc__) from error
        except ValueError as error:
            self._drop()
            raise RefusedError("Dit mailadres kan niet worden gebruikt.") from error

    def _hand_over(self, data: bytes, alive: Callable[[], None]) -> None:
        """Send the mail itself; whatever breaks here may have broken after the server took it."""
        smtp = self._smtp
        assert smtp is not None  # noqa: S101 -- _offer opened it
        try:
            smtp.send(_with_final_dot(data))
            self._await(smtp, alive)
            code, words = smtp.getreply()
            if code < 0:
                raise smtplib.SMTPResponseException(code, words)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            lost = "De verbinding brak na het versturen; mogelijk is het bericht aangekomen."
            raise UncertainError(lost) from error
        self._require(code, words)

    def _await(self, smtp: smtplib.SMTP, alive: Callable[[], None]) -> None:
        assert smtp.sock  # noqa: S101 -- it is connected
        with selectors.DefaultSelector() as selector:
            selector.register(smtp.sock, selectors.EVENT_READ)
            waited = 0.0
            while not selector.select(self._timeout):
                waited += self._timeout
                if waited >= self._patience:
                    raise TimeoutError
                alive()

    def _require(self, code: int, words: bytes, wanted: int | None = None) -> None:
        """Raise what a refusal means, and leave the connection fit for the next mail."""
        if code == wanted or (wanted is None and code // 100 == 2):  # noqa: PLR2004 -- 2yz is a yes (RFC 5321)
            return
        said = f"{code} {words.decode('utf-8', 'replace')}"[:_SHOWN]
        if code == _CLOSING:
            self._drop()
            raise _LostError(f"De mailserver sluit de verbinding: {said}")
        if code in _ACCESS:
            self._drop()
            raise UnreachableError(f"De mailserver laat ons niet toe: {code}")
        self._reset()
        if code // 100 == 5:  # noqa: PLR2004 -- 5yz is a no for good
            raise RefusedError(f"De mailserver weigert dit bericht: {said}")
        raise LaterError(f"De mailserver neemt dit bericht nu niet aan: {said}")

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

    def _connect(self) -> smtplib.SMTP:
        try:
            self._smtp = _connected(self._server, self._timeout)
        except ssl.SSLError as error:
            why = f"De versleutelde verbinding met de mailserver lukt niet: {error.reason}"
            raise UnreachableError(why) from error
        except smtplib.SMTPAuthenticationError as error:
            why = f"De mailserver accepteert onze inlog niet: {error.smtp_code}"
            raise UnreachableError(why) from error
        except smtplib.SMTPNotSupportedError as error:
            why = "De mailserver kan niet wat de instelling vraagt (STARTTLS of inloggen); er gaat niets weg."
            raise UnreachableError(why) from error
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise UnreachableError(UnreachableError.__doc__) from error
        return self._smtp


def _connected(server: MailServer, timeout: float) -> smtplib.SMTP:
    """Connect, encrypt as the address says, and log in; an unencrypted second choice does not exist."""
    context = ssl.create_default_context()
    if server.security == "smtps":
        return _logged_in(
            smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context), server
        )
    smtp = smtplib.SMTP(server.host, server.port, timeout=timeout)
    if server.security == "smtp+starttls":
        with _closed_on_error(smtp):
            smtp.starttls(context=context)
    return _logged_in(smtp, server)


def _logged_in(smtp: smtplib.SMTP, server: MailServer) -> smtplib.SMTP:
    with _closed_on_error(smtp):
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    return smtp


@contextmanager
def _closed_on_error(smtp: smtplib.SMTP) -> Iterator[None]:
    try:
        yield
    except BaseException:
        smtp.close()
        raise


def _with_final_dot(data: bytes) -> bytes:
    """Double each dot that begins a line and end with the dot that ends a mail (RFC 5321 §4.5.2)."""
    end = b"" if data.endswith(b"\r\n") else b"\r\n"
    return _DOT.sub(b"..", data) + end + b".\r\n"
