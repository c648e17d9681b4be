"""What the administrator sees of the timers: last run, next hour, expected against done, and a light."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from models import RunState, RunVia, TimerRun
from service.clock import AMSTERDAM, local
from service.rhythm.due import is_alive, runs_since
from service.rhythm.slots import last_slot, next_slot, slots_between
from service.rhythm.timers import TIMERS, Timer

_LATE = timedelta(minutes=3)
_TOO_LATE = timedelta(minutes=15)
_HOUR = timedelta(hours=1)


class Light(StrEnum):
    """How a timer stands, as one word on the screen."""

    GREEN = "groen"
    ORANGE = "oranje"
    RED = "rood"


@dataclass(frozen=True, slots=True)
class TimerRow:
    """One timer; ``expected`` and ``done`` count runs of today, or of the last hour for a frequent one."""

    timer: Timer
    last_run: TimerRun | None
    next_slot: datetime
    expected: int
    done: int
    light: Light
    reason: str


def overview(session: Session, at: datetime) -> list[TimerRow]:
    """Return every timer in the order of the catalogue."""
    return [_row(session, timer, at) for timer in TIMERS.values()]


def recent_runs(session: Session, name: str, limit: int = 20) -> Sequence[TimerRun]:
    """Return the latest runs of one timer, newest first."""
    query = select(TimerRun).where(TimerRun.timer == name)
    return session.exec(query.order_by(col(TimerRun.started_at).desc()).limit(limit)).all()


def _row(session: Session, timer: Timer, at: datetime) -> TimerRow:
    last = _last_run(session, timer, at)
    expected, done = _tally(session, timer, at)
    light, reason = _judge(session, timer, last, at)
    return TimerRow(timer, last, next_slot(timer.schedule, at), expected, done, light, reason)


def _last_run(session: Session, timer: Timer, at: datetime) -> TimerRun | None:
    query = select(TimerRun).where(TimerRun.timer == timer.name, col(TimerRun.started_at) <= at + _LATE)
    return session.exec(query.order_by(col(TimerRun.started_at).desc())).first()


def _tally(session: Session, timer: Timer, at: datetime) -> tuple[int, int]:
    """Count the runs that had to be, and those that were done.

    A frequent timer counts from its first run in the last hour: what is off at night misses nothing.
    """
    since = datetime.combine(local(at).date(), time(), AMSTERDAM) if timer.is_daily else at - _HOUR
    runs = runs_since(session, timer, since, at)
    done = sum(run.state == RunState.DONE for run in runs)
    if timer.is_daily:
        return slots_between(timer.schedule, since, at), min(done, 1)
    expected = slots_between(timer.schedule, runs[0].started_at, at) if runs else 0
    return max(expected, done), done


def _judge(session: Session, timer: Timer, last: TimerRun | None, at: datetime) -> tuple[Light, str]:
    if last and last.state == RunState.FAILED:
        return Light.RED, last.error or "De laatste keer mislukte."
    if last and last.state == RunState.RUNNING and not is_alive(last, timer, at):
        return Light.RED, "De laatste keer kwam niet tot een eind."
    late = _lateness(session, timer, at)
    if late > _TOO_LATE:
        return Light.RED, f"Had {late.total_seconds() // 60:.0f} minuten geleden moeten lopen."
    if late > _LATE:
        return Light.ORANGE, "Is een paar minuten te laat."
    return _judge_work(last)


def _judge_work(last: TimerRun | None) -> tuple[Light, str]:
    if last is None:
        return Light.GREEN, "Wacht op de eerste keer."
    if last.error:
        return Light.ORANGE, last.error
    if last.failed:
        return Light.ORANGE, f"{last.failed} van {last.expected} lukte niet."
    if last.via == RunVia.FALLBACK:
        return Light.ORANGE, "Liep zonder Prefect: de reserve nam het over."
    if last.state == RunState.RUNNING:
        return Light.GREEN, "Loopt nu."
    return Light.GREEN, "Liep zoals gepland."


def _lateness(session: Session, timer: Timer, at: datetime) -> timedelta:
    """Return how long ago the run was due that did not come; nothing before the very first run."""
    slot = last_slot(timer.schedule, at - _LATE)
    if runs_since(session, timer, slot, at):
        return timedelta()
    last = _last_run(session, timer, at)
    return at - slot if last else timedelta()
