"""Tell who is asked: an invitation, an update when a meeting moved, a cancellation; one mail each."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from calendars import invitation
from calendars.derivation import day_nl
from calendars.entries import Attendee as Invited
from calendars.entries import Mailbox
from calendars.entries import Meeting as Entry
from models import Attendee, Meeting, MeetingState, Person, School
from service.clock import local
from service.notices.outbox import Letter, post
from service.settings import settings

Asked = tuple[Attendee, Person]


def tell(session: Session, meeting: Meeting, at: datetime) -> int:
    """Post what each teacher hasn't heard yet of a meeting that is still to come; return how many."""
    if meeting.ends_at <= at:
        return 0
    school = session.get_one(School, meeting.school_id)
    asked = _asked(session, meeting)
    entry = entry_of(school, meeting, asked)
    return sum(_tell_one(session, school, meeting, entry, pair, at) for pair in asked)


def _asked(session: Session, meeting: Meeting) -> list[Asked]:
    query = (
        select(Attendee, Person)
        .join(Person, col(Person.id) == Attendee.person_id)
        .where(Attendee.meeting_id == meeting.id)
        .order_by(Person.email)
    )
    return [(attendee, person) for attendee, person in session.exec(query)]


def entry_of(school: School, meeting: Meeting, asked: Sequence[Asked]) -> Entry:
    """Return a meeting as it stands in a calendar; its organizer is the school's own mailbox."""
    return Entry(
        uid=meeting.uid,
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=meeting.title,
        location=meeting.location,
        description=f"Meer in Jaarritme: {link_to(meeting)}",
        url=link_to(meeting),
        organizer=Mailbox(name=school.name, mail=school.mailbox),
        attendees=tuple(_invited(a, p) for a, p in asked if not a.removed and p.active),
        modified_at=meeting.modified_at,
        cancelled=meeting.state == MeetingState.CANCELLED,
    )


def _invited(attendee: Attendee, person: Person) -> Invited:
    return Invited(
        name=person.name,
        mail=person.email,
        role="CHAIR" if attendee.chair else "REQ-PARTICIPANT",
        partstat=attendee.partstat,
        rsvp=not attendee.chair,
    )


def link_to(meeting: Meeting) -> str:
    """Return the page of a meeting's task, behind the login."""
    return f"{settings().base_url}/taken/{meeting.task_id}"


def _tell_one(
    session: Session, school: School, meeting: Meeting, entry: Entry, asked: Asked, at: datetime
) -> bool:
    attendee, person = asked
    if attendee.chair or not person.active:
        return False  # the chair planned it, and has it in her own calendar address
    called_off = meeting.state == MeetingState.CANCELLED or attendee.removed
    if called_off and attendee.invited_sequence is None:
        return False
    if not called_off and attendee.invited_sequence == meeting.sequence:
        return False
    letter = _letter(school, meeting, entry, asked, at, called_off=called_off)
    attendee.invited_sequence = None if called_off else meeting.sequence
    session.add(attendee)
    return post(session, letter) is not None


def _letter(
    school: School, meeting: Meeting, entry: Entry, asked: Asked, at: datetime, *, called_off: bool
) -> Letter:
    attendee, person = asked
    again = attendee.invited_sequence is not None
    news = "Gaat niet door" if called_off else "Verzet" if again else "Uitnodiging"
    calendar = (
        invitation.cancel(entry, [_invited(attendee, person)] if attendee.removed else None)
        if called_off
        else invitation.request(entry)
    )
    kind = "cancel" if called_off else "request"
    return Letter(
        school_id=school.id,
        person_id=person.id,
        kind="cancellation" if called_off else "invitation",
        dedupe_key=f"meeting:{meeting.id}:{person.id}:{kind}:{meeting.sequence}",
        to_address=person.email,
        subject=f"{news}: {meeting.title}, {_when(meeting)}",
        body=_text(person, meeting, news),
        calendar=calendar.decode(),
        calendar_method="CANCEL" if called_off else "REQUEST",
        meeting_id=meeting.id,
        sequence=meeting.sequence,
        at=at,
        expires_at=meeting.ends_at,
    )


def _when(meeting: Meeting) -> str:
    start = local(meeting.starts_at)
    return f"{day_nl(start.date())} {start:%H:%M}"


def _text(person: Person, meeting: Meeting, news: str) -> str:
    end = local(meeting.ends_at)
    where = f"\nWaar: {meeting.location}" if meeting.location else ""
    return (
        f"Dag {person.name.split()[0]},\n\n{news}: {meeting.title}\n"
        f"Wanneer: {_when(meeting)} tot {end:%H:%M} uur{where}\n\n"
        f"De inhoud staat in Jaarritme, achter je inlog:\n{link_to(meeting)}\n"
    )
