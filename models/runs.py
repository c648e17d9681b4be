"""What the timers did: one row per run, whoever started it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from models.base import Row, word


class RunVia(StrEnum):
    """What started a run."""

    PREFECT = "prefect"
    FALLBACK = "fallback"
    COMMAND = "command"


class RunState(StrEnum):
    """How a run ended, or that it runs."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TimerRun(Row, table=True):
    """One run of one timer: counts and ids only, never a name."""

    __tablename__ = "timer_run"
    __table_args__ = (Index("ix_timer_run_timer_started", "timer", "started_at"),)

    timer: str
    started_at: datetime
    ended_at: datetime | None = None
    via: RunVia = Field(sa_type=word(RunVia))
    state: RunState = Field(default=RunState.RUNNING, sa_type=word(RunState))
    expected: int = 0
    done: int = 0
    failed: int = 0
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    error: str | None = None
    flow_run_id: str | None = None
