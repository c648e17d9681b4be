"""An IMAP mailbox (RFC 3501), read without marking anything, from the last UID that was taken in."""

import imaplib
import re
import ssl
from binascii import b2a_base64
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from service.notices.oauth import NoTokenError, xoauth2
from service.replies.fetched import Fetched, MailboxError
from service.replies.limits import HEAD_OCTETS, MAX_OCTETS

_PORTS = {"imaps": 993, "imap+starttls": 143, "imap": 143}
_PATIENCE = 30  # seconds for each answer
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_FOR_NOW = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)  # RFC 5530 §3
_BROKEN = (OSError, imaplib.IMAP4.error, ssl.SSLError, EOFError)
Token = Callable[[bool], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """Where mail is read: imaps:// or imap+starttls://user:password@host[:port]/folder?auth=…&move=…."""

    security: str
    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    auth: str = ""
    move_to: str = ""

    @classmethod
    def read(cls, url: str) -> Self:
        """Read a mailbox's address; errors never repeat it, for it may hold a password."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        auth = asked.get("auth", [""])[0].casefold()
        if parts.scheme not in _PORTS or not parts.hostname or auth not in {"", "xoauth2", "oauthbearer"}:
            raise MailboxError("JAARRITME_REPLIES_URL is geen adres van een mailbox.")
        return cls(
            security=parts.scheme,
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
            auth=auth,
            move_to=asked.get("move", [""])[0],
        )

    @property
    def name(self) -> str:
        """Return what the mailbox is called in our tables; without the password."""
        return f"{self.security}://{self.user}@{self.host}:{self.port}/{self.folder}"


class Imap:
    """One connection to a mailbox; ``token`` gives what is asked in place of a password."""

    def __init__(
        self, server: ImapServer, token: Token | None = None, *, patience: float = _PATIENCE
    ) -> None:
        self._server, self._token, self._patience = server, token, patience
        self._box: Any = None
        self.name = server.name
        self.uid_validity = 0
        self.trouble = ""

    def __enter__(self) -> Self:
        try:
            self._box = self._connect()
            self._log_in()
            self._select()
        except _BROKEN as error:
            self.__exit__()
            raise MailboxError(_why(error)) from None
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        box, self._box = self._box, None
        if box is None:
            return
        try:
            box.logout()
        except _BROKEN:
            with suppress(*_BROKEN):
                box.shutdown()

    def fetch(self, last_uid: int, since: date | None, most: int) -> Iterator[Fetched]:
        """Yield the mails above a UID, the oldest first; only those since a day when one is given."""
        try:
            for uid in self._above(last_uid, since)[:most]:
                found = self._fetch(uid)
                if found:
                    yield found
        except _BROKEN as error:
            raise MailboxError(_why(error)) from None

    def done(self, key: str) -> None:
        """Move a mail that was taken in, when the settings ask for that; that it can't stops nothing."""
        if not self._server.move_to:
            return
        try:
            if not self._move(key):
                self._box.create(_quoted(self._server.move_to))
                if not self._move(key):
                    self.trouble = "Gelezen mail kan niet worden verplaatst."
        except _BROKEN as error:
            raise MailboxError(_why(error)) from None

    def _connect(self) -> Any:
        server, secure = self._server, ssl.create_default_context()
        if server.security == "imaps":
            return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=secure, timeout=self._patience)
        box = imaplib.IMAP4(server.host, server.port, timeout=self._patience)
        if server.security == "imap+starttls":
            box.starttls(secure)
        return box

    def _log_in(self) -> None:
        user, password = self._server.user, self._server.password
        if self._server.auth:
            self._log_in_by_token()
        elif "AUTH=PLAIN" in self._box.capabilities:  # LOGIN knows no letters beyond ASCII
            self._box.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        else:
            self._box.login(user, password)

    def _log_in_by_token(self) -> None:
        assert self._token  # noqa: S101 -- who asks for it brings it
        for fresh in (False, True):
            try:
                self._box.authenticate(self._server.auth.upper(), _Bearer(self._server, self._token(fresh)))
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                if fresh:
                    raise
            except NoTokenError as error:
                raise MailboxError(str(error)) from error
            else:
                return

    def _select(self) -> None:
        answer, _ = self._box.select(_quoted(self._server.folder), readonly=not self._server.move_to)
        if answer != "OK":
            raise MailboxError("De map van de mailbox bestaat niet, of is niet voor ons.")
        _, said = self._box.response("UIDVALIDITY")
        self.uid_validity = int(said[0] or 0) if said and said[0] else 0

    def _above(self, last_uid: int, since: date | None) -> list[int]:
        asked = ["UID", f"{last_uid + 1}:*"]
        if since:
            asked += ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
        answer, found = self._box.uid("SEARCH", *asked)
        if answer != "OK":
            raise imaplib.IMAP4.error("SEARCH")
        uids = (int(number) for line in found if line for number in line.split())
        return sorted(uid for uid in uids if uid > last_uid)  # "n:*" always gives the last one

    def _fetch(self, uid: int) -> Fetched | None:
        _, said = self._box.uid("FETCH", str(uid), "(RFC822.SIZE)")
        size = next((_SIZE.search(line) for line in said if isinstance(line, bytes)), None)
        too_large = size is not None and int(size[1]) > MAX_OCTETS
        asked = f"BODY.PEEK[]<0.{HEAD_OCTETS}>" if too_large else "BODY.PEEK[]"
        answer, said = self._box.uid("FETCH", str(uid), f"({asked})")
        if answer != "OK" and any(_FOR_NOW.search(line) for line in said if isinstance(line, bytes)):
            raise imaplib.IMAP4.abort("FETCH")
        if answer != "OK":  # one broken mail must not hold up the others for good
            known_by = f"X-UID: {self.uid_validity}/{uid}\r\nX-Mailbox: {self.name}\r\n\r\n"
            return Fetched(str(uid), known_by.encode(), problem="de mailserver kan de mail niet geven")
        raw = next((part[1] for part in said if isinstance(part, tuple)), None)
        if raw is None:
            return None  # somebody deleted it meanwhile
        return Fetched(str(uid), raw, int(size[1]) if too_large and size else 0)

    def _move(self, uid: str) -> bool:
        folder = _quoted(self._server.move_to)
        if "MOVE" in self._box.capabilities:
            return bool(self._box.uid("MOVE", uid, folder)[0] == "OK")
        if self._box.uid("COPY", uid, folder)[0] != "OK":
            return False
        self._box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._box.capabilities:  # without it, what others deleted would go along
            self._box.uid("EXPUNGE", uid)
        return True


