"""Which rung of a task's reminder ladder has been reached, and for whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol
from uuid import UUID

from calendars.ladder import rung_day
from calendars.people import Member, People
from calendars.presence import Presence
from calendars.rungs import Remind
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar
from models import Role, Task

STOPPED = "gestopt"  # the key of what comes after the last rung
_PATIENCE = 5  # school days that a step to others waits for the step before it
_HOLIDAY = 70  # calendar days: longer than any in which nothing is counted
_GENTLE = ("question", "escalation")


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung that has been reached: for one person, and on which day."""

    task: Task
    person_id: UUID
    key: str
    day: date
    kind: str = "after"


class Told(Protocol):
    """What was told before."""

    def first_told(self, task: Task, rung: str) -> date | None:
        """Return the first day on which a rung of a task, with its due day as it is now, was told."""

    def first_tried(self, task: Task, rung: str) -> date | None:
        """Return the first day on which it was told, or could not be."""


@dataclass(frozen=True)
class Scene:
    """The people and the days of a school, and which day it is."""

    people: People
    calendar: SchoolCalendar
    today: date

    @cached_property
    def members(self) -> Mapping[UUID, Member]:
        """Return everyone by id."""
        return {member.id: member for member in self.people.members}

    @cached_property
    def _days(self) -> dict[tuple[date, int, bool, UUID | None], date | None]:
        """Return the days that were asked for before: much work is for the same people on the same day."""
        return {}

    def day(self, step: Remind, due: date, person_id: UUID | None) -> date | None:
        """Return the day of a rung for a person; nothing beyond the known years."""
        key = (due, step.count, step.working_days is None, person_id)
        if key not in self._days:
            presence = self.presence(person_id) if person_id else Presence()
            try:
                self._days[key] = rung_day(step, due, self.calendar, presence)
            except OutsideCalendarError:
                self._days[key] = None
        return self._days[key]

    def owners(self, task: Task) -> set[UUID]:
        """Return whose a task is; one that nobody has is everyone's whose queue it stands in."""
        if task.owner_id:
            return {task.owner_id}
        queue = self.people.candidates(task.role, self.today, group=task.group_id, unit=task.unit or None)
        return {member.id for member in queue}

    def in_role(self, role: str) -> set[UUID]:
        """Return who has a role today."""
        return {member.id for member in self.people.candidates(role, self.today)}

    def presence(self, person_id: UUID) -> Presence:
        """Return when a person works."""
        member = self.members.get(person_id)
        return member.presence if member else Presence()


def reached(task: Task, ladder: tuple[Remind, ...], scene: Scene, told: Told) -> Iterator[Rung]:
    """Yield every rung of a task that has been reached by today, the earliest first.

    Others hear only after the one whose task it is was asked, on an earlier day: also when everything is
    caught up at once, the question comes first.
    """
    earliest = min((step.count for step in ladder), default=0)
    if task.target_on is None or task.target_on - _furthest(earliest) > scene.today:
        return
    before: Remind | None = None
    for step in sorted(ladder, key=lambda s: s.count):
        days = _days(task, step, scene)
        if step.kind == "escalation" and not _may_follow(task, before, scene, told):
            return
        for person_id, day in sorted(days.items(), key=lambda pair: str(pair[0])):
            if day <= scene.today:
                yield Rung(task, person_id, step.key, day, step.kind)
        before = step if step.kind in _GENTLE and days else before  # nobody waits for who is not there


def _furthest(count: int) -> timedelta:
    """Return how long before its due day a rung can be at most, so that far work costs nothing to pass by."""
    return timedelta(days=_HOLIDAY + 7 * max(0, -count))


def has_ended(task: Task, ladder: tuple[Remind, ...], scene: Scene, told: Told) -> bool:
    """Tell whether the ladder of a task is at its end: a day after its last rung nothing more is sent."""
    last = max(ladder, key=lambda s: s.count, default=None)
    if last is None or last.count <= 0 or task.target_on is None:
        return False
    unit = "school_days" if last.working_days is None else "working_days"
    day = _slowest(task, Remind.model_validate({"key": STOPPED, unit: last.count + 1}), scene)
    if day is None or day > scene.today:
        return False
    gentle = [step for step in ladder if step.kind in _GENTLE and _days(task, step, scene)]
    return _may_follow(task, max(gentle, key=lambda s: s.count, default=None), scene, told)


def _days(task: Task, step: Remind, scene: Scene) -> dict[UUID, date]:
    """Return on which day each person whom a rung is for may hear it."""
    owners = scene.owners(task)
    due = task.target_on
    own = {person: scene.day(step, due, person) for person in owners} if due else {}
    found = {person: day for person, day in own.items() if day and "owner" in step.to}
    slowest = _slowest(task, step, scene)
    roles: set[UUID] = set()
    for role in (Role.IB.value, Role.DIRECTOR.value):
        roles |= scene.in_role(role) if role in step.to else set()
    # A rung that passes the owner by is for others: an IB'er is not sent to talk with herself.
    return {**dict.fromkeys(roles - owners, slowest), **found} if slowest else found


def _slowest(task: Task, step: Remind, scene: Scene) -> date | None:
    """Return the day of a rung for others: of whose task it is, or of who works least in its queue."""
    if task.target_on is None:
        return None
    days = [scene.day(step, task.target_on, person) for person in scene.owners(task)]
    known = [day for day in days if day]
    return max(known) if known else scene.day(step, task.target_on, None)


def _may_follow(task: Task, before: Remind | None, scene: Scene, told: Told) -> bool:
    """Tell whether a step to others may follow: the one before it was told before today.

    It doesn't wait for ever: whoever can't be told, or is away, would keep the others from hearing it.
    """
    if before is None or not any(_is_here(person, scene) for person in scene.owners(task)):
        return True
    first, tried = told.first_told(task, before.key), told.first_tried(task, before.key)
    if first is not None or tried is None:
        return first is not None and first < scene.today
    try:
        return scene.calendar.add_school_days(tried, _PATIENCE) <= scene.today
    except OutsideCalendarError:
        return True


def _is_here(person_id: UUID, scene: Scene) -> bool:
    member = scene.members.get(person_id)
    return member is not None and any(member.has_role(r.role, scene.today) for r in member.roles)
