"""The search against trying everything, and every answer against an independent look."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.slotting.assemble import assemble
from calendars.slotting.board import greedy
from calendars.slotting.problem import Hour, Problem
from calendars.slotting.puzzle import as_json, from_json
from calendars.slotting.solver import Effort, Search
from calendars.slotting.verify import verify
from tests.slots.tiny import DAYS, best_of_all, points, problems

REPEATABLE = Effort(seconds=20, workers=1, steps=20.0)


def solved(problem: Problem) -> tuple[bool, dict[object, Hour]]:
    assembled = assemble(problem)
    found = Search(assembled.puzzle, REPEATABLE).run()
    assert found
    return found.proven, dict(assembled.hours(found.answer))


@settings(max_examples=40)
@given(problems())
def test_the_best_answer_is_as_good_as_trying_everything(problem: Problem) -> None:
    proven, hours = solved(problem)

    assert proven
    assert points(problem, hours) == best_of_all(problem)  # type: ignore[arg-type]


@settings(max_examples=40)
@given(problems(keep=True))
def test_a_replan_moves_as_few_as_trying_everything_finds(problem: Problem) -> None:
    everyone = tuple(
        s if s.now else replace(s, now=Hour(DAYS[0], 780, 840, problem.people.members[0].id))
        for s in problem.sought
    )
    problem = replace(problem, sought=everyone)

    _, hours = solved(problem)

    assert points(problem, hours)[:2] == best_of_all(problem)[:2]  # type: ignore[arg-type]


@settings(max_examples=60)
@given(problems(most=6))
def test_nothing_is_wrong_with_what_is_found_nor_with_the_first_guess(problem: Problem) -> None:
    assembled = assemble(problem)
    found = Search(assembled.puzzle, REPEATABLE).run()

    assert found
    guess = greedy(assembled.puzzle)
    assert verify(problem, assembled.hours(found.answer)) == []
    assert verify(problem, assembled.hours(guess)) == []
    assert found.score <= assembled.puzzle.score(guess)


@settings(max_examples=40)
@given(problems(most=5))
def test_a_puzzle_is_the_same_after_a_journey_as_text(problem: Problem) -> None:
    puzzle = assemble(problem).puzzle

    assert from_json(as_json(puzzle)) == puzzle


@settings(max_examples=60)
@given(problems(most=5), st.data())
def test_a_locked_meeting_keeps_its_hour_and_the_others_go_around_it(
    problem: Problem, data: st.DataObject
) -> None:
    with_hour = [s for s in problem.sought if s.now]
    locked = data.draw(st.sets(st.sampled_from([s.id for s in with_hour]))) if with_hour else set()
    problem = replace(problem, sought=tuple(replace(s, locked=s.id in locked) for s in problem.sought))

    _, hours = solved(problem)

    assert locked & hours.keys() == set()
    assert verify(problem, hours) == []  # type: ignore[arg-type]
