"""From the school's rows to a problem: the meetings that are sought, and everything around them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from calendars.people import People
from calendars.presence import Half
from calendars.procedure import Meet
from calendars.slots import local_day
from calendars.slotting.problem import Assessments, Away, Hour, Problem, Sought, Taken, hour_of
from models import (
    CLOSED_STATES,
    Attendee,
    Case,
    CaseState,
    Meeting,
    MeetingState,
    Room,
    School,
    Task,
    TaskKind,
)
from service.cases.replan import Replanner
from service.clock import local
from service.slots.asked import EVERY_ROUND, Asked

_RUNNING = (CaseState.PLANNED, CaseState.ACTIVE)
_TESTS = "test-calendar"
_AROUND = (timedelta(days=10), timedelta(days=15))  # where a meeting that a person arranged may go
_SERIES = frozenset({"group-discussions"})  # procedures whose rounds of one group are kept apart


@dataclass(frozen=True, slots=True)
class Seat:
    """A meeting that hours are sought for: its task and case, and its row when it has an hour."""

    task: Task
    case: Case
    meet: Meet
    meeting: Meeting | None


@dataclass(frozen=True)
class Question:
    """A problem, with the rows behind it by task; no day is known yet for the ``undated``."""

    problem: Problem
    seats: Mapping[UUID, Seat]
    rooms: Mapping[UUID, str]
    replanner: Replanner
    undated: tuple[Seat, ...] = ()


def seats_of(
    session: Session, replanner: Replanner, at: datetime, *, rounds: Iterable[str] | None = None
) -> list[Seat]:
    """Return the meetings of a school year that are still to come or have no hour, by round when named."""
    query = (
        select(Task, Case, Meeting)
        .join(Case, col(Case.id) == Task.case_id)
        .outerjoin(Meeting, col(Meeting.task_id) == Task.id)
        .where(
            Task.school_id == replanner.school.id,
            Task.kind == TaskKind.MEETING,
            Case.school_year == replanner.frame.year.label,
            col(Case.state).in_(_RUNNING),
            col(Task.state).not_in(CLOSED_STATES),
        )
        .order_by(Case.procedure, Case.key, col(Task.id))
    )
    wanted = None if rounds is None else set(rounds)
    found = []
    for task, case, meeting in session.exec(query):
        if wanted is not None and not {EVERY_ROUND, round_of(case)} & wanted:
            continue
        if meeting and (meeting.state == MeetingState.CANCELLED or meeting.starts_at <= at):
            continue
        meet = meet_of(replanner, task, case)
        if meet and (meeting or not meet.by_hand):
            found.append(Seat(task, case, meet, meeting))
    return found


def round_of(case: Case) -> str:
    """Return the round that a case belongs to."""
    return f"{case.procedure}:{case.occurrence}"


def meet_of(replanner: Replanner, task: Task, case: Case) -> Meet | None:
    """Return what the procedure says of the meeting of a task."""
    tasks = replanner.procedure(case).tasks()
    return next((t.meeting for t in tasks if t.key == task.key), None)


def question_of(session: Session, school: School, label: str, asked: Asked, at: datetime) -> Question:
    """Return what a search is about, as the rows are now; nothing is given before tomorrow."""
    replanner = Replanner(session, school, label)
    tomorrow = local(at).date() + timedelta(days=1)
    reader = _Reader(session, replanner, asked, max(asked.not_before, tomorrow), at)
    chosen = reader.chosen()
    seats = [seat for seat in chosen if reader.days(seat)]
    undated = tuple(seat for seat in chosen if not reader.days(seat))
    rooms = {id_: name for name, id_ in reader.rooms.items()}
    by_task = {seat.task.id: seat for seat in seats}
    return Question(reader.problem(seats), by_task, rooms, replanner, undated)


class _Reader:
    """Reads one school's rows into a problem."""

    def __init__(
        self, session: Session, replanner: Replanner, asked: Asked, not_before: date, at: datetime
    ) -> None:
        self.session, self.replanner, self.asked = session, replanner, asked
        self.not_before, self.at = not_before, at
        self.people: People = replanner.people
        self.names = {g.id: g.name for g in self.people.groups}
        rooms = select(Room).where(Room.school_id == replanner.school.id, col(Room.active).is_(True))
        self.rooms = {room.name: room.id for room in session.exec(rooms.order_by(Room.name))}
        self._guests: dict[UUID, list[Attendee]] = {}
        self._windows: dict[UUID, tuple[date, date] | None] = {}

    def chosen(self) -> list[Seat]:
        """Return the meetings that were asked for."""
        single = set(self.asked.tasks)
        seats = seats_of(self.session, self.replanner, self.at)
        rounds, until = set(self.asked.rounds), self.asked.until
        found = [s for s in seats if s.task.id in single or {EVERY_ROUND, round_of(s.case)} & rounds]
        return [s for s in found if not (until and s.meeting and local_day(s.meeting.starts_at) > until)]

    def days(self, seat: Seat) -> tuple[date, date] | None:
        """Return the days (both included) within which a meeting belongs."""
        if seat.task.id not in self._windows:
            self._windows[seat.task.id] = self._days(seat)
        return self._windows[seat.task.id]

    def _days(self, seat: Seat) -> tuple[date, date] | None:
        window = self.replanner.window(seat.case, seat.task)
        if seat.meet.by_hand and seat.meeting:
            now = local_day(seat.meeting.starts_at)
            last = min(now + _AROUND[1], seat.task.latest_on or date.max)
            return now - _AROUND[0], last
        return window

    def problem(self, seats: list[Seat]) -> Problem:
        """Return everything together."""
        self._read_guests()
        ids = {seat.meeting.id for seat in seats if seat.meeting}
        asked = self.asked
        return Problem(
            sought=tuple(self._sought(seat) for seat in seats),
            people=self.people,
            calendar=self.replanner.frame.calendar,
            not_before=self.not_before,
            tests=tuple(self._tests()) if asked.avoid_tests else (),
            lessons={
                day: (starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute)
                for day, (starts, ends) in self.replanner.frame.calendar.lessons.items()
            },
            rooms=tuple(self.rooms.values()),
            taken=tuple(self._taken(ids)),
            away=tuple(Away(a.person, a.first, a.last) for a in asked.absent),
            earlier=tuple(self._earlier({seat.task.id for seat in seats})),
            rules=asked.rules(),
        )

    def _read_guests(self) -> None:
        """Read who is asked to every meeting of the people here, at whichever school it is."""
        staff = [m.id for m in self.people.members]
        here = select(Attendee.meeting_id).where(col(Attendee.person_id).in_(staff))
        query = (
            select(Attendee)
            .join(Meeting, col(Meeting.id) == Attendee.meeting_id)
            .where(
                col(Attendee.meeting_id).in_(here),
                col(Attendee.removed).is_(False),
                Meeting.ends_at > self.at,
            )
        )
        for attendee in self.session.exec(query):
            self._guests.setdefault(attendee.meeting_id, []).append(attendee)

    def _sought(self, seat: Seat) -> Sought:
        first, last = self.days(seat) or (self.not_before, self.not_before)
        meeting, group = seat.meeting, seat.task.group_id
        guests = self._guests.get(meeting.id, []) if meeting else []
        leader = next((g.person_id for g in guests if g.chair and g.person_id), None)
        by_hand = [g.person_id for g in guests if g.by_hand and g.person_id and g.person_id != leader]
        now = self._hour(meeting, leader) if meeting else None
        named = self._named_chair(seat, guests, leader)
        return Sought(
            id=seat.task.id,
            first=first,
            last=last,
            minutes=now.end - now.start if now else seat.meet.minutes,
            target=self._target(first, last, now),
            chair=seat.meet.chair,
            chairs=named,
            group=None if seat.meet.by_hand else group,
            group_name=self.names.get(group, "") if group else "",
            others=tuple(dict.fromkeys(p for p in by_hand if p not in named)),
            wishes=tuple(_wishes(meeting.wishes)) if meeting else (),
            now=now,
            locked=meeting is not None and (meeting.locked or self._is_soon(seat, now)),
            series=_series(seat.case),
        )

    def _named_chair(self, seat: Seat, guests: list[Attendee], leader: UUID | None) -> frozenset[UUID]:
        """Return who leads a meeting that a person arranged: who was asked to, or else the first guest."""
        if not seat.meet.by_hand:
            return frozenset()
        first = next((g.person_id for g in guests if g.person_id), None)
        return frozenset({chair}) if (chair := leader or first) else frozenset()

    def _is_soon(self, seat: Seat, now: Hour | None) -> bool:
        """Tell whether a round leaves a meeting alone, because its day is near."""
        if now is None or self.asked.keep or seat.task.id in self.asked.tasks:
            return False
        return now.day < self.not_before

    def _target(self, first: date, last: date, now: Hour | None) -> date:
        if self.asked.keep and now:
            return now.day
        begin = max(first, self.not_before)
        return begin if self.asked.prefer == "early" or begin > last else begin + (last - begin) / 2

    def _hour(self, meeting: Meeting, chair: UUID | None) -> Hour:
        return hour_of(meeting.starts_at, meeting.ends_at, chair, self.rooms.get(meeting.location))

    def _taken(self, sought: set[UUID]) -> Iterator[Taken]:
        """Yield the hours that people and rooms have already, also at another school."""
        coming = select(Meeting).where(Meeting.state != MeetingState.CANCELLED, Meeting.ends_at > self.at)
        here = self.replanner.school.id
        with_guests = col(Meeting.id).in_(list(self._guests))
        for meeting in self.session.exec(coming.where(or_(col(Meeting.school_id) == here, with_guests))):
            if meeting.id in sought:
                continue
            hour = (
                self._hour(meeting, None)
                if meeting.school_id == here
                else hour_of(meeting.starts_at, meeting.ends_at)
            )
            for guest in self._guests.get(meeting.id, ()):
                if guest.person_id:
                    yield Taken(guest.person_id, hour, guest.chair)
            if hour.room:
                yield Taken(hour.room, hour)

    def _tests(self) -> Iterator[Assessments]:
        query = (
            select(Task, Case.group_id)
            .join(Case, col(Case.id) == Task.case_id)
            .where(
                Task.school_id == self.replanner.school.id,
                Case.procedure == _TESTS,
                Case.school_year == self.replanner.frame.year.label,
                Case.state != CaseState.CANCELLED,
                Task.kind == TaskKind.WINDOW,
            )
        )
        for task, group in self.session.exec(query):
            first, last = task.starts_on, task.target_on
            if first and last:
                of = task.group_id or group
                yield Assessments(first, last, self.names.get(of, "") if of else "")

    def _earlier(self, sought: set[UUID]) -> Iterator[tuple[str, date]]:
        """Yield the days of the rounds that are not sought, those gone by among them."""
        query = (
            select(Meeting, Case)
            .join(Case, col(Case.id) == Meeting.case_id)
            .where(
                Meeting.school_id == self.replanner.school.id,
                Case.school_year == self.replanner.frame.year.label,
                col(Case.procedure).in_(_SERIES),
                Meeting.state != MeetingState.CANCELLED,
                col(Meeting.task_id).not_in(sought),
            )
        )
        for meeting, case in self.session.exec(query):
            if series := _series(case):
                yield series, local_day(meeting.starts_at)


def _series(case: Case) -> str:
    apart = case.procedure in _SERIES and case.group_id and not case.pupil_id
    return f"{case.procedure}:{case.group_id}" if apart else ""


def _wishes(told: list[Any]) -> Iterator[tuple[int, Half]]:
    for wish in told:
        half: Half = "am" if wish["half"] == "am" else "pm"
        yield int(wish["weekday"]), half
