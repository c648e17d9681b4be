from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel

from calendars.people import People
from calendars.presence import PresentHalf
from models import Half
from models.database import connect
from service.school.presence import set_presence
from service.trial.wishes import DaysOff, OtherWeek, WishError, Wishes, alter
from service.year.open import Inputs, inputs_of
from service.year.people import people_of
from tests.calendars.invented_school import identity
from tests.cast import START, YEAR, moment, wilgenhof
from tests.trial.conftest import Try

STORM = DaysOff(name="Storm", first=date(2027, 1, 11), last=date(2027, 1, 22))
WEDNESDAY = ((2, Half.MORNING), (2, Half.AFTERNOON))


def test_without_wishes_the_year_is_as_it_is(tried: Try, inputs: Inputs) -> None:
    year = tried(Wishes())

    assert year.plan == inputs.planned()


def test_planning_the_same_wishes_twice_gives_the_same_year(tried: Try) -> None:
    wishes = Wishes(without=("plan-reviews",), closures=(STORM,))

    assert tried(wishes).plan == tried(wishes).plan


def test_a_procedure_left_out_plans_nothing(tried: Try) -> None:
    plan = tried(Wishes(without=("exit-pupils",))).plan

    assert {case.procedure.key for case in plan.cases} == {
        "test-calendar",
        "group-discussions",
        "plan-reviews",
    }


def test_nothing_is_planned_on_supposed_days_off(tried: Try) -> None:
    plan = tried(Wishes(closures=(STORM,))).plan

    days = {item.dates.target_on for item in plan.items}
    assert not {day for day in days if day and STORM.first <= day <= STORM.last}


def test_days_off_at_the_start_let_the_year_begin_later(tried: Try) -> None:
    first = tried().frame.year.first_day
    wish = DaysOff(name="Verbouwing", first=first, last=first + timedelta(days=6))

    year = tried(Wishes(closures=(wish,))).frame.year

    assert year.first_day > wish.last


def test_a_chair_who_works_other_days_meets_on_those_days(tried: Try) -> None:
    wishes = Wishes(weeks=(OtherWeek(person=identity("ib"), halves=WEDNESDAY, since=date(2026, 8, 1)),))

    plan = tried(wishes).plan

    meetings = [item for item in plan.items if item.meeting and item.rule.meeting.chair == "ib"]  # type: ignore[union-attr]
    assert meetings
    assert {item.dates.target_on.weekday() for item in meetings if item.dates.target_on} == {2}


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Wishes(without=("zwemmen",)), "Dit onderdeel is er niet: zwemmen"),
        (Wishes(closures=(DaysOff(name=" ", first=date(2027, 1, 4), last=date(2027, 1, 4)),)), "een naam"),
        (Wishes(closures=(DaysOff(name="X", first=date(2027, 1, 5), last=date(2027, 1, 4)),)), "voor de eer"),
        (Wishes(closures=(DaysOff(name="X", first=date(2031, 1, 5), last=date(2031, 1, 6)),)), "jaartal"),
        (
            Wishes(
                closures=(DaysOff(name="X", first=date(2027, 1, 5), last=date(2027, 1, 6), groups=("9",)),)
            ),
            "deze groep kent de school niet: 9",
        ),
        (Wishes(closures=(STORM, STORM)), "valt samen"),
        (
            Wishes(closures=(DaysOff(name="studiedag", first=date(2026, 12, 7), last=date(2026, 12, 7)),)),
            "valt samen",
        ),
        (Wishes(weeks=(OtherWeek(person=identity("nobody"), halves=WEDNESDAY, since=START),)), "werkt hier"),
        (
            Wishes(weeks=(OtherWeek(person=identity("ib"), halves=((9, Half.MORNING),), since=START),)),
            "geen dag van de week",
        ),
    ],
)
def test_wishes_that_can_not_be_are_refused_in_words(inputs: Inputs, wishes: Wishes, words: str) -> None:
    with pytest.raises(WishError) as refused:
        alter(inputs, wishes)

    assert words in str(refused.value)


def test_an_endless_holiday_leaves_no_year(inputs: Inputs) -> None:
    spans = [(date(2026, 8, 17) + timedelta(days=50 * n)) for n in range(14)]
    wishes = Wishes(
        closures=tuple(
            DaysOff(name=f"Vrij {n}", first=day, last=day + timedelta(days=49)) for n, day in enumerate(spans)
        )
    )

    with pytest.raises(WishError):
        alter(inputs, wishes)


_DAYS = st.dates(date(2026, 8, 1), date(2027, 7, 31))
_HALVES = st.sets(st.tuples(st.integers(0, 4), st.sampled_from(list(Half))), min_size=1, max_size=6)


@settings(deadline=None, max_examples=30)
@given(changes=st.lists(st.tuples(_DAYS, _HALVES), min_size=1, max_size=3, unique_by=lambda c: c[0]))
def test_supposed_working_days_are_what_setting_them_will_give(
    changes: list[tuple[date, set[tuple[int, Half]]]],
) -> None:
    engine = connect("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        cast = wilgenhof(session)
        who = cast.id("ineke")
        wishes = Wishes(
            weeks=tuple(OtherWeek(person=who, halves=tuple(sorted(h)), since=day) for day, h in changes)
        )
        supposed = alter(inputs_of(session, cast.school, YEAR), wishes).people

        for day, halves in sorted(changes, key=lambda change: change[0]):
            set_presence(
                session, cast.school.id, who, halves, valid_from=day, actor_id=None, at=moment(START)
            )

        real = people_of(session, cast.school, YEAR)
        assert _week(supposed, who) == _week(real, who)
    engine.dispose()


def _week(people: People, who: UUID) -> set[PresentHalf]:
    return set(next(m.presence for m in people.members if m.id == who).halves)
