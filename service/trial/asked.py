"""Who would sit at a planned meeting."""

from uuid import UUID

from calendars.people import People
from calendars.plan import Item
from service.cases import rows
from service.meetings.attendees import attendees_of

_NOWHERE = "proefjaar@school.example"  # the row is never kept


def asked(item: Item, people: People) -> dict[UUID, bool]:
    """Return who is asked to an item's meeting, True for the chair; nobody while it has no hour."""
    if item.meeting is None or item.rule.meeting is None:
        return {}
    row = rows.meeting_row(item, item.case.id, _NOWHERE, item.meeting.starts_at)
    group = item.group.id if item.group else None
    return attendees_of(people, row, group, item.rule.meeting.chair) if row else {}
