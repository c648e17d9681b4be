import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from service.notices import outbox
from tests.notices.delivery_worker import worker
from tests.notices.sink import Sink
from tests.notices.world import World


def test_a_worker_killed_again_and_again_loses_nothing_and_repeats_at_most_one_each_time(
    light_world: World, sink: Sink, tmp_path: Path
) -> None:
    posted = post_many(light_world, 80)
    sink.pace = 0.005

    kills = deliver_under_fire(light_world.engine, sink, tmp_path, most=4, patience=0.15)

    assert kills >= 2
    assert set(sink.message_ids) == posted
    assert len(sink.accepted) - len(posted) <= kills


@pytest.mark.acceptance
@pytest.mark.timeout(600)
def test_two_thousand_mails_survive_a_kill_every_half_second(
    world: World, engine: Engine, sink: Sink, tmp_path: Path
) -> None:
    posted = post_many(world, 2000)
    sink.pace = 0.004

    kills = deliver_under_fire(engine, sink, tmp_path, most=20)

    assert kills >= 15
    assert set(sink.message_ids) == posted
    assert len(sink.accepted) - len(posted) <= kills


@pytest.mark.acceptance
@pytest.mark.timeout(600)
def test_without_faults_nothing_is_sent_twice(
    world: World, engine: Engine, sink: Sink, tmp_path: Path
) -> None:
    posted = post_many(world, 2000)

    kills = deliver_under_fire(engine, sink, tmp_path, most=0)

    assert kills == 0
    assert sorted(sink.message_ids) == sorted(posted)


def post_many(world: World, count: int) -> set[str]:
    at = datetime.now(UTC)
    with unit_of_work(world.engine) as session:
        letters = [world.letter(f"m{n}", at=at, expires_at=at + timedelta(days=1)) for n in range(count)]
        messages = [outbox.post(session, letter) for letter in letters]
        return {f"<{message.message_id}>" for message in messages if message}


def deliver_under_fire(engine: Engine, sink: Sink, home: Path, most: int, patience: float = 0.5) -> int:
    """Kill each worker so many seconds or a little less after its first mail; return how often that was."""
    chance, kills = Random(7), 0  # noqa: S311 -- a dice, not a secret
    address = engine.url.render_as_string(hide_password=False)
    while True:
        process = worker(address, sink.url, home)
        before = len(sink.accepted)
        process.start()
        while process.is_alive() and len(sink.accepted) == before:
            time.sleep(0.005)
        process.join(patience * chance.uniform(0.6, 1) if kills < most else None)
        if process.exitcode is not None:
            assert process.exitcode == 0
            return kills
        process.kill()
        process.join()
        kills += 1
