"""How much a planned year asks of each person: tasks, windows, meetings and messages."""

from collections import Counter
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from calendars.people import People
from calendars.plan import Frame, Plan
from service.trial.asked import asked
from service.trial.messages import digests, invitations


class Totals(BaseModel):
    """What a year asks of one person; ``person`` is None for work that is nobody's yet."""

    model_config = ConfigDict(frozen=True)

    person: UUID | None
    tasks: int = 0
    windows: int = 0
    meetings: int = 0
    digests: int = 0
    invitations: int = 0

    @property
    def messages(self) -> int:
        """Return all messages together."""
        return self.digests + self.invitations


def totals_of(plan: Plan, frame: Frame, people: People) -> tuple[Totals, ...]:
    """Return the totals per person, most work first; everyone of the staff is in it."""
    owned: dict[str, Counter[UUID | None]] = {"task": Counter(), "window": Counter(), "meeting": Counter()}
    for item in plan.items:
        owned[item.kind][item.owner] += 1
    attends = Counter(person for item in plan.items for person in asked(item, people))
    told, invited = digests(plan, frame, people), invitations(plan, people)
    everyone: list[UUID | None] = [member.id for member in people.members]
    if any(item.owner is None and item.meeting is None for item in plan.items):
        everyone.append(None)
    rows = [
        Totals(
            person=who,
            tasks=owned["task"][who],
            windows=owned["window"][who],
            meetings=attends[who] if who else _without_hour(plan),
            digests=told[who] if who else 0,
            invitations=invited[who] if who else 0,
        )
        for who in everyone
    ]
    return tuple(sorted(rows, key=lambda r: (r.person is None, -(r.tasks + r.windows), str(r.person))))


def _without_hour(plan: Plan) -> int:
    return sum(item.kind == "meeting" and item.meeting is None for item in plan.items)
