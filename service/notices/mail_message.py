"""Build the bytes of a mail: the same arguments give the same bytes, also at a second try.

No caller's text can add a header: names and subjects are put on one line, addresses are checked.
"""

import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from calendars.entries import Mailbox

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}>")
SHORT = 62  # characters of a name and an address on one line under 78
WORD_OCTETS = 42  # before base64
_PLAIN_NAME = re.compile(r"[A-Za-z0-9' -]{1,50}")
_PLAIN_SUBJECT = re.compile(r"(?!.*=\?)[!-~](?:[ -~]{0,63}[!-~])?")
_METHOD = re.compile(rb"^METHOD:([A-Z]+)\r$", re.MULTILINE)
_VERSION = b"MIME-Version: 1.0\r\n"
_AUTOMATIC = b"Auto-Submitted: auto-generated\r\n"
_TEXT = b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
_BUTTON = (
    b'Content-Type: text/calendar; method=%b; charset="UTF-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
)
_FILE = (
    b"Content-Type: application/ics\r\n"
    b"Content-Transfer-Encoding: base64\r\n"
    b'Content-Disposition: attachment; filename="invite.ics"\r\n\r\n'
)


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
    parts = [_text_part(b"plain", text), _text_part(b"html", html)]
    return _head(envelope) + _AUTOMATIC + _VERSION + _multipart(b"alternative", envelope, 0, parts)


def invitation_message(envelope: Envelope, *, text: str, html: str, calendar: bytes) -> bytes:
    """Return a mail with buttons to answer (iMIP, RFC 6047); its method is the calendar's own.

    The sender must be the meeting's organizer: that is where calendars send the answer.
    """
    method = _METHOD.search(calendar)
    if not method:
        raise ValueError("the calendar says no METHOD")
    # Base64 of the bytes themselves: as text, their line breaks would be rewritten.
    packed = encodebytes(calendar).replace(b"\n", b"\r\n")
    button = _BUTTON % method[1] + packed
    parts = [_text_part(b"plain", text), _text_part(b"html", html), button]
    letter = _multipart(b"alternative", envelope, 1, parts)
    return _head(envelope) + _VERSION + _multipart(b"mixed", envelope, 0, [letter, _FILE + packed])


def _text_part(kind: bytes, text: str) -> bytes:
    """Return a text with its headers; the email package takes many times as long."""
    lines = _writable(text).replace("\r\n", "\n").replace("\r", "\n")
    ended = lines if lines.endswith("\n") else f"{lines}\n"
    return _TEXT % kind + b2a_qp(ended.replace("\n", "\r\n").encode(), istext=True)


def _multipart(kind: bytes, envelope: Envelope, depth: int, parts: Sequence[bytes]) -> bytes:
    """Join parts, each with its headers; quoted-printable and base64 never write the ``=_`` of a boundary."""
    digest = sha256(envelope.message_id.encode()).hexdigest()[:32]
    boundary = f"=_{depth}_{digest}".encode()
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts)
    return b'Content-Type: multipart/%b;\r\n boundary="%b"\r\n\r\n%b--%b--\r\n' % (
        kind,
        boundary,
        body,
        boundary,
    )


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
