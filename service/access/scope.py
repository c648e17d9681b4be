"""What a person may see and do: one WHERE for every query, and one answer for every door.

The IB'er and the director see their school. A teacher sees her own groups. Everyone else sees the school's
own work that concerns no pupil, and the steps that are theirs. Nobody sees another school.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import Session, col, select

from models import CLOSED_STATES, Case, Meeting, Role, Task
from service.access.actor import Actor

_STAFF = frozenset(Role) - {Role.ADMINISTRATOR}


class NotFoundError(Exception):
    """Dit bestaat niet, of het is niet voor jou."""


def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which a case is visible."""
    here = col(Case.school_id) == actor.school_id
    if actor.is_manager:
        return here
    own = select(Task.case_id).where(Task.school_id == actor.school_id, _is_own(actor))
    own_group = col(Case.group_id).in_(actor.groups)
    return here & or_(own_group, _is_school_wide(actor), col(Case.id).in_(own))


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which a task is visible."""
    here = col(Task.school_id) == actor.school_id
    if actor.is_manager:
        return here
    wide = select(Case.id).where(Case.school_id == actor.school_id, _is_school_wide(actor))
    of_school = col(Task.group_id).is_(None) & col(Task.case_id).in_(wide)
    return here & or_(_is_own(actor), col(Task.group_id).in_(actor.groups), of_school)


def _is_own(actor: Actor) -> ColumnElement[bool]:
    queue = and_(
        col(Task.owner_id).is_(None),
        col(Task.role).in_([role.value for role in actor.roles]),
        or_(col(Task.unit) == "", col(Task.unit).in_(actor.units)),
        or_(col(Task.role) != Role.TEACHER.value, col(Task.group_id).in_(actor.groups)),
    )
    return or_(_is_owned(actor), queue)


def _is_owned(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a task is a person's own; what a teacher has done stays with the group."""
    still = or_(
        col(Task.role) != Role.TEACHER.value,
        col(Task.group_id).is_(None),
        col(Task.group_id).in_(actor.groups),
        col(Task.state).not_in(CLOSED_STATES),
    )
    return (col(Task.owner_id) == actor.person_id) & still


def _is_school_wide(actor: Actor) -> ColumnElement[bool]:
    if not actor.roles & _STAFF:
        return false()
    return col(Case.group_id).is_(None) & col(Case.pupil_id).is_(None)


def find_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """Return a case that the actor may see."""
    found = session.exec(select(Case).where(Case.id == case_id, visible_cases(actor))).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def find_task(session: Session, actor: Actor, task_id: UUID) -> Task:
    """Return a task that the actor may see."""
    found = session.exec(select(Task).where(Task.id == task_id, visible_tasks(actor))).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def find_meeting(session: Session, actor: Actor, meeting_id: UUID) -> Meeting:
    """Return a meeting whose task the actor may see."""
    found = session.get(Meeting, meeting_id)
    if found is None:
        raise NotFoundError
    find_task(session, actor, found.task_id)
    return found


def sees_whole(actor: Actor, case: Case) -> bool:
    """Tell whether the actor sees all of a case (history, consents), not just their own steps."""
    if case.school_id != actor.school_id:
        return False
    if actor.is_manager or (case.group_id is not None and case.group_id in actor.groups):
        return True
    return case.group_id is None and case.pupil_id is None and bool(actor.roles & _STAFF)


def may_act(actor: Actor, task: Task) -> bool:
    """Tell whether the actor may do a task: theirs, their group's, their queue's, or as a manager."""
    if task.school_id != actor.school_id:
        return False
    if actor.is_manager or task.owner_id == actor.person_id:
        return True
    if task.role == Role.TEACHER.value:
        return task.group_id is not None and task.group_id in actor.groups
    in_unit = not task.unit or task.unit in actor.units
    return task.owner_id is None and task.role in actor.roles and in_unit
