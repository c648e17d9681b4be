"""Open a school year: every planned case and task becomes a row; opening twice adds nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.people import Facts, Overrides, People
from calendars.plan import Frame, Item, Plan, PlannedCase, plan
from calendars.procedure import Procedure
from models import CLOSED_STATES, Case, CaseState, Meeting, School, Task, TaskState, Year
from service import procedures
from service.cases import rows
from service.cases.facts import facts_of, overrides_of
from service.cases.history import record
from service.clock import local
from service.meetings.attendees import attendee_rows
from service.year.frame import frame_of
from service.year.people import people_of


@dataclass(frozen=True, slots=True)
class Opened:
    """How much was added by opening a year, and what deserves a look."""

    cases: int
    items: int
    meetings: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a year is planned from."""

    definitions: Sequence[Procedure]
    frame: Frame
    people: People
    facts: Facts
    overrides: Overrides

    def planned(self) -> Plan:
        """Return the plan."""
        return plan(self.definitions, self.frame, self.people, self.facts, self.overrides)


def inputs_of(
    session: Session, school: School, label: str, definitions: Sequence[Procedure] | None = None
) -> Inputs:
    """Return what a year of a school is planned from, as things stand now."""
    without = select(Year.without).where(Year.school_id == school.id, Year.label == label)
    left_out = frozenset(session.exec(without).one_or_none() or ())
    return Inputs(
        definitions or procedures.current(),
        frame_of(session, school, label),
        people_of(session, school, label),
        facts_of(session, school.id, label),
        replace(overrides_of(session, school.id, label), without=left_out),
    )


def preview_year(
    session: Session, school: School, label: str, definitions: Sequence[Procedure] | None = None
) -> Plan:
    """Plan a year without writing anything."""
    return inputs_of(session, school, label, definitions).planned()


def open_year(
    session: Session,
    school: School,
    label: str,
    *,
    actor_id: UUID | None,
    at: datetime,
    definitions: Sequence[Procedure] | None = None,
) -> Opened:
    """Write what the plan has and the rows have not; what was due before today is "gemist"."""
    inputs = inputs_of(session, school, label, definitions)
    planned, people = inputs.planned(), inputs.people
    _mark_opened(session, school, label, actor_id, at)
    cases = _add_cases(session, school, label, planned.cases, actor_id, at)
    items = _add_tasks(session, school, planned.items, at)
    meetings = add_meetings(session, school, planned.items, people, at)
    return Opened(cases, items, meetings, planned.warnings)


def _mark_opened(session: Session, school: School, label: str, actor_id: UUID | None, at: datetime) -> None:
    query = select(Year).where(Year.school_id == school.id, Year.label == label)
    year = session.exec(query).one_or_none() or Year(school_id=school.id, label=label)
    if year.opened_at is None:
        year.opened_at, year.opened_by = at, actor_id
    session.add(year)


def _add_cases(
    session: Session,
    school: School,
    label: str,
    planned: Iterable[PlannedCase],
    actor_id: UUID | None,
    at: datetime,
) -> int:
    known = set(session.exec(select(Case.id).where(Case.school_id == school.id)))
    fresh = [case for case in planned if case.id not in known]
    used = {case.procedure.key: case.procedure for case in fresh}
    versions = {key: procedures.publish(session, found, at) for key, found in used.items()}
    added = [
        rows.case_row(
            case,
            school_id=school.id,
            label=label,
            version=versions[case.procedure.key],
            opened_by=actor_id,
        )
        for case in fresh
    ]
    session.add_all(added)
    for row in added:
        record(session, row, "planned", at=at, actor_id=actor_id)
    session.flush()
    return len(fresh)


def _add_tasks(session: Session, school: School, items: Iterable[Item], at: datetime) -> int:
    known = set(session.exec(select(Task.id).where(Task.school_id == school.id)))
    ended = (CaseState.COMPLETED, CaseState.CANCELLED)
    over = set(session.exec(select(Case.id).where(Case.school_id == school.id, col(Case.state).in_(ended))))
    fresh = [item for item in items if item.id not in known and item.case.id not in over]
    return len(add_tasks(session, fresh, school.id, at))


def add_tasks(session: Session, items: Iterable[Item], school_id: UUID, at: datetime) -> list[Task]:
    """Add the rows of items; one whose moment has gone by is missed, not late."""
    added = [rows.task_row(item, school_id) for item in items]
    session.add_all(added)
    session.flush()
    for task in added:
        if rows.is_past(task, local(at).date()):
            task.state, task.closed_at = TaskState.MISSED, at
            record(session, task, "missed", at=at, actor_id=None, reason="het moment was al voorbij")
    session.flush()
    return added


def add_meetings(
    session: Session, school: School, items: Iterable[Item], people: People, at: datetime
) -> int:
    """Add a meeting, with those who are asked, to every open task that has an hour and none yet."""
    known = set(session.exec(select(Meeting.task_id).where(Meeting.school_id == school.id)))
    over = set(
        session.exec(select(Task.id).where(Task.school_id == school.id, col(Task.state).in_(CLOSED_STATES)))
    )
    added = 0
    for item in items:
        meeting = rows.meeting_row(item, school.id, school.mailbox, at)
        if meeting is None or item.id in known or item.id in over:
            continue
        session.add(meeting)
        session.flush()
        session.add_all(attendee_rows(meeting, item, people))
        added += 1
    session.flush()
    return added
