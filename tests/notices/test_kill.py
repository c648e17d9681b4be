import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from service.notices import outbox
from tests.notices.sink import Sink
from tests.notices.world import World

WORKER = Path(__file__).with_name("delivery_worker.py")
ROOT = Path(__file__).parents[2]


def test_a_worker_killed_again_and_again_loses_nothing_and_repeats_at_most_one_each_time(
    world: World, engine: Engine, sink: Sink, tmp_path: Path
) -> None:
    posted = post_many(world, 120)
    sink.pace = 0.01

    kills = deliver_under_fire(engine, sink, tmp_path, most=4)

    assert kills >= 2
    assert set(sink.message_ids) == posted
    assert len(sink.accepted) - len(posted) <= kills


@pytest.mark.acceptance
@pytest.mark.timeout(1800)
def test_two_thousand_mails_survive_a_kill_every_half_second(
    world: World, engine: Engine, sink: Sink, tmp_path: Path
) -> None:
    posted = post_many(world, 2000)
    sink.pace = 0.004

    kills = deliver_under_fire(engine, sink, tmp_path, most=40)

    assert kills >= 10
    assert set(sink.message_ids) == posted
    assert len(sink.accepted) - len(posted) <= kills


@pytest.mark.acceptance
@pytest.mark.timeout(1800)
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


def deliver_under_fire(engine: Engine, sink: Sink, home: Path, most: int) -> int:
    """Kill a worker every 0.3 to 0.5 second, at most so often; return how often that was."""
    chance, kills = Random(7), 0  # noqa: S311 -- a dice, not a secret
    address = engine.url.render_as_string(hide_password=False)
    while True:
        with worker(address, sink.url, str(home)) as process:
            patience = chance.uniform(0.3, 0.5) if kills < most else None
            with suppress(subprocess.TimeoutExpired):
                assert process.wait(patience) == 0
                return kills
        kills += 1


@contextmanager
def worker(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker, let it go when it has loaded everything, and kill it at the end if it still lives."""
    command = [sys.executable, str(WORKER), *arguments]
    with subprocess.Popen(  # noqa: S603 -- our own program
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.stdin.write(b"go\n")
        process.stdin.flush()
        try:
            yield process
        finally:
            process.kill()
