"""The meetings a person belongs to, as they stand in a subscription: without who else comes."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.entries import Mailbox
from calendars.entries import Meeting as Entry
from models import Attendee, Case, Meeting, MeetingState, School
from service.clock import AMSTERDAM, local
from service.feeds.leaving import schools_from
from service.feeds.links import coded, meeting_link
from service.feeds.window import first_day, keeps_cancelled


def meeting_entries(session: Session, person_id: UUID, at: datetime) -> Iterator[Entry]:
    """Yield the meetings a person is asked to or chairs; proposals are not in anyone's calendar yet."""
    since = datetime.combine(first_day(at), time(), AMSTERDAM).astimezone(UTC)
    query = (
        select(Meeting, Case, School)
        .join(Attendee, col(Attendee.meeting_id) == Meeting.id)
        .join(Case, col(Case.id) == Meeting.case_id)
        .join(School, col(School.id) == Meeting.school_id)
        .where(
            Attendee.person_id == person_id,
            col(Meeting.school_id).in_(schools_from(session, person_id, local(at).date())),
            col(Attendee.removed).is_(False),
            Meeting.state != MeetingState.PROPOSED,
            col(Meeting.starts_at) >= since,
        )
    )
    for meeting, case, school in session.exec(query):
        cancelled = meeting.state == MeetingState.CANCELLED
        if not cancelled or keeps_cancelled(meeting.modified_at, at):
            yield _entry(meeting, case, school, cancelled=cancelled)


def _entry(meeting: Meeting, case: Case, school: School, *, cancelled: bool) -> Entry:
    link = meeting_link(meeting.id)
    return Entry(
        uid=meeting.uid,
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=coded(meeting.title, case.code, case.pupil_id),
        organizer=Mailbox(name=school.name, mail=school.mailbox),
        modified_at=meeting.modified_at,
        description=f"Openen in Jaarritme: {link}",
        location=meeting.location,
        url=link,
        cancelled=cancelled,
    )
