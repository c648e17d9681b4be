"""Meetings whose hour is no longer possible, and another hour for them; every other hour stays."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.people import Facts, MeetingFact
from calendars.procedure import Meet
from calendars.slots import Request, local_day, place
from models import CLOSED_STATES, Case, CaseEvent, Meeting, MeetingState, Task
from service.cases.history import record
from service.cases.replan import Replanner
from service.clock import local
from service.meetings.follow import follow_people
from service.meetings.move import give_hour
from service.replan.making import Making

_NOON = 12
CLOSED = "dan is er geen school"
NO_CHAIR = "de voorzitter is er dan niet"
NO_TEACHER = "er is dan geen leerkracht van de groep"
OUTSIDE = "het valt buiten de periode waarin dit overleg hoort"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting that is still to come, with its task and its case."""

    meeting: Meeting
    task: Task
    case: Case


@dataclass(frozen=True, slots=True)
class Stuck:
    """A meeting that can't be at its hour, which a person chose or for which there is no other."""

    meeting_id: UUID
    task_id: UUID
    why: str
    by_hand: bool


def sittings_of(session: Session, school_id: UUID, label: str, at: datetime) -> list[Sitting]:
    """Return the meetings that are still to come and whose work is open, in the order of their hours."""
    query = (
        select(Meeting, Task, Case)
        .join(Task, col(Task.id) == Meeting.task_id)
        .join(Case, col(Case.id) == Meeting.case_id)
        .where(
            Meeting.school_id == school_id,
            Case.school_year == label,
            Meeting.state != MeetingState.CANCELLED,
            Meeting.starts_at > at,
            col(Task.state).not_in(CLOSED_STATES),
        )
    )
    found = [Sitting(*row) for row in session.exec(query.order_by(col(Meeting.starts_at), col(Meeting.id)))]
    return [sitting for sitting in found if sitting.case.closed_at is None]


def troubles(replanner: Replanner, sittings: Iterable[Sitting]) -> dict[UUID, frozenset[str]]:
    """Return, per meeting, why it can't be at its hour."""
    return {s.meeting.id: frozenset(_troubles(replanner, s)) for s in sittings}


def _troubles(replanner: Replanner, sitting: Sitting) -> Iterator[str]:
    start = local(sitting.meeting.starts_at)
    day, half = start.date(), "am" if start.hour < _NOON else "pm"
    people, calendar = replanner.people, replanner.frame.calendar
    name = next((g.name for g in people.groups if g.id == sitting.task.group_id), "")
    if not calendar.is_open_for(name, day):
        yield CLOSED
    elif _is_by_hand(replanner, sitting):
        return  # who arranged it knows who comes
    elif not any(
        half in m.presence.halves_on(day) for m in people.candidates(_chair(replanner, sitting), day)
    ):
        yield NO_CHAIR
    elif not any(
        half in m.presence.halves_on(day)
        for m in people.candidates("teacher", day, group=sitting.task.group_id)
    ):
        yield NO_TEACHER
    window = replanner.window(sitting.case, sitting.task)
    if window and not window[0] <= day <= window[1]:
        yield OUTSIDE


def _chair(replanner: Replanner, sitting: Sitting) -> str:
    meet = _meet(replanner, sitting)
    return meet.chair if meet else "ib"


def _is_by_hand(replanner: Replanner, sitting: Sitting) -> bool:
    meet = _meet(replanner, sitting)
    return meet is not None and meet.by_hand


def _meet(replanner: Replanner, sitting: Sitting) -> Meet | None:
    tasks = replanner.procedure(sitting.case).tasks()
    return next((task.meeting for task in tasks if task.key == sitting.task.key), None)


def _lost(before: Mapping[UUID, frozenset[str]], after: Mapping[UUID, frozenset[str]]) -> dict[UUID, str]:
    """Return the meetings that need another hour; one that was outside its period already was put there."""
    found = {}
    for meeting_id, now in after.items():
        known = before.get(meeting_id, frozenset())
        news = [why for why in sorted(now) if why != OUTSIDE or OUTSIDE not in known]
        if news:
            found[meeting_id] = news[0]
    return found


def settle_hours(m: Making, replanner: Replanner, before: Mapping[UUID, frozenset[str]]) -> list[Stuck]:
    """Give the meetings that lost their hour another one; return those that stay where they can't be."""
    sittings = sittings_of(m.session, m.school.id, m.label, m.at)
    lost = _lost(before, troubles(replanner, sittings))
    chosen = _chosen_by_hand(m.session, [s.task.id for s in sittings if s.meeting.id in lost])
    chosen |= {s.task.id for s in sittings if s.meeting.locked or _is_by_hand(replanner, s)}
    again = [s for s in sittings if s.meeting.id in lost and s.task.id not in chosen]
    placed = _place(replanner, sittings, again, m.at)
    for sitting in again:
        if hour := placed.get(sitting.task.id):
            _give(m, sitting, hour)
    for sitting in sittings:
        people, meet = replanner.people, _meet(replanner, sitting)
        follow_people(m.session, sitting.meeting, people, sitting.task.group_id, meet, m.at)
    return [
        Stuck(s.meeting.id, s.task.id, lost[s.meeting.id], s.task.id in chosen)
        for s in sittings
        if s.meeting.id in lost and s.task.id not in placed
    ]


def _chosen_by_hand(session: Session, tasks: list[UUID]) -> set[UUID]:
    """Return the tasks whose meeting got its hour from a person, and not from a re-plan."""
    moved = select(CaseEvent).where(col(CaseEvent.task_id).in_(tasks), CaseEvent.verb == "moved")
    last = {e.task_id: e for e in session.exec(moved.order_by(col(CaseEvent.at))) if e.task_id}
    return {task_id for task_id, event in last.items() if "replan" not in event.data}


def _place(
    replanner: Replanner, sittings: Iterable[Sitting], again: Iterable[Sitting], at: datetime
) -> Mapping[UUID, MeetingFact]:
    """Return an hour from tomorrow on, by task, for every meeting that can have one beside the others."""
    tomorrow = local(at).date() + timedelta(days=1)
    wanted = {s.task.id for s in again}
    kept = {
        s.task.id: MeetingFact(s.meeting.starts_at, s.meeting.ends_at)
        for s in sittings
        if s.task.id not in wanted
    }
    requests = [r for s in sittings if (r := _request(replanner, s, tomorrow, again=s.task.id in wanted))]
    found = place(requests, replanner.people, replanner.frame.calendar, Facts(meetings=kept))
    return {task_id: hour for task_id, hour in found.items() if task_id in wanted}


def _request(replanner: Replanner, sitting: Sitting, tomorrow: date, *, again: bool) -> Request | None:
    meeting, task = sitting.meeting, sitting.task
    day = local_day(meeting.starts_at)
    window = replanner.window(sitting.case, task) if again else (day, day)
    if window is None:
        return None
    minutes = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
    first, last = max(window[0], tomorrow), window[1]
    return Request(task.id, task.group_id, first, last, minutes, _chair(replanner, sitting))


def _give(m: Making, sitting: Sitting, hour: MeetingFact) -> None:
    old = sitting.meeting.starts_at
    give_hour(m.session, sitting.meeting, hour.starts_at, hour.ends_at, m.at)
    data = {"old": old.isoformat(), "new": hour.starts_at.isoformat(), "replan": True}
    record(m.session, sitting.task, "moved", at=m.at, actor_id=m.actor_id, reason=m.reason, data=data)
