"""Work with a due day, and the mornings on which people are told of it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from models import Case, CaseState, LedgerEntry, LedgerOutcome, Message, MessageState, Role, Task, TaskState
from service import procedures
from service.reminders.digest import write_digests
from tests.cast import OPENED, YEAR, Cast, moment

LADDER = ["vooraf", "op-de-dag", "vraag", "ib", "directie"]


def work(
    cast: Cast,
    owner: str | None,
    due: str | None,
    *,
    title: str = "Bespreek het plan",
    role: Role = Role.TEACHER,
    group: str = "5",
    state: TaskState = TaskState.RESERVED,
) -> Task:
    """Add a running case with one open task."""
    definition = next(p for p in procedures.current() if p.key == "plan-reviews")
    version = procedures.publish(cast.session, definition, OPENED)
    key = f"{title}:{owner}:{due}"
    case = Case(
        school_id=cast.school.id,
        version_id=version.id,
        school_year=YEAR,
        procedure="plan-reviews",
        occurrence="handelingsplan",
        key=key,
        code=f"T-{abs(hash(key)) % 10**9}",
        title="Plan: Handelingsplan",
        group_id=cast.groups[group].id,
        pupil_id=cast.pupils["1001"].id if "1001" in cast.pupils else None,
        state=CaseState.ACTIVE,
        opens_on=OPENED.date(),
    )
    cast.session.add(case)
    cast.session.flush()
    task = Task(
        school_id=cast.school.id,
        case_id=case.id,
        key="handelingsplan-concept",
        stage="handelingsplan-maken",
        title=title,
        role=role,
        group_id=cast.groups[group].id,
        owner_id=cast.id(owner) if owner else None,
        state=state if owner else TaskState.READY,
        target_on=date.fromisoformat(due) if due else None,
    )
    cast.session.add(task)
    cast.session.flush()
    return task


def morning(cast: Cast, day: date | str, hour: int = 6, minute: int = 30) -> dict[str, int]:
    """Write the digests of a morning; what was due on an earlier day has left."""
    at = moment(day, hour, minute)
    left(cast, at)
    counts = write_digests(cast.session, cast.school, at)
    cast.session.flush()
    return counts


def left(cast: Cast, at: datetime) -> None:
    """Let what would be past its time by a moment have left in time."""
    for message in cast.post():
        if message.state == MessageState.READY and message.expires_at <= at:
            message.state = MessageState.SENT


def mornings(cast: Cast, first: str, last: str) -> None:
    """Let every morning and noon come, weekends included; what was written, was sent."""
    for day in days(first, last):
        morning(cast, day)
        morning(cast, day, 13, 0)  # when the day begins of who comes in the afternoon
        for message in cast.post("digest"):
            if message.state == MessageState.READY:
                message.state = MessageState.SENT


def days(first: str, last: str) -> Iterable[date]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day
        day += timedelta(days=1)


def heard(cast: Cast, person: str) -> list[str]:
    """Return the days on which someone got a digest."""
    return [_day(message.made_at) for message in digests(cast, person)]


def digests(cast: Cast, person: str) -> list[Message]:
    return cast.post("digest", person)


def told(cast: Cast, person: str) -> list[tuple[str, str]]:
    """Return the rungs that someone was told of, with the day."""
    return [(e.rung, _day(e.at)) for e in ledger(cast, person) if e.outcome == LedgerOutcome.TOLD]


def ledger(cast: Cast, person: str) -> list[LedgerEntry]:
    cast.session.flush()
    return cast.ledger(person)


def _day(at: datetime) -> str:
    return at.date().isoformat()
