"""Two people at the same moment, each with a transaction of their own, on both kinds of database."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models import Case, Role, Task, TaskState
from models.database import reading, unit_of_work
from service.cases.claim import claim_task, release_task
from service.cases.complete import complete_task
from service.cases.errors import NotYoursError, TaskClosedError
from service.cases.open import open_case
from service.cases.sweep import sweep
from tests.cast import Cast, moment, read_cast

AT = moment("2026-11-26")
BOTH = 0.4  # seconds in which the second is certainly waiting for the first


@pytest.fixture
def queued(opened: Engine) -> Task:
    """A task of the administration, where two people work now, that nobody has."""
    with unit_of_work(opened) as session:
        cast = read_cast(session, "99WH")
        sweep(session, "test-calendar", AT)
        task = cast.task(cast.case("M"), "koppeling")
        release_task(session, task.id, actor=cast.actor("ans", AT), at=AT)
        cast.add_person("Coby Dubbel", [Role.ADMINISTRATION])
    return task


def at_once(
    engine: Engine, first: Callable[[Cast], object], second: Callable[[Cast], object]
) -> Future[object]:
    """Let the second begin while the first has not ended; return what became of the second."""

    def other() -> object:
        with unit_of_work(engine) as session:
            return second(read_cast(session, "99WH"))

    with ThreadPoolExecutor(1) as pool, unit_of_work(engine) as session:
        first(read_cast(session, "99WH"))
        session.flush()
        waiting = pool.submit(other)
        time.sleep(BOTH)
        assert not waiting.done()
    return waiting


def claims(name: str, task: Task) -> Callable[[Cast], object]:
    return lambda cast: claim_task(cast.session, task.id, actor=cast.actor(name, AT), at=AT)


def completes(name: str, task: Task, **more: str) -> Callable[[Cast], object]:
    return lambda cast: complete_task(cast.session, task.id, actor=cast.actor(name, AT), at=AT, **more)


def now(engine: Engine, task: Task) -> Task:
    with reading(engine) as session:
        return session.get_one(Task, task.id)


def test_of_two_who_claim_a_task_the_first_wins(opened: Engine, queued: Task) -> None:
    second = at_once(opened, claims("ans", queued), claims("coby", queued))

    assert isinstance(second.exception(), NotYoursError)
    with reading(opened) as session:
        assert session.get_one(Task, queued.id).owner_id == read_cast(session, "99WH").id("ans")


def test_of_two_who_complete_a_task_the_first_wins(opened: Engine, queued: Task) -> None:
    second = at_once(opened, completes("ineke", queued), completes("dirk", queued))

    assert isinstance(second.exception(), TaskClosedError)
    with reading(opened) as session:
        assert session.get_one(Task, queued.id).closed_by == read_cast(session, "99WH").id("ineke")


def test_two_who_finish_the_last_of_a_stage_begin_the_next_one_once(opened: Engine) -> None:
    with unit_of_work(opened) as session:
        cast = read_cast(session, "99WH")
        sweep(session, "plan-reviews", AT)
        case = _plan(session, cast)
        tasks = [cast.task(case, key) for key in ("handelingsplan-controle", "handelingsplan-ouders")]

    second = at_once(opened, completes("ineke", tasks[0]), completes("dirk", tasks[1]))

    second.result()
    with reading(opened) as session:
        cast = read_cast(session, "99WH")
        assert cast.task(case, "handelingsplan-evaluatie").state == TaskState.RESERVED
        entered = [e.data["stage"] for e in cast.history(case) if e.verb == "entered"]
        assert entered.count("handelingsplan-evalueren") == 1


def _plan(session: Session, cast: Cast) -> Case:
    return open_case(
        session,
        actor=cast.actor("ineke", AT),
        at=AT,
        procedure="plan-reviews",
        occurrence="handelingsplan",
        pupil_id=cast.pupils["1001"].id,
    )


def test_the_night_waits_for_who_is_just_completing(opened: Engine, queued: Task) -> None:
    second = at_once(
        opened,
        completes("ans", queued),
        lambda cast: sweep(cast.session, "test-calendar", moment("2026-11-27", 5)),
    )

    second.result()
    assert now(opened, queued).state == TaskState.COMPLETED