class _Bearer:
    """Gives a token once; to a refusal the answer is nothing, as both protocols want (RFC 7628 §3.2.3)."""

    def __init__(self, server: ImapServer, token: str) -> None:
        plain = xoauth2(server.user, token)
        bearer = (
            f"n,a={server.user},\x01host={server.host}\x01port={server.port}\x01auth=Bearer {token}\x01\x01"
        )
        self._answers = [bearer if server.auth == "oauthbearer" else plain]

    def __call__(self, _: bytes) -> bytes:
        return self._answers.pop().encode() if self._answers else b"\x01"


def _quoted(folder: str) -> str:
    """Write a folder's name as IMAP wants it; letters beyond ASCII in its own UTF-7 (RFC 3501 §5.1.3)."""
    written, beyond = "", ""
    for letter in f"{folder}\0":
        if " " <= letter <= "~" or letter == "\0":
            written += _utf7(beyond) + ("&-" if letter == "&" else letter)
            beyond = ""
        else:
            beyond += letter
    plain = written.rstrip("\0").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _utf7(letters: str) -> str:
    if not letters:
        return ""
    packed = b2a_base64(letters.encode("utf-16-be"), newline=False).decode().rstrip("=")
    return f"&{packed.replace('/', ',')}-"


def _why(error: BaseException) -> str:
    """Say what went wrong; a server's own words may repeat an address, and are left out."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "Het certificaat van de mailbox klopt niet."
    if isinstance(error, TimeoutError):
        return "De mailbox antwoordt niet op tijd."
    if isinstance(error, imaplib.IMAP4.abort | EOFError | ConnectionError):
        return "De verbinding met de mailbox brak; wat nog komt wordt de volgende keer gelezen."
    if isinstance(error, OSError):
        return f"De mailbox is niet te bereiken: {error.strerror or type(error).__name__}."
    return "De mailbox laat ons niet toe, of begrijpt ons niet. Kijk of naam, wachtwoord en map kloppen."
