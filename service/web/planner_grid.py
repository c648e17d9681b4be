"""The year as weeks by lanes: what a person may see of it, as plain rows for the page."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.plan import Frame
from calendars.schoolyear import Closed, days_between
from models import CLOSED_STATES, Case, Group, GroupKind, Role, Task, TaskKind, TaskState
from service.access.actor import Actor
from service.access.scope import visible_tasks

SCHOOL, IB = "school", "ib"
_IB_ROLES = frozenset({Role.IB.value, Role.ISB.value})
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_FRIDAY = 4
_NUMBER = re.compile(r"\d+")
_LONG = 5  # weekdays; a closure that takes a whole week is a holiday


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the planner."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Slip:
    """One task as the planner needs it; a pupil is a code here, for this page may hang on a wall."""

    id: UUID
    case_id: UUID
    title: str
    about: str
    kind: TaskKind
    procedure: str
    lane: str
    first: date
    last: date
    lawful: bool
    state: TaskState
    mine: bool


@dataclass(slots=True)
class Entry:
    """Alike items in one cell: one link, or a count with the links behind it."""

    title: str
    kind: TaskKind
    goes_on: bool
    lawful: bool
    slips: list[Slip] = field(default_factory=list)

    @property
    def closed(self) -> TaskState | None:
        """Return how it ended, once nothing of it is open; what was missed weighs most."""
        states = {slip.state for slip in self.slips}
        if not states <= set(CLOSED_STATES):
            return None
        worst = (TaskState.MISSED, TaskState.SKIPPED, TaskState.COMPLETED)
        return next((state for state in worst if state in states), None)

    @property
    def stands_out(self) -> bool:
        """Tell whether it belongs on the page of a whole year: a window, a meeting or a legal date."""
        return self.kind != TaskKind.TASK or self.lawful


@dataclass(frozen=True, slots=True)
class Mark:
    """A closed day or span within a week, for everyone or in one lane."""

    text: str
    first: date
    last: date
    study: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A legal date in a week; ``begins`` marks the first day of a legal window."""

    title: str
    day: date
    source: str
    begins: bool


