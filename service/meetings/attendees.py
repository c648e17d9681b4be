"""Who is asked to a meeting: the chair, and all teachers of the group."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from calendars.people import People
from calendars.plan import Item
from models import Attendee, Meeting
from service.clock import local


def attendees_of(
    people: People, meeting: Meeting, group: UUID | None, chair: str, leads: UUID | None = None
) -> dict[UUID, bool]:
    """Return who belongs at a meeting; True for the chair, which stays who ``leads`` now when that can be."""
    return asked_at(people, meeting.starts_at, group, chair, leads)


def asked_at(
    people: People, starts_at: datetime, group: UUID | None, chair: str, leads: UUID | None = None
) -> dict[UUID, bool]:
    """Return who belongs at a meeting at an hour; True for the chair."""
    start = local(starts_at)
    half = "am" if start.hour < 12 else "pm"  # noqa: PLR2004 -- noon
    chairs = people.candidates(chair, start.date())
    present = [c for c in chairs if half in c.presence.halves_on(start.date())]
    wanted = {m.id: False for m in people.candidates("teacher", start.date(), group=group)}
    same = [c for c in present if c.id == leads]
    return wanted | {c.id: True for c in (same or present or chairs)[:1]}


def attendee_rows(meeting: Meeting, item: Item, people: People) -> list[Attendee]:
    """Return the rows of everyone who is asked to a new meeting."""
    return [Attendee(**values) for values in attendee_values(meeting.id, meeting.starts_at, item, people)]


def attendee_values(
    meeting_id: UUID, starts_at: datetime, item: Item, people: People
) -> Iterator[dict[str, Any]]:
    """Yield what the rows of everyone who is asked to a new meeting hold, apart from their defaults.

    Who comes to a meeting that a person arranges, that person says.
    """
    if item.rule.meeting and item.rule.meeting.by_hand:
        return
    chair = item.rule.meeting.chair if item.rule.meeting else "ib"
    wanted = asked_at(people, starts_at, item.group.id if item.group else None, chair)
    for person, leads in sorted(wanted.items(), key=lambda pair: pair[0].int):
        yield {
            "id": uuid4(),
            "meeting_id": meeting_id,
            "person_id": person,
            "chair": leads,
            "partstat": "ACCEPTED" if leads else "NEEDS-ACTION",
        }
