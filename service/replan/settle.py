"""Let a year follow a change: hours first, then dates and owners, then what may begin; as the night would."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.plan import Item, Plan
from calendars.schoolyear import SchoolCalendar
from models import CLOSED_STATES, Case, CaseEvent, CaseState, Task, TaskState
from service.cases import engine
from service.cases.history import record
from service.cases.replan import Replanner
from service.cases.rows import is_over
from service.clock import local
from service.meetings.standing import cancel_meetings_of, restore_meeting_of
from service.replan.add import add_new
from service.replan.hours import Stuck, settle_hours, sittings_of, troubles
from service.replan.making import Making
from service.year.open import add_tasks, inputs_of

_RUNNING = (CaseState.PLANNED, CaseState.ACTIVE)
NOT_BEGUN = {TaskState.PLANNED, TaskState.READY, TaskState.RESERVED}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a school year stood before a change: its days, its meetings' troubles, what its plan held."""

    label: str
    calendar: SchoolCalendar
    troubles: Mapping[UUID, frozenset[str]]
    planned: Mapping[UUID, frozenset[UUID]]


def running_labels(session: Session, school_id: UUID) -> list[str]:
    """Return the school years in which something runs or is to come."""
    query = select(Case.school_year).where(Case.school_id == school_id, col(Case.state).in_(_RUNNING))
    return sorted(set(session.exec(query)))


def hold_cases(session: Session, school_id: UUID, labels: Iterable[str]) -> list[Case]:
    """Return the running cases in the order of their ids, and keep others from them until we are done."""
    query = select(Case).where(
        Case.school_id == school_id,
        col(Case.school_year).in_(list(labels)),
        col(Case.state).in_(_RUNNING),
    )
    held = query.order_by(col(Case.id)).with_for_update()
    return list(session.exec(held, execution_options={"populate_existing": True}))


def look(m: Making, procedure: str | None) -> Standing:
    """Return how a year stands; the tasks that its plan holds only of the procedure that will change."""
    replanner = Replanner(m.session, m.school, m.label)
    troubled = troubles(replanner, sittings_of(m.session, m.school.id, m.label, m.at))
    cases = _running(m, procedure) if procedure else []
    planned = {case.id: frozenset(item.id for item in replanner.all_items(case)) for case in cases}
    return Standing(m.label, replanner.frame.calendar, troubled, planned)


def settle(m: Making, before: Standing, procedure: str | None) -> list[Stuck]:
    """Let one school year follow what changed; return the meetings that stay where they can't be."""
    m.session.flush()
    replanner = Replanner(m.session, m.school, m.label)
    plan = inputs_of(m.session, m.school, m.label).planned()
    _open_on_new_days(_running(m), plan)
    if procedure:
        for case in _running(m, procedure):
            if case.id in before.planned:
                _follow_plan(m, replanner, case, before.planned[case.id])
        add_new(m, plan, procedure)
    stuck = settle_hours(m, replanner, before.troubles)
    for case in _running(m):
        tasks = engine.tasks_of(m.session, case)
        replanner.redate(case, tasks, m.at, m.actor_id, m.reason)
        engine.advance(m.session, case, replanner.procedure(case), tasks, m.at)
    m.session.flush()
    return stuck


def _running(m: Making, procedure: str | None = None) -> list[Case]:
    query = select(Case).where(
        Case.school_id == m.school.id, Case.school_year == m.label, col(Case.state).in_(_RUNNING)
    )
    if procedure:
        query = query.where(Case.procedure == procedure)
    return list(m.session.exec(query.order_by(col(Case.id))))


def _open_on_new_days(cases: Iterable[Case], plan: Plan) -> None:
    """Let what has not begun open on the day on which the year would now open it."""
    opens = {case.id: case.opens_on for case in plan.cases}
    for case in cases:
        if case.state == CaseState.PLANNED and case.id in opens:
            case.opens_on = opens[case.id]


def _follow_plan(m: Making, replanner: Replanner, case: Case, had: frozenset[UUID]) -> None:
    """Add the work that a case's plan has now, withdraw what it had and was not begun, take over words."""
    items = {item.id: item for item in replanner.all_items(case)}
    tasks = {task.id: task for task in engine.tasks_of(m.session, case)}
    fresh = [replace(item, meeting=None) for id_, item in items.items() if id_ not in tasks]
    add_tasks(m.session, fresh, case.school_id, m.at)
    for task_id in had - set(items):
        task = tasks.get(task_id)
        if task and task.state in NOT_BEGUN:
            withdraw_task(m, task)
    for task_id, item in items.items():
        task = tasks.get(task_id)
        if task and task.state == TaskState.CANCELLED and task_id not in had and _was_withdrawn(m, task):
            _bring_back(m, task, item)
        if task and task.state not in CLOSED_STATES:
            _take_over(task, item)


def withdraw_task(m: Making, task: Task) -> None:
    """Withdraw work that has not begun; its meeting is called off."""
    data = {"was": task.state.value}
    task.state, task.closed_at = TaskState.CANCELLED, m.at
    record(m.session, task, "cancelled", at=m.at, actor_id=m.actor_id, reason=m.reason, data=data)
    cancel_meetings_of(m.session, [task], m.at)


def _was_withdrawn(m: Making, task: Task) -> bool:
    """Tell whether the plan withdrew work; what a person called off stays off."""
    ends = select(CaseEvent.verb).where(
        CaseEvent.task_id == task.id, col(CaseEvent.verb).in_(("cancelled", "called_off"))
    )
    return m.session.exec(ends.order_by(col(CaseEvent.at).desc())).first() != "called_off"


def _bring_back(m: Making, task: Task, item: Item) -> None:
    """Plan work again that the plan did without for a while, unless its moment has gone by."""
    if is_over(item.dates.latest_on, item.dates.target_on, local(m.at).date()):
        return
    task.state, task.closed_at = TaskState.PLANNED, None
    record(m.session, task, "reopened", at=m.at, actor_id=m.actor_id, reason=m.reason)
    restore_meeting_of(m.session, task, m.at)


def _take_over(task: Task, item: Item) -> None:
    task.title, task.stage, task.role = item.title, item.stage.key, item.rule.role
    task.required, task.law = item.rule.required, item.rule.law
