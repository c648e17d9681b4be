"""Replies that nothing could place, the addresses under which people answer, and what to do with them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from models import InboundMail, Meeting, MeetingState, Person
from service import clock
from service.access.actor import Actor
from service.cases.errors import CaseError
from service.meetings.counter import open_counters
from service.meetings.guests import Guest, guests_of
from service.notices.vault import Vault, VaultError
from service.replies import by_hand
from service.replies.aliases import add_alias, remove_alias
from service.replies.kinds import WORDS, Kind
from service.replies.mail import Mail
from service.replies.match import is_service, owners_of
from service.replies.receive import opened
from service.school.errors import SchoolError
from service.settings import settings
from service.web.keepers import Word, require_administrator
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.person_page import HERE as PEOPLE
from service.web.person_page import attempt, find_row
from service.web.staff_rows import staff_of

PAGE = "/beheer/antwoorden"
router = APIRouter(prefix=PAGE)
addresses = APIRouter(prefix=PEOPLE)
_BEFORE, _AFTER = timedelta(days=30), timedelta(days=200)  # calendar days around which a meeting is offered
_Text = Annotated[str, Form(max_length=1000)]
_ANSWERS = {"ja": "ACCEPTED", "misschien": "TENTATIVE", "nee": "DECLINED", "voorstel": by_hand.COUNTER}


@dataclass(frozen=True, slots=True)
class Choice:
    """A meeting with who was asked to it, to choose from."""

    meeting: Meeting
    guests: tuple[Guest, ...]


@router.get("", response_class=HTMLResponse)
def waiting(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show what waits for a person; who watches the flows sees that it waits and why, not what it says."""
    rows = by_hand.open_mail_of(db, me.actor)
    lately = by_hand.handled_lately(db, me.actor)
    return render(
        request,
        "replies.html",
        rows=rows,
        lately=lately,
        counters=open_counters(db, me.actor) if me.actor.is_manager else [],
        words=_words,
        names=_names(db, [*rows, *lately]),
        meetings=_meetings(db, [*rows, *lately]),
        reads=me.actor.is_manager,
        is_set=bool(settings().replies_url) or settings().demo,
    )


@router.get("/{inbound_id}", response_class=HTMLResponse)
def one(request: Request, db: Reading, me: LoggedIn, inbound_id: UUID, alle: str = "") -> HTMLResponse:
    """Show one mail to the IB'er: what it says, and what can be done with it."""
    return _show(request, db, me, inbound_id, everything=bool(alle))


@router.post("/{inbound_id}/plaatsen", response_class=HTMLResponse)
def place(
    request: Request,
    db: Writing,
    me: LoggedIn,
    inbound_id: UUID,
    attendee: Word = "",
    reply: Word = "",
    *,
    comment: _Text = "",
) -> Response:
    """Count the mail as somebody's answer."""

    def verb() -> object:
        return by_hand.count_by_hand(
            db,
            inbound_id,
            _id(attendee),
            _ANSWERS.get(reply, ""),
            comment=comment,
            actor=me.actor,
            at=clock.now(),
        )

    typed = {"attendee": attendee, "reply": reply, "comment": comment}
    return _attempt(request, db, me, inbound_id, verb, "Het antwoord staat bij het overleg.", typed=typed)


@router.post("/{inbound_id}/adres", response_class=HTMLResponse)
def known_address(
    request: Request, db: Writing, me: LoggedIn, inbound_id: UUID, person: Word = "", email: Word = ""
) -> Response:
    """Say whose address it is; mail that waits from it is read again."""
    by_hand.find_mail(db, me.actor, inbound_id)

    def verb() -> object:
        at, vault = clock.now(), Vault(settings().home)
        return add_alias(db, me.school.id, _id(person), email, vault=vault, at=at)

    said = "Het adres is bewaard. Wat er van dit adres lag, is opnieuw gelezen."
    return _attempt(request, db, me, inbound_id, verb, said, typed={"person": person, "email": email})


@router.post("/{inbound_id}/vervanger", response_class=HTMLResponse)
def stand_in(request: Request, db: Writing, me: LoggedIn, inbound_id: UUID) -> Response:
    """Invite who comes in somebody's place."""

    def verb() -> object:
        return by_hand.ask_stand_in(db, inbound_id, actor=me.actor, at=clock.now())

    return _attempt(request, db, me, inbound_id, verb, "De vervanger krijgt een uitnodiging.")


@router.post("/{inbound_id}/weg", response_class=HTMLResponse)
def lay_aside(request: Request, db: Writing, me: LoggedIn, inbound_id: UUID, reason: Word = "") -> Response:
    """Lay a mail aside, with a reason."""

    def verb() -> object:
        return by_hand.dismiss(db, inbound_id, reason=reason, actor=me.actor, at=clock.now())

    return _attempt(request, db, me, inbound_id, verb, "Deze mail is afgehandeld.", typed={"reason": reason})


@router.post("/{inbound_id}/school", response_class=HTMLResponse)
def ours(db: Writing, me: LoggedIn, inbound_id: UUID) -> Response:
    """Say that a mail of no known school is of this one."""
    by_hand.take_school(db, inbound_id, actor=me.actor)
    return go(PAGE, me.say("De mail hoort nu bij deze school; de IB'er kan hem lezen."))


