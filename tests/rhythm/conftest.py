from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models import RunState, RunVia, TimerRun
from models.database import reading, unit_of_work
from service.rhythm.report import Report
from service.rhythm.timers import TIMERS, Work

Runs = Callable[..., list[TimerRun]]
Has = Callable[..., TimerRun]
Doing = Callable[[str, Work], None]


@pytest.fixture
def runs(engine: Engine) -> Runs:
    """Return the rows that runs left behind, oldest first."""

    def found(name: str | None = None) -> list[TimerRun]:
        query = select(TimerRun).order_by(col(TimerRun.started_at))
        with reading(engine) as session:
            return list(session.exec(query.where(TimerRun.timer == name) if name else query))

    return found


@pytest.fixture
def has_run(engine: Engine) -> Has:
    """Leave the row of a run."""

    def leave(
        name: str,
        at: datetime,
        state: RunState = RunState.DONE,
        via: RunVia = RunVia.PREFECT,
        error: str | None = None,
        failed: int = 0,
    ) -> TimerRun:
        run = TimerRun(timer=name, started_at=at, state=state, via=via, error=error, failed=failed)
        with unit_of_work(engine) as session:
            session.add(run)
        return run

    return leave


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> Doing:
    """Give a timer of the catalogue other work."""

    def give(name: str, work: Work) -> None:
        monkeypatch.setitem(TIMERS, name, replace(TIMERS[name], run=work))

    return give


@pytest.fixture
def all_idle(doing: Doing) -> None:
    """Give every timer nothing to do."""
    for name in TIMERS:
        doing(name, lambda _, __: Report())
