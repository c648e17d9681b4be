"""How many messages a planned year would send to each person; an estimate, and how it is counted.

It supposes that all work is done on its planned day, so reminders of what is late are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from calendars.ladder import rung_day
from calendars.people import Member, People
from calendars.plan import Frame, Item, Plan
from calendars.rungs import Remind
from calendars.schoolyear import OutsideCalendarError
from service.trial.asked import asked

HOW = (
    "Geschat: één dagbericht op elke werkdag waarop iets nadert of af moet zijn, als alles op tijd klaar is; "
    "en één uitnodiging per overleg voor wie wordt gevraagd (de voorzitter krijgt er geen). "
    "Wie iets te laat afrondt, krijgt er herinneringen bij."
)


def digests(plan: Plan, frame: Frame, people: People) -> Counter[UUID]:
    """Count per person the working days on which a digest would have something to tell."""
    days: defaultdict[UUID, set[date]] = defaultdict(set)
    for item in plan.items:
        for member, day in _told(item, frame, people):
            days[member.id].add(day)
    return Counter({person: len(found) for person, found in days.items()})


def invitations(plan: Plan, people: People) -> Counter[UUID]:
    """Count per person the invitations to meetings; a chair gets none."""
    return Counter(
        person for item in plan.items for person, chairs in asked(item, people).items() if not chairs
    )


def _told(item: Item, frame: Frame, people: People) -> Iterator[tuple[Member, date]]:
    due = item.dates.target_on
    if due is None:
        return
    ladder = item.case.procedure.remind if item.rule.remind is None else item.rule.remind
    for step in ladder:
        if step.count <= 0:
            yield from _told_of(item, step, due, frame, people)


def _told_of(
    item: Item, step: Remind, due: date, frame: Frame, people: People
) -> Iterator[tuple[Member, date]]:
    """Return who is told of one rung and on which working day, as long as that is in time."""
    for member in _who(item, step, people, due):
        try:
            reached = rung_day(step, due, frame.calendar, member.presence)
            told = member.presence.next_day(max(reached, _known_from(item)), frame.calendar)
        except OutsideCalendarError:
            continue
        if told <= due:
            yield member, told


def _known_from(item: Item) -> date:
    """Return from when a task is pressing: its case runs, and its stage has begun unless the law waits."""
    if item.dates.latest_on or item.dates.starts_on is None:
        return item.case.opens_on
    return max(item.case.opens_on, item.dates.starts_on)


def _who(item: Item, step: Remind, people: People, day: date) -> list[Member]:
    group = item.group.id if item.group else None
    queue = people.candidates(item.rule.role, day, group=group, unit=item.unit)
    owners = {item.owner} if item.owner else {member.id for member in queue}
    others = {m.id for role in ("ib", "director") if role in step.to for m in people.candidates(role, day)}
    wanted = others | owners if "owner" in step.to else others - owners
    return [member for member in people.members if member.id in wanted]
