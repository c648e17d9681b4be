"""A school year by its own timers, then a copy of day 100 put back on day 300."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models import Meeting, Message, RunVia
from models.database import reading, unit_of_work
from service.notices.journal import Journal
from service.notices.restored import Choice, paused_since, release
from service.rhythm.run import run_timer
from service.rhythm.timers import TIMERS
from service.settings import settings
from tests.cast import OPENED
from tests.notices.sink import Sink

DAY = timedelta(days=1)
WORK = [name for name, timer in TIMERS.items() if "ritme" in timer.tags] + ["remind", "deliver"]


@pytest.fixture
def home(tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    monkeypatch.setenv("JAARRITME_SMTP_URL", sink.url)
    settings.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def _settings_again() -> Iterator[None]:
    yield
    settings.cache_clear()


@pytest.mark.acceptance
@pytest.mark.timeout(1800)
def test_a_copy_of_day_100_put_back_on_day_300_resends_nothing_of_a_year(
    opened_light: Engine, sink: Sink, home: Path
) -> None:
    database, copy = Path(str(opened_light.url.database)), home / "copy.db"
    for day in sorted({*range(0, 300, 10), 99, 100, 101, 299}):
        live(opened_light, OPENED + day * DAY)
        if day == 100:
            opened_light.dispose()
            shutil.copy(database, copy)
    before = set(sink.message_ids)
    opened_light.dispose()
    shutil.copy(copy, database)

    live(opened_light, OPENED + 300 * DAY)
    held = len(sink.message_ids)
    with unit_of_work(opened_light) as session:
        assert paused_since(session) is not None
        release(session, Journal(home), Choice.SEND, actor_id=None, at=OPENED + 300 * DAY)
    for day in (300, 301, 302):
        live(opened_light, OPENED + day * DAY + timedelta(hours=1))

    after = sink.message_ids[held:]
    assert len(before) > 20
    assert held == len(sink.message_ids) - len(after) == len(set(sink.message_ids[:held]))
    assert [identity for identity in after if identity in before] == []
    assert len(after) == len(set(after))
    with reading(opened_light) as session:
        sequences = list(session.exec(select(Meeting.sequence)))
        waiting = list(session.exec(select(Message.id).where(Message.state == "ready")))
    assert max(sequences, default=1000) >= 1000
    assert len(waiting) < 50


def live(engine: Engine, at: datetime) -> None:
    """Let a day's timers run, in their order, with delivery last."""
    for name in WORK:
        run_timer(name, engine, at, RunVia.COMMAND)
