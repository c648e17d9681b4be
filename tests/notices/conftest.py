from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from service.notices.apprise_channel import AppriseCarrier
from tests.notices.hook import Hook
from tests.notices.sink import Sink
from tests.notices.world import Office, World


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    return World(engine, tmp_path)


@pytest.fixture
def office(world: World, sink: Sink) -> Office:
    """Open a post office that hands in at the sink; each run gets a new one."""
    return lambda **times: world.post_office(sink.url, **times)


@pytest.fixture
def light_world(sqlite: Engine, tmp_path: Path) -> World:
    """A world on SQLite alone, for what has nothing to do with the database."""
    return World(sqlite, tmp_path)


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


@pytest.fixture(scope="module")
def carrier() -> Iterator[AppriseCarrier]:
    """A carrier as a demo has it."""
    carrier = AppriseCarrier(allow_private=True)
    yield carrier
    carrier.close()
