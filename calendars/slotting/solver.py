"""The best answer, by constraint programming (OR-Tools CP-SAT); proven, or the best within the time."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from time import monotonic

from ortools.sat.python import cp_model

from calendars.slotting.board import settled
from calendars.slotting.puzzle import Answer, Choice, Puzzle

SEED = 20261122  # the same question gives the same answer
_Vars = list[cp_model.IntVar]
_Meetings = dict[tuple[int, int], dict[int, _Vars]]
_PerDay = dict[tuple[int, int], _Vars]
_Crowd = dict[tuple[int, int], list[tuple[Choice, cp_model.IntVar]]]


@dataclass(frozen=True, slots=True)
class Progress:
    """An answer on the way, its points, the fewest that are still possible, and seconds since the start."""

    answer: Answer
    score: int
    bound: int
    seconds: float
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Effort:
    """How much may be spent: seconds on the clock and workers; ``steps`` makes it repeatable in tests."""

    seconds: float = 20.0
    workers: int = 2
    steps: float | None = None  # CP-SAT's deterministic time


class Model:
    """A puzzle as constraints."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        self.model = cp_model.CpModel()
        self.x = [[self.model.new_bool_var("") for _ in each] for each in puzzle.choices]
        self.without = [self.model.new_bool_var("") for _ in puzzle.choices]
        for mine, none in zip(self.x, self.without, strict=True):
            self.model.add_exactly_one([*mine, none])
        self._one_at_a_time()
        self._most_a_day()
        self._keep_apart()
        self._minimize()

    def _each(self) -> Iterator[tuple[Choice, cp_model.IntVar]]:
        for choices, mine in zip(self.puzzle.choices, self.x, strict=True):
            yield from zip(choices, mine, strict=True)

    def _one_at_a_time(self) -> None:
        """Let nobody be in two meetings at once, nor more meetings in the rooms than there are rooms."""
        people, rooms = _per_thing(self._each())
        for here in people.values():
            for crowd in _crowds(here):
                self.model.add_at_most_one(crowd)
        for key, here in rooms.items():
            most = self.puzzle.rooms[key]
            for crowd in _crowds(here):
                if len(crowd) > most:
                    self.model.add(sum(crowd) <= most)
        self._beside_those_that_stay(people, rooms)

    def _beside_those_that_stay(self, people: _Crowd, rooms: _Crowd) -> None:
        """Give nobody, and no room, an hour that a meeting without another still has."""
        still_people, still_rooms = _per_thing(self._stays())
        for key, stays in still_people.items():
            for stay, none in stays:
                for _, here in _during(stay, people.get(key, [])):
                    self.model.add_at_most_one([*here, none])
        for key, stays in still_rooms.items():
            for stay, _ in stays:
                for moment, here in _during(stay, rooms.get(key, [])):
                    still = [none for s, none in stays if s.start <= moment < s.end]
                    self._at_most(self.puzzle.rooms[key], here, still)

    def _most_a_day(self) -> None:
        led, attended = _per_day(self._each())
        led_still, attended_still = _per_day(self._stays())
        for key, here in led.items():
            self._at_most(self.puzzle.led[key], here, led_still[key])
        for key, here in attended.items():
            self._at_most(self.puzzle.attended[key], here, attended_still[key])

    def _at_most(self, most: int, here: _Vars, still: _Vars) -> None:
        """Let no more be given on a day than fits beside what stays there; what stays may be too many."""
        self.model.add(sum(here) <= most)
        if still:
            any_given = self.model.new_bool_var("")
            self.model.add(sum(here) <= most * any_given)
            self.model.add(sum(here) + sum(still) <= most).only_enforce_if(any_given)

    def _stays(self) -> Iterator[tuple[Choice, cp_model.IntVar]]:
        """Yield the hours that meetings have now, each with whether it is kept for want of another."""
        for stay, none in zip(self.puzzle.stays, self.without, strict=False):
            if stay:
                yield stay, none

    def _keep_apart(self) -> None:
        """Keep the meetings of a series a number of days apart."""
        days: dict[int, dict[int, cp_model.IntVar]] = {}
        for meeting in {m for pair in self.puzzle.apart for m in pair}:
            days[meeting] = self._days_of(meeting)
        for a, b in self.puzzle.apart:
            for day, var in days[a].items():
                near = [v for d, v in days[b].items() if abs(d - day) < self.puzzle.distance]
                if near:
                    self.model.add_at_most_one([var, *near])
            self._keep_from(days[a], b)
            self._keep_from(days[b], a)

    def _keep_from(self, days: Mapping[int, cp_model.IntVar], meeting: int) -> None:
        """Keep the days of one meeting from the day on which another stays for want of an hour."""
        if self.puzzle.stays and (stay := self.puzzle.stays[meeting]):
            for day, var in days.items():
                if abs(day - stay.day) < self.puzzle.distance:
                    self.model.add_at_most_one([var, self.without[meeting]])

    def _days_of(self, meeting: int) -> dict[int, cp_model.IntVar]:
        """Return, per day, whether a meeting is on it."""
        found: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for choice, var in zip(self.puzzle.choices[meeting], self.x[meeting], strict=True):
            found[choice.day].append(var)
        days = {day: self.model.new_bool_var("") for day in found}
        for day, here in found.items():
            self.model.add(sum(here) == days[day])
        return days

    def _minimize(self) -> None:
        weights = self.puzzle.weights
        terms = [(c.cost + weights.moved * c.moved) * var for c, var in self._each()]
        terms += [weights.unplaced * none for none in self.without]
        terms += [weights.booked * var for var in self._booked()]
        self.model.minimize(sum(terms))

    def _booked(self) -> Iterator[cp_model.IntVar]:
        """Yield, per chair and day, whether the chair has to be there for a meeting."""
        found: _Meetings = defaultdict(lambda: defaultdict(list))
        for meeting, (choices, mine) in enumerate(zip(self.puzzle.choices, self.x, strict=True)):
            for choice, var in zip(choices, mine, strict=True):
                found[choice.chair, choice.day][meeting].append(var)
        for key, meetings in found.items():
            if key in self.puzzle.free_days:
                continue
            booked = self.model.new_bool_var("")
            for here in meetings.values():
                self.model.add(sum(here) <= booked)
            yield booked

    def read(self, value: Callable[[cp_model.IntVar], int]) -> Answer:
        """Return the answer that the values of the variables stand for."""
        return tuple(next((n for n, var in enumerate(mine) if value(var)), None) for mine in self.x)


