"""Date a running case again after something happened: only open, unpinned work moves."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from calendars.derivation import as_data
from calendars.people import People
from calendars.plan import Frame, Item, PlannedCase, base_context, plan_cases
from calendars.procedure import Procedure
from models import CLOSED_STATES, Case, ProcedureVersion, School, Task, TaskState
from service import procedures
from service.cases.facts import facts_of, overrides_of
from service.cases.history import record
from service.year.frame import frame_of
from service.year.people import people_of


class Replanner:
    """Plans cases of one school and year again; reads the calendar and the people once."""

    def __init__(self, session: Session, school: School, label: str) -> None:
        self.session, self.school = session, school
        self.frame: Frame = frame_of(session, school, label)
        self.people: People = people_of(session, school, label)
        self._context = base_context(procedures.current(), self.frame)
        self._definitions: dict[UUID, Procedure] = {}

    def procedure(self, case: Case) -> Procedure:
        """Return the procedure as it was when the case was opened."""
        if case.version_id not in self._definitions:
            version = self.session.get_one(ProcedureVersion, case.version_id)
            self._definitions[case.version_id] = procedures.of_version(version)
        return self._definitions[case.version_id]

    def items(self, case: Case) -> list[Item]:
        """Plan a case as things stand now."""
        facts = facts_of(self.session, case.school_id, case.school_year, case.id)
        overrides = overrides_of(self.session, case.school_id, case.school_year, case.id)
        planned = [self.planned(case)]
        plan = plan_cases(planned, self.frame, self.people, facts, overrides, self._context)
        return list(plan.items)

    def planned(self, case: Case) -> PlannedCase:
        """Return a case in the planner's own shape."""
        procedure = self.procedure(case)
        group = next((g for g in self.people.groups if g.id == case.group_id), None)
        pupil = next((p for p in self.people.pupils if p.id == case.pupil_id), None)
        occurrence = procedure.occurs(case.occurrence)
        return PlannedCase(case.id, procedure, occurrence, case.key, case.opens_on, group, pupil)

    def redate(self, case: Case, tasks: list[Task], at: datetime, actor_id: UUID | None = None) -> int:
        """Give the open tasks of a case their new dates and owners; return how many dates moved."""
        fresh = {item.id: item for item in self.items(case)}
        here = {m.id for m in self.people.members if any(m.has_role(r.role, at.date()) for r in m.roles)}
        moved = 0
        for task in tasks:
            item = fresh.get(task.id)
            if item and task.state not in CLOSED_STATES:
                self._appoint(task, item, here, at)
                moved += self._move(task, item, at, actor_id)
        return moved

    def _appoint(self, task: Task, item: Item, here: set[UUID], at: datetime) -> None:
        """Let planned work follow its planned owner; hand on the open work of someone who has left."""
        if task.state == TaskState.PLANNED:
            task.owner_id = item.owner
        elif task.owner_id and task.owner_id not in here:
            data = {"from": str(task.owner_id), "to": str(item.owner) if item.owner else None}
            task.owner_id = item.owner
            task.state = TaskState.RESERVED if item.owner else TaskState.READY
            reason = "werkt hier niet meer"
            record(self.session, task, "assigned", at=at, actor_id=None, reason=reason, data=data)

    def _move(self, task: Task, item: Item, at: datetime, actor_id: UUID | None) -> bool:
        """Take over an item's dates; a changed due day is history and re-arms the reminders."""
        dates = item.dates
        task.starts_on, task.derivation = dates.starts_on, as_data(dates.steps)
        if (task.target_on, task.latest_on) == (dates.target_on, dates.latest_on):
            return False
        data = {"old": _iso(task.target_on), "new": _iso(dates.target_on)}
        task.target_on, task.latest_on = dates.target_on, dates.latest_on
        task.due_version += 1
        record(self.session, task, "redated", at=at, actor_id=actor_id, data=data)
        return True


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
