"""Who is asked to a meeting: the chair, and all teachers of the group."""

from uuid import UUID

from calendars.people import People
from calendars.plan import Item
from models import Attendee, Meeting
from service.clock import local


def attendees_of(people: People, meeting: Meeting, group: UUID | None, chair: str) -> dict[UUID, bool]:
    """Return who belongs at a meeting; True for the chair."""
    start = local(meeting.starts_at)
    half = "am" if start.hour < 12 else "pm"  # noqa: PLR2004 -- noon
    chairs = people.candidates(chair, start.date())
    present = [c for c in chairs if half in c.presence.halves_on(start.date())]
    wanted = {m.id: False for m in people.candidates("teacher", start.date(), group=group)}
    return wanted | {c.id: True for c in (present or chairs)[:1]}


def attendee_rows(meeting: Meeting, item: Item, people: People) -> list[Attendee]:
    """Return the rows of everyone who is asked to a new meeting."""
    chair = item.rule.meeting.chair if item.rule.meeting else "ib"
    wanted = attendees_of(people, meeting, item.group.id if item.group else None, chair)
    return [
        Attendee(
            meeting_id=meeting.id,
            person_id=person,
            chair=leads,
            partstat="ACCEPTED" if leads else "NEEDS-ACTION",
        )
        for person, leads in sorted(wanted.items(), key=lambda pair: str(pair[0]))
    ]
