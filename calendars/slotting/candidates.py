"""Which hours each meeting could have, and for the days it can't, what stood in the way."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from uuid import UUID

from calendars.people import Member
from calendars.presence import Half
from calendars.schoolyear import days_between
from calendars.slotting.problem import (
    AFTERNOON,
    NOON,
    Hour,
    Problem,
    Sought,
    Taken,
    asked,
    chairs_on,
    half_at,
    is_taught,
    teachers_on,
)

HALVES: tuple[Half, ...] = ("am", "pm")
FRIDAY = 5  # a weekend is nobody's reason
ANY_ROOM = UUID(int=0)  # whichever room is free all day


class Reason(IntEnum):
    """Why a day gives no hour, in the order in which it is looked at."""

    PAST = 1
    CLOSED = 2
    TESTS = 3
    WISH = 4
    CHAIR = 5
    TEACHER = 6
    TOGETHER = 7  # each is there that day, but not in the same half
    APART = 8
    LESSONS = 9
    BUSY = 10
    FULL = 11
    ROOM = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """An hour that would do; who is asked, and who of them can't be there."""

    hour: Hour
    asked: tuple[UUID, ...]
    absent: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The hours that would do for one meeting, and the days that gave none, counted by reason."""

    candidates: tuple[Candidate, ...]
    reasons: Counter[Reason] = field(default_factory=Counter)


def find(problem: Problem) -> dict[UUID, Found]:
    """Return what is possible for every meeting that is not locked."""
    return {s.id: find_one(problem, s) for s in problem.sought if not s.fixed}


def find_one(problem: Problem, sought: Sought) -> Found:
    """Return what is possible for one meeting."""
    candidates: list[Candidate] = []
    reasons: Counter[Reason] = Counter()
    days = {day for day in days_between(sought.first, sought.last) if day.isoweekday() <= FRIDAY}
    for day in sorted(days | ({stay.day} if (stay := _may_stay(problem, sought)) else set())):
        here, why = _on_day(problem, sought, day)
        candidates += here
        if not here:
            reasons[why] += 1
    return Found(tuple(candidates), reasons)


def _may_stay(problem: Problem, sought: Sought) -> Hour | None:
    """Return the hour that a meeting has, when it may keep it whatever its days are."""
    return sought.now if problem.rules.keep else None


def _on_day(problem: Problem, sought: Sought, day: date) -> tuple[list[Candidate], Reason]:
    why = _whole_day(problem, sought, day)
    if why:
        return [], why
    found: list[Candidate] = []
    furthest = Reason.TOGETHER
    for half in HALVES:
        if sought.wishes and (day.weekday(), half) not in sought.wishes:
            continue
        part = _Part.of(problem, sought, day, half)
        if not part.can:
            continue
        for hour in grid(problem, sought, day, half):
            furthest = max(furthest, _at_hour(problem, part, hour, found))
    return found, furthest


@dataclass(frozen=True, slots=True)
class _Part:
    """A half day of one meeting: who could lead, who is asked, who can't be there, and what they have."""

    can: bool
    taught: bool
    chairs: tuple[UUID, ...]
    asked: tuple[UUID, ...]
    absent: tuple[UUID, ...]
    busy: tuple[Hour, ...]
    full: bool
    rooms: tuple[UUID, ...]
    unroomed: Hour | None  # kept as it is, without one of the school's rooms

    @classmethod
    def of(cls, problem: Problem, sought: Sought, day: date, half: Half) -> "_Part":
        teachers, stay = teachers_on(problem, sought, day), _may_stay(problem, sought)
        chairs = tuple(m.id for m in chairs_on(problem, sought, day) if problem.is_there(m, day, half))
        who = asked(problem, sought, day)
        known = [problem.members[w] for w in who if w in problem.members]
        absent = tuple(m.id for m in known if not problem.is_there(m, day, half))
        return cls(
            can=bool(chairs) and (not teachers or any(t.id not in absent for t in teachers)),
            taught=is_taught(problem, sought, day),
            chairs=chairs,
            asked=who,
            absent=absent,
            busy=tuple(t.hour for w in who for t in problem.taken_by.get((w, day), ())),
            full=any(is_full(problem, w, day) for w in who),
            rooms=tuple(room for room in problem.rooms if (room, day) in problem.taken_by),
            unroomed=Hour(stay.day, stay.start, stay.end) if stay and not stay.room else None,
        )


