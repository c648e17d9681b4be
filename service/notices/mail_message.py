"""Build the bytes of a mail: the same arguments give the same bytes, also at a second try.

No caller's text can add a header: names and subjects are put on one line, addresses are checked.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from calendars.entries import Mailbox

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}>")
SHORT = 62  # characters of a name and an address on one line under 78
WORD_OCTETS = 42  # before base64
_PLAIN_NAME = re.compile(r"[A-Za-z0-9' -]{1,50}")
_PLAIN_SUBJECT = re.compile(r"(?!.*=\?)[!-~](?:[ -~]{0,63}[!-~])?")
_METHOD = re.compile(rb"^METHOD:([A-Z]+)\r$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom about what; ``message_id`` stays the same when a mail is tried again."""

    sender: Mailbox
    to: Mailbox
    subject: str
    message_id: str
    sent_at: datetime
    reply_to: Mailbox | None = None

    def __post_init__(self) -> None:
        if not _MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError(f"not a Message-ID: {self.message_id!r}")
        if self.sent_at.utcoffset() is None:
            raise ValueError("a mail wants a time with a zone")


def digest_message(envelope: Envelope, *, text: str, html: str) -> bytes:
    """Return a mail that a timer sends, so that no absence notice answers it (RFC 3834 §5)."""
    automatic = _field("Auto-Submitted", "auto-generated")
    return _head(envelope) + automatic + _body(envelope, _letter(text, html))


def invitation_message(envelope: Envelope, *, text: str, html: str, calendar: bytes) -> bytes:
    """Return a mail with buttons to answer (iMIP, RFC 6047); its method is the calendar's own.

    The sender must be the meeting's organizer: that is where calendars send the answer.
    """
    method = _METHOD.search(calendar)
    if not method:
        raise ValueError("the calendar says no METHOD")
    parameters = {"method": method[1].decode(), "charset": "UTF-8"}
    letter = _letter(text, html)
    # Base64 of the bytes themselves: as text, their line breaks would be rewritten.
    letter.add_alternative(calendar, maintype="text", subtype="calendar", cte="base64", params=parameters)
    letter.add_attachment(
        calendar, maintype="application", subtype="ics", cte="base64", filename="invite.ics"
    )
    return _head(envelope) + _body(envelope, letter)


def _letter(text: str, html: str) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    letter.set_content(_writable(text), cte="quoted-printable")
    letter.add_alternative(_writable(html), subtype="html", cte="quoted-printable")
    return letter


def _body(envelope: Envelope, letter: EmailMessage) -> bytes:
    """Replace the random boundaries; quoted-printable and base64 never write ``=_``."""
    digest = sha256(envelope.message_id.encode()).hexdigest()
    multiparts = [part for part in letter.walk() if part.is_multipart()]
    for depth, part in enumerate(multiparts):
        part.set_boundary(f"=_{depth}_{digest[:32]}")
    return letter.as_bytes()


def _head(envelope: Envelope) -> bytes:
    """Write the headers ourselves.

    The library decodes an encoded word that it is given and writes out a line break hidden in it,
    and when it folds a long name it forgets the quotes (Python before 3.11.10).
    """
    return b"".join(
        (
            _field("From", _address(envelope.sender)),
            _field("To", _address(envelope.to)),
            _field("Reply-To", _address(envelope.reply_to)) if envelope.reply_to else b"",
            _field("Subject", _phrase(envelope.subject, _PLAIN_SUBJECT)),
            _field("Date", format_datetime(envelope.sent_at)),
            _field("Message-ID", envelope.message_id),
        )
    )


def _field(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("ascii")


def _address(box: Mailbox) -> str:
    name = _phrase(box.name, _PLAIN_NAME)
    if not name:
        return box.mail
    fold = "\r\n " if len(name) + len(box.mail) > SHORT else " "
    return f"{name}{fold}<{box.mail}>"


def _phrase(text: str, plain: re.Pattern[str]) -> str:
    """Return the text on one line, in encoded words unless it is plain (RFC 2047)."""
    printable = "".join(letter if letter.isprintable() else " " for letter in _writable(text))
    line = " ".join(printable.split())
    if not line or plain.fullmatch(line):
        return line
    words = [b64encode(piece.encode()).decode() for piece in _pieces(line)]
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _pieces(line: str) -> Iterator[str]:
    """Cut the line between characters, so that an encoded word stays under 75 characters."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > WORD_OCTETS:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _writable(text: str) -> str:
    """Replace what UTF-8 can't write (a lone surrogate) by a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