@addresses.post("/{person_id}/adres", response_class=HTMLResponse)
def address_added(request: Request, db: Writing, me: LoggedIn, person_id: UUID, alias: Word = "") -> Response:
    """Add an address at which a person answers."""
    require_administrator(me)
    find_row(db, me, person_id)

    def verb() -> None:
        at, vault = clock.now(), Vault(settings().home)
        add_alias(db, me.school.id, person_id, alias, vault=vault, at=at)

    return attempt(request, db, me, person_id, verb, said="Het adres is bewaard.", typed={"alias": alias})


@addresses.post("/{person_id}/adres/{alias_id}/weg", response_class=HTMLResponse)
def address_removed(request: Request, db: Writing, me: LoggedIn, person_id: UUID, alias_id: UUID) -> Response:
    """Forget an address of a person."""
    require_administrator(me)
    find_row(db, me, person_id)

    def verb() -> None:
        remove_alias(db, me.school.id, person_id, alias_id)

    return attempt(request, db, me, person_id, verb, said="Het adres is weg.")


def _attempt(
    request: Request,
    db: Session,
    me: Me,
    inbound_id: UUID,
    verb: Callable[[], object],
    said: str,
    *,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    try:
        with db.begin_nested():
            verb()
    except (CaseError, SchoolError) as error:
        db.expire_all()
        return _show(request, db, me, inbound_id, problem=str(error) or (error.__doc__ or ""), typed=typed)
    return go(PAGE, me.say(said))


def _show(
    request: Request,
    db: Session,
    me: Me,
    inbound_id: UUID,
    *,
    problem: str = "",
    everything: bool = False,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> HTMLResponse:
    row = by_hand.find_mail(db, me.actor, inbound_id)
    mail, hours = _opened(row), by_hand.hours_of(row)
    answer = next((name for name, said in _ANSWERS.items() if said == row.data.get("partstat")), "")
    read = {
        "person": "",
        "email": "",
        "reason": "",
        "attendee": str(row.attendee_id or ""),
        "reply": "voorstel" if hours else answer,
        "comment": _comment(mail),
    }
    return render(
        request,
        "reply.html",
        status=422 if problem else 200,
        row=row,
        what=_words(row),
        mail=mail,
        comment=read["comment"],
        choices=list(_choices(db, me.actor, row, everything=everything)),
        typed=read | dict(typed),
        hours=hours,
        stand_in=by_hand.stand_in(row) if row.meeting_id else "",
        unknown=sorted(_unknown(db, row)),
        staff=[s.person for s in staff_of(db, me.school) if s.person.active and not s.is_gone(clock.today())],
        answerer=str(row.data.get("attendee") or ""),
        handler=_names(db, [row]).get(row.id, ""),
        problem=problem,
    )


def _opened(row: InboundMail) -> Mail | None:
    try:
        return opened(Vault(settings().home), row)
    except VaultError:
        return None


def _comment(mail: Mail | None) -> str:
    events = [*mail.events, *mail.forwarded] if mail else []
    said = [*(event.comment for event in events), *(a.comment for event in events for a in event.attendees)]
    return next((comment for comment in said if comment), "")


def _unknown(db: Session, row: InboundMail) -> set[str]:
    """Return the addresses in a mail that are nobody's yet, and can be somebody's own."""
    named = {row.sender, str(row.data.get("attendee") or "")} - {""}
    return {mail for mail in named - set(owners_of(db, named)) if not is_service(mail)}


def _choices(db: Session, actor: Actor, row: InboundMail, *, everything: bool) -> Iterable[Choice]:
    """Yield the meetings that a mail may be about: the one that it names, or those around now."""
    now = clock.now()
    query = select(Meeting).where(
        Meeting.school_id == actor.school_id,
        Meeting.state != MeetingState.CANCELLED,
        Meeting.starts_at > now - _BEFORE,
        Meeting.starts_at < now + _AFTER,
    )
    if row.meeting_id and not everything:
        query = select(Meeting).where(Meeting.id == row.meeting_id, Meeting.school_id == actor.school_id)
    for meeting in db.exec(query.order_by(col(Meeting.starts_at)).limit(150)):
        guests = tuple(guest for guest in guests_of(db, meeting) if guest.is_here)
        if guests:
            yield Choice(meeting, guests)


def _words(row: InboundMail) -> str:
    return WORDS[Kind(row.kind)]


def _names(db: Session, rows: Iterable[InboundMail]) -> dict[UUID, str]:
    """Return who handled each mail."""
    handlers = {row.id: row.handled_by for row in rows if row.handled_by}
    people = select(Person.id, Person.name).where(col(Person.id).in_(set(handlers.values())))
    names = dict(db.exec(people).all())
    return {row_id: names.get(person, "") for row_id, person in handlers.items()}


def _meetings(db: Session, rows: Iterable[InboundMail]) -> dict[UUID, Meeting]:
    ids = {row.meeting_id for row in rows if row.meeting_id}
    return {meeting.id: meeting for meeting in db.exec(select(Meeting).where(col(Meeting.id).in_(ids)))}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise CaseError("Kies wie er antwoordt.") from error
