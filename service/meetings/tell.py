"""Tell who is asked: an invitation, an update when something changed, a cancellation; one mail each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from calendars import invitation
from calendars.derivation import day_nl
from calendars.entries import Mailbox
from calendars.entries import Meeting as Entry
from models import Meeting, MeetingState, School
from service.clock import local
from service.meetings.guests import Guest, guests_of, shown_to
from service.meetings.heard import Heard, heard
from service.meetings.outside import PARENTS
from service.notices.outbox import Kind, Letter, first_invitation_key, post
from service.settings import settings

INVITED, MOVED, CHANGED, OFF = "Uitnodiging", "Verzet", "Gewijzigd", "Gaat niet door"
LET_OFF = "Toch niet nodig"  # it goes on without them


@dataclass(frozen=True, slots=True)
class _News:
    """What is told of a meeting at one moment, by which school."""

    school: School
    meeting: Meeting
    guests: Sequence[Guest]
    at: datetime


def tell(
    session: Session, meeting: Meeting, at: datetime, *, by: UUID | None = None, text: bool = False
) -> int:
    """Post what each guest hasn't heard yet of a meeting that is still to come; return how many.

    ``by`` is who made the change, and knows of it; with ``text`` what changed is no hour and no place.
    """
    if meeting.ends_at <= at:
        return 0
    session.flush()
    school, guests = session.get_one(School, meeting.school_id), guests_of(session, meeting)
    news = _News(school, meeting, guests, at)
    hearers = [guest for guest in guests if _must_hear(session, meeting, guest, by, text=text)]
    return sum(_tell_one(session, news, guest) for guest in hearers)


def to_hear(session: Session, meeting: Meeting, at: datetime) -> list[Guest]:
    """Return whom ``tell`` would write to at a moment, when nobody changed anything just now."""
    if meeting.ends_at <= at:
        return []
    session.flush()
    return [g for g in guests_of(session, meeting) if _must_hear(session, meeting, g, None, text=False)]


def _must_hear(session: Session, meeting: Meeting, guest: Guest, by: UUID | None, *, text: bool) -> bool:
    """Tell whether a guest doesn't know yet how a meeting stands."""
    attendee = guest.attendee
    if guest.person and not guest.person.active:
        return False
    if attendee.chair and attendee.invited_sequence is None and not _has_mail(session, meeting, guest):
        # Who chairs planned it, or sees it in her own calendar; what a colleague changes she must hear.
        return by not in {None, attendee.person_id} and not attendee.removed
    if is_off(meeting, guest):
        return attendee.invited_sequence is not None
    return text or attendee.invited_sequence != meeting.sequence


def _has_mail(session: Session, meeting: Meeting, guest: Guest) -> bool:
    """Tell whether who leads was ever written to, so that mails alone keep her calendar right."""
    return meeting.sequence > 0 and heard(session, meeting, guest).known


def is_off(meeting: Meeting, guest: Guest) -> bool:
    """Tell whether a guest need not come."""
    return meeting.state == MeetingState.CANCELLED or guest.attendee.removed


def news_of(meeting: Meeting, guest: Guest, known: Heard) -> str:
    """Return in one word what a guest hears; nothing when they never heard of it and need not come."""
    attendee = guest.attendee
    has_it = known.has_it if known.known else attendee.invited_sequence is not None
    waits = any(message.subject.startswith(f"{INVITED}:") for message in known.waiting)
    if is_off(meeting, guest):
        word = OFF if meeting.state == MeetingState.CANCELLED else LET_OFF
        return word if has_it or (attendee.chair and not waits) else ""
    if not has_it:
        return MOVED if attendee.chair and meeting.sequence and not (known.left or waits) else INVITED
    if known.came_back:
        return INVITED
    return MOVED if known.starts_at not in {None, meeting.starts_at} else CHANGED


def entry_of(school: School, meeting: Meeting, guest: Guest, guests: Sequence[Guest], at: datetime) -> Entry:
    """Return a meeting as it stands in a guest's calendar; its organizer is the school's own mailbox."""
    named = shown_to(guest, guests)
    inside = guest.person is not None
    return Entry(
        uid=meeting.uid,
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=meeting.title,
        location=meeting.location,
        description=f"Meer in Jaarritme: {link_to(meeting)}" if inside else "",
        url=link_to(meeting) if inside else "",
        organizer=Mailbox(name=school.name, mail=school.mailbox),
        attendees=tuple(each.invited() for each in named),
        modified_at=at,
        cancelled=meeting.state == MeetingState.CANCELLED,
    )


