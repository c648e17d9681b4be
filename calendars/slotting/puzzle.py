"""The same in bare numbers: per meeting its choices, and what they share. No names, no ids."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Choice(NamedTuple):
    """An hour that would do: day (ordinal), minutes on the wall, chair, room, who is taken up, its cost."""

    day: int
    start: int
    end: int
    chair: int
    room: int  # -1 without rooms, 0 any room that is free all day, else one room
    cost: int
    moved: bool
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """What is worse than any cost: a meeting without an hour, and then a meeting that moves."""

    unplaced: int
    moved: int
    booked: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Meetings by number, each with its choices; how often a thing can be had; which are kept apart."""

    choices: tuple[tuple[Choice, ...], ...]
    weights: Weights
    rooms: Mapping[tuple[int, int], int] = field(default_factory=dict)  # (day, room) -> how many at once
    led: Mapping[tuple[int, int], int] = field(default_factory=dict)  # (chair, day) -> how many more
    attended: Mapping[tuple[int, int], int] = field(default_factory=dict)  # (person, day) -> how many more
    free_days: frozenset[tuple[int, int]] = frozenset()  # (chair, day) that cost nothing: booked already
    apart: tuple[tuple[int, int], ...] = ()
    distance: int = 0  # calendar days
    stays: tuple[Choice | None, ...] = ()  # per meeting the hour it has, and keeps when it gets none

    def score(self, taken: "Answer") -> int:
        """Return the points of an answer: fewer is better."""
        chosen = [self.choices[n][c] for n, c in enumerate(taken) if c is not None]
        booked = {(c.chair, c.day) for c in chosen} - self.free_days
        return (
            self.weights.unplaced * (len(taken) - len(chosen))
            + sum(c.cost + self.weights.moved * c.moved for c in chosen)
            + self.weights.booked * len(booked)
        )


Answer = tuple[int | None, ...]  # per meeting the number of its choice


def as_json(puzzle: Puzzle) -> str:
    """Write a puzzle in one line."""
    told = {
        "choices": puzzle.choices,
        "weights": [puzzle.weights.unplaced, puzzle.weights.moved, puzzle.weights.booked],
        "rooms": [[*key, n] for key, n in puzzle.rooms.items()],
        "led": [[*key, n] for key, n in puzzle.led.items()],
        "attended": [[*key, n] for key, n in puzzle.attended.items()],
        "free_days": sorted(puzzle.free_days),
        "apart": puzzle.apart,
        "distance": puzzle.distance,
        "stays": puzzle.stays,
    }
    return json.dumps(told, separators=(",", ":"))


def from_json(text: str) -> Puzzle:
    """Read a puzzle."""
    told = json.loads(text)
    return Puzzle(
        choices=tuple(tuple(_choice(c) for c in each) for each in told["choices"]),
        weights=Weights(*told["weights"]),
        rooms={(a, b): n for a, b, n in told["rooms"]},
        led={(a, b): n for a, b, n in told["led"]},
        attended={(a, b): n for a, b, n in told["attended"]},
        free_days=frozenset((a, b) for a, b in told["free_days"]),
        apart=tuple((a, b) for a, b in told["apart"]),
        distance=told["distance"],
        stays=tuple(_choice(c) if c else None for c in told["stays"]),
    )


def _choice(told: list[Any]) -> Choice:
    *numbers, people = told
    return Choice._make((*numbers, tuple(people)))
