"""Which rung of a task's reminder ladder has been reached, and for whom (school days from the due day)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from calendars.people import People
from calendars.procedure import Remind
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar
from models import Task


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung that has been reached: for one person, on which day, and how far down the ladder."""

    task: Task
    person_id: UUID
    key: str
    day: date
    school_days: int


def reached(
    task: Task, ladder: tuple[Remind, ...], people: People, calendar: SchoolCalendar, today: date
) -> Iterator[Rung]:
    """Yield every rung of a task that has been reached by ``today``, the earliest first."""
    if task.target_on is None:
        return
    for step in sorted(ladder, key=lambda s: s.school_days):
        try:
            day = calendar.add_school_days(task.target_on, step.school_days)
        except OutsideCalendarError:
            continue
        if day <= today:
            for person_id in sorted(_who(task, step, people, today), key=str):
                yield Rung(task, person_id, step.key, day, step.school_days)


def _who(task: Task, step: Remind, people: People, today: date) -> set[UUID]:
    """Return who a rung is for; an unowned task is everyone's whose queue it stands in.

    A rung that passes the owner by is for others: an IB'er is not sent to talk with herself.
    """
    queue = people.candidates(task.role, today, group=task.group_id, unit=task.unit or None)
    owners = {task.owner_id} if task.owner_id else {m.id for m in queue}
    roles = {m.id for role in ("ib", "director") if role in step.to for m in people.candidates(role, today)}
    return roles | owners if "owner" in step.to else roles - owners
