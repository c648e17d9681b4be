"""The people of the cast and what is theirs in a running year."""

from datetime import date

import pytest
from sqlmodel import select

from models import Case, Consent, Meeting, Role, Task
from service.access.actor import actor_for
from service.access.scope import (
    NotFoundError,
    find_case,
    find_meeting,
    find_task,
    sees_whole,
    visible_cases,
    visible_tasks,
)
from service.cases.inbox import inbox
from service.cases.sweep import sweep
from service.cases.view import case_view
from service.procedures import RHYTHMS
from tests.cases.walk import Walk
from tests.cast import Cast, moment, read_cast

DAY = "2026-11-25"


@pytest.fixture
def running(cast: Cast) -> Cast:
    """The school on a Wednesday in November, with a referral of a pupil of group 5."""
    Walk.opened(cast, "onderzoek", "external-referrals")
    for procedure in RHYTHMS:
        sweep(cast.session, procedure, moment(DAY, 5), cast.school.id)
    cast.session.flush()
    return cast


def cases_of(cast: Cast, name: str) -> list[Case]:
    return list(cast.session.exec(select(Case).where(visible_cases(cast.actor(name, moment(DAY))))))


def tasks_of(cast: Cast, name: str) -> list[Task]:
    return list(cast.session.exec(select(Task).where(visible_tasks(cast.actor(name, moment(DAY))))))


def test_someone_of_another_school_finds_nothing_at_all(running: Cast) -> None:
    there = read_cast(running.session, "99HK")
    session, here = running.session, running.school.id
    for name in ("koert", "fenna", "ineke"):
        actor = there.actor(name, moment(DAY))

        assert not session.exec(select(Case).where(visible_cases(actor), Case.school_id == here)).all()
        assert not session.exec(select(Task).where(visible_tasks(actor), Task.school_id == here)).all()
        for case in session.exec(select(Case).where(Case.school_id == here)).all():
            with pytest.raises(NotFoundError):
                find_case(session, actor, case.id)
            assert not sees_whole(actor, case)
        for meeting in session.exec(select(Meeting).where(Meeting.school_id == here)).all():
            with pytest.raises(NotFoundError):
                find_meeting(session, actor, meeting.id)


def test_a_teacher_sees_nothing_of_another_group(running: Cast) -> None:
    five = running.groups["5"].id

    cases, tasks = cases_of(running, "hanneke"), tasks_of(running, "hanneke")

    assert cases
    assert five not in {case.group_id for case in cases}
    assert five not in {task.group_id for task in tasks}
    assert "1001" not in " ".join(case.key for case in cases)


def test_the_administrator_sees_no_case(running: Cast) -> None:
    assert cases_of(running, "amira") == []
    assert tasks_of(running, "amira") == []


@pytest.mark.parametrize("name", ["ineke", "dirk"])
def test_who_guards_the_school_sees_all_of_it(running: Cast, name: str) -> None:
    every = running.session.exec(select(Case).where(Case.school_id == running.school.id)).all()

    assert len(cases_of(running, name)) == len(every)


def test_the_administration_sees_its_own_steps_without_a_name(running: Cast) -> None:
    ans = running.actor("ans", moment(DAY))
    case = running.case("leerling:1081")

    view = case_view(running.session, ans, case.id)

    assert {task.role for stage in view.stages for task in stage.tasks} == {Role.ADMINISTRATION}
    assert (view.whole, view.history, view.consents, view.subject) == (False, (), (), case.code)
    everything = inbox(running.session, ans, date(2026, 11, 25))
    rows = [*everything.late, *everything.today, *everything.next_items, *everything.soon]
    assert rows
    assert not [row for row in rows if "Yfke" in row.subject]


