"""Build the bytes of a mail: the same arguments give the same bytes, also at a second try.

No caller's text can add a header: names and subjects are put on one line, addresses are checked.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from calendars.entries import Mailbox

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}>")
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
    message = _letter(envelope, text, html)
    message["Auto-Submitted"] = "auto-generated"
    return _sealed(message)


def invitation_message(envelope: Envelope, *, text: str, html: str, calendar: bytes) -> bytes:
    """Return a mail with buttons to answer (iMIP, RFC 6047); its method is the calendar's own.

    The sender must be the meeting's organizer: that is where calendars send the answer.
    """
    method = _METHOD.search(calendar)
    if not method:
        raise ValueError("the calendar says no METHOD")
    parameters = {"method": method[1].decode(), "charset": "UTF-8"}
    message = _letter(envelope, text, html)
    # Base64 of the bytes themselves: as text, their line breaks would be rewritten.
    message.add_alternative(calendar, maintype="text", subtype="calendar", cte="base64", params=parameters)
    message.add_attachment(
        calendar, maintype="application", subtype="ics", cte="base64", filename="invite.ics"
    )
    return _sealed(message)


def _letter(envelope: Envelope, text: str, html: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(envelope.sender)
    message["To"] = _address(envelope.to)
    if envelope.reply_to:
        message["Reply-To"] = _address(envelope.reply_to)
    message["Subject"] = _one_line(envelope.subject)
    message["Date"] = format_datetime(envelope.sent_at)
    message["Message-ID"] = envelope.message_id
    message.set_content(_writable(text), cte="quoted-printable")
    message.add_alternative(_writable(html), subtype="html", cte="quoted-printable")
    return message


def _sealed(message: EmailMessage) -> bytes:
    """Replace the random boundaries; quoted-printable and base64 never write ``=_``."""
    digest = sha256(str(message["Message-ID"]).encode()).hexdigest()
    parts = [part for part in message.walk() if part.is_multipart()]
    for depth, part in enumerate(parts):
        part.set_boundary(f"=_{depth}_{digest[:32]}")
    return message.as_bytes()


def _address(box: Mailbox) -> Address:
    return Address(display_name=_one_line(box.name), addr_spec=box.mail)


def _one_line(text: str) -> str:
    """Put a header's text on one line; line breaks and what can't be printed become spaces."""
    printable = "".join(letter if letter.isprintable() else " " for letter in _writable(text))
    return " ".join(printable.split())


def _writable(text: str) -> str:
    """Replace what UTF-8 can't write (a lone surrogate) by a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
