import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from service.notices.clock_watch import JUMPED, mend, rest_after_jump
from service.notices.delivery import LEASE, deliver, rest_for_the_clock
from service.notices.journal import Journal
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

MINUTE, HOUR, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=7)


@pytest.mark.parametrize("jump", [-HOUR, -6 * MINUTE, 6 * MINUTE, WEEK])
def test_a_clock_that_jumps_stops_claiming_for_one_lease(tmp_path: Path, jump: timedelta) -> None:
    rest_after_jump(tmp_path, AT, LEASE, passed=1000)

    rests = [
        rest_after_jump(tmp_path, AT + jump + timedelta(seconds=after), LEASE, passed=1000 + after)
        for after in (60, 120, 400)
    ]

    assert rests == [LEASE, LEASE - MINUTE, timedelta()]


@pytest.mark.parametrize("drift", [timedelta(), 4 * MINUTE, -4 * MINUTE])
def test_a_clock_that_is_put_right_by_a_little_stops_nothing(tmp_path: Path, drift: timedelta) -> None:
    rest_after_jump(tmp_path, AT, LEASE, passed=1000)

    rest = rest_after_jump(tmp_path, AT + HOUR + drift, LEASE, passed=1000 + 3600)

    assert rest == timedelta()


def test_a_machine_that_was_off_a_week_is_no_jump(tmp_path: Path) -> None:
    rest_after_jump(tmp_path, AT, LEASE, passed=1000)
    kept = tmp_path / "outbox" / "clock.json"
    kept.write_text(kept.read_text().replace('"boot": "', '"boot": "earlier-'))

    rest = rest_after_jump(tmp_path, AT + WEEK, LEASE, passed=30)

    assert rest == timedelta()


@pytest.mark.parametrize(
    "damaged", ["[]", "null", "{", '{"boot": "", "wall": 1, "ticks": "x", "rest_until": 0}']
)
def test_a_damaged_memory_of_the_clock_is_made_anew(tmp_path: Path, damaged: str) -> None:
    rest_after_jump(tmp_path, AT, LEASE, passed=1000)
    (tmp_path / "outbox" / "clock.json").write_text(damaged)

    rests = [
        rest_after_jump(tmp_path, AT + MINUTE, LEASE, passed=1060),
        rest_after_jump(tmp_path, AT + WEEK, LEASE, passed=1120),
    ]

    assert rests == [timedelta(), LEASE]


def test_while_the_outbox_rests_each_message_says_why(world: World, engine: Engine, tmp_path: Path) -> None:
    world.post("a")
    journal = Journal(tmp_path)
    before = rest_for_the_clock(engine, journal, wall=AT, at=AT)

    after = rest_for_the_clock(engine, journal, wall=AT + WEEK, at=AT + WEEK)

    assert (before, after) == (None, JUMPED)
    assert world.told("a") == ("ready", JUMPED)


def test_what_a_clock_that_ran_ahead_planned_comes_back_to_now(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    world.post("a", expires_at=AT + 3 * WEEK)
    sink.script.append("rcpt 450")
    deliver(engine, AT + WEEK, office())  # by a clock a week ahead

    with unit_of_work(engine) as session:
        mend(session, AT, AT + LEASE)
    done = deliver(engine, AT + LEASE, office())

    assert done.sent == 1


def test_what_a_clock_that_ran_ahead_wrote_does_not_wait_for_that_day(
    world: World, engine: Engine, office: Office
) -> None:
    world.post("moved", at=AT + 52 * WEEK, expires_at=AT + 54 * WEEK)
    world.post("planned", due_at=AT + WEEK, expires_at=AT + 2 * WEEK)

    with unit_of_work(engine) as session:
        mend(session, AT, AT + LEASE)
    done = deliver(engine, AT + LEASE, office())

    assert done.sent == 1
    assert world.told("planned")[0] == "ready"


def test_a_clock_that_was_put_back_while_the_machine_was_off_is_a_jump_too(tmp_path: Path) -> None:
    rest_after_jump(tmp_path, AT + 52 * WEEK, LEASE, passed=1000)
    path = tmp_path / "outbox" / "clock.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"boot": "another"}))

    rests = [rest_after_jump(tmp_path, AT + after, LEASE, passed=10) for after in (timedelta(), LEASE)]

    assert rests[0] == LEASE


def test_a_worker_whose_claim_was_taken_over_stops_at_the_next_mark(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(6):
        world.post(f"m{number}", expires_at=AT + 3 * WEEK)
    sink.pace = 0.15

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(deliver, engine, AT, office())
        sleep(0.25)
        jumped = pool.submit(deliver, engine, AT + WEEK, office())  # as if the clock had jumped, unwatched
        runs = [slow.result(), jumped.result()]

    doubles = len(sink.message_ids) - len(set(sink.message_ids))
    assert len(set(sink.message_ids)) == 6
    assert doubles <= 1
    assert sum(run.sent for run in runs) == 6