def _per_thing(each: Iterable[tuple[Choice, cp_model.IntVar]]) -> tuple[_Crowd, _Crowd]:
    """Return what each person has on a day, and what is in each room."""
    people: _Crowd = defaultdict(list)
    rooms: _Crowd = defaultdict(list)
    for choice, var in each:
        for person in choice.people:
            people[person, choice.day].append((choice, var))
        if choice.room >= 0:
            rooms[choice.day, choice.room].append((choice, var))
    return people, rooms


def _during(stay: Choice, here: list[tuple[Choice, cp_model.IntVar]]) -> Iterator[tuple[int, _Vars]]:
    """Yield the moments of an hour at which choices are under way or begin, with those choices."""
    beside = [(c, v) for c, v in here if c.start < stay.end and stay.start < c.end]
    for moment in sorted({max(c.start, stay.start) for c, _ in beside}):
        yield moment, [v for c, v in beside if c.start <= moment < c.end]


def _per_day(each: Iterable[tuple[Choice, cp_model.IntVar]]) -> tuple[_PerDay, _PerDay]:
    """Return what each chair leads on a day, and what everyone else attends."""
    led: _PerDay = defaultdict(list)
    attended: _PerDay = defaultdict(list)
    for choice, var in each:
        led[choice.chair, choice.day].append(var)
        for person in choice.people:
            if person != choice.chair:
                attended[person, choice.day].append(var)
    return led, attended


def _crowds(here: list[tuple[Choice, cp_model.IntVar]]) -> Iterator[list[cp_model.IntVar]]:
    """Yield the choices of one day that share a moment, largest sets only."""
    sets = [
        frozenset(n for n, (c, _) in enumerate(here) if c.start <= moment < c.end)
        for moment in sorted({c.start for c, _ in here})
    ]
    following = [*pairwise(sets), (sets[-1], frozenset[int]())] if sets else []
    for crowd, later in following:
        if len(crowd) > 1 and not crowd <= later:
            yield [here[n][1] for n in sorted(crowd)]


