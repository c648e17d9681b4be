"""Everything that could be told at a school at one moment: its open work, the rungs reached, the news."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlmodel import Session, col, or_, select

from calendars.procedure import Procedure
from calendars.rungs import Remind
from models import CLOSED_STATES, Case, CaseState, ProcedureVersion, School, Task, TaskState
from service import procedures
from service.cases.conversation import is_conversation
from service.cases.pressing import is_pressing
from service.clock import local
from service.reminders import news, stop
from service.reminders.ladder import Rung, Scene, has_ended, reached
from service.reminders.ledger import DONE, Ledger

_AT_ONCE = 500


@dataclass(frozen=True)
class Outlook:
    """The open work of a school with its ladders, what ended lately, and what the ledger says of both."""

    session: Session
    school: School
    scene: Scene
    at: datetime
    cases: Mapping[UUID, Case]
    open_tasks: list[Task]
    ended: list[Task]
    ladders: Mapping[UUID, Procedure]
    ledger: Ledger

    def ladder(self, task: Task) -> tuple[Remind, ...]:
        """Return the ladder under which a task's case began."""
        return stop.ladder_of(task, self.ladders[self.cases[task.case_id].version_id])

    @cached_property
    def open_ids(self) -> frozenset[UUID]:
        """Return the ids of the open work."""
        return frozenset(task.id for task in self.open_tasks)

    def pending(self) -> dict[UUID, list[Rung]]:
        """Return, per person, the rungs that are reached and not settled; those of a task in order."""
        found: dict[UUID, list[Rung]] = defaultdict(list)
        for task in self.open_tasks:
            for rung in reached(task, self.ladder(task), self.scene, self.ledger):
                if not self.ledger.is_settled(rung):
                    found[rung.person_id].append(rung)
        return found

    def news(self) -> dict[UUID, list[news.Change]]:
        """Return, per person, what changed of what they were told."""
        gone = [t for t in self.ended if t.state == TaskState.CANCELLED and not is_conversation(t)]
        work = [*self.open_tasks, *gone]
        return news.changes(self.session, self.scene, self.ledger, self.cases, work, self.at)

    def at_their_end(self) -> list[Task]:
        """Return the work of which the ladder is at its end."""
        return [
            task
            for task in self.open_tasks
            if not is_conversation(task) and has_ended(task, self.ladder(task), self.scene, self.ledger)
        ]

    def note_done(self) -> None:
        """Write why the next rung of what is done was not told."""
        for task in self.ended:
            for rung in self._first_after(task):
                if not self.ledger.is_settled(rung):
                    self.ledger.not_told(rung, DONE, self.at)

    def _first_after(self, task: Task) -> Iterable[Rung]:
        """Return, per person whose task it was, the first rung on or after the day on which it was done."""
        if task.closed_at is None or task.state == TaskState.CANCELLED:
            return []
        done, owners = local(task.closed_at).date(), self.scene.owners(task)
        first: dict[UUID, Rung] = {}
        for rung in reached(task, self.ladder(task), self.scene, self.ledger):
            if rung.day >= done and rung.person_id in owners:
                first.setdefault(rung.person_id, rung)
        return first.values()


def outlook_of(
    session: Session, school: School, scene: Scene, at: datetime, changed: frozenset[UUID] | None = None
) -> Outlook:
    """Read everything that could be told at a school; or only what is for today and what ``changed``."""
    pressing = select(Task).where(Task.school_id == school.id, is_pressing())
    lately = select(Task).where(
        Task.school_id == school.id,
        col(Task.state).in_(CLOSED_STATES),
        col(Task.closed_at) > at - news.RECENT,
        col(Task.closed_at) <= at,
    )
    if changed is not None:
        pressing = pressing.where(or_(col(Task.target_on) == scene.today, col(Task.id).in_(changed)))
        lately = lately.where(col(Task.id).in_(changed))
    pressing_now, ended = list(session.exec(pressing)), list(session.exec(lately))
    cases = _cases(session, {task.case_id for task in [*pressing_now, *ended]})
    open_tasks = [t for t in pressing_now if cases[t.case_id].state == CaseState.ACTIVE]
    used = {case.version_id for case in cases.values()}
    versions = session.exec(select(ProcedureVersion).where(col(ProcedureVersion.id).in_(used)))
    ladders = {version.id: procedures.of_version(version) for version in versions}
    ledger = Ledger(session, school.id, [*open_tasks, *ended], at)
    return Outlook(session, school, scene, at, cases, open_tasks, ended, ladders, ledger)


def _cases(session: Session, ids: set[UUID]) -> dict[UUID, Case]:
    listed, found = list(ids), dict[UUID, Case]()
    for start in range(0, len(listed), _AT_ONCE):
        part = select(Case).where(col(Case.id).in_(listed[start : start + _AT_ONCE]))
        found |= {case.id: case for case in session.exec(part)}
    return found
