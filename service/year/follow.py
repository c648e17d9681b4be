"""Let the case of a school's own year plan follow the plan: it changes through the year, as schools do."""

from uuid import UUID

from sqlmodel import select

from calendars.plan import Plan
from calendars.schoolplan import OWN
from models import CLOSED_STATES, Case, CaseState, Task, TaskState
from service import procedures
from service.cases.history import record
from service.year.write import Writer

_NOT_BEGUN = (TaskState.PLANNED, TaskState.READY, TaskState.RESERVED)
_GONE = "staat niet meer in het eigen jaarplan"


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
    wanted = {item.id for item in planned.items if item.case.id == case.id}
    for task in tasks.values():
        _follow(writer, task, wanted)
    if case.state == CaseState.COMPLETED and wanted - tasks.keys():
        case.state, case.outcome, case.closed_at = CaseState.ACTIVE, None, None
        record(writer.session, case, "reopened", at=writer.at, actor_id=writer.actor_id)
    writer.session.flush()


def _follow(writer: Writer, task: Task, wanted: set[UUID]) -> None:
    if task.id not in wanted and task.state in _NOT_BEGUN:
        task.note, data = _GONE, {"was": task.state.value}
        _settle(writer, task, TaskState.CANCELLED, "cancelled", data)
    elif task.id in wanted and task.state == TaskState.CANCELLED and task.note == _GONE:
        task.note = None
        _settle(writer, task, TaskState.PLANNED, "reopened", {})


def _settle(writer: Writer, task: Task, state: TaskState, verb: str, data: dict[str, str]) -> None:
    task.state = state
    task.closed_at = writer.at if state in CLOSED_STATES else None
    task.version += 1
    record(
        writer.session, task, verb, at=writer.at, actor_id=writer.actor_id, reason=task.note, data=dict(data)
    )
