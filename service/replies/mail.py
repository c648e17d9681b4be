"""Walk through a mail with the standard library: its headers, texts, calendars, and what it carries along.

The parser is asked in its forgiving way (``compat32``), for what a stranger wrote must never stop it; every
header is cut before it is looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from html import unescape

from calendars.itip.address import address_of, sender_of
from calendars.itip.charset import letters
from calendars.itip.parts import Event
from calendars.itip.reading import read_calendar
from service.replies.limits import head_of, too_much

MAX_TEXT = 20_000  # characters that a person will read
_MAX_HEADER = 2_000
_MAX_ALL = 8_000  # characters of References, or of many recipients
_MAX_WALK, _MAX_DEPTH, _MAX_CALENDARS = 200, 6, 5
_CALENDAR_TYPES = (
    "text/calendar",
    "application/ics",
    "application/calendar",
    "application/x-ics",
    "text/x-vcalendar",
)
_RETURNED = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
    "message/rfc822-headers",
)
_SEALED = (
    *("application/ms-tnef", "application/vnd.ms-tnef", "application/pgp-encrypted"),
    *("application/pkcs7-mime", "application/x-pkcs7-mime"),
)
_ICS_NAME = re.compile(r"\.(?:ics|ical|vcs)$", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<([^\s<>]{3,250})>")
_TAG = re.compile(r"<[^<>]*>")
_UNSEEN = ("style", "script", "head")
_RECIPIENTS = "To Cc Delivered-To X-Original-To Envelope-To X-Envelope-To X-Forwarded-To X-RCPT-TO".split()


@dataclass(slots=True)
class Mail:
    """What stands in a mail; ``forwarded`` are events of a mail that was sent on in it."""

    problem: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    type: str = "text/plain"
    report: str = ""
    events: list[Event] = field(default_factory=list)
    forwarded: list[Event] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    trouble: str = ""
    texts: list[str] = field(default_factory=list)
    hypertexts: list[str] = field(default_factory=list)
    status: list[dict[str, str]] = field(default_factory=list)
    returned: str = ""
    is_sealed: bool = False

    def all(self, name: str) -> list[str]:
        """Return every header of a name, the upper one first."""
        return [value for known, value in self.headers if known == name.casefold()]

    def header(self, name: str) -> str:
        """Return the upper header of a name, or nothing."""
        return next(iter(self.all(name)), "")

    @property
    def sender(self) -> str:
        """Return who the mail says to be from; empty when that is not one clear address."""
        found = self.all("From")
        return sender_of(found[0]) if len(found) == 1 else ""

    @property
    def recipients(self) -> list[str]:
        """Return the addresses it was sent to."""
        texts = (text for name in _RECIPIENTS for text in self.all(name)[:5])
        found = (address_of(part.rpartition("<")[2]) for text in texts for part in text.split(",")[:50])
        return list(dict.fromkeys(address for address in found if address))

    @property
    def answers_to(self) -> list[str]:
        """Return the Message-IDs that it answers to, the nearest first."""
        near, far = self.header("In-Reply-To"), self.header("References")
        return list(dict.fromkeys([*_MESSAGE_ID.findall(near), *reversed(_MESSAGE_ID.findall(far))]))

    @property
    def subject(self) -> str:
        """Return the subject on one line."""
        return " ".join(decoded(self.header("Subject")).split())[:300]

    @property
    def date(self) -> datetime | None:
        """Return when it says to be written."""
        try:
            found = parsedate_to_datetime(self.header("Date"))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

    @property
    def text(self) -> str:
        """Return what it says to its reader."""
        said = "\n\n".join(self.texts).strip() or "\n\n".join(map(_bare, self.hypertexts)).strip()
        return said[:MAX_TEXT]


def open_mail(raw: bytes) -> Mail:
    """Read a mail; whatever it is, this gives an answer, and soon."""
    mail = Mail(problem=too_much(raw))
    if raw[:100].lstrip(b"\xef\xbb\xbf\r\n\t ").upper().startswith(b"BEGIN:VCALENDAR"):
        _calendar(mail, raw, "", "", forwarded=False)
        return mail
    try:
        parsed = message_from_bytes(head_of(raw) if mail.problem else raw, policy=compat32)
        mail.headers = [(name.casefold(), value) for name, value in _headers(parsed)]
        mail.type, mail.report = parsed.get_content_type(), _param(parsed, "report-type")
        if not mail.problem:
            _walk(mail, parsed)
    except Exception:  # noqa: BLE001 -- what anybody sends may make a parser stumble in any way
        mail.problem = mail.problem or "de mail is niet te lezen"
    return mail


def decoded(header: str) -> str:
    """Return a header with its encoded words read (RFC 2047)."""
    try:
        parts = decode_header(header)
        return "".join(
            part if isinstance(part, str) else letters(part, charset or "") for part, charset in parts
        )
    except Exception:  # noqa: BLE001 -- what anybody sends may make a parser stumble in any way
        return header


def _headers(parsed: Message) -> Iterator[tuple[str, str]]:
    for name, value in parsed.raw_items():
        most = _MAX_ALL if name.casefold() in {"references", "to", "cc"} else _MAX_HEADER
        text = letters(str(value)[:most].encode("utf-8", "surrogateescape"))
        yield name[:100], " ".join(text.split())


def _walk(mail: Mail, top: Message) -> None:
    todo: list[tuple[Message, int, bool]] = [(top, 0, False)]
    for _ in range(_MAX_WALK):
        if not todo:
            return
        part, depth, forwarded = todo.pop(0)
        kind = part.get_content_type()
        inner = part.get_payload()
        if kind in {"message/delivery-status", "message/global-delivery-status"}:
            mail.status += [_fields(block) for block in (inner if isinstance(inner, list) else [part])[:20]]
        elif isinstance(inner, list) and depth < _MAX_DEPTH:
            returned = kind in _RETURNED
            if returned:
                mail.returned += _top(inner[0])
            children = [child for child in inner if isinstance(child, Message)]
            todo = [(child, depth + 1, forwarded or returned) for child in children] + todo
        elif not isinstance(inner, list):
            _leaf(mail, part, kind, forwarded=forwarded)


def _leaf(mail: Mail, part: Message, kind: str, *, forwarded: bool) -> None:
    name = str(part.get_filename() or "")[:200]
    _tidy_encoding(part)
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return
    if kind in _CALENDAR_TYPES or _ICS_NAME.search(name) or data[:40].lstrip().startswith(b"BEGIN:VCALENDAR"):
        _calendar(mail, data, _param(part, "charset"), _param(part, "method"), forwarded=forwarded)
    elif kind in _RETURNED:
        mail.returned += letters(data[:20_000])
    elif kind in _SEALED or name.casefold() == "winmail.dat":
        mail.is_sealed = True
    elif forwarded or part.get_content_disposition() == "attachment":
        return
    elif kind == "text/plain":
        mail.texts.append(letters(data[: 4 * MAX_TEXT], _param(part, "charset")))
    elif kind == "text/html":
        mail.hypertexts.append(letters(data[: 10 * MAX_TEXT], _param(part, "charset")))


def _tidy_encoding(part: Message) -> None:
    """Take the blanks off an encoding, for the parser knows only the bare word."""
    said = part.get("Content-Transfer-Encoding")
    if said is not None:
        part.replace_header("Content-Transfer-Encoding", str(said)[:40].strip(" \t\r\n;\"'"))


def _calendar(mail: Mail, data: bytes, charset: str, method: str, *, forwarded: bool) -> None:
    """Read one calendar; the same one again, as a part and as an attachment, adds nothing."""
    known = mail.forwarded if forwarded else mail.events
    if len(mail.others) >= _MAX_CALENDARS:
        mail.trouble = "er zitten te veel agenda's in de mail"
        return
    reading = read_calendar(data, charset=charset, method=method)
    mail.others.append(",".join(reading.others) or "VCALENDAR")
    mail.trouble = mail.trouble or reading.problem
    known += [event for event in reading.events if event not in known]


def _param(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except Exception:  # noqa: BLE001 -- what anybody sends may make a parser stumble in any way
        return ""
    found = value[2] if isinstance(value, tuple) else value
    return str(found or "")[:100].strip()


def _fields(block: object) -> dict[str, str]:
    if not isinstance(block, Message):
        return {}
    return {name.casefold(): " ".join(decoded(value).split()) for name, value in _headers(block)}


def _top(message: object) -> str:
    """Return the headers of a mail within a mail, as text."""
    if not isinstance(message, Message):
        return ""
    return "".join(f"{name}: {value}\n" for name, value in _headers(message))


def _bare(hypertext: str) -> str:
    for name in _UNSEEN:
        first, *rest = hypertext.split(f"<{name}")
        hypertext = first + "".join(piece.partition(f"</{name}>")[2] for piece in rest)
    lines = (" ".join(line.split()) for line in unescape(_TAG.sub("\n", hypertext)).splitlines())
    return "\n".join(line for line in lines if line)
