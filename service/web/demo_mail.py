"""The mail that the demo caught: what people would have received, for whoever tries the demo."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from icalendar import Calendar, Event

from models import InboundMail
from service import clock, i18n
from service.access.scope import NotFoundError
from service.demo.answering import ANSWERS, NoInvitationError, answer_as_reader
from service.notices.caught import CaughtMail, list_caught, read_caught
from service.notices.vault import Vault
from service.replies.kinds import WORDS, Kind
from service.settings import settings
from service.web.keepers import Day, Word
from service.web.page import LoginNeededError, Writing, find_me, go, language_of, render


def _who_asks(request: Request) -> None:
    """Look who is logged in, for the menu and the language; nobody has to be."""
    with suppress(LoginNeededError):
        find_me(request)


router = APIRouter(prefix="/demo/mail", dependencies=[Depends(_who_asks)])
_MOST = 500
_Text = Annotated[str, Form(max_length=1000)]
_SHOWN = 200
# The mail's own page has its own small world: inline styles, no script, no form, no address to fetch.
_FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_AROUND = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a calendar reads in an invitation."""

    method: str
    summary: str
    starts_at: datetime | date | None
    ends_at: datetime | date | None
    location: str
    organizer: str
    attendees: tuple[str, ...]
    sequence: int
    uid: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in the answer; shown again when something is wrong with it."""

    comment: str = ""
    day: str = ""
    hour: str = ""


@router.get("", response_class=HTMLResponse)
def caught(request: Request, aan: str = "") -> HTMLResponse:
    """List what was caught, newest first; for one person when asked."""
    _require_demo()
    mails = list_caught(settings().home, _MOST)
    people = sorted({mail.to for mail in mails if mail.to})
    found = [mail for mail in mails if not aan or mail.to == aan]
    return render(
        request, "demo_mail.html", mails=found[:_SHOWN], people=people, to=aan, total=len(found), shown=_SHOWN
    )


@router.get("/{mail_id}", response_class=HTMLResponse)
def opened(request: Request, mail_id: str) -> HTMLResponse:
    """Show one message: as text, as its reader sees it, and as a calendar reads it."""
    return _page(request, _mail(mail_id))


def _page(
    request: Request, mail: CaughtMail, *, problem: str = "", typed: Typed | None = None
) -> HTMLResponse:
    page = render(
        request,
        "demo_mail_one.html",
        status=422 if problem else 200,
        mail=mail,
        invitation=read_invitation(mail.calendar),
        problem=problem,
        typed=typed or Typed(),
    )
    page.headers["Content-Security-Policy"] = _AROUND
    return page


@router.get("/{mail_id}/html", response_class=HTMLResponse)
def as_html(mail_id: str) -> HTMLResponse:
    """Give the message's own page, shut off from ours."""
    mail = _mail(mail_id)
    headers = {"Content-Security-Policy": _FRAME, "Cross-Origin-Resource-Policy": "same-origin"}
    return HTMLResponse(mail.html or "", headers=headers)


@router.post("/{mail_id}/antwoord", response_class=HTMLResponse)
def answered(
    request: Request,
    db: Writing,
    mail_id: str,
    reply: Word = "",
    *,
    comment: _Text = "",
    day: Day = "",
    hour: Day = "",
) -> Response:
    """Answer an invitation as its reader's calendar would, and say how the answer came in."""
    mail, typed = _mail(mail_id), Typed(comment, day, hour)
    if reply not in ANSWERS:
        return _page(request, mail, problem="Kies een antwoord.", typed=typed)
    try:
        starts_at = _other_hour(day, hour) if reply == "voorstel" else None
        at, vault = clock.now(), Vault(settings().home)
        row = answer_as_reader(db, mail, reply, comment=comment, starts_at=starts_at, at=at, vault=vault)
    except NoInvitationError as error:
        return _page(request, mail, problem=str(error), typed=typed)
    return go(f"/demo/mail/{mail_id}", _said(language_of(request), row))


def _other_hour(day: str, hour: str) -> datetime:
    try:
        wall = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError as error:
        raise NoInvitationError("Kies een dag en een tijd.") from error
    return wall.replace(tzinfo=clock.AMSTERDAM)


def _said(language: str, row: InboundMail) -> str:
    how = row.reason or ("het wacht op de planner" if row.kind == Kind.COUNTER else "het is geteld")
    what, how = (i18n.say(language, words) for words in (WORDS[Kind(row.kind)], how))
    return i18n.say(language, "Het antwoord is verstuurd en gelezen (%(what)s): %(how)s", what=what, how=how)


def read_invitation(text: str) -> Invitation | None:
    """Read the first event of a calendar text; nothing when there is none."""
    if not text.strip():
        return None
    try:
        calendar = Calendar.from_ical(text.encode())
        event = next(part for part in calendar.subcomponents if isinstance(part, Event))
        starts_at, ends_at = event.start, event.end
    except (ValueError, StopIteration):
        return None
    attendees = event.get("ATTENDEE", [])
    asked = attendees if isinstance(attendees, list) else [attendees]
    return Invitation(
        method=str(calendar.get("METHOD", "")),
        summary=str(event.get("SUMMARY", "")),
        starts_at=starts_at,
        ends_at=ends_at,
        location=str(event.get("LOCATION", "")),
        organizer=_address(event.get("ORGANIZER", "")),
        attendees=tuple(_address(one) for one in asked),
        sequence=int(event.get("SEQUENCE", 0)),
        uid=str(event.get("UID", "")),
    )


def _address(value: object) -> str:
    text = str(value)
    return text[7:] if text.lower().startswith("mailto:") else text


def _mail(mail_id: str) -> CaughtMail:
    _require_demo()
    mail = read_caught(settings().home, mail_id)
    if mail is None:
        raise NotFoundError
    return mail


def _require_demo() -> None:
    if not settings().demo:
        raise NotFoundError
