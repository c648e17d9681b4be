"""What a person finds under Vandaag: late, today, the next working day, waiting for others, to divide."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from calendars.presence import Presence
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar
from models import (
    CLOSED_STATES,
    Attendee,
    Case,
    CaseState,
    Group,
    Meeting,
    MeetingState,
    Person,
    Pupil,
    School,
    Task,
)
from service.access.actor import Actor
from service.access.scope import may_act, sees_whole, visible_tasks
from service.cases.pressing import is_pressing
from service.year.frame import calendar_on
from service.year.people import members_of

_LAW_SHOWS = timedelta(days=14)  # before a statutory day, also while its task waits for another


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a list; ``subject`` holds a pupil's name only for who may know it.

    ``school_days`` is the number of school days until the due day, negative when it has gone by.
    """

    task: Task
    case: Case
    subject: str
    group_name: str | None
    owner_name: str | None
    meeting: Meeting | None
    school_days: int | None


@dataclass(slots=True)
class Inbox:
    """One person's work; ``next_moment`` says when there is something again when all lists are empty."""

    late: list[TaskRow] = field(default_factory=list)
    today: list[TaskRow] = field(default_factory=list)
    next_day: date | None = None
    next_items: list[TaskRow] = field(default_factory=list)
    soon: list[TaskRow] = field(default_factory=list)
    waiting: list[TaskRow] = field(default_factory=list)
    to_divide: list[TaskRow] = field(default_factory=list)
    next_moment: date | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to do or to follow now."""
        lists = (self.late, self.today, self.next_items, self.soon, self.waiting, self.to_divide)
        return not any(lists)


def inbox(session: Session, actor: Actor, today: date) -> Inbox:
    """Return what an actor has to do and to follow on a day."""
    school = session.get_one(School, actor.school_id)
    calendar = calendar_on(session, school, today)
    found = Inbox(next_day=_next_working_day(session, school, actor, calendar, today))
    asked = _asked_to(session, actor, today)
    pressing = is_pressing(before=today + _LAW_SHOWS)
    for row in _rows(session, actor, calendar, today, pressing | col(Task.id).in_(asked)):
        _sort_in(found, row, actor, today, asked=row.task.id in asked)
    found.next_moment = _next_moment(session, actor, today)
    return found


def _sort_in(found: Inbox, row: TaskRow, actor: Actor, today: date, *, asked: bool) -> None:
    task, day = row.task, row.task.target_on
    if task.owner_id is None and may_act(actor, task) and task.role in actor.roles:
        found.to_divide.append(row)
    elif task.owner_id != actor.person_id and not asked:
        if (actor.is_manager or task.group_id in actor.groups) and day and day <= today:
            found.waiting.append(row)
    elif day is None or day == today:
        found.today.append(row)
    elif day < today:
        found.late.append(row)
    elif found.next_day and day <= found.next_day:
        found.next_items.append(row)
    else:
        found.soon.append(row)


def _asked_to(session: Session, actor: Actor, today: date) -> set[UUID]:
    """Return the tasks of the meetings, from today on, that the actor is asked to: part of her own day."""
    query = (
        select(Meeting.task_id)
        .join(Task, col(Task.id) == Meeting.task_id)
        .join(Attendee, col(Attendee.meeting_id) == Meeting.id)
        .where(
            Attendee.person_id == actor.person_id,
            col(Attendee.removed).is_(False),
            Meeting.school_id == actor.school_id,
            Meeting.state == MeetingState.CONFIRMED,
            col(Task.state).not_in(CLOSED_STATES),
            col(Task.target_on) >= today,
        )
    )
    return set(session.exec(query))


def _rows(
    session: Session, actor: Actor, calendar: SchoolCalendar, today: date, which: ColumnElement[bool]
) -> Iterable[TaskRow]:
    query = (
        columns(Task, Case, Pupil, col(Group.name), col(Person.name), Meeting)
        .join(Case, col(Case.id) == Task.case_id)
        .join(Pupil, col(Pupil.id) == Case.pupil_id, isouter=True)
        .join(Group, col(Group.id) == Task.group_id, isouter=True)
        .join(Person, col(Person.id) == Task.owner_id, isouter=True)
        .join(
            Meeting,
            (col(Meeting.task_id) == Task.id) & (col(Meeting.state) != MeetingState.CANCELLED),
            isouter=True,
        )
        .where(visible_tasks(actor), which, col(Case.state) == CaseState.ACTIVE)
        .order_by(col(Task.target_on).asc().nulls_last(), Task.title, Case.key)
    )
    for task, case, pupil, group, owner, meeting in session.execute(query):
        subject = _subject(case, pupil, group, sees=sees_whole(actor, case))
        yield TaskRow(task, case, subject, group, owner, meeting, days_left(task, calendar, today))


def _subject(case: Case, pupil: Pupil | None, group: str | None, *, sees: bool) -> str:
    if pupil:
        return pupil.name if sees else case.code
    return f"groep {group}" if group else ""


def days_left(task: Task, calendar: SchoolCalendar, today: date) -> int | None:
    """Return the school days from today until a task's due day; negative when it has gone by."""
    if task.target_on is None:
        return None
    first, last = sorted((today, task.target_on))
    count = sum(1 for day in calendar.days if first < day <= last)
    return count if task.target_on >= today else -count


def _next_working_day(
    session: Session, school: School, actor: Actor, calendar: SchoolCalendar, today: date
) -> date | None:
    members = members_of(session, school)
    presence = next((m.presence for m in members if m.id == actor.person_id), Presence())
    try:
        return presence.next_day(calendar.add_school_days(today, 1), calendar)
    except OutsideCalendarError:
        return None


def _next_moment(session: Session, actor: Actor, today: date) -> date | None:
    """Return the day on which the next planned work of this person begins or is due."""
    return session.exec(
        select(col(Task.target_on))
        .where(
            visible_tasks(actor),
            Task.owner_id == actor.person_id,
            col(Task.target_on) > today,
            col(Task.state).not_in(CLOSED_STATES),
        )
        .order_by(col(Task.target_on))
    ).first()
