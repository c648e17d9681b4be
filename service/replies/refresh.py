"""Send an invitation again to who asks for it (REFRESH, RFC 5546 §3.2.6): as it stands, and once a day."""

from datetime import datetime

from sqlmodel import Session

from calendars import invitation
from models import Meeting, MeetingState, Message, School
from service.clock import local
from service.meetings.guests import Guest, guests_of
from service.meetings.tell import entry_of, greeting, link_to, when
from service.notices.outbox import Letter, post


def send_again(session: Session, meeting: Meeting, guest: Guest, at: datetime) -> Message | None:
    """Post the invitation, or the cancellation, as it stands now; None when that was done today already."""
    if meeting.ends_at <= at or not guest.mail:
        return None
    guest.attendee.invited_sequence = meeting.sequence if _comes(meeting, guest) else None
    session.add(guest.attendee)
    return post(session, _letter(session, meeting, guest, at))


def _comes(meeting: Meeting, guest: Guest) -> bool:
    return guest.is_here and meeting.state != MeetingState.CANCELLED


def _letter(session: Session, meeting: Meeting, guest: Guest, at: datetime) -> Letter:
    school = session.get_one(School, meeting.school_id)
    guests = guests_of(session, meeting)
    entry = entry_of(school, meeting, guest, guests, at)
    comes = _comes(meeting, guest)
    mine = [guest.invited()] if guest.attendee.removed else None
    news = "Uitnodiging" if comes else "Gaat niet door"
    about = f"{meeting.title}, {when(meeting.starts_at)}"
    more = f"\nMeer in Jaarritme: {link_to(meeting)}\n" if guest.person else ""
    calendar = invitation.request(entry) if comes else invitation.cancel(entry, mine)
    return Letter(
        school_id=school.id,
        person_id=guest.person.id if guest.person else None,
        kind="invitation" if comes else "cancellation",
        dedupe_key=f"meeting:{meeting.id}:{guest.attendee.id}:again:{meeting.sequence}:{local(at).date()}",
        to_address=guest.mail,
        to_name=guest.name,
        subject=f"{news}: {about}",
        body=f"{greeting(guest)}\n\nOp verzoek nog een keer: {about} uur.\n{more}",
        calendar=calendar.decode(),
        calendar_method="REQUEST" if comes else "CANCEL",
        meeting_id=meeting.id,
        sequence=meeting.sequence,
        at=at,
        expires_at=meeting.ends_at,
    )