def _whole_day(problem: Problem, sought: Sought, day: date) -> Reason | None:
    """Return why a day falls away whole, whatever the hour."""
    tests = any(t.first <= day <= t.last and t.group in {"", sought.group_name} for t in problem.tests)
    wished = {weekday for weekday, _ in sought.wishes}
    kept = problem.kept_days.get(sought.series, ()) if sought.series else ()
    teacher = not sought.group or _halves_of(problem, teachers_on(problem, sought, day), day)
    stay = _may_stay(problem, sought)
    stays = stay is not None and stay.day == day
    reasons = (
        (Reason.PAST, not _is_free_to_give(problem, sought, day) and not stays),
        (Reason.CLOSED, not problem.calendar.is_open_for(sought.group_name, day)),
        (Reason.TESTS, tests),
        (Reason.WISH, wished and day.weekday() not in wished),
        (Reason.CHAIR, not _halves_of(problem, chairs_on(problem, sought, day), day)),
        (Reason.TEACHER, not teacher),
        (Reason.APART, any(abs((day - other).days) < problem.rules.apart for other in kept)),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _is_free_to_give(problem: Problem, sought: Sought, day: date) -> bool:
    return sought.first <= day <= sought.last and day >= problem.not_before


def _halves_of(problem: Problem, members: list[Member], day: date) -> set[Half]:
    return {half for half in HALVES for m in members if problem.is_there(m, day, half)}


def grid(problem: Problem, sought: Sought, day: date, half: Half) -> Iterator[Hour]:
    """Yield the hours of a half day that could be given, and the one that the meeting has now."""
    rules = problem.rules
    first, last = (rules.earliest, NOON) if half == "am" else (max(rules.earliest, AFTERNOON), rules.latest)
    now = sought.now if sought.now and sought.now.day == day and half_at(sought.now.start) == half else None
    starts = range(first, min(last, rules.latest) - sought.minutes + 1, rules.step)
    if not _is_free_to_give(problem, sought, day):
        starts = range(0)
    yield from (Hour(day, start, start + sought.minutes) for start in starts)
    if now and now.start not in starts:
        yield Hour(day, now.start, now.end)


def _at_hour(problem: Problem, part: _Part, hour: Hour, found: list[Candidate]) -> Reason:
    """Add what an hour gives; return how far it came."""
    if part.taught and in_lessons(problem, hour):
        return Reason.LESSONS
    if any(taken.meets(hour) for taken in part.busy):
        return Reason.BUSY
    if part.full:
        return Reason.FULL
    furthest = Reason.BUSY
    for chair in part.chairs:
        if is_busy(problem, chair, hour):
            continue
        if is_full(problem, chair, hour.day, leads=True):
            furthest = max(furthest, Reason.FULL)
            continue
        for room in (None,) if hour == part.unroomed else _rooms(problem, part, hour):
            told = Hour(hour.day, hour.start, hour.end, chair, room)
            found.append(Candidate(told, tuple(w for w in part.asked if w != chair), part.absent))
        furthest = Reason.ROOM
    return furthest


def in_lessons(problem: Problem, hour: Hour) -> bool:
    """Tell whether an hour is in the lessons of its day."""
    begin, end = problem.lessons.get(hour.day.weekday(), (0, 0))
    return hour.start < end and begin < hour.end


def is_busy(problem: Problem, who: UUID, hour: Hour) -> bool:
    """Tell whether someone, or a room, is taken during an hour."""
    return any(t.hour.meets(hour) for t in problem.taken_by.get((who, hour.day), ()))


def is_full(problem: Problem, who: UUID, day: date, *, leads: bool = False) -> bool:
    """Tell whether someone has as many meetings on a day as may be."""
    return room_left(problem.taken_by.get((who, day), ()), problem, leads=leads) <= 0


def room_left(taken: tuple[Taken, ...], problem: Problem, *, leads: bool) -> int:
    """Return how many more meetings someone can lead, or attend, beside what they have on a day."""
    most = problem.rules.most_led if leads else problem.rules.most_attended
    return most - sum(t.leads == leads for t in taken)


def _rooms(problem: Problem, part: _Part, hour: Hour) -> Iterator[UUID | None]:
    """Yield the rooms of an hour: once for all that are free the whole day, else each by itself."""
    if not problem.rooms:
        yield None
        return
    if len(part.rooms) < len(problem.rooms):
        yield ANY_ROOM
    yield from (room for room in part.rooms if not is_busy(problem, room, hour))
