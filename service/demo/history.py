"""Live the example school's year until now: most work done on its day, some of the last weeks still late."""

from datetime import UTC, date, datetime, time, timedelta
from zlib import crc32

from sqlmodel import Session, col, select

from calendars.procedure import Procedure
from models import (
    OPEN_STATES,
    Case,
    Membership,
    ProcedureVersion,
    Pupil,
    Role,
    School,
    Task,
    TaskState,
)
from service import procedures
from service.access.actor import Actor, actor_for
from service.cases import engine
from service.cases.consent import record_consent
from service.cases.gates import has_consent
from service.cases.history import record
from service.cases.open import open_case, openable
from service.clock import AMSTERDAM, local
from service.year.frame import frame_of

_RECENT = 10  # calendar days in which something may still be late
_LATE_OF = 6  # one in so many recent tasks is late
_AGO = timedelta(days=24)  # when the hand-opened cases began


def live_until(session: Session, school: School, label: str, at: datetime) -> None:
    """Complete what was due before today, and open a few cases by hand a little over three weeks ago."""
    today = local(at).date()
    opened = select(Case).where(
        Case.school_id == school.id, Case.school_year == label, Case.opens_on <= today
    )
    definitions = _definitions(session)
    for case in session.exec(opened.order_by(col(Case.opens_on))).all():
        _live(session, case, definitions[case.version_id], at)
    _open_by_hand(session, school, label, at)


def _definitions(session: Session) -> dict[object, Procedure]:
    return {v.id: procedures.of_version(v) for v in session.exec(select(ProcedureVersion))}


def _live(session: Session, case: Case, procedure: Procedure, at: datetime) -> None:
    """Let a case's days go by: what is ready is done on its day, or on the day on which it became ready."""
    today, day = local(at).date(), case.opens_on
    tasks = engine.tasks_of(session, case)
    engine.advance(session, case, procedure, tasks, _on(day, at))
    agreed = has_consent(session, case.id, today)
    due = [
        t
        for t in tasks
        if t.target_on and t.target_on < today and not _is_late(case, t, today)
        if agreed or not _asks_consent(procedure, t)
    ]
    while (next_day := _next_day(due, tasks, day)) and next_day <= today:
        day = max(day, next_day)
        for task in [t for t in due if t.target_on and t.target_on <= day]:
            _complete(session, case, procedure, task, tasks, _on(day, at))
        engine.advance(session, case, procedure, tasks, _on(day, at))
    engine.advance(session, case, procedure, tasks, at)


def _next_day(due: list[Task], tasks: list[Task], day: date) -> date | None:
    """Return the next day on which something is done, or begins by itself."""
    done = [t.target_on for t in due if t.target_on and t.state in OPEN_STATES]
    begins = [t.starts_on for t in tasks if t.state == TaskState.PLANNED and t.starts_on]
    return min([*done, *(start for start in begins if start > day)], default=None)


def _asks_consent(procedure: Procedure, task: Task) -> bool:
    rule = procedure.task(task.key)
    return rule.needs_consent or rule.records_consent


def _is_late(case: Case, task: Task, today: date) -> bool:
    """Choose what is still late by its name, so that every demo of one moment is alike."""
    recent = task.target_on is not None and (today - task.target_on).days <= _RECENT
    return recent and task.latest_on is None and crc32(f"{case.key} {task.title}".encode()) % _LATE_OF == 0


def _complete(
    session: Session, case: Case, procedure: Procedure, task: Task, tasks: list[Task], at: datetime
) -> None:
    if task.state not in OPEN_STATES:
        return  # it still waits, or an outcome before it closed the case
    outcomes = procedure.task(task.key).outcome
    chosen = next((o for o in outcomes if not o.reason_required), None)
    task.state, task.closed_at, task.closed_by = TaskState.COMPLETED, at, task.owner_id
    task.outcome = chosen.key if chosen else None
    data = {"outcome": task.outcome} if task.outcome else {}
    record(session, task, "completed", at=at, actor_id=task.owner_id, data=data)
    if chosen and chosen.closes:
        engine.close_case(session, case, tasks, at=at, outcome=chosen.key, actor_id=task.owner_id)


def _on(day: date, at: datetime) -> datetime:
    """Return the afternoon of a day, but nothing after ``at``."""
    return min(datetime.combine(day, time(15, 30), AMSTERDAM).astimezone(UTC), at)


def _open_by_hand(session: Session, school: School, label: str, at: datetime) -> None:
    """Open one case of each kind that people open; every second referral has its consent."""
    frame = frame_of(session, school, label)
    day = (local(at) - _AGO).date()
    if day < frame.year.first_day:
        return
    began = _on(frame.calendar.on_or_before(day), at)
    actor = _ib(session, school, local(began).date())
    if actor is None:
        return
    pupils = session.exec(
        select(Pupil)
        .where(Pupil.school_id == school.id, col(Pupil.active).is_(True), Pupil.year_group != "8")
        .order_by(Pupil.key)
    ).all()
    for number, (procedure, occurrence) in enumerate(o for o in openable() if o[1].per == "pupil"):
        pupil = pupils[(number * 17 + 5) % len(pupils)]
        case = open_case(
            session,
            actor=actor,
            at=began,
            procedure=procedure.key,
            occurrence=occurrence.key,
            pupil_id=pupil.id,
        )
        if number % 2 == 0:
            _consent(session, case, actor, began + timedelta(days=3))
        _live(session, case, procedure, at)


def _ib(session: Session, school: School, on: date) -> Actor | None:
    query = select(Membership.person_id).where(Membership.school_id == school.id, Membership.role == Role.IB)
    person_id = session.exec(query).first()
    return actor_for(session, person_id, school.id, on) if person_id else None


def _consent(session: Session, case: Case, actor: Actor, at: datetime) -> None:
    record_consent(
        session,
        case.id,
        actor=actor,
        at=at,
        purpose="advies van een deskundige",
        recipient="begeleidingsdienst De Brug",
        scope="toetsgegevens en het laatste plan",
        given=True,
        given_by="beide ouders",
        given_on=local(at).date(),
        method="handtekening op papier",
    )
