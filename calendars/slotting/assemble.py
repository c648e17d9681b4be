"""From a problem to bare numbers, and from an answer back to hours with a room."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from uuid import UUID

from calendars.slotting.candidates import ANY_ROOM, Candidate, Found, find, room_left
from calendars.slotting.problem import Hour, Problem, Sought, asked
from calendars.slotting.puzzle import Answer, Choice, Puzzle, Weights

_QUARTER = 15  # minutes
_Choices = tuple[tuple[Choice, ...], ...]


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
        return _with_rooms(self.problem, self.sought, chosen)

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
    choices, weights = _weighed(problem, sought, choices)
    every = [choice for each in choices for choice in each]
    puzzle = Puzzle(
        choices=choices,
        weights=weights,
        rooms=_rooms(problem, every, names),
        led={key: _left(problem, names, key, leads=True) for key in {(c.chair, c.day) for c in every}},
        attended={
            key: _left(problem, names, key, leads=False)
            for key in {(p, c.day) for c in every for p in c.people if p != c.chair}
        },
        free_days=frozenset(key for key in {(c.chair, c.day) for c in every} if _booked(problem, names, key)),
        apart=tuple(_pairs(problem, sought)),
        distance=problem.rules.apart,
        stays=tuple(_stay(problem, s, names) for s in sought),
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


def _stay(problem: Problem, sought: Sought, names: _Numbers) -> Choice | None:
    """Return the hour that a meeting has, which it keeps when it gets none."""
    hour = sought.now
    if hour is None:
        return None
    who = [*asked(problem, sought, hour.day), *([hour.chair] if hour.chair else [])]
    people = tuple(sorted({names.person[each] for each in who if each in names.person}))
    free = hour.room is not None and (hour.room, hour.day) not in problem.taken_by
    room = names.room.get(ANY_ROOM if free else hour.room, -1)
    chair = names.person.get(hour.chair, -1) if hour.chair else -1
    return Choice(hour.day.toordinal(), hour.start, hour.end, chair, room, 0, False, people)


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


def _weighed(problem: Problem, sought: tuple[Sought, ...], choices: _Choices) -> tuple[_Choices, Weights]:
    """Let one more hour be worth any number of moves, and one move less any other cost.

    In a re-plan another chair at the same hour is worse than any cost too: somebody hears of it for nothing.
    """
    rest = sum(max((c.cost for c in each), default=0) for each in choices) + problem.costs.booked * len(
        choices
    )
    if not problem.rules.keep:
        return choices, Weights(rest + len(choices) + 1, 1, problem.costs.booked)
    changed = rest + 1
    chairs = _Numbers(problem).person
    weighed = []
    for each, mine in zip(sought, choices, strict=True):
        chair = chairs.get(each.now.chair) if each.now and each.now.chair else None
        weighed.append(
            tuple(
                c._replace(cost=c.cost + changed) if chair not in {None, c.chair} and not c.moved else c
                for c in mine
            )
        )
    dearer = changed * sum(each != mine for each, mine in zip(weighed, choices, strict=True))
    moved = rest + dearer + 1
    unplaced = rest + dearer + moved * len(choices) + 1
    return tuple(weighed), Weights(unplaced, moved, problem.costs.booked)


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
            gap = max(_first(one), _first(other)) - min(_last(one), _last(other))
            if gap.days < problem.rules.apart:
                yield (a, b)


def _first(sought: Sought) -> date:
    return min(sought.first, sought.now.day) if sought.now else sought.first


def _last(sought: Sought) -> date:
    return max(sought.last, sought.now.day) if sought.now else sought.last


def _with_rooms(
    problem: Problem, sought: tuple[Sought, ...], chosen: Mapping[UUID, Hour]
) -> dict[UUID, Hour]:
    """Give who may have any room the one they have now, or else the first that is free.

    Those that keep their hour choose first, unless that leaves others without a room.
    """
    before = {s.id: s.now for s in sought if s.now}
    kept = {id_ for id_, now in before.items() if now.room and id_ in chosen and chosen[id_].is_at(now)}
    in_time = sorted(chosen, key=lambda id_: (chosen[id_].day, chosen[id_].start, id_.int))
    orders = (sorted(in_time, key=lambda id_: id_ not in kept), in_time)
    tries = [_room_by_room(problem, order, before, chosen) for order in orders]
    given = min(tries, key=lambda each: sum(hour.room is None for hour in each.values()))
    for id_ in in_time:
        if id_ in kept and before[id_].room in _free(
            problem, chosen[id_], [h for i, h in given.items() if i != id_]
        ):
            given[id_] = replace(given[id_], room=before[id_].room)
    return {id_: given[id_] for id_ in in_time}


def _room_by_room(
    problem: Problem, order: Iterable[UUID], before: Mapping[UUID, Hour], chosen: Mapping[UUID, Hour]
) -> dict[UUID, Hour]:
    """Give each in turn a room; what has no other hour stays in the room where it is."""
    given = {id_: now for id_, now in before.items() if id_ not in chosen}
    given |= {id_: hour for id_, hour in chosen.items() if hour.room != ANY_ROOM}
    for id_ in order:
        if id_ not in given:
            free = _free(problem, chosen[id_], given.values(), whole_day=True)
            mine = before[id_].room if id_ in before else None
            given[id_] = replace(chosen[id_], room=mine if mine in free else next(iter(free), None))
    return given


def _free(problem: Problem, hour: Hour, given: Iterable[Hour], *, whole_day: bool = False) -> list[UUID]:
    """Return the rooms in which nothing is during an hour, or on its whole day but for what is given."""
    used = {each.room for each in given if each.meets(hour)}
    return [
        room
        for room in problem.rooms
        if room not in used
        and not any(whole_day or t.hour.meets(hour) for t in problem.taken_by.get((room, hour.day), ()))
    ]
