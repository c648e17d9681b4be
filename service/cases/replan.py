"""Date a running case again after something happened: only open, unpinned work moves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import as_data
from calendars.people import Facts, People
from calendars.plan import Frame, Item, PlannedCase, case_context, plan_cases, school_context
from calendars.procedure import Procedure
from calendars.resolve import NoDateYetError, resolve
from calendars.schoolyear import OutsideCalendarError
from calendars.working import Works
from models import CLOSED_STATES, Case, CaseEvent, ProcedureVersion, Role, School, Task, TaskState
from service import procedures
from service.cases.facts import facts_of, overrides_of
from service.cases.history import record
from service.clock import local
from service.rules.look import layers_of
from service.year.frame import frame_of
from service.year.people import people_of

_APPOINTS = ("assigned", "claimed", "released")


class Replanner:
    """Plans cases of one school and year again; reads the calendar and the people once."""

    def __init__(self, session: Session, school: School, label: str) -> None:
        self.session, self.school = session, school
        self.frame: Frame = frame_of(session, school, label)
        self.people: People = people_of(session, school, label)
        self._members = {member.id: member for member in self.people.members}
        self._layers = layers_of(session, school, label)
        self._context = school_context(procedures.current(), self.frame, self._layers)
        self._definitions: dict[UUID, Procedure] = {}

    def procedure(self, case: Case) -> Procedure:
        """Return the procedure as it was when the case was opened."""
        if case.version_id not in self._definitions:
            version = self.session.get_one(ProcedureVersion, case.version_id)
            self._definitions[case.version_id] = procedures.of_version(version)
        return self._definitions[case.version_id]

    def items(self, case: Case) -> list[Item]:
        """Plan a case as things stand now; a meeting without an hour is placed with the whole year only."""
        facts = facts_of(self.session, case.school_id, case.school_year, case.id)
        return [i for i in self._planned_items(case, facts) if i.meeting is None or i.id in facts.meetings]

    def all_items(self, case: Case) -> list[Item]:
        """Plan a case as things stand now, with the meetings that have no hour yet."""
        facts = facts_of(self.session, case.school_id, case.school_year, case.id)
        hours = facts.meetings
        return [replace(i, meeting=hours.get(i.id)) for i in self._planned_items(case, facts)]

    def _planned_items(self, case: Case, facts: Facts) -> Sequence[Item]:
        kept = overrides_of(self.session, case.school_id, case.school_year, case.id)
        planned, overrides = [self.planned(case)], replace(kept, layers=self._layers)
        return plan_cases(planned, self.frame, self.people, facts, overrides, self._context).items

    def window(self, case: Case, task: Task) -> tuple[date, date] | None:
        """Return the days (both included) between which a meeting belongs; nothing while they are unknown."""
        planned, works = self.planned(case), Works(self.people, self._layers)
        meet = next((w.rule.meeting for w in works.of(planned) if w.id == task.id), None)
        if meet is None:
            return None
        context = case_context(planned, self._context, works.occurrence(planned))
        try:
            first, last = resolve(meet.within.first, context).first, resolve(meet.within.last, context).day
        except (NoDateYetError, OutsideCalendarError):
            return None
        ends = [last, task.latest_on] if task.latest_on else [last]
        if planned.occurrence.opened_by == "year":
            ends.append(self.frame.year.last_day)
        return first, min(ends)

    def planned(self, case: Case) -> PlannedCase:
        """Return a case in the planner's own shape."""
        procedure = self.procedure(case)
        group = next((g for g in self.people.groups if g.id == case.group_id), None)
        pupil = next((p for p in self.people.pupils if p.id == case.pupil_id), None)
        occurrence = procedure.occurs(case.occurrence)
        return PlannedCase(case.id, procedure, occurrence, case.key, case.opens_on, group, pupil)

    def redate(
        self,
        case: Case,
        tasks: list[Task],
        at: datetime,
        actor_id: UUID | None = None,
        reason: str | None = None,
    ) -> int:
        """Give the open tasks of a case their new dates and owners; return how many dates moved."""
        fresh = {item.id: item for item in self.items(case)}
        chosen = self._appointed_by_people(case)
        moved = 0
        for task in tasks:
            item = fresh.get(task.id)
            if item and task.state not in CLOSED_STATES:
                self._appoint(task, item, at, by_hand=task.id in chosen)
                moved += self._move(task, item, at, actor_id, reason)
        return moved

    def _appointed_by_people(self, case: Case) -> set[UUID | None]:
        """Return the tasks of which a person, and not the plan, said whose they are."""
        query = select(CaseEvent.task_id).where(
            CaseEvent.case_id == case.id,
            col(CaseEvent.verb).in_(_APPOINTS),
            col(CaseEvent.actor_id).is_not(None),
        )
        return set(self.session.exec(query))

    def _appoint(self, task: Task, item: Item, at: datetime, *, by_hand: bool) -> None:
        """Let planned work follow its planned owner; hand on the open work of someone who has gone."""
        today = local(at).date()
        gone = task.owner_id is not None and not self._serves(task.owner_id, task, today, by_hand=by_hand)
        if task.state == TaskState.PLANNED:
            if gone or not by_hand:
                task.owner_id = self._turn(task, item, today)
        elif gone and (turn := self._turn(task, item, today)) != task.owner_id:
            data = {"from": str(task.owner_id), "to": str(turn) if turn else None}
            task.owner_id = turn
            task.state = TaskState.RESERVED if turn else TaskState.READY
            reason = "doet dit niet meer"
            record(self.session, task, "assigned", at=at, actor_id=None, reason=reason, data=data)

    def _turn(self, task: Task, item: Item, today: date) -> UUID | None:
        """Return whose turn it is; work whose day lies behind us is for who is there today."""
        target = item.dates.target_on
        if target is None or target >= today:
            return item.owner
        if task.owner_id and self._serves(task.owner_id, task, today, by_hand=False):
            return task.owner_id
        try:
            day = self.frame.calendar.on_or_after(today)
        except OutsideCalendarError:
            return None
        unit = task.unit or None
        found = self.people.owner(task.role, day, self.frame.calendar, group=task.group_id, unit=unit)
        return found.id if found else None

    def _serves(self, person_id: UUID, task: Task, day: date, *, by_hand: bool) -> bool:
        """Tell whether a person still does such work here; who got it by hand need only work here."""
        member = self._members.get(person_id)
        if member is None or not any(member.has_role(r.role, day) for r in member.roles):
            return False
        if by_hand:
            return True
        if task.role == Role.TEACHER and task.group_id:
            return member.teaches(task.group_id, day)
        return member.has_role(task.role, day, task.unit or None)

    def _move(self, task: Task, item: Item, at: datetime, actor_id: UUID | None, reason: str | None) -> bool:
        """Take over an item's dates; a changed due day is history and re-arms the reminders."""
        dates = item.dates
        task.starts_on, task.derivation = dates.starts_on, as_data(dates.steps)
        if (task.target_on, task.latest_on) == (dates.target_on, dates.latest_on):
            return False
        data = {"old": _iso(task.target_on), "new": _iso(dates.target_on)}
        task.target_on, task.latest_on = dates.target_on, dates.latest_on
        task.due_version += 1
        record(self.session, task, "redated", at=at, actor_id=actor_id, reason=reason, data=data)
        return True


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
