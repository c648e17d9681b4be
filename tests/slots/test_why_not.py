"""A meeting without an hour says why, in plain Dutch."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from calendars.people import GroupFact, Member, People, RoleSpan
from calendars.slotting.assemble import assemble
from calendars.slotting.blocks import blocks_of
from calendars.slotting.candidates import Reason, find_one
from calendars.slotting.problem import Assessments, Away, Hour, Problem, Rules, Sought, Taken
from calendars.slotting.solver import Effort, Search
from calendars.slotting.why_not import moments_nl, why_not
from tests.calendars.invented_school import calendar, identity, member
from tests.slots.tiny import problems

MONDAY, FRIDAY = date(2027, 3, 1), date(2027, 3, 12)
ROOM = identity("kamer")


def school(ib: str = "ma di wo do vr", teacher: str = "ma di wo do vr", **more: object) -> Problem:
    people = People(
        (
            Member(identity("ib"), (RoleSpan("ib"),), member("ib", "ib", ib).presence),
            member("t", "teacher", teacher, group="5"),
        ),
        (GroupFact(identity("5"), "5", "5", frozenset({"5"})),),
    )
    told = {
        "sought": (meeting("een"),),
        "people": people,
        "calendar": calendar("midden"),
        "not_before": MONDAY,
        "lessons": dict.fromkeys(range(5), (510, 855)),
    }
    return Problem(**{**told, **more})  # type: ignore[arg-type]


def meeting(name: str, **more: object) -> Sought:
    told = {
        "id": identity(name),
        "first": MONDAY,
        "last": FRIDAY,
        "minutes": 45,
        "target": MONDAY,
        "group": identity("5"),
        "group_name": "5",
    }
    return Sought(**{**told, **more})  # type: ignore[arg-type]


def why(problem: Problem) -> str:
    """Return why the last meeting that got no hour has none."""
    assembled = assemble(problem)
    found = Search(assembled.puzzle, Effort(10, 1)).run()
    assert found
    number = max(n for n, taken in enumerate(found.answer) if taken is None)
    return why_not(assembled, number, found.answer)


def test_parents_and_teacher_who_never_share_a_day() -> None:
    wishes = ((1, "am"), (1, "pm"), (3, "am"), (3, "pm"))

    said = why(school(teacher="ma wo", sought=(meeting("een", wishes=wishes),)))

    assert said.startswith("ouder kan alleen di en do, leerkracht is er ma en wo")


def test_chair_and_teacher_who_never_share_half_a_day() -> None:
    said = why(school(ib="di-pm wo-am", teacher="di-am wo-pm do"))

    assert said.startswith(
        "leerkracht is er di-ochtend, wo-middag en do, de IB'er is er di-middag en wo-ochtend"
    )


def test_days_are_counted_by_what_stood_in_the_way() -> None:
    tests = (Assessments(date(2027, 3, 2), date(2027, 3, 3)),)

    found = assemble(school(ib="di do", teacher="di wo", tests=tests)).found[identity("een")]

    assert found.reasons == {Reason.TESTS: 2, Reason.CHAIR: 5, Reason.TEACHER: 2}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sought": (meeting("een", first=date(2027, 5, 1), last=date(2027, 5, 2)),)}, "er geen school"),
        ({"sought": (meeting("een", last=date(2027, 2, 26), first=date(2027, 2, 22)),)}, "al voorbij"),
        ({"tests": (Assessments(MONDAY, FRIDAY, "5"),)}, "elke schooldag toetsen"),
        ({"lessons": dict.fromkeys(range(5), (510, 1000))}, "buiten de lesuren"),
        ({"away": (Away(identity("ib"), MONDAY, FRIDAY),)}, "de IB'er is er in deze periode niet"),
        ({"earlier": (("5", date(2027, 2, 25)),), "sought": (meeting("een", series="5"),)}, "andere ronde"),
        ({"rules": Rules(latest=14 * 60 + 45)}, "buiten de lesuren is er geen 45 minuten"),
    ],
)
def test_every_reason_has_words(more: dict[str, object], said: str) -> None:
    assert said in why(school(**more))


def test_a_room_that_is_taken_all_day_is_named() -> None:
    day = Hour(MONDAY, 480, 1080, None, ROOM)
    one = meeting("een", last=MONDAY)

    said = why(school(sought=(one,), rooms=(ROOM,), taken=(Taken(ROOM, day),)))

    assert "geen ruimte vrij" in said


def test_who_has_another_meeting_at_every_hour_is_named() -> None:
    afternoon = Taken(identity("ib"), Hour(MONDAY, 855, 1020), leads=True)

    said = why(school(sought=(meeting("een", last=MONDAY),), taken=(afternoon,)))

    assert "zit iemand al in een ander overleg" in said


def test_a_meeting_that_lost_to_others_says_to_what() -> None:
    # Three meetings of 45 minutes fit after lessons, and a teacher wants no more than two a day.
    sought = tuple(meeting(name, first=MONDAY, last=MONDAY) for name in ("een", "twee", "drie"))

    said = why(school(sought=sought))

    assert "9 momenten kunnen op zichzelf, maar niet naast de andere overleggen" in said
    assert "een leerkracht heeft er die dag genoeg" in said


def test_a_reason_is_not_said_of_days_that_have_another() -> None:
    # The IB'er is there on both Tuesdays, when there are tests.
    tests = (Assessments(date(2027, 3, 2), date(2027, 3, 2)), Assessments(date(2027, 3, 9), date(2027, 3, 9)))

    said = why(school(ib="di", tests=tests))

    assert said.startswith("op elk moment dat verder kan, zijn er toetsen of is de IB'er er niet (dagen: 2 t")


def test_things_that_are_in_the_way_together_are_told_together() -> None:
    day, one = Hour(MONDAY, 480, 1080), meeting("een", last=MONDAY)
    taken = (Taken(ROOM, day), Taken(identity("t"), day))

    said = why(school(sought=(one,), rooms=(ROOM,), taken=taken))
    away = why(school(ib="di", sought=(one,), rooms=(ROOM,), taken=taken))

    assert "zit iemand al in een ander overleg en is er geen ruimte vrij" in said
    assert "de IB'er is er in deze periode niet. En al was dat anders, dan zit iemand al in een ander" in away


@settings(max_examples=10)
@given(problems(most=2))
def test_the_reasons_are_all_there_is_and_lifting_the_least_gives_an_hour(problem: Problem) -> None:
    for sought in problem.sought:
        if sought.fixed or sought.now or problem.rules.keep:
            continue
        free = any(not blocks for blocks in blocks_of(problem, sought))
        assert free == bool(find_one(problem, sought).candidates)


def test_a_meeting_may_stay_outside_its_days_in_a_replan_only() -> None:
    now = Hour(date(2027, 3, 16), 900, 945, identity("ib"))
    problem = school(sought=(meeting("een", now=now),))

    kept = assemble(replace(problem, rules=Rules(keep=True)))
    anew = assemble(problem)

    assert any(c.hour.is_at(now) for c in kept.found[identity("een")].candidates)
    assert not any(c.hour.is_at(now) for c in anew.found[identity("een")].candidates)


def test_half_days_are_written_short() -> None:
    assert moments_nl([(1, "am"), (1, "pm"), (2, "pm")]) == "di en wo-middag"
