"""Take the school's own year plan over in an open year: as opening it would, by a person, with a way back."""

from calendars.yearplan.schoolplan import OWN
from models import Case, CaseState, Task, TaskState
from service.cases import engine
from service.cases.history import record
from service.cases.rows import is_past
from service.clock import local
from service.replan.making import Making
from service.replan.off import bring_back, cases_of, withdraw
from service.replan.settle import NOT_BEGUN, withdraw_task
from service.year.follow import GONE
from service.year.open import take_own_plan_over
from service.year.write import Writer

_RUNNING = (CaseState.PLANNED, CaseState.ACTIVE)


def take_over(m: Making) -> None:
    """Take over what came into the own plan and what changed in it; withdraw what left it."""
    bring_back(m, OWN)
    for case in cases_of(m, OWN, [CaseState.PLANNED]):
        _miss_what_is_past(m, case)
    if take_own_plan_over(Writer(m.session, m.school, m.label, m.actor_id, m.at)):
        return
    for case in cases_of(m, OWN, _RUNNING):
        _withdraw_all(m, case)


def _miss_what_is_past(m: Making, case: Case) -> None:
    """Let work that an undo took out, and that is over by now, be missed and not late."""
    for task in engine.tasks_of(m.session, case):
        if task.note == GONE and task.state == TaskState.PLANNED and is_past(task, local(m.at).date()):
            task.note, task.state, task.closed_at = None, TaskState.MISSED, m.at
            record(m.session, task, "missed", at=m.at, actor_id=None, reason="het moment was al voorbij")


def _withdraw_all(m: Making, case: Case) -> None:
    """Withdraw the work of an own plan that is empty now; what somebody is busy with goes on."""
    tasks = engine.tasks_of(m.session, case)
    for task in tasks:
        if task.state in NOT_BEGUN:
            take_out(m, task)
    if is_idle(m, case):
        withdraw(m, case)


def take_out(m: Making, task: Task) -> None:
    """Withdraw a task that has not begun, such that it comes back when the plan holds it again."""
    task.note = GONE
    withdraw_task(m, task)


def is_idle(m: Making, case: Case) -> bool:
    """Tell whether nobody is busy with anything in a case."""
    busy = (TaskState.IN_PROGRESS, TaskState.SUSPENDED, TaskState.IN_REVIEW)
    return not any(task.state in busy for task in engine.tasks_of(m.session, case))
