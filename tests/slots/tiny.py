"""Tiny problems, drawn at random, and the best answer to them by trying everything."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from uuid import UUID

from hypothesis import strategies as st

from calendars.people import GroupFact, Member, People, RoleSpan
from calendars.presence import Half
from calendars.schoolyear import Closed, SchoolCalendar
from calendars.slotting.problem import Assessments, Away, Hour, Problem, Rules, Sought, Taken
from calendars.slotting.verify import verify
from tests.calendars.invented_school import ALWAYS, identity, presence

MONDAY = date(2027, 3, 1)
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]
STARTS = (13 * 60, 14 * 60)
GROUPS = ("5", "6")
WEEKS = ("ma di wo do", "ma di", "wo do", "di", "ma-am di-pm wo")
ROOMS = (identity("kamer 1"), identity("kamer 2"))
_TUESDAY, _WEDNESDAY = Assessments(DAYS[1], DAYS[1]), Assessments(DAYS[2], DAYS[2], "5")
Given = Mapping[UUID, Hour]


def _member(name: str, role: str, week: str, group: str = "") -> Member:
    taught = ((identity(group), ALWAYS, None),) if group else ()
    return Member(identity(name), (RoleSpan(role),), presence(week), taught)


@st.composite
def schools(draw: st.DrawFn) -> People:
    week = st.sampled_from(WEEKS)
    members = [_member(f"ib{n}", "ib", draw(week)) for n in range(draw(st.integers(1, 2)))]
    for group in GROUPS:
        members += [
            _member(f"t{group}{n}", "teacher", draw(week), group) for n in range(draw(st.integers(1, 2)))
        ]
    # Someone who teaches both groups can't be in two places.
    both = tuple((identity(group), ALWAYS, None) for group in GROUPS)
    if draw(st.booleans()):
        members.append(Member(identity("both"), (RoleSpan("teacher"),), presence(draw(week)), both))
    return People(tuple(members), tuple(GroupFact(identity(g), g, g, frozenset({g})) for g in GROUPS))


@st.composite
def hours(draw: st.DrawFn, chairs: list[UUID], rooms: tuple[UUID, ...]) -> Hour:
    start = draw(st.sampled_from(STARTS))
    room = draw(st.sampled_from(rooms)) if rooms else None
    return Hour(draw(st.sampled_from(DAYS)), start, start + 60, draw(st.sampled_from(chairs)), room)


@st.composite
def problems(draw: st.DrawFn, *, most: int = 3, keep: bool | None = None) -> Problem:
    people = draw(schools())
    chairs = [m.id for m in people.members if m.has_role("ib", MONDAY)]
    rooms = ROOMS[: draw(st.integers(0, 2))]
    keeps = draw(st.booleans()) if keep is None else keep
    halves: tuple[Half, ...] = ("am", "pm")
    wishes = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(halves)), max_size=4)
    sought = []
    for number in range(draw(st.integers(1, most))):
        group = draw(st.sampled_from(GROUPS))
        first, last = sorted(draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
        now = draw(st.none() | hours(chairs, rooms))
        sought.append(
            Sought(
                id=identity(f"meeting {number}"),
                first=first,
                last=last,
                minutes=60,
                target=draw(st.sampled_from(DAYS)),
                group=identity(group),
                group_name=group,
                wishes=tuple(dict.fromkeys(draw(wishes))) if draw(st.booleans()) else (),
                now=now,
                locked=now is not None and draw(st.integers(0, 3)) == 0,
                series=group if draw(st.booleans()) else "",
            )
        )
    return Problem(
        sought=tuple(sought),
        people=people,
        calendar=_calendar(draw(st.none() | st.sampled_from(DAYS))),
        not_before=draw(st.sampled_from(DAYS[:2])),
        tests=draw(
            st.sampled_from([(), (Assessments(DAYS[1], DAYS[1]),), (Assessments(DAYS[2], DAYS[2], "5"),)])
        ),
        lessons=draw(st.sampled_from([{}, {0: (510, 825), 1: (510, 840)}])),
        rooms=rooms,
        taken=tuple(draw(st.lists(_taken(people, chairs, rooms), max_size=2))),
        away=draw(st.sampled_from([(), (Away(chairs[0], DAYS[0], DAYS[1]),)])),
        rules=Rules(
            earliest=STARTS[0],
            latest=15 * 60,
            step=60,
            most_led=draw(st.integers(1, 2)),
            most_attended=draw(st.integers(1, 2)),
            apart=draw(st.integers(0, 2)),
            keep=keeps,
        ),
    )


@st.composite
def _taken(draw: st.DrawFn, people: People, chairs: list[UUID], rooms: tuple[UUID, ...]) -> Taken:
    who = draw(st.sampled_from([*(m.id for m in people.members), *rooms]))
    hour = draw(hours(chairs, rooms))
    leads = who in chairs and draw(st.booleans())
    return Taken(who, Hour(hour.day, hour.start, hour.end), leads)


def _calendar(closed: date | None) -> SchoolCalendar:
    own = [Closed("Studiedag", closed, closed, official=False)] if closed else []
    return SchoolCalendar(date(2027, 1, 1), date(2027, 12, 31), own)


def points(problem: Problem, given: Given) -> tuple[int, int, int, int]:
    """Return how many have no hour, move, or get another chair, and the rest of the costs; in that order."""
    free = [s for s in problem.sought if not s.locked]
    led = {(t.who, t.hour.day) for t in problem.taken if t.leads}
    led |= {(s.now.chair, s.now.day) for s in problem.sought if s.locked and s.now and s.now.chair}
    moved = sum(s.now is not None and not given[s.id].is_at(s.now) for s in free if s.id in given)
    rest = sum(_cost(problem, s, given[s.id]) for s in free if s.id in given)
    rest += 15 * len({(h.chair, h.day) for h in given.values()} - led)
    missing = sum(s.id not in given for s in free)
    led_by_another = sum(
        s.now is not None and given[s.id].is_at(s.now) and given[s.id].chair != s.now.chair
        for s in free
        if s.id in given
    )
    return (missing, moved, led_by_another, rest) if problem.rules.keep else (missing, 0, 0, rest + moved)


def _cost(problem: Problem, sought: Sought, hour: Hour) -> int:
    part = "am" if hour.start < 720 else "pm"
    absent = 0
    for member in problem.people.members:
        gone = any(a.who == member.id and a.first <= hour.day <= a.last for a in problem.away)
        if sought.group and member.teaches(sought.group, hour.day):
            absent += gone or part not in member.presence.halves_on(hour.day)
    other = sought.now is not None and sought.now.chair != hour.chair
    return 2 * abs((hour.day - sought.target).days) + 40 * absent + 5 * other


def best_of_all(problem: Problem) -> tuple[int, int, int, int]:
    """Return the points of the best answer there is, by trying every one."""
    free = [s for s in problem.sought if not s.locked]
    options = [[None, *_possible(problem, s)] for s in free]
    found = []
    for combination in product(*options):
        given = {s.id: hour for s, hour in zip(free, combination, strict=True) if hour}
        if not verify(problem, given):
            found.append(points(problem, given))
    return min(found)


def _possible(problem: Problem, sought: Sought) -> Iterator[Hour]:
    """Yield the hours that are good for one meeting when no other has one."""
    chairs = [m.id for m in problem.people.members if m.has_role("ib", MONDAY)]
    stay = [sought.now] if sought.now else []
    alone = replace(problem, sought=tuple(s for s in problem.sought if s.locked or s is sought))
    times = {(d, s) for d in DAYS for s in STARTS} | {(h.day, h.start) for h in stay}
    for (day, start), chair, room in product(sorted(times), chairs, problem.rooms or (None,)):
        hour = Hour(day, start, start + 60, chair, room)
        if not verify(alone, {sought.id: hour}):
            yield hour
