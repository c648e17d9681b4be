"""Which timers still owe a run, judged by the rows that runs leave behind."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models import RunState, TimerRun
from service.clock import local
from service.rhythm.slots import last_slot
from service.rhythm.timers import TIMERS, Timer

RETRY_AFTER = timedelta(minutes=10)
ATTEMPTS = 5
BROKEN_OFF = "Afgebroken: het programma stopte terwijl dit liep."
_SKEW = timedelta(minutes=1)  # two processes may read a set-back clock a little apart


def owed_slot(session: Session, timer: Timer, at: datetime, grace: timedelta) -> datetime | None:
    """Return the slot, at least ``grace`` ago, for which a run is still missing.

    A daily timer catches up today's slot only: tomorrow's run does everything due by then anyway.
    """
    slot = last_slot(timer.schedule, at - grace)
    if timer.is_daily and local(slot).date() != local(at).date():
        return None
    runs = runs_since(session, timer, slot, at)
    if any(run.state == RunState.DONE or is_alive(run, timer, at) for run in runs):
        return None
    return None if _waits(runs, at) else slot


def _waits(runs: Sequence[TimerRun], at: datetime) -> bool:
    """Tell whether failed runs ask for patience; one that only broke off does not."""
    if not runs or runs[-1].error == BROKEN_OFF:
        return False
    return len(runs) >= ATTEMPTS or at - runs[-1].started_at < RETRY_AFTER


def owed_timers(session: Session, at: datetime, grace: timedelta) -> dict[Timer, datetime]:
    """Return every timer that owes a run, in the order of the catalogue, with the slot it missed."""
    found = ((timer, owed_slot(session, timer, at, grace)) for timer in TIMERS.values())
    return {timer: slot for timer, slot in found if slot}


def runs_since(session: Session, timer: Timer, slot: datetime, at: datetime) -> Sequence[TimerRun]:
    """Return the runs of a timer from a slot until now, oldest first."""
    query = select(TimerRun).where(
        TimerRun.timer == timer.name,
        col(TimerRun.started_at) >= slot,
        col(TimerRun.started_at) <= at + _SKEW,
    )
    return session.exec(query.order_by(col(TimerRun.started_at))).all()


def is_alive(run: TimerRun, timer: Timer, at: datetime) -> bool:
    """Tell whether a run is still busy, and not broken off by a crash."""
    return run.state == RunState.RUNNING and abs(at - run.started_at) < timer.patience
