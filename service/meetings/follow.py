"""Keep who is asked to a meeting right when a group's teacher or the chair changes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from calendars.people import People
from calendars.procedure import Meet
from models import Attendee, Meeting
from service.clock import local
from service.meetings.attendees import attendees_of
from service.meetings.guests import Guest, ask_again, guests_of
from service.meetings.proposals import overtake_proposals
from service.meetings.versions import raise_in_silence


def follow_people(
    session: Session, meeting: Meeting, people: People, group: UUID | None, meet: Meet | None, at: datetime
) -> None:
    """Ask who belongs at a meeting now, and take off who doesn't; a removal raises its sequence.

    For who stays nothing changed, so they hear nothing of it. Whom a person asked or took off stays so,
    but for a colleague who has left the school.
    """
    guests = guests_of(session, meeting)
    leader = next((g.attendee.person_id for g in guests if g.attendee.chair and g.is_here), None)
    wanted = _wanted(people, meeting, group, meet, leader)
    known = {g.attendee.person_id: g.attendee for g in guests if g.attendee.person_id}
    here = _staff(people, meeting)
    for person_id, leads in wanted.items():
        attendee = known.get(person_id)
        if attendee is None:
            session.add(_asked(meeting, person_id, leads=leads))
        elif not attendee.by_hand:
            ask_again(attendee)
            attendee.chair = leads
    gone = [g for g in guests if not g.attendee.removed and _has_gone(g, wanted, here)]
    for guest in gone:
        guest.attendee.removed = True
    if gone:
        overtake_proposals(session, meeting, at, [g.attendee for g in gone])
        raise_in_silence(session, meeting, [g for g in guests if g.is_here], at)
    session.flush()


def _wanted(
    people: People, meeting: Meeting, group: UUID | None, meet: Meet | None, leader: UUID | None
) -> dict[UUID, bool]:
    """Return who belongs at a meeting by rule; True for the chair."""
    if meet and meet.by_hand:
        return {}
    return attendees_of(people, meeting, group, meet.chair if meet else "ib", leader)


def _staff(people: People, meeting: Meeting) -> set[UUID]:
    day = local(meeting.starts_at).date()
    return {m.id for m in people.members if any(m.has_role(r.role, day) for r in m.roles)}


def _has_gone(guest: Guest, wanted: dict[UUID, bool], here: set[UUID]) -> bool:
    person_id = guest.attendee.person_id
    if person_id is None:
        return False
    return person_id not in (here if guest.attendee.by_hand else wanted)


def _asked(meeting: Meeting, person_id: UUID, *, leads: bool) -> Attendee:
    partstat = "ACCEPTED" if leads else "NEEDS-ACTION"
    return Attendee(meeting_id=meeting.id, person_id=person_id, chair=leads, partstat=partstat)