def test_what_someone_may_not_see_is_as_if_it_were_not_there(running: Cast) -> None:
    hanneke = running.actor("hanneke", moment(DAY))
    case = running.case("onderzoek:1001")
    task = running.task(case, "hulpvraag")

    for find in (
        lambda: find_case(running.session, hanneke, case.id),
        lambda: find_task(running.session, hanneke, task.id),
        lambda: case_view(running.session, hanneke, case.id),
        lambda: find_case(running.session, hanneke, task.id),
    ):
        with pytest.raises(NotFoundError):
            find()


def test_after_a_pupil_moved_the_new_teacher_sees_the_case_and_the_old_one_does_not(cast: Cast) -> None:
    walk = Walk.opened(cast, "onderzoek", "external-referrals")
    walk.do("hulpvraag")
    assert cast.session.exec(
        select(Case.id).where(visible_cases(cast.actor("laila")), Case.id == walk.case.id)
    ).all()
    cast.move_pupil("1001", "8", date(2026, 10, 12))

    walk.on("2026-10-13")

    for name, sees in (("hanneke", True), ("laila", False), ("joris", False)):
        actor = cast.actor(name, walk.at)
        case = select(Case.id).where(visible_cases(actor), Case.id == walk.case.id)
        tasks = select(Task.id).where(visible_tasks(actor), Task.case_id == walk.case.id)
        assert bool(cast.session.exec(case).all()) == sees
        assert bool(cast.session.exec(tasks).all()) == sees


def test_a_teacher_who_left_the_group_no_longer_sees_what_she_did_there(cast: Cast) -> None:
    walk = Walk.opened(cast, "onderzoek", "external-referrals")
    walk.do("hulpvraag")
    did = next(name for name in ("laila", "joris") if cast.id(name) == walk.one("hulpvraag").closed_by)
    cast.stops_teaching(did, "5", date(2026, 10, 11))

    walk.on("2026-10-13")

    with pytest.raises(NotFoundError):
        find_case(cast.session, cast.actor(did, walk.at), walk.case.id)


def test_consents_are_for_who_sees_the_whole(cast: Cast) -> None:
    walk = Walk.opened(cast, "onderzoek", "external-referrals")
    walk.consent()

    shown = {
        name: len(case_view(cast.session, cast.actor(name, walk.at), walk.case.id).consents)
        for name in ("ineke", "dirk", "laila")
    }

    assert shown == {"ineke": 1, "dirk": 1, "laila": 1}
    assert len(cast.session.exec(select(Consent)).all()) == 1


@pytest.mark.parametrize(
    ("first", "last", "on", "works"),
    [
        ("2026-08-01", None, "2026-08-01", True),
        ("2026-08-01", None, "2026-07-31", False),
        ("2026-08-01", "2026-12-31", "2026-12-31", True),
        ("2026-08-01", "2026-12-31", "2027-01-01", False),
    ],
)
def test_a_role_counts_from_its_first_until_its_last_day(
    cast: Cast, first: str, last: str | None, on: str, works: bool
) -> None:
    role = cast.role("ans", Role.ADMINISTRATION)
    role.valid_from = date.fromisoformat(first)
    role.valid_until = date.fromisoformat(last) if last else None
    cast.session.flush()

    actor = actor_for(cast.session, cast.id("ans"), cast.school.id, date.fromisoformat(on))

    assert (actor is not None) == works


def test_who_is_inactive_is_nobody(cast: Cast) -> None:
    cast.people["ans"].active = False
    cast.session.flush()

    assert actor_for(cast.session, cast.id("ans"), cast.school.id, date(2026, 11, 25)) is None


def test_someone_acts_at_a_school_with_the_groups_and_units_of_that_day(cast: Cast) -> None:
    bram = cast.actor("bram")
    laila = cast.actor("laila")

    assert (bram.units, bram.groups, bram.roles) == (
        frozenset({"bovenbouw"}),
        frozenset(),
        {Role.COORDINATOR},
    )
    assert laila.groups == {cast.groups["5"].id}
    assert (laila.is_manager, cast.actor("dirk").is_manager) == (False, True)
    assert (laila.is_administrator, cast.actor("amira").is_administrator) == (False, True)
