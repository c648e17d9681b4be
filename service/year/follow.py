"""Let the case of a school's own year plan follow the plan: it changes through the year, as schools do."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import select

from calendars.plan import Item, Plan
from calendars.yearplan.schoolplan import OWN
from models import CLOSED_STATES, Case, CaseState, Task, TaskState
from service import procedures
from service.cases import rows
from service.cases.conversation import is_conversation
from service.cases.history import record
from service.clock import local
from service.year.write import Writer

NOT_BEGUN = (TaskState.PLANNED, TaskState.READY, TaskState.RESERVED)
GONE = "staat niet meer in het eigen jaarplan"


def follow_own_plan(writer: Writer, planned: Plan) -> None:
    """Give the own plan's case its newest version; withdraw what left the plan, take back what returned."""
    now = next((case for case in planned.cases if case.procedure.key == OWN), None)
    if now is None:
        return
    case = writer.session.get(Case, now.id)
    if case is None or case.state == CaseState.CANCELLED:
        return
    version = procedures.publish(writer.session, now.procedure, writer.at)
    if case.version_id == version.id:
        return
    case.version_id = version.id
    tasks = {t.id: t for t in writer.session.exec(select(Task).where(Task.case_id == case.id))}
    wanted = {item.id: item for item in planned.items if item.case.id == case.id}
    for task in tasks.values():
        _follow(writer, task, wanted)
    if case.state == CaseState.COMPLETED and wanted.keys() - tasks.keys():
        case.state, case.outcome, case.closed_at = CaseState.ACTIVE, None, None
        record(writer.session, case, "reopened", at=writer.at, actor_id=writer.actor_id)
    writer.session.flush()


def _follow(writer: Writer, task: Task, wanted: Mapping[UUID, Item]) -> None:
    item = wanted.get(task.id)
    if item is None:
        if task.state in NOT_BEGUN and not is_conversation(task):
            task.note, data = GONE, {"was": task.state.value}
            _settle(writer, task, TaskState.CANCELLED, "cancelled", data)
        return
    if task.state == TaskState.CANCELLED and task.note == GONE:
        _take_back(writer, task, item)
    if task.state not in CLOSED_STATES:
        _say_it_anew(task, item)


def _take_back(writer: Writer, task: Task, item: Item) -> None:
    """Plan a task again; one whose moment has gone by meanwhile is missed, not late."""
    task.note = None
    over = rows.is_over(item.dates.latest_on, item.dates.target_on, local(writer.at).date())
    if over:
        _settle(writer, task, TaskState.MISSED, "missed", {})
    else:
        _settle(writer, task, TaskState.PLANNED, "reopened", {})


def _say_it_anew(task: Task, item: Item) -> None:
    """Take over how the plan words a task now, and by whom it is done; its days follow by themselves."""
    values = rows.task_values(item, task.school_id)
    for name in ("title", "stage", "role", "kind", "required", "law"):
        setattr(task, name, values[name])
    if task.note == GONE:
        task.note = None


def _settle(writer: Writer, task: Task, state: TaskState, verb: str, data: dict[str, str]) -> None:
    task.state = state
    task.closed_at = writer.at if state in CLOSED_STATES else None
    task.version += 1
    record(
        writer.session, task, verb, at=writer.at, actor_id=writer.actor_id, reason=task.note, data=dict(data)
    )
