"""Whose a task is: claimed, released, assigned, and refused to whoever it is not for."""

import pytest
from sqlmodel import select

from models import Membership, TaskState
from service.access.scope import NotFoundError
from service.cases.assign import assign_task
from service.cases.claim import claim_task, release_task
from service.cases.complete import complete_task
from service.cases.errors import (
    NotYoursError,
    StaleError,
)
from tests.cases.walk import Walk, discussing
from tests.cast import Cast


def test_a_teacher_does_nothing_for_another_group(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(NotFoundError):
        complete_task(cast.session, walk.one("voorbereiding").id, actor=cast.actor("hanneke"), at=walk.at)


def test_a_teacher_does_not_do_the_work_of_the_ib_of_her_own_group(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(NotYoursError):
        complete_task(cast.session, walk.one("doel").id, actor=cast.actor("laila"), at=walk.at)


def test_the_other_half_of_the_duo_may_take_over(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    owner = "laila" if task.owner_id == cast.id("laila") else "joris"
    other = {"laila": "joris", "joris": "laila"}[owner]

    claim_task(cast.session, task.id, actor=cast.actor(other), at=walk.at)

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id) == ("claimed", cast.id(other))
    assert event.data == {"from": str(cast.id(owner)), "to": str(cast.id(other))}
    assert (task.owner_id, task.state) == (cast.id(other), TaskState.RESERVED)


def test_of_a_duo_that_saw_the_same_task_the_first_takes_it(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    release_task(cast.session, task.id, actor=cast.actor("laila"), at=walk.at)
    seen = task.version
    claim_task(cast.session, task.id, actor=cast.actor("laila"), at=walk.at, version=seen)

    with pytest.raises(StaleError):
        claim_task(cast.session, task.id, actor=cast.actor("joris"), at=walk.at, version=seen)

    assert task.owner_id == cast.id("laila")


def test_releasing_puts_a_task_back_in_the_queue(cast: Cast) -> None:
    walk = Walk(cast, cast.case("M"))
    task = walk.one("koppeling")

    release_task(cast.session, task.id, actor=cast.actor("ans"), at=walk.at)

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id, event.data) == (
        "released",
        cast.id("ans"),
        {"from": str(cast.id("ans"))},
    )
    assert (task.owner_id, task.state) == (None, TaskState.READY)


def test_what_someone_released_stays_in_the_queue_over_night(cast: Cast) -> None:
    walk = Walk(cast, cast.case("M"))
    release_task(cast.session, walk.one("koppeling").id, actor=cast.actor("ans"), at=walk.at)

    walk.on("2026-12-01")

    assert walk.one("koppeling").owner_id is None


def test_assigning_says_from_whom_to_whom(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    was = task.owner_id

    assign_task(cast.session, task.id, actor=cast.actor("dirk"), at=walk.at, to=cast.id("ilse"))

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id) == ("assigned", cast.id("dirk"))
    assert event.data == {"from": str(was), "to": str(cast.id("ilse"))}
    assert (task.owner_id, task.state) == (cast.id("ilse"), TaskState.RESERVED)


@pytest.mark.parametrize("key", ["voorbereiding", "verslag"])
def test_who_was_assigned_keeps_the_task_over_night(cast: Cast, key: str) -> None:
    walk = discussing(cast)
    task = walk.one(key)
    assign_task(cast.session, task.id, actor=cast.actor("dirk"), at=walk.at, to=cast.id("ilse"))

    walk.on("2027-02-05")

    assert task.owner_id == cast.id("ilse")


def test_only_who_guards_the_school_assigns(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(NotYoursError):
        assign_task(
            cast.session,
            walk.one("voorbereiding").id,
            actor=cast.actor("laila"),
            at=walk.at,
            to=cast.id("joris"),
        )


def test_work_goes_to_nobody_of_another_school(cast: Cast) -> None:
    walk = discussing(cast)
    koert = cast.session.exec(select(Membership).where(Membership.school_id != cast.school.id)).first()
    assert koert

    with pytest.raises(NotYoursError):
        assign_task(
            cast.session, walk.one("doel").id, actor=cast.actor("dirk"), at=walk.at, to=_stranger(cast)
        )


def _stranger(cast: Cast) -> object:
    staff = [person.id for person in cast.people.values()]
    rows = cast.session.exec(select(Membership).where(Membership.school_id != cast.school.id))
    return next(row.person_id for row in rows if row.person_id not in staff)
