"""Everything that stands in the way of each hour a meeting could have had; what alone, and what together."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from calendars.people import Member
from calendars.presence import Half
from calendars.schoolyear import days_between
from calendars.slotting.candidates import FRIDAY, HALVES, Reason, grid, in_lessons, is_busy, is_full
from calendars.slotting.problem import Hour, Problem, Sought, asked, chairs_on, is_taught, teachers_on

Blocks = frozenset[Reason]


def least(each: Iterable[Blocks]) -> list[Blocks]:
    """Return the smallest sets of reasons: lift one of these whole, and there is an hour."""
    found = set(each)
    fewest = min((len(blocks) for blocks in found), default=0)
    return sorted((blocks for blocks in found if len(blocks) == fewest), key=sorted)


def blocks_of(problem: Problem, sought: Sought) -> Iterator[Blocks]:
    """Yield, per hour that is still to come and per chair, all that stands in its way."""
    for day in days_between(max(sought.first, problem.not_before), sought.last):
        if day.isoweekday() <= FRIDAY:
            for half in HALVES:
                yield from _in_half(problem, sought, day, half)


def _in_half(problem: Problem, sought: Sought, day: date, half: Half) -> Iterator[Blocks]:
    whole = frozenset(_of_half(problem, sought, day, half))
    chairs: list[Member | None] = [*chairs_on(problem, sought, day)]
    who, taught = asked(problem, sought, day), is_taught(problem, sought, day)
    for hour in grid(problem, sought, day, half):
        here = whole | set(_of_hour(problem, who, hour, taught=taught))
        for chair in chairs or [None]:
            yield here | set(_of_chair(problem, chair, hour, half))


def _of_half(problem: Problem, sought: Sought, day: date, half: Half) -> Iterator[Reason]:
    if not problem.calendar.is_open_for(sought.group_name, day):
        yield Reason.CLOSED
    if any(t.first <= day <= t.last and t.group in {"", sought.group_name} for t in problem.tests):
        yield Reason.TESTS
    if sought.wishes and (day.weekday(), half) not in sought.wishes:
        yield Reason.WISH
    if sought.group and not any(problem.is_there(t, day, half) for t in teachers_on(problem, sought, day)):
        yield Reason.TEACHER
    kept = problem.kept_days.get(sought.series, ()) if sought.series else ()
    if any(abs((day - other).days) < problem.rules.apart for other in kept):
        yield Reason.APART


def _of_hour(problem: Problem, who: tuple[UUID, ...], hour: Hour, *, taught: bool) -> Iterator[Reason]:
    if taught and in_lessons(problem, hour):
        yield Reason.LESSONS
    if any(is_busy(problem, each, hour) for each in who):
        yield Reason.BUSY
    if any(is_full(problem, each, hour.day) for each in who):
        yield Reason.FULL
    if problem.rooms and all(is_busy(problem, room, hour) for room in problem.rooms):
        yield Reason.ROOM


def _of_chair(problem: Problem, chair: Member | None, hour: Hour, half: Half) -> Iterator[Reason]:
    if chair is None or not problem.is_there(chair, hour.day, half):
        yield Reason.CHAIR
    if chair and is_busy(problem, chair.id, hour):
        yield Reason.BUSY
    if chair and is_full(problem, chair.id, hour.day, leads=True):
        yield Reason.FULL