@dataclass(slots=True)
class Week:
    """One row of the planner."""

    monday: date
    number: int
    school_week: int | None
    closed: str | None
    is_now: bool
    marks: dict[str, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    entries: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    flags: list[Flag] = field(default_factory=list)

    @property
    def friday(self) -> date:
        """Return the last weekday."""
        return self.monday + _FRIDAY * _DAY

    @property
    def begun(self) -> int:
        """Count what has its day, or its first day, in this week."""
        return sum(len(e.slips) for cell in self.entries.values() for e in cell if not e.goes_on)


@dataclass(frozen=True, slots=True)
class Term:
    """School weeks between two holidays."""

    number: int
    first: date
    last: date


def lanes_of(session: Session, actor: Actor, label: str) -> list[Lane]:
    """Return the columns for a person: the groups they guard or teach, and IB for who works there."""
    groups = select(Group).where(
        Group.school_id == actor.school_id,
        Group.school_year == label,
        Group.kind == GroupKind.BASE,
        col(Group.active).is_(True),
    )
    found = sorted(session.exec(groups), key=_in_order)
    mine = [g for g in found if actor.is_manager or g.id in actor.groups]
    lanes = [Lane(SCHOOL, "School"), *(Lane(str(g.id), g.name) for g in mine)]
    sees_ib = actor.is_manager or bool(actor.roles & {Role.ISB})
    return [*lanes, Lane(IB, "IB")] if sees_ib else lanes


def _in_order(group: Group) -> tuple[int, str]:
    number = _NUMBER.search(group.name)
    return int(number[0]) if number else 99, group.name


def slips_of(session: Session, actor: Actor, label: str, lanes: Iterable[Lane]) -> list[Slip]:
    """Return the dated tasks of a school year that the person may see."""
    known = {lane.key for lane in lanes}
    rows = session.exec(
        select(Task, Case)
        .join(Case, col(Case.id) == Task.case_id)
        .where(
            visible_tasks(actor),
            Case.school_year == label,
            Task.state != TaskState.CANCELLED,
            col(Task.target_on).is_not(None),
        )
        .order_by(col(Task.target_on), Task.title)
    )
    return [_slip(task, case, actor, known) for task, case in rows if task.target_on]


def undated(session: Session, actor: Actor, label: str) -> list[Task]:
    """Return the open tasks whose moment nothing states yet."""
    return list(
        session.exec(
            select(Task)
            .join(Case, col(Case.id) == Task.case_id)
            .where(
                visible_tasks(actor),
                Case.school_year == label,
                col(Task.state).not_in(CLOSED_STATES),
                col(Task.target_on).is_(None),
            )
            .order_by(Task.title)
            .limit(100)
        )
    )


def _slip(task: Task, case: Case, actor: Actor, known: set[str]) -> Slip:
    group = str(task.group_id) if task.group_id else ""
    lane = group if group in known else IB if IB in known and task.role in _IB_ROLES else SCHOOL
    last = task.target_on or date.min
    window = task.kind == TaskKind.WINDOW and task.starts_on is not None and task.starts_on <= last
    return Slip(
        id=task.id,
        case_id=case.id,
        title=task.title.partition(" – ")[0] if group in known else task.title,
        about=case.code if case.pupil_id else case.title,
        kind=task.kind,
        procedure=case.procedure,
        lane=lane,
        first=task.starts_on if window and task.starts_on else last,
        last=last,
        lawful=task.latest_on is not None,
        state=task.state,
        mine=task.owner_id == actor.person_id,
    )


def weeks_of(frame: Frame, slips: Iterable[Slip], lanes: Iterable[Lane], today: date) -> list[Week]:
    """Return every week of a school year, from its first school day until its last day or legal date."""
    lane_names = {lane.title: lane.key for lane in lanes}
    last = max([frame.year.last_day, *(legal.last for legal in frame.legal.values())])
    numbers = {monday: n for n, monday in enumerate(frame.calendar.school_weeks(frame.year), start=1)}
    weeks = [
        _week(frame, monday, numbers, lane_names, today)
        for monday in _mondays(_monday(frame.year.first_day), last)
    ]
    by_monday = {week.monday: week for week in weeks}
    for slip in slips:
        _enter(slip, by_monday)
    return weeks


def terms_of(frame: Frame) -> list[Term]:
    """Return the stretches of school weeks that follow each other without a whole free week."""
    terms: list[list[date]] = []
    for monday in frame.calendar.school_weeks(frame.year):
        if terms and terms[-1][-1] + _WEEK == monday:
            terms[-1].append(monday)
        else:
            terms.append([monday])
    return [Term(n, t[0], t[-1] + 6 * _DAY) for n, t in enumerate(terms, start=1)]


def _week(frame: Frame, monday: date, numbers: dict[date, int], lanes: dict[str, str], today: date) -> Week:
    free = not frame.calendar.has_school(monday)
    why = frame.calendar.closed_on(monday) or frame.calendar.closed_on(monday + 2 * _DAY)
    week = Week(
        monday=monday,
        number=monday.isocalendar().week,
        school_week=numbers.get(monday),
        closed=(why.name if why else "") if free else None,
        is_now=monday == _monday(today),
    )
    friday = monday + _FRIDAY * _DAY
    for closed in frame.calendar.closures:
        if closed.first_day <= friday and closed.last_day >= monday:
            for lane in _lanes_closed(closed, lanes):
                week.marks[lane].extend(_marks(closed, monday, friday, free=free and lane == SCHOOL))
    week.flags = list(_flags(frame, monday))
    return week


def _lanes_closed(closed: Closed, lanes: dict[str, str]) -> Iterator[str]:
    if not closed.groups:
        yield SCHOOL
    yield from (lanes[group] for group in closed.groups if group in lanes)


def _marks(closed: Closed, monday: date, friday: date, *, free: bool) -> Iterator[Mark]:
    first, last = max(closed.first_day, monday), min(closed.last_day, friday)
    weekdays = sum(day.weekday() <= _FRIDAY for day in days_between(closed.first_day, closed.last_day))
    if not free:
        yield Mark(closed.name, first, last, study=not closed.official and weekdays < _LONG)


def _flags(frame: Frame, monday: date) -> Iterator[Flag]:
    sunday = monday + 6 * _DAY
    for legal in sorted(frame.legal.values(), key=lambda found: found.last):
        if legal.first and monday <= legal.first <= sunday and legal.last > sunday:
            yield Flag(legal.title, legal.first, legal.source, begins=True)
        if monday <= legal.last <= sunday:
            yield Flag(legal.title, legal.last, legal.source, begins=False)


def _enter(slip: Slip, weeks: dict[date, Week]) -> None:
    for monday in _mondays(_monday(slip.first), slip.last):
        week = weeks.get(monday)
        if week is None:
            continue
        cell = week.entries[slip.lane]
        goes_on = monday > slip.first
        same = (slip.title, slip.kind, goes_on)
        found = next((e for e in cell if (e.title, e.kind, e.goes_on) == same), None)
        if found is None:
            found = Entry(slip.title, slip.kind, goes_on, slip.lawful)
            cell.append(found)
        found.slips.append(slip)


def _mondays(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _WEEK


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY
