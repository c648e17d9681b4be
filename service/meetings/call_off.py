"""Call a meeting off; everyone who was asked gets one cancellation."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import Case, Meeting, MeetingState, Task, TaskState
from service.access.actor import Actor
from service.access.scope import find_meeting
from service.cases.change import given, move_on, task_to_change
from service.cases.complete import rule_of
from service.cases.errors import CaseError
from service.cases.history import record
from service.meetings.standing import cancel_meeting


def call_off_meeting(
    session: Session, meeting_id: UUID, *, actor: Actor, at: datetime, reason: str
) -> Meeting:
    """Call off a meeting, with a reason; its task is withdrawn and the case goes on without it.

    A talk that a plan can't do without, and that gets its hour by hand, waits for another hour.
    """
    meeting = find_meeting(session, actor, meeting_id)
    if meeting.state == MeetingState.CANCELLED:
        raise CaseError("Dit overleg is al afgezegd.")
    task = task_to_change(session, actor, meeting.task_id)
    why = given(reason)
    case = session.get_one(Case, meeting.case_id)
    if not _waits_for_another_hour(session, case, task):
        task.state, task.closed_at, task.closed_by = TaskState.CANCELLED, at, actor.person_id
    record(session, task, "called_off", at=at, actor_id=actor.person_id, reason=why)
    cancel_meeting(session, meeting, at, actor.person_id)
    move_on(session, case, at, actor.person_id)
    return meeting


def _waits_for_another_hour(session: Session, case: Case, task: Task) -> bool:
    rule = rule_of(session, case, task)
    return rule.meeting is not None and rule.meeting.by_hand and rule.due_rule(case.occurrence) is not None
