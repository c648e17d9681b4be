"""Write a planned year as rows: what the plan has and the rows have not, past the ORM, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import as_data
from calendars.people import People
from calendars.plan import Item, PlannedCase
from models import (
    CLOSED_STATES,
    Attendee,
    Case,
    CaseEvent,
    CaseState,
    Meeting,
    ProcedureVersion,
    School,
    Task,
    TaskState,
)
from service import procedures
from service.cases import rows
from service.cases.history import line
from service.clock import local
from service.meetings.attendees import attendee_values
from service.year.bulk import insert_all

_ENDED = (CaseState.COMPLETED, CaseState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes for one school, at one moment, on behalf of one person (or of nobody: the night)."""

    session: Session
    school: School
    label: str
    actor_id: UUID | None
    at: datetime

    def add_cases(self, planned: Iterable[PlannedCase]) -> int:
        """Add the cases that are not there yet, each with its first line of history."""
        known = set(self.session.exec(select(Case.id).where(Case.school_id == self.school.id)))
        fresh = [case for case in planned if case.id not in known]
        versions = self._versions(fresh)
        values = [
            rows.case_values(
                case,
                school_id=self.school.id,
                label=self.label,
                version=versions[case.procedure.key],
                opened_by=self.actor_id,
            )
            for case in fresh
        ]
        insert_all(self.session, Case, values)
        self._tell([(case.id, None) for case in fresh], "planned", self.actor_id)
        return len(fresh)

    def _versions(self, fresh: Iterable[PlannedCase]) -> Mapping[str, ProcedureVersion]:
        used = {case.procedure.key: case.procedure for case in fresh}
        return {key: procedures.publish(self.session, found, self.at) for key, found in used.items()}

    def add_tasks(self, items: Iterable[Item]) -> int:
        """Add the tasks that are not there yet; one whose moment has gone by is missed, not late."""
        school = self.school.id
        known = set(self.session.exec(select(Task.id).where(Task.school_id == school)))
        over = set(
            self.session.exec(select(Case.id).where(Case.school_id == school, col(Case.state).in_(_ENDED)))
        )
        fresh = [item for item in items if item.id not in known and item.case.id not in over]
        values, missed = self._task_values(fresh)
        insert_all(self.session, Task, values)
        self._tell([(i.case.id, i.id) for i in missed], "missed", None, "het moment was al voorbij")
        return len(fresh)

    def _task_values(self, items: Iterable[Item]) -> tuple[list[dict[str, Any]], list[Item]]:
        today, told = local(self.at).date(), dict[int, list[dict[str, Any]]]()
        values, missed = list[dict[str, Any]](), list[Item]()
        for item in items:
            steps = item.dates.steps  # shared by all items that were dated alike
            if id(steps) not in told:
                told[id(steps)] = as_data(steps)
            row = rows.task_values(item, self.school.id)
            over = rows.is_over(item.dates.latest_on, item.dates.target_on, today)
            row["state"] = TaskState.MISSED if over else TaskState.PLANNED
            row["closed_at"] = self.at if over else None
            row["derivation"] = told[id(steps)]
            missed += [item] if over else []
            values.append(row)
        return values, missed

    def add_meetings(self, items: Iterable[Item], people: People) -> int:
        """Add a meeting, with those who are asked, to every open task that has an hour and none yet."""
        school = self.school.id
        known = set(self.session.exec(select(Meeting.task_id).where(Meeting.school_id == school)))
        closed = select(Task.id).where(Task.school_id == school, col(Task.state).in_(CLOSED_STATES))
        over = known | set(self.session.exec(closed))
        meetings, asked = list[dict[str, Any]](), list[dict[str, Any]]()
        for item in items:
            if item.meeting is None or item.id in over:
                continue
            meeting = rows.meeting_values(item, school, self.school.mailbox, self.at)
            if meeting is not None:
                meetings.append(meeting)
                asked += attendee_values(meeting["id"], meeting["starts_at"], item, people)
        insert_all(self.session, Meeting, meetings)
        insert_all(self.session, Attendee, asked)
        return len(meetings)

    def _tell(
        self,
        subjects: Sequence[tuple[UUID, UUID | None]],
        verb: str,
        actor_id: UUID | None,
        reason: str | None = None,
    ) -> None:
        lines = [
            line(case, task, verb, at=self.at, actor_id=actor_id, reason=reason) for case, task in subjects
        ]
        insert_all(self.session, CaseEvent, lines)
