"""What a rhythm does on its round: open, date again, advance, invite and guard its own cases."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import (
    CLOSED_STATES,
    Case,
    CaseEvent,
    CaseState,
    Meeting,
    MeetingState,
    Placement,
    Role,
    School,
    Task,
)
from service.cases import engine
from service.cases.history import record
from service.cases.replan import Replanner
from service.clock import local
from service.meetings.follow import follow_people
from service.meetings.tell import tell
from service.year.people import lasts


def sweep(session: Session, procedure: str, at: datetime, school_id: UUID | None = None) -> dict[str, int]:
    """Do all that is due up to now for one procedure, of one school or of all; return counts."""
    counts: Counter[str] = Counter(cases=0, opened=0, entered=0, redated=0, told=0, overdue_by_law=0)
    for school, label in _running_years(session, school_id):
        cases = _open_cases(session, school.id, label, procedure)
        replanner = Replanner(session, school, label)  # reads the year only when nobody else is changing it
        for case in cases:
            counts.update(_sweep_case(session, replanner, case, at))
    return dict(counts)


def _running_years(session: Session, school_id: UUID | None) -> Iterable[tuple[School, str]]:
    """Return the school years with running cases, also those of hand-opened cases in an unopened year."""
    query = (
        select(School, Case.school_year)
        .join(Case, col(Case.school_id) == School.id)
        .where(col(Case.state).in_((CaseState.PLANNED, CaseState.ACTIVE)))
        .order_by(School.brin, Case.school_year)
        .distinct()
    )
    return session.exec(query.where(School.id == school_id) if school_id else query).all()


def _open_cases(session: Session, school_id: UUID, label: str, procedure: str) -> list[Case]:
    query = select(Case).where(
        Case.school_id == school_id,
        Case.school_year == label,
        Case.procedure == procedure,
        col(Case.state).in_((CaseState.PLANNED, CaseState.ACTIVE)),
    )
    return list(session.exec(query.order_by(col(Case.id)).with_for_update()))


def _sweep_case(session: Session, replanner: Replanner, case: Case, at: datetime) -> dict[str, int]:
    tasks = engine.tasks_of(session, case)
    _follow_pupil(session, replanner, case, tasks, at)
    was_planned = case.state == CaseState.PLANNED
    moved = replanner.redate(case, tasks, at)
    entered = engine.advance(session, case, replanner.procedure(case), tasks, at)
    told = sum(tell(session, meeting, at) for meeting in to_invite(session, replanner, case, tasks, at))
    today = local(at).date()
    late = [t for t in tasks if t.latest_on and t.latest_on < today and t.state not in CLOSED_STATES]
    _note_legal_lateness(session, late, at)
    return {
        "cases": 1,
        "opened": was_planned and case.state != CaseState.PLANNED,
        "entered": entered,
        "redated": moved,
        "told": told,
        "overdue_by_law": len(late),
    }


def _follow_pupil(
    session: Session, replanner: Replanner, case: Case, tasks: list[Task], at: datetime
) -> None:
    """Let a pupil's case move along, whole, to the new group: its teachers see it, the others don't."""
    if case.pupil_id is None:
        return
    groups = [g.id for g in replanner.people.groups]
    now_in = session.exec(
        select(Placement.group_id).where(
            Placement.pupil_id == case.pupil_id,
            lasts(case.school_year),
            col(Placement.group_id).in_(groups),
        )
    ).first()
    if now_in is None or now_in == case.group_id:
        return
    data = {"from": str(case.group_id) if case.group_id else None, "to": str(now_in)}
    case.group_id = now_in
    day = replanner.frame.calendar.on_or_after(local(at).date())
    teacher = replanner.people.owner("teacher", day, replanner.frame.calendar, group=now_in)
    for task in tasks:
        task.group_id = now_in
        if task.role == Role.TEACHER:
            task.owner_id = teacher.id if teacher else None
    record(session, case, "moved_group", at=at, actor_id=None, data=data)


def to_invite(
    session: Session, replanner: Replanner, case: Case, tasks: list[Task], at: datetime
) -> Iterator[Meeting]:
    """Yield the coming meetings of the open work of a case, with those who belong there asked."""
    by_id = {task.id: task for task in tasks}
    upcoming = select(Meeting).where(
        Meeting.case_id == case.id, Meeting.ends_at > at, Meeting.state == MeetingState.CONFIRMED
    )
    for meeting in session.exec(upcoming).all():
        task = by_id[meeting.task_id]
        if task.state in CLOSED_STATES:
            continue
        rule = replanner.procedure(case).task(task.key)
        follow_people(session, meeting, replanner.people, task.group_id, rule.meeting, at)
        yield meeting


def _note_legal_lateness(session: Session, late: list[Task], at: datetime) -> None:
    """Write down once that a legal day has gone by; it stays in the history whatever happens next."""
    ids = [task.id for task in late]
    noted = select(CaseEvent.task_id).where(col(CaseEvent.task_id).in_(ids), CaseEvent.verb == "law_passed")
    known = set(session.exec(noted))
    for task in late:
        if task.id not in known:
            record(session, task, "law_passed", at=at, actor_id=None, reason=task.law)
