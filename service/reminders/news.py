"""What changed of the work that somebody was told of: another day, or not needed any more."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import day_nl
from models import Case, CaseEvent, Task, TaskKind, TaskState
from service.reminders.ladder import Rung, Scene
from service.reminders.ledger import BY_YOURSELF, CANCELLED, CHANGED, Ledger
from service.reminders.texts import News

RECENT = timedelta(days=7)  # what ended longer ago is no news
OVERLAP = timedelta(minutes=10)  # a change may be written a little after the moment that it names
_MOVES = ("redated", "rescheduled")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Change:
    """News for one person, with the rung under which the ledger keeps it."""

    rung: Rung
    news: News


def changes(
    session: Session,
    scene: Scene,
    ledger: Ledger,
    cases: Mapping[UUID, Case],
    tasks: Iterable[Task],
    at: datetime,
) -> dict[UUID, list[Change]]:
    """Return, per person, what changed of what they were told; what they did themselves is no news to them.

    Of a meeting its own invitation tells.
    """
    known = [t for t in tasks if t.kind != TaskKind.MEETING and ledger.people_told(t)]
    events = _events(session, [t.id for t in known])
    found: dict[UUID, list[Change]] = defaultdict(list)
    for task in known:
        for change, by_whom in _of_task(task, cases[task.case_id], scene, ledger, events[task.id]):
            person_id = change.rung.person_id
            if ledger.is_settled(change.rung):
                continue
            if by_whom == person_id:
                ledger.not_told(change.rung, BY_YOURSELF, at)
            else:
                found[person_id].append(change)
    return found


def _events(session: Session, ids: list[UUID]) -> Mapping[UUID, list[CaseEvent]]:
    found: dict[UUID, list[CaseEvent]] = defaultdict(list)
    for start in range(0, len(ids), _AT_ONCE):
        query = select(CaseEvent).where(
            col(CaseEvent.task_id).in_(ids[start : start + _AT_ONCE]),
            col(CaseEvent.verb).in_((*_MOVES, "cancelled")),
        )
        for event in session.exec(query.order_by(col(CaseEvent.at))):
            if event.task_id:
                found[event.task_id].append(event)
    return found


def _of_task(
    task: Task, case: Case, scene: Scene, ledger: Ledger, events: list[CaseEvent]
) -> Iterator[tuple[Change, UUID | None]]:
    """Yield the news of one task for each person it is for, and who made it so."""
    if task.state == TaskState.CANCELLED:
        rung_key, moves = CANCELLED, [e for e in events if e.verb == "cancelled"][-1:]
    else:
        rung_key, moves = CHANGED, [e for e in events if e.verb in _MOVES]
    for person_id in sorted(ledger.people_told(task) & scene.owners(task), key=str):
        rung = Rung(task, person_id, rung_key, scene.today)
        words, by_whom = _words(task, rung, ledger, moves)
        if words:
            yield Change(rung, News(task, case, words)), by_whom


def _words(task: Task, rung: Rung, ledger: Ledger, moves: list[CaseEvent]) -> tuple[str, UUID | None]:
    """Return what changed since a person was last told, and by whom; empty when it is as they know it."""
    last = ledger.lines(rung)[-1]
    just_before = [event for event in moves[-1:] if event.at > last.at - OVERLAP]
    since = [event for event in moves if event.at > last.at] or just_before
    if rung.key == CANCELLED:
        return ("is niet meer nodig" if since else ""), (since[-1].actor_id if since else None)
    if last.version == task.due_version or not since:
        return "", None
    old = _day(since[0].data.get("old"))
    if old == task.target_on:
        return "", None
    told = f"verzet van {_in_words(old)} naar {_in_words(task.target_on)}"
    return told, since[-1].actor_id


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _in_words(day: date | None) -> str:
    return day_nl(day) if day else "nog te plannen"
