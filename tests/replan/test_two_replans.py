"""Two who change a year at the same moment, each with a transaction of their own, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models import Replan, Task
from models.database import reading, unit_of_work
from service.cases.sweep import sweep
from service.replan.apply import StalePreviewError
from service.replan.changes import ClosureAdded
from service.replan.undo import AlreadyUndoneError
from tests.cast import read_cast
from tests.replan.year import FREE, NOW, apply, night, preview, undo

BOTH = 0.4  # seconds in which the second is certainly waiting for the first
EARLIER = ClosureAdded(name="Excursie", first_day=date(2027, 3, 16), last_day=date(2027, 3, 16))


def ready(engine: Engine) -> str:
    """Let the night have been; return the digest of what a free day would move."""
    with unit_of_work(engine) as session:
        cast = read_cast(session, "99WH")
        night(cast)
        return preview(cast, FREE).outcome.digest


def moved(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.exec(select(Replan.reason)))


def test_the_second_of_two_sees_what_the_first_changed(opened: Engine) -> None:
    digest = ready(opened)

    def second() -> object:
        with unit_of_work(opened) as session:
            return apply(read_cast(session, "99WH"), FREE, expected=digest)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(opened) as session:
            apply(read_cast(session, "99WH"), EARLIER)
            waiting = pool.submit(second)
            time.sleep(BOTH)
            assert not waiting.done()
        failed = waiting.exception()

    assert isinstance(failed, StalePreviewError)
    assert moved(opened) == ["Excursie: vrij op 16 maart 2027"]


def test_the_night_waits_for_a_re_plan_and_then_moves_nothing(opened: Engine) -> None:
    ready(opened)

    def by_night() -> dict[str, int]:
        with unit_of_work(opened) as session:
            return sweep(session, "exit-pupils", NOW)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(opened) as session:
            apply(read_cast(session, "99WH"), FREE)
            waiting = pool.submit(by_night)
            time.sleep(BOTH)
            assert not waiting.done()
        found = waiting.result()

    assert (found["redated"], found["told"]) == (0, 0)


def test_of_two_who_undo_one_re_plan_the_second_is_told(opened: Engine) -> None:
    ready(opened)
    with unit_of_work(opened) as session:
        replan = apply(read_cast(session, "99WH"), FREE)

    def second() -> object:
        with unit_of_work(opened) as session:
            return undo(read_cast(session, "99WH"), replan)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(opened) as session:
            undo(read_cast(session, "99WH"), replan)
            waiting = pool.submit(second)
            time.sleep(BOTH)
        failed = waiting.exception()

    assert isinstance(failed, AlreadyUndoneError)


def test_a_transaction_that_never_ends_leaves_nothing(opened: Engine) -> None:
    ready(opened)
    with reading(opened) as session:
        before = {task.id: task.target_on for task in session.exec(select(Task))}

    def dies() -> None:
        with unit_of_work(opened) as session:
            apply(read_cast(session, "99WH"), FREE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies()

    with reading(opened) as session:
        assert {task.id: task.target_on for task in session.exec(select(Task))} == before
    assert moved(opened) == []
