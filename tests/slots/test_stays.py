"""What gets no other hour stays where it is, and a re-plan changes nothing without need."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from calendars.people import GroupFact, Member, People, RoleSpan
from calendars.slotting.assemble import assemble
from calendars.slotting.board import greedy
from calendars.slotting.problem import Away, Hour, Problem, Rules, Sought
from calendars.slotting.solver import Effort, Search
from calendars.slotting.verify import verify
from tests.calendars.invented_school import calendar, identity, member

MONDAY = date(2027, 3, 1)
IB, OTHER_IB, ROOM = identity("ib"), identity("ib2"), identity("kamer")
EFFORT = Effort(10, 1)


def school(*sought: Sought, **more: object) -> Problem:
    people = People(
        (
            *(
                Member(identity(n), (RoleSpan("ib"),), member(n, "ib", "ma di").presence)
                for n in ("ib", "ib2")
            ),
            member("t5", "teacher", "ma di", group="5"),
            member("t6", "teacher", "ma di", group="6"),
        ),
        tuple(GroupFact(identity(g), g, g, frozenset({g})) for g in ("5", "6")),
    )
    told = {
        "sought": sought,
        "people": people,
        "calendar": calendar("midden"),
        "not_before": MONDAY,
        "rules": Rules(earliest=840, latest=900, step=60, keep=True),
    }
    return Problem(**{**told, **more})  # type: ignore[arg-type]


def meeting(name: str, group: str, now: Hour | None, **more: object) -> Sought:
    told = {
        "id": identity(name),
        "first": MONDAY,
        "last": MONDAY,
        "minutes": 60,
        "target": MONDAY,
        "group": identity(group),
        "group_name": group,
        "now": now,
    }
    return Sought(**{**told, **more})  # type: ignore[arg-type]


def solved(problem: Problem) -> dict[UUID, Hour]:
    assembled = assemble(problem)
    found = Search(assembled.puzzle, EFFORT).run()
    assert found
    return assembled.hours(found.answer)


def test_an_hour_that_a_meeting_keeps_for_want_of_another_is_not_given_away() -> None:
    # Nobody of group 5 is there, so its meeting stays at two o'clock, with the only IB'er in it.
    stuck = meeting("vijf", "5", Hour(MONDAY, 840, 900, IB), chairs=frozenset({IB}))
    other = meeting("zes", "6", None, chairs=frozenset({IB}))
    problem = school(stuck, other, away=(Away(identity("t5"), MONDAY, MONDAY),))
    puzzle = assemble(problem).puzzle

    hours = solved(problem)

    assert (hours, greedy(puzzle)) == ({}, (None, None))
    assert [f.why for f in verify(problem, {other.id: Hour(MONDAY, 840, 900, IB)})][:1] == [
        "iemand zit dan al in een ander overleg"
    ]


def test_two_that_want_one_hour_leave_it_to_who_has_it() -> None:
    mine = meeting("vijf", "5", Hour(MONDAY, 840, 900, IB), chairs=frozenset({IB}), target=date(2027, 1, 4))
    other = meeting("zes", "6", None, chairs=frozenset({IB}))
    problem = replace(school(mine, other), rules=Rules(earliest=840, latest=900, step=60))

    hours = solved(problem)

    assert list(hours) == [mine.id]
    assert verify(problem, hours) == []


def test_a_replan_leaves_a_meeting_outside_the_rooms_of_the_school_where_it_is() -> None:
    here = [meeting(f"m{g}", g, Hour(MONDAY, 840, 900, c)) for g, c in (("5", IB), ("6", OTHER_IB))]

    hours = solved(school(*here, rooms=(ROOM,)))

    assert {(hour.start, hour.room) for hour in hours.values()} == {(840, None)}
    assert len(hours) == len(here)


def test_a_replan_gives_no_other_chair_to_save_a_day() -> None:
    rules = Rules(earliest=780, latest=900, step=60, keep=True)
    nows = (("5", Hour(MONDAY, 780, 840, IB)), ("6", Hour(MONDAY, 840, 900, OTHER_IB)))

    hours = solved(school(*(meeting(f"m{g}", g, now) for g, now in nows), rules=rules))

    assert {hour.chair for hour in hours.values()} == {IB, OTHER_IB}


def test_rounds_of_a_group_stay_apart_when_one_keeps_an_hour_outside_its_days() -> None:
    late = meeting("een", "5", Hour(date(2027, 3, 9), 840, 900, IB), series="5")
    next_round = meeting("twee", "5", None, series="5", first=date(2027, 3, 8), last=date(2027, 3, 9))
    rules = Rules(earliest=840, latest=900, step=60, apart=7, keep=True)

    hours = solved(school(late, next_round, rules=rules, not_before=date(2027, 3, 2)))

    assert len(hours) == 1
