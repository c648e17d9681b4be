from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session

from models import Half, Person, Role, School
from service.school.errors import NotOfThisSchoolError
from service.school.presence import PresenceError, patterns_of, set_presence
from service.school.staff import add_person

TOLD: dict[str, Any] = {"actor_id": None, "at": datetime(2026, 11, 21, 8, tzinfo=UTC)}
MONDAY = frozenset({(0, Half.MORNING), (0, Half.AFTERNOON)})
TUESDAY_NOON = frozenset({(1, Half.AFTERNOON)})
AUGUST, FEBRUARY, JULY = date(2026, 8, 1), date(2027, 2, 1), date(2027, 7, 31)


@pytest.fixture
def person(session: Session, school: School) -> Person:
    return add_person(
        session,
        school.id,
        name="Tom",
        email="tom@proef.example",
        role=Role.TEACHER,
        valid_from=AUGUST,
        **TOLD,
    )


def weeks(session: Session, school: School, person: Person) -> list[tuple[str, date, date | None]]:
    return [(p.week, p.valid_from, p.valid_until) for p in patterns_of(session, school.id, person.id)]


def test_a_new_pattern_ends_the_one_before_and_keeps_it(
    session: Session, school: School, person: Person
) -> None:
    set_presence(session, school.id, person.id, MONDAY, valid_from=AUGUST, **TOLD)

    set_presence(session, school.id, person.id, TUESDAY_NOON, valid_from=FEBRUARY, **TOLD)

    assert weeks(session, school, person) == [
        ("ma", AUGUST, date(2027, 1, 31)),
        ("di-middag", FEBRUARY, None),
    ]


def test_a_pattern_for_some_weeks_gives_way_again_afterwards(
    session: Session, school: School, person: Person
) -> None:
    set_presence(session, school.id, person.id, MONDAY, valid_from=AUGUST, valid_until=JULY, **TOLD)

    set_presence(
        session,
        school.id,
        person.id,
        TUESDAY_NOON,
        valid_from=FEBRUARY,
        valid_until=date(2027, 2, 28),
        **TOLD,
    )

    assert weeks(session, school, person) == [
        ("ma", AUGUST, date(2027, 1, 31)),
        ("di-middag", FEBRUARY, date(2027, 2, 28)),
        ("ma", date(2027, 3, 1), JULY),
    ]


def test_a_pattern_without_an_end_stops_where_a_later_one_begins(
    session: Session, school: School, person: Person
) -> None:
    set_presence(session, school.id, person.id, TUESDAY_NOON, valid_from=FEBRUARY, **TOLD)

    set_presence(session, school.id, person.id, MONDAY, valid_from=AUGUST, **TOLD)

    assert weeks(session, school, person) == [
        ("ma", AUGUST, date(2027, 1, 31)),
        ("di-middag", FEBRUARY, None),
    ]


def test_a_pattern_from_the_same_day_is_a_correction(
    session: Session, school: School, person: Person
) -> None:
    set_presence(session, school.id, person.id, MONDAY, valid_from=AUGUST, **TOLD)

    set_presence(session, school.id, person.id, TUESDAY_NOON, valid_from=AUGUST, **TOLD)

    assert weeks(session, school, person) == [("di-middag", AUGUST, None)]


def test_a_leave_is_a_pattern_without_half_days(session: Session, school: School, person: Person) -> None:
    set_presence(session, school.id, person.id, MONDAY, valid_from=AUGUST, **TOLD)

    set_presence(
        session, school.id, person.id, [], valid_from=FEBRUARY, valid_until=date(2027, 4, 30), **TOLD
    )

    assert weeks(session, school, person) == [
        ("ma", AUGUST, date(2027, 1, 31)),
        ("ma", date(2027, 5, 1), None),
    ]


def test_nobody_is_left_without_any_half_day_at_all(session: Session, school: School, person: Person) -> None:
    with pytest.raises(PresenceError, match="ten minste één dagdeel"):
        set_presence(session, school.id, person.id, [], valid_from=AUGUST, **TOLD)


def test_an_end_before_the_start_is_refused(session: Session, school: School, person: Person) -> None:
    with pytest.raises(PresenceError, match="voor de eerste dag"):
        set_presence(
            session,
            school.id,
            person.id,
            MONDAY,
            valid_from=FEBRUARY,
            valid_until=AUGUST,
            **TOLD,
        )


def test_another_school_can_not_set_my_days(
    session: Session, school: School, other_school: School, person: Person
) -> None:
    with pytest.raises(NotOfThisSchoolError):
        set_presence(session, other_school.id, person.id, MONDAY, valid_from=AUGUST, **TOLD)

    assert weeks(session, school, person) == []


def test_days_at_two_schools_do_not_touch_each_other(
    session: Session, school: School, other_school: School, person: Person
) -> None:
    add_person(
        session,
        other_school.id,
        name="Tom",
        email=person.email,
        role=Role.IB,
        valid_from=AUGUST,
        **TOLD,
    )
    set_presence(session, school.id, person.id, MONDAY, valid_from=AUGUST, **TOLD)

    set_presence(session, other_school.id, person.id, TUESDAY_NOON, valid_from=AUGUST, **TOLD)

    assert weeks(session, school, person) == [("ma", AUGUST, None)]
    assert weeks(session, other_school, person) == [("di-middag", AUGUST, None)]
