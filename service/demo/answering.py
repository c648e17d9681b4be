"""Answer a caught invitation as its reader's calendar would: a real mail, that comes in by the usual door."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from icalendar import Calendar, Event, vCalAddress
from sqlmodel import Session

from calendars.itip.address import address_of
from models import InboundMail
from service.notices.caught import CaughtMail
from service.notices.vault import Vault
from service.replies.receive import receive

ANSWERS = {"ja": "ACCEPTED", "misschien": "TENTATIVE", "nee": "DECLINED", "voorstel": "TENTATIVE"}
_KEPT = ("UID", "SEQUENCE", "SUMMARY", "ORGANIZER", "DTSTART", "DTEND", "LOCATION")


class NoInvitationError(Exception):
    """Deze mail is geen uitnodiging die je kunt beantwoorden."""


def answer_as_reader(
    session: Session,
    mail: CaughtMail,
    choice: str,
    *,
    comment: str = "",
    starts_at: datetime | None = None,
    at: datetime,
    vault: Vault,
) -> InboundMail:
    """Send the reader's answer; with ``starts_at`` (aware) one that proposes another hour."""
    raw = reply_mail(mail, choice, comment=comment, starts_at=starts_at, at=at)
    return receive(session, raw, source="demo", at=at, vault=vault)


def reply_mail(
    mail: CaughtMail, choice: str, *, comment: str = "", starts_at: datetime | None = None, at: datetime
) -> bytes:
    """Return the mail that a calendar program would send to the organizer (RFC 6047)."""
    event = _invited(mail.calendar)
    method = "COUNTER" if starts_at else "REPLY"
    calendar: Any = Calendar()
    for name, value in (("PRODID", "-//Proefagenda//NL"), ("VERSION", "2.0"), ("METHOD", method)):
        calendar.add(name, value)
    calendar.add_component(_answer(event, mail.to, ANSWERS[choice], comment, starts_at, at))
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"] = mail.to, address_of(str(event["ORGANIZER"]))
    letter["Subject"] = " ".join(f"Antwoord: {mail.subject}".split())[:200]
    letter["Date"], letter["Message-ID"] = format_datetime(at), f"<{at.timestamp()}@proefagenda.example>"
    letter.set_content(comment or "Dit antwoord is gemaakt door de agenda.")
    params = {"method": method, "charset": "UTF-8"}
    letter.add_alternative(
        calendar.to_ical(), maintype="text", subtype="calendar", cte="base64", params=params
    )
    return letter.as_bytes()


def _invited(text: str) -> Any:
    try:
        calendar = Calendar.from_ical(text.encode())
        event = next(part for part in calendar.subcomponents if isinstance(part, Event))
    except (ValueError, StopIteration) as error:
        raise NoInvitationError(NoInvitationError.__doc__) from error
    if str(calendar.get("METHOD", "")).upper() != "REQUEST" or "ORGANIZER" not in event:
        raise NoInvitationError(NoInvitationError.__doc__)
    return event


def _answer(
    event: Any, reader: str, partstat: str, comment: str, starts_at: datetime | None, at: datetime
) -> Any:
    answer: Any = Event()
    for name in _KEPT:
        if name in event:
            answer[name] = event[name]
    answer.add("DTSTAMP", at.astimezone(UTC))
    me: Any = vCalAddress(f"mailto:{reader}")
    me.params["PARTSTAT"] = partstat
    answer.add("ATTENDEE", me)
    if comment.strip():
        answer.add("COMMENT", comment.strip())
    if starts_at:
        length: timedelta = event["DTEND"].dt - event["DTSTART"].dt
        del answer["DTSTART"], answer["DTEND"]
        answer.add("DTSTART", starts_at.astimezone(UTC))
        answer.add("DTEND", starts_at.astimezone(UTC) + length)
    return answer