class _Watch(cp_model.CpSolverSolutionCallback):
    """Tells every better answer as it is found."""

    def __init__(self, model: Model, tell: Callable[[Progress], None]) -> None:
        super().__init__()
        self._model, self._tell, self._begin = model, tell, monotonic()

    def on_solution_callback(self) -> None:
        """Pass a better answer on."""
        answer = self._model.read(self.value)
        score, bound = round(self.objective_value), round(self.best_objective_bound)
        self._tell(Progress(answer, score, bound, monotonic() - self._begin))


class Search:
    """One search, that another thread may stop; what was found by then is kept."""

    def __init__(self, puzzle: Puzzle, effort: Effort | None = None) -> None:
        self.puzzle, self.effort = puzzle, effort or Effort()
        self._solver = cp_model.CpSolver()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the search as soon as possible."""
        self._stopped.set()
        self._solver.stop_search()

    def run(self, tell: Callable[[Progress], None] = lambda _: None) -> Progress | None:
        """Return the best answer; nothing when there was no time for any."""
        begin = monotonic()
        pairs = zip(self.puzzle.stays, self.puzzle.choices, strict=False)
        loose = replace(self.puzzle, stays=tuple(None if each else stay for stay, each in pairs))
        found = self._least(loose, begin) if self.puzzle.weights.moved > 1 else None
        found = found or self._solve(loose, begin, lambda each: tell(self._settle(each)))
        if found is None or settled(self.puzzle, found.answer) == found.answer:
            return found  # rarely anything stays in the way, and to look at it afterwards is far quicker
        rest = self._settle(found)
        tell(rest)
        return self._better(rest, self._solve(self.puzzle, begin, tell))

    def _settle(self, found: Progress) -> Progress:
        """Return an answer in which nothing is given that a meeting without another hour has."""
        answer = settled(self.puzzle, found.answer)
        if answer == found.answer:
            return found
        return replace(found, answer=answer, score=self.puzzle.score(answer), proven=False)

    @staticmethod
    def _better(one: Progress, other: Progress | None) -> Progress:
        return one if other is None or one.score < other.score else other

    def _least(self, puzzle: Puzzle, begin: float) -> Progress | None:
        """Return the best answer in which only moves what has to, if that gives everyone an hour.

        Then it is the best of all: no answer has fewer without an hour, and none fewer that move.
        """
        stay = [[n for n, c in enumerate(each) if not c.moved] for each in puzzle.choices]
        kept = [mine or range(len(each)) for mine, each in zip(stay, puzzle.choices, strict=True)]
        narrow = tuple(tuple(each[n] for n in mine) for mine, each in zip(kept, puzzle.choices, strict=True))
        found = self._solve(replace(puzzle, choices=narrow), begin, lambda _: None)
        if found is None or not found.proven:
            return None
        if any(n is None and each for n, each in zip(found.answer, narrow, strict=True)):
            return None
        answer = tuple(None if n is None else mine[n] for n, mine in zip(found.answer, kept, strict=True))
        return replace(found, answer=answer)

    def _solve(self, puzzle: Puzzle, begin: float, tell: Callable[[Progress], None]) -> Progress | None:
        model = Model(puzzle)
        self._set(self._solver.parameters, monotonic() - begin)
        if self._stopped.is_set():
            return None
        status = self._solver.solve(model.model, _Watch(model, tell))
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None
        answer = model.read(self._solver.value)
        bound = round(self._solver.best_objective_bound)
        return Progress(answer, puzzle.score(answer), bound, monotonic() - begin, status == cp_model.OPTIMAL)

    def _set(self, parameters: cp_model.SatParameters, spent: float) -> None:
        parameters.random_seed = SEED
        parameters.num_workers = self.effort.workers
        parameters.max_time_in_seconds = max(0.1, self.effort.seconds - spent)
        parameters.cp_model_probing_level = 0  # costs more than it gains here
        if self.effort.steps is not None:
            parameters.max_deterministic_time = self.effort.steps
