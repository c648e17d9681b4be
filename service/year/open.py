"""Open a school year: every planned case and task becomes a row; opening twice adds nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from calendars.people import Facts, Overrides, People
from calendars.plan import Frame, Item, Plan, plan
from calendars.procedure import Procedure
from calendars.yearplan.schoolplan import OWN, OwnPlan
from models import School, Task, TaskState, Year
from service import procedures
from service.cases import rows
from service.cases.facts import facts_of, overrides_of
from service.cases.history import record
from service.clock import local
from service.rules.look import layers_of
from service.year.follow import follow_own_plan
from service.year.frame import frame_of
from service.year.own import own_plan_of, running_own_plan
from service.year.people import people_of
from service.year.write import Writer


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
    warnings: tuple[str, ...] = ()

    def planned(self) -> Plan:
        """Return the plan."""
        found = plan(self.definitions, self.frame, self.people, self.facts, self.overrides)
        return replace(found, warnings=(*self.warnings, *found.warnings))


def inputs_of(
    session: Session,
    school: School,
    label: str,
    definitions: Sequence[Procedure] | None = None,
    own: OwnPlan | None = None,
) -> Inputs:
    """Return what a year of a school is planned from, as things stand now; or with another own plan."""
    without = select(Year.without).where(Year.school_id == school.id, Year.label == label)
    left_out = frozenset(session.exec(without).one_or_none() or ())
    usual, frame = list(definitions or procedures.current()), frame_of(session, school, label)
    own = own or own_plan_of(session, school.id, frame, usual)
    layers = layers_of(session, school, label)
    return Inputs(
        [*usual, *([own.procedure] if own.procedure else [])],
        frame,
        people_of(session, school, label),
        facts_of(session, school.id, label),
        replace(overrides_of(session, school.id, label), without=left_out, layers=layers),
        own.left_out,
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
    planned = inputs.planned()
    _mark_opened(session, school, label, actor_id, at)
    writer = Writer(session, school, label, actor_id, at)
    follow_own_plan(writer, planned)
    return write(writer, planned, inputs.people)


def extend_year(session: Session, school: School, label: str, *, at: datetime) -> Opened:
    """Write what an open year has by now, as newcomers do; the school's own plan goes on as it runs.

    What changed in the own plan waits for a person, who sees first what it does.
    """
    own = OwnPlan(running_own_plan(session, school.id, label))
    inputs = inputs_of(session, school, label, own=own)
    return write(Writer(session, school, label, None, at), inputs.planned(), inputs.people)


def take_own_plan_over(writer: Writer) -> bool:
    """Let an open year follow the school's own plan as it is now; tell whether that holds anything."""
    inputs = inputs_of(writer.session, writer.school, writer.label)
    whole = inputs.planned()
    cases = tuple(case for case in whole.cases if case.procedure.key == OWN)
    items = tuple(item for item in whole.items if item.case.procedure.key == OWN)
    own = Plan(cases, items)
    follow_own_plan(writer, own)
    write(writer, own, inputs.people)
    return bool(cases)


def write(writer: Writer, planned: Plan, people: People) -> Opened:
    """Write what a plan has and the rows have not."""
    cases = writer.add_cases(planned.cases)
    items = writer.add_tasks(planned.items)
    meetings = writer.add_meetings(planned.items, people)
    return Opened(cases, items, meetings, planned.warnings)


def _mark_opened(session: Session, school: School, label: str, actor_id: UUID | None, at: datetime) -> None:
    query = select(Year).where(Year.school_id == school.id, Year.label == label)
    year = session.exec(query).one_or_none() or Year(school_id=school.id, label=label)
    if year.opened_at is None:
        year.opened_at, year.opened_by = at, actor_id
    session.add(year)


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
    return Writer(session, school, "", None, at).add_meetings(items, people)
