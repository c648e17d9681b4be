"""Add what the plan of a procedure has and the rows have not: its cases, and hours for its new meetings."""

from uuid import UUID

from sqlmodel import col, select

from calendars.plan import Plan
from models import Case, CaseState, Task
from service import procedures
from service.cases import rows
from service.cases.history import record
from service.replan.making import Making
from service.year.open import add_meetings, add_tasks
from service.year.people import people_of


def add_new(m: Making, plan: Plan, procedure: str) -> None:
    """Add the cases of one procedure that are not there yet, and an hour to come for meetings without one."""
    fresh = _add_cases(m, plan, procedure)
    items = [item for item in plan.items if item.case.procedure.key == procedure]
    add_tasks(m.session, [item for item in items if item.case.id in fresh], m.school.id, m.at)
    here = _tasks_of_running(m, procedure)
    hours = [i for i in items if i.id in here and i.meeting and i.meeting.starts_at > m.at]
    add_meetings(m.session, m.school, hours, people_of(m.session, m.school, m.label), m.at)


def _add_cases(m: Making, plan: Plan, procedure: str) -> set[UUID]:
    wanted = [case for case in plan.cases if case.procedure.key == procedure]
    known = set(m.session.exec(select(Case.id).where(col(Case.id).in_([case.id for case in wanted]))))
    fresh = [case for case in wanted if case.id not in known]
    if not fresh:
        return set()
    version = procedures.publish(m.session, fresh[0].procedure, m.at)
    added = [
        rows.case_row(case, school_id=m.school.id, label=m.label, version=version, opened_by=m.actor_id)
        for case in fresh
    ]
    m.session.add_all(added)
    for row in added:
        record(m.session, row, "planned", at=m.at, actor_id=m.actor_id, reason=m.reason)
    m.session.flush()
    return {case.id for case in fresh}


def _tasks_of_running(m: Making, procedure: str) -> set[UUID]:
    query = (
        select(Task.id)
        .join(Case, col(Case.id) == Task.case_id)
        .where(
            Case.school_id == m.school.id,
            Case.school_year == m.label,
            Case.procedure == procedure,
            col(Case.state).in_((CaseState.PLANNED, CaseState.ACTIVE)),
        )
    )
    return set(m.session.exec(query))