def link_to(meeting: Meeting) -> str:
    """Return the page of a meeting, behind the login."""
    return f"{settings().base_url}/overleg/{meeting.id}"


def _tell_one(session: Session, news: _News, guest: Guest) -> bool:
    meeting, attendee = news.meeting, guest.attendee
    known = heard(session, meeting, guest, hold=True)
    word = news_of(meeting, guest, known)
    known.overtake()
    attendee.invited_sequence = None if is_off(meeting, guest) else meeting.sequence
    session.add(attendee)
    if not word:
        return False  # the invitation never left, so there is nothing to take back
    start = known.starts_at if word == LET_OFF else None
    letter = _letter(news, guest, word, start or meeting.starts_at)
    if word == INVITED and not known.known:
        letter = replace(letter, dedupe_key=first_invitation_key(meeting.id, attendee, meeting.sequence))
    if attendee.reply_sequence is None and known.shows(letter.calendar or ""):
        return False  # moved and back before they heard; who had answered is asked again
    # Whose calendar still holds a later hour must hear until then that it is not so.
    until = max(meeting.ends_at, known.starts_at or meeting.ends_at)
    return post(session, replace(letter, expires_at=until)) is not None


def _letter(news: _News, guest: Guest, word: str, start: datetime) -> Letter:
    """Write a letter; ``start`` is what the reader knows the meeting by."""
    meeting, off = news.meeting, is_off(news.meeting, guest)
    key = f"meeting:{meeting.id}:{guest.attendee.id}:{word}:{meeting.sequence}:{news.at.isoformat()}"
    kind: Kind = "cancellation" if off else "invitation"
    return Letter(
        school_id=news.school.id,
        person_id=guest.person.id if guest.person else None,
        kind=kind,
        dedupe_key=key,
        to_address=guest.mail,
        to_name=guest.name,
        subject=f"{word}: {meeting.title}, {when(start)}",
        body=_text(news, guest, word, start),
        calendar=_calendar(news, guest, off=off).decode(),
        calendar_method="CANCEL" if off else "REQUEST",
        meeting_id=meeting.id,
        sequence=meeting.sequence,
        at=news.at,
        expires_at=meeting.ends_at,
    )


def _calendar(news: _News, guest: Guest, *, off: bool) -> bytes:
    entry = entry_of(news.school, news.meeting, guest, news.guests, news.at)
    if not off:
        return invitation.request(entry)
    return invitation.cancel(entry, [guest.invited()] if guest.attendee.removed else None)


def when(moment: datetime) -> str:
    """Return the start of a meeting as a letter writes it."""
    start = local(moment)
    return f"{day_nl(start.date())} {start:%H:%M}"


def _text(news: _News, guest: Guest, word: str, start: datetime) -> str:
    meeting, off = news.meeting, is_off(news.meeting, guest)
    until = "" if off else f" tot {local(meeting.ends_at):%H:%M}"
    where = f"\nWaar: {meeting.location}" if meeting.location and not off else ""
    facts = f"{word}: {meeting.title}\nWanneer: {when(start)}{until} uur{where}\n"
    return f"{greeting(guest)}\n\n{facts}\n{_foot(news, guest, off=off)}\n"


def greeting(guest: Guest) -> str:
    """Return how a letter begins; of someone from outside we know no name."""
    if guest.person:
        return f"Dag {guest.person.name.split()[0]},"
    return "Beste ouder(s)," if guest.name == PARENTS else "Goedendag,"


def _foot(news: _News, guest: Guest, *, off: bool) -> str:
    if guest.person and guest.attendee.removed:
        return f"Je hoeft er niet meer bij te zijn. Vragen? Vraag het op school, of bel {news.school.name}."
    if guest.person:
        silent = off or guest.attendee.chair
        answer = "" if silent else "Antwoord met de knoppen in je mail, of op deze pagina.\n"
        return f"{answer}De inhoud staat in Jaarritme, achter je inlog:\n{link_to(news.meeting)}"
    if off:
        return f"Vragen? Beantwoord deze mail of bel {news.school.name}."
    return (
        "U kunt antwoorden met de knoppen in uw mail- of agendaprogramma.\n"
        f"Lukt dat niet, of komt het niet uit? Beantwoord dan deze mail of bel {news.school.name}."
    )
