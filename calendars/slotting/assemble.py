"""From a problem to bare numbers, and from an answer back to hours with a room."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from uuid import UUID

from calendars.slotting.candidates import ANY_ROOM, Candidate, Found, find, room_left
from calendars.slotting.problem import Hour, Problem, Sought
from calendars.slotting.puzzle import Answer, Choice, Puzzle, Weights

_QUARTER = 15  # minutes


@dataclass(frozen=True, slots=True)
class Assembled:
    """A puzzle with what its numbers stand for."""

    problem: Problem
    sought: tuple[Sought, ...]
    found: Mapping[UUID, Found]
    puzzle: Puzzle

    def hours(self, answer: Answer) -> dict[UUID, Hour]:
        """Return the hour of every meeting that has one in an answer, with its room."""
        chosen = {
            s.id: self.found[s.id].candidates[number].hour
            for s, number in zip(self.sought, answer, strict=True)
            if number is not None
        }
        return dict(_with_rooms(self.problem, self.sought, chosen))

    def candidate(self, number: int, answer: Answer) -> Candidate | None:
        """Return what a meeting got in an answer."""
        taken = answer[number]
        return None if taken is None else self.found[self.sought[number].id].candidates[taken]


def assemble(problem: Problem) -> Assembled:
    """Return everything that is possible, as numbers."""
    found = find(problem)
    sought = tuple(s for s in problem.sought if not s.fixed)
    names = _Numbers(problem)
    choices = tuple(
        tuple(_choice(problem, s, candidate, names) for candidate in found[s.id].candidates) for s in sought
    )
    every = [choice for each in choices for choice in each]
    puzzle = Puzzle(
        choices=choices,
        weights=_weights(problem, choices),
        rooms=_rooms(problem, every, names),
        led={key: _left(problem, names, key, leads=True) for key in {(c.chair, c.day) for c in every}},
        attended={
            key: _left(problem, names, key, leads=False)
            for key in {(p, c.day) for c in every for p in c.people if p != c.chair}
        },
        free_days=frozenset(key for key in {(c.chair, c.day) for c in every} if _booked(problem, names, key)),
        apart=tuple(_pairs(problem, sought)),
        distance=problem.rules.apart,
    )
    return Assembled(problem, sought, found, puzzle)


class _Numbers:
    """A number for every member and room."""

    def __init__(self, problem: Problem) -> None:
        self.people = sorted(
            {*problem.members, *(o for s in problem.sought for o in s.others)}, key=lambda u: u.int
        )
        self.person = {id_: n for n, id_ in enumerate(self.people)}
        self.room = {None: -1, ANY_ROOM: 0} | {id_: n for n, id_ in enumerate(problem.rooms, start=1)}


def _choice(problem: Problem, sought: Sought, candidate: Candidate, names: _Numbers) -> Choice:
    hour = candidate.hour
    chair = names.person[hour.chair] if hour.chair else -1
    people = tuple(sorted({chair, *(names.person[who] for who in candidate.asked)}))
    moved = sought.now is not None and not hour.is_at(sought.now)
    cost = _cost(problem, sought, candidate)
    room = names.room[hour.room]
    return Choice(hour.day.toordinal(), hour.start, hour.end, chair, room, cost, moved, people)


def _cost(problem: Problem, sought: Sought, candidate: Candidate) -> int:
    costs, hour = problem.costs, candidate.hour
    late = -(-max(0, hour.end - costs.late_from) // _QUARTER)
    other = sought.now is not None and sought.now.chair not in {None, hour.chair}
    return (
        costs.day * abs((hour.day - sought.target).days)
        + costs.late * late
        + costs.absent * len(candidate.absent)
        + costs.other_chair * other
    )


def _weights(problem: Problem, choices: Iterable[Iterable[Choice]]) -> Weights:
    """Let one more hour be worth any number of moves, and one move less any other cost."""
    most = [max((c.cost for c in each), default=0) for each in choices]
    rest = sum(most) + problem.costs.booked * len(most)
    moved = rest + 1 if problem.rules.keep else 1
    return Weights(rest + moved * len(most) + 1, moved, problem.costs.booked)


def _rooms(problem: Problem, every: Iterable[Choice], names: _Numbers) -> dict[tuple[int, int], int]:
    """Return how many meetings at once each room takes; those free all day count together."""
    if not problem.rooms:
        return {}
    numbers = {number: id_ for id_, number in names.room.items()}
    found = {}
    for day, room in {(c.day, c.room) for c in every}:
        used = [r for r in problem.rooms if (r, date.fromordinal(day)) in problem.taken_by]
        found[day, room] = len(problem.rooms) - len(used) if numbers[room] == ANY_ROOM else 1
    return found


def _left(problem: Problem, names: _Numbers, key: tuple[int, int], *, leads: bool) -> int:
    taken = problem.taken_by.get((names.people[key[0]], date.fromordinal(key[1])), ())
    return room_left(taken, problem, leads=leads)


def _booked(problem: Problem, names: _Numbers, key: tuple[int, int]) -> bool:
    return any(t.leads for t in problem.taken_by.get((names.people[key[0]], date.fromordinal(key[1])), ()))


def _pairs(problem: Problem, sought: tuple[Sought, ...]) -> Iterator[tuple[int, int]]:
    """Yield the meetings of one series by number, two by two, where they could come too close."""
    if not problem.rules.apart:
        return
    for (a, one), (b, other) in combinations(enumerate(sought), 2):
        if one.series and one.series == other.series:
            gap = max(one.first, other.first) - min(one.last, other.last)
            if gap.days < problem.rules.apart:
                yield (a, b)


def _with_rooms(
    problem: Problem, sought: tuple[Sought, ...], chosen: Mapping[UUID, Hour]
) -> Iterator[tuple[UUID, Hour]]:
    """Give who may have any room the one they have now, or else the first that is free."""
    before = {s.id: s.now.room for s in sought if s.now}
    given: list[Hour] = []
    for id_, hour in sorted(chosen.items(), key=lambda pair: (pair[1].day, pair[1].start, pair[0].int)):
        if hour.room == ANY_ROOM:
            free = [
                room
                for room in problem.rooms
                if (room, hour.day) not in problem.taken_by
                and not any(g.room == room and g.meets(hour) for g in given)
            ]
            mine = before.get(id_)
            hour = replace(hour, room=mine if mine in free else free[0])  # noqa: PLW2901 -- the same, with its room
        given.append(hour)
        yield id_, hour
