from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models import (
    Feed,
    FeedBytes,
    Group,
    Half,
    LoginSession,
    Membership,
    Person,
    Role,
    School,
    Teaching,
)
from service.access.actor import actor_for
from service.school.errors import NotOfThisSchoolError
from service.school.leave import deactivate_person
from service.school.presence import patterns_of, set_presence
from service.school.staff import (
    LastAdministratorError,
    StaffError,
    add_membership,
    add_person,
    add_teaching,
    end_membership,
    end_teaching,
    memberships_of,
)

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
TOLD: dict[str, Any] = {"actor_id": None, "at": AT}
AUGUST, TODAY = date(2026, 8, 1), date(2026, 11, 21)


def hire(session: Session, school: School, role: Role = Role.TEACHER, email: str = "tom") -> Person:
    return add_person(
        session,
        school.id,
        name="Tom Maas",
        email=f"{email}@proef.example",
        role=role,
        valid_from=AUGUST,
        **TOLD,
    )


def log_in(session: Session, person: Person, school: School, token: str) -> None:
    session.add(
        LoginSession(
            token_hash=token,
            person_id=person.id,
            school_id=school.id,
            created_at=AT,
            seen_at=AT,
            expires_at=AT + timedelta(hours=1),
        )
    )
    session.flush()


def test_a_person_works_at_the_school_from_that_day(session: Session, school: School) -> None:
    person = hire(session, school)

    actor = actor_for(session, person.id, school.id, TODAY)

    assert actor is not None
    assert (actor.roles, actor_for(session, person.id, school.id, AUGUST - timedelta(days=1))) == (
        frozenset({Role.TEACHER}),
        None,
    )


def test_one_address_is_one_person_at_two_schools(
    session: Session, school: School, other_school: School
) -> None:
    here = hire(session, school)

    there = hire(session, other_school, Role.IB, email="TOM")

    assert here.id == there.id


@pytest.mark.parametrize("email", ["tom", "tom@proef", "to m@proef.example", "a@b.example\nBcc: x@y.example"])
def test_what_is_no_address_is_refused(session: Session, school: School, email: str) -> None:
    with pytest.raises(StaffError, match="geen mailadres"):
        add_person(session, school.id, name="Tom", email=email, role=Role.RT, valid_from=AUGUST, **TOLD)

    assert session.exec(select(Person)).all() == []


def test_a_person_without_a_name_is_refused(session: Session, school: School) -> None:
    with pytest.raises(StaffError, match="Vul de naam in"):
        add_person(
            session,
            school.id,
            name="  ",
            email="t@proef.example",
            role=Role.RT,
            valid_from=AUGUST,
            **TOLD,
        )


def test_a_role_is_given_once(session: Session, school: School) -> None:
    person = hire(session, school)

    with pytest.raises(StaffError, match="heeft deze persoon"):
        add_membership(session, school.id, person.id, role=Role.TEACHER, valid_from=TODAY, **TOLD)


def test_a_coordinator_has_a_unit_and_others_have_none(session: Session, school: School) -> None:
    person = hire(session, school)

    with pytest.raises(StaffError, match="Noem de bouw"):
        add_membership(session, school.id, person.id, role=Role.COORDINATOR, valid_from=AUGUST, **TOLD)
    rt = add_membership(
        session, school.id, person.id, role=Role.RT, unit="onderbouw", valid_from=AUGUST, **TOLD
    )

    assert rt.unit is None


def test_a_role_that_never_began_is_taken_away(session: Session, school: School) -> None:
    person = hire(session, school)
    later = add_membership(session, school.id, person.id, role=Role.RT, valid_from=date(2027, 1, 1), **TOLD)

    end_membership(session, school.id, later.id, until=TODAY, **TOLD)

    assert [m.role for m in memberships_of(session, school.id, person.id)] == [Role.TEACHER]


def test_a_role_that_ran_is_not_wiped_out_by_a_mistyped_day(session: Session, school: School) -> None:
    person = hire(session, school)
    [row] = memberships_of(session, school.id, person.id)
    group = session.exec(select(Group)).one()
    teaching = add_teaching(session, school.id, person.id, group.id, valid_from=AUGUST, **TOLD)

    for end, key in ((end_membership, row.id), (end_teaching, teaching.id)):
        with pytest.raises(StaffError, match="voor de eerste dag"):
            end(session, school.id, key, until=date(2016, 12, 1), **TOLD)

    assert (row.valid_until, teaching.valid_until) == (None, date(2027, 7, 31))


