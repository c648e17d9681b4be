"""Read what the mail catcher kept: one file for each message."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-\d{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One line of the list: ``id`` names the message, ``to`` is where it would have gone."""

    id: str
    subject: str
    to: str
    date: datetime | None
    has_invitation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtMail:
    """One message, opened: what each of its three readers would see."""

    id: str
    subject: str
    sender: str
    to: str
    date: datetime | None
    plain: str
    html: str
    calendar: str


def list_caught(home: Path, limit: int = 100) -> list[Caught]:
    """Return what was caught, the newest first."""
    names = sorted((path.stem for path in folder(home).glob("*.eml")), reverse=True)
    return [_line(home, name) for name in names[:limit] if _NAME.fullmatch(name)]


def read_caught(home: Path, id: str) -> CaughtMail | None:  # noqa: A002 -- the same word as in the list
    """Open one message; return None when there is none of that name."""
    path = folder(home) / f"{id}.eml"
    if not _NAME.fullmatch(id) or not path.exists():
        return None
    mail = _parsed(path)
    return CaughtMail(
        id=id,
        subject=str(mail["Subject"] or ""),
        sender=str(mail["From"] or ""),
        to=_to(mail),
        date=_date(mail),
        plain=_text(mail, "text/plain"),
        html=_text(mail, "text/html"),
        calendar=_text(mail, "text/calendar"),
    )


def folder(home: Path) -> Path:
    """Return where caught messages are kept."""
    return home / "mail"


def _line(home: Path, name: str) -> Caught:
    mail = _parsed(folder(home) / f"{name}.eml")
    return Caught(
        id=name,
        subject=str(mail["Subject"] or ""),
        to=_to(mail),
        date=_date(mail),
        has_invitation=any(part.get_content_type() == "text/calendar" for part in mail.walk()),
    )


def _parsed(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=default)


def _to(mail: EmailMessage) -> str:
    return ", ".join(str(to) for to in mail.get_all("X-Envelope-To", []))


def _date(mail: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(mail["Date"]))
    except ValueError:
        return None


def _text(mail: EmailMessage, kind: str) -> str:
    """Return the first part of a kind as text, whatever bytes it holds."""
    for part in mail.walk():
        if part.get_content_type() == kind and not part.is_attachment():
            raw = part.get_payload(decode=True)
            charset = part.get_content_charset("utf-8")
            return _decoded(raw, charset) if isinstance(raw, bytes) else ""
    return ""


def _decoded(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")
