"""What is given away so far, and whether one more choice fits beside it; the greedy first guess."""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum

from calendars.slotting.puzzle import Answer, Choice, Puzzle


class Clash(Enum):
    """What a choice runs into."""

    PERSON = "person"
    CHAIR_FULL = "chair_full"
    PERSON_FULL = "person_full"
    ROOM = "room"
    APART = "apart"


class Board:
    """The choices made so far."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        self.chosen: dict[int, Choice] = {}
        self._people: dict[tuple[int, int], list[Choice]] = {}
        self._rooms: dict[tuple[int, int], list[Choice]] = {}
        self._led: Counter[tuple[int, int]] = Counter()
        self._attended: Counter[tuple[int, int]] = Counter()
        self._apart: dict[int, list[int]] = {}
        self._stays = puzzle.stays or (None,) * len(puzzle.choices)
        for a, b in puzzle.apart:
            self._apart.setdefault(a, []).append(b)
            self._apart.setdefault(b, []).append(a)

    def leave(self, meeting: int) -> None:
        """Let a meeting without a choice keep the hour that it has, if any."""
        if stay := self._stays[meeting]:
            self.take(meeting, stay)

    def take(self, meeting: int, choice: Choice) -> None:
        """Give a meeting its choice."""
        self.chosen[meeting] = choice
        self._rooms.setdefault((choice.day, choice.room), []).append(choice)
        self._led[choice.chair, choice.day] += 1
        for person in choice.people:
            self._people.setdefault((person, choice.day), []).append(choice)
            self._attended[person, choice.day] += person != choice.chair

    def clashes(self, meeting: int, choice: Choice) -> Iterator[Clash]:
        """Yield what a choice runs into."""
        if any(_meet(choice, c) for p in choice.people for c in self._people.get((p, choice.day), ())):
            yield Clash.PERSON
        if self._led[choice.chair, choice.day] >= self.puzzle.led[choice.chair, choice.day]:
            yield Clash.CHAIR_FULL
        others = [(p, choice.day) for p in choice.people if p != choice.chair]
        if any(self._attended[key] >= self.puzzle.attended[key] for key in others):
            yield Clash.PERSON_FULL
        if choice.room >= 0 and self._crowd(choice) >= self.puzzle.rooms[choice.day, choice.room]:
            yield Clash.ROOM
        beside = (self.chosen[m] for m in self._apart.get(meeting, ()) if m in self.chosen)
        if any(abs(c.day - choice.day) < self.puzzle.distance for c in beside):
            yield Clash.APART

    def price(self, choice: Choice) -> int:
        """Return what a choice costs beside the others."""
        key = (choice.chair, choice.day)
        fresh = not self._led[key] and key not in self.puzzle.free_days
        weights = self.puzzle.weights
        return choice.cost + weights.moved * choice.moved + weights.booked * fresh

    def _crowd(self, choice: Choice) -> int:
        """Return how many meetings at most are in the rooms of a choice at one moment of it."""
        here = [c for c in self._rooms.get((choice.day, choice.room), ()) if _meet(c, choice)]
        starts = {choice.start, *(c.start for c in here if c.start > choice.start)}
        return max(sum(c.start <= moment < c.end for c in here) for moment in starts)


def _meet(one: Choice, other: Choice) -> bool:
    return one.day == other.day and one.start < other.end and other.start < one.end


def greedy(puzzle: Puzzle) -> Answer:
    """Return a first answer at once: who has least choice goes first, and takes the cheapest that fits."""
    board = Board(puzzle)
    answer: list[int | None] = [None] * len(puzzle.choices)
    for meeting, choices in enumerate(puzzle.choices):
        if not choices:
            board.leave(meeting)
    for meeting in sorted(range(len(puzzle.choices)), key=lambda m: _rank(puzzle, m)):
        best: tuple[int, int] | None = None
        for number, choice in enumerate(puzzle.choices[meeting]):
            price = board.price(choice)
            if (best is None or price < best[0]) and not any(board.clashes(meeting, choice)):
                best = price, number
        if best:
            answer[meeting] = best[1]
            board.take(meeting, puzzle.choices[meeting][best[1]])
    return settled(puzzle, tuple(answer))


def settled(puzzle: Puzzle, answer: Answer) -> Answer:
    """Return an answer without the choices that are where a meeting without one stays."""
    found = list(answer)
    while (beaten := _beaten(puzzle, found)) is not None:
        found[beaten] = None
    return tuple(found)


def filled(puzzle: Puzzle, answer: Answer, *, but: int) -> Board:
    """Return the board of an answer but for one meeting: what has a choice, and what stays where it is."""
    board = Board(puzzle)
    for meeting, taken in enumerate(answer):
        if taken is None and meeting != but:
            board.leave(meeting)
        elif taken is not None:
            board.take(meeting, puzzle.choices[meeting][taken])
    return board


def _beaten(puzzle: Puzzle, answer: Sequence[int | None]) -> int | None:
    """Return a meeting whose choice is where one without a choice stays."""
    board = Board(puzzle)
    for meeting, taken in enumerate(answer):
        if taken is None:
            board.leave(meeting)
    for meeting, taken in enumerate(answer):
        if taken is not None:
            choice = puzzle.choices[meeting][taken]
            if any(board.clashes(meeting, choice)):
                return meeting
            board.take(meeting, choice)
    return None


def _rank(puzzle: Puzzle, meeting: int) -> tuple[bool, int]:
    """Let those that can stay go first in a re-plan, then those with least choice."""
    choices = puzzle.choices[meeting]
    keeps = puzzle.weights.moved > 1 and any(not c.moved for c in choices)
    return not keeps, len(choices)