def test_the_last_administrator_stays(session: Session, school: School) -> None:
    hire(session, school, Role.ADMINISTRATOR)
    row = session.exec(select(Membership)).one()

    with pytest.raises(LastAdministratorError):
        end_membership(session, school.id, row.id, until=TODAY, **TOLD)

    hire(session, school, Role.ADMINISTRATOR, email="eva")
    end_membership(session, school.id, row.id, until=TODAY, **TOLD)
    assert row.valid_until == TODAY


def test_another_school_can_not_end_a_role_or_give_a_group(
    session: Session, school: School, other_school: School
) -> None:
    person = hire(session, school)
    row = session.exec(select(Membership)).one()
    group = session.exec(select(Group)).one()

    with pytest.raises(NotOfThisSchoolError):
        end_membership(session, other_school.id, row.id, until=TODAY, **TOLD)
    with pytest.raises(NotOfThisSchoolError):
        add_teaching(session, other_school.id, person.id, group.id, valid_from=AUGUST, **TOLD)


def test_a_group_is_taught_until_its_year_ends(session: Session, school: School) -> None:
    person = hire(session, school)
    group = session.exec(select(Group)).one()

    teaching = add_teaching(session, school.id, person.id, group.id, valid_from=AUGUST, **TOLD)

    assert teaching.valid_until == date(2027, 7, 31)


def test_a_group_is_given_once_and_can_end(session: Session, school: School) -> None:
    person = hire(session, school)
    group = session.exec(select(Group)).one()
    teaching = add_teaching(session, school.id, person.id, group.id, valid_from=AUGUST, **TOLD)

    with pytest.raises(StaffError, match="heeft deze groep"):
        add_teaching(session, school.id, person.id, group.id, valid_from=TODAY, **TOLD)
    end_teaching(session, school.id, teaching.id, until=TODAY, **TOLD)

    actor = actor_for(session, person.id, school.id, TODAY + timedelta(days=1))
    assert actor is not None
    assert actor.groups == frozenset()


def test_who_leaves_is_logged_out_and_their_feeds_stop(session: Session, school: School) -> None:
    person = hire(session, school)
    set_presence(session, school.id, person.id, [(0, Half.MORNING)], valid_from=AUGUST, **TOLD)
    log_in(session, person, school, "t")
    feed = Feed(person_id=person.id, name="telefoon", token_hash="f", created_at=AT)
    session.add_all([feed, FeedBytes(person_id=person.id, body=b"x", etag="e", rendered_at=AT)])

    deactivate_person(session, school.id, person.id, **TOLD)

    assert (person.active, feed.revoked_at) == (False, AT)
    assert session.exec(select(LoginSession)).all() == []
    assert session.exec(select(FeedBytes)).all() == []
    assert [p.valid_until for p in patterns_of(session, school.id, person.id)] == [TODAY - timedelta(days=1)]


def test_who_leaves_one_school_keeps_the_other(
    session: Session, school: School, other_school: School
) -> None:
    person = hire(session, school)
    hire(session, other_school, Role.IB)
    log_in(session, person, school, "here")
    log_in(session, person, other_school, "there")

    deactivate_person(session, school.id, person.id, **TOLD)

    assert (person.active, actor_for(session, person.id, school.id, TODAY)) == (True, None)
    assert actor_for(session, person.id, other_school.id, TODAY) is not None
    assert [s.token_hash for s in session.exec(select(LoginSession))] == ["there"]


def test_leaving_does_not_lengthen_what_had_ended(session: Session, school: School) -> None:
    person = hire(session, school)
    group = session.exec(select(Group)).one()
    teaching = add_teaching(session, school.id, person.id, group.id, valid_from=AUGUST, **TOLD)
    end_teaching(session, school.id, teaching.id, until=date(2026, 9, 1), **TOLD)

    deactivate_person(session, school.id, person.id, **TOLD)

    assert session.exec(select(Teaching)).one().valid_until == date(2026, 9, 1)
