"""Carry a timer out once and keep what it did: begun, done or failed, each in its own transaction."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models import RunState, RunVia, TimerRun
from models.database import unit_of_work
from service.mishap import told
from service.rhythm.due import BROKEN_OFF, is_alive, owed_slot
from service.rhythm.report import Report
from service.rhythm.timers import TIMERS, Timer

_log = logging.getLogger(__name__)


class TimerBusyError(Exception):
    """Deze stroom loopt al, of is net al gedaan."""


def run_timer(
    name: str, engine: Engine, at: datetime, via: RunVia, flow_run_id: str | None = None
) -> TimerRun:
    """Run a timer now; raise ``TimerBusyError`` when it runs already."""
    return _carry_out(TIMERS[name], engine, at, _row(name, at, via, flow_run_id))


def run_if_owed(name: str, engine: Engine, at: datetime, grace: timedelta) -> TimerRun:
    """Run a timer as the fallback, unless another process was first."""
    return _carry_out(TIMERS[name], engine, at, _row(name, at, RunVia.FALLBACK, None), grace)


def _row(name: str, at: datetime, via: RunVia, flow_run_id: str | None) -> TimerRun:
    return TimerRun(timer=name, started_at=at, via=via, flow_run_id=flow_run_id)


def _carry_out(
    timer: Timer, engine: Engine, at: datetime, run: TimerRun, grace: timedelta | None = None
) -> TimerRun:
    begun = monotonic()
    with unit_of_work(engine) as session:
        _take_turn(session, timer, at, grace)
        session.add(run)
    report = _try(timer, engine, at)
    _fill_in(run, report, at + timedelta(seconds=monotonic() - begun))
    with unit_of_work(engine) as session:
        session.merge(run)
    return run


def _take_turn(session: Session, timer: Timer, at: datetime, grace: timedelta | None) -> None:
    """Go on only when nobody else does; whoever asks at the same moment waits for our row."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        session.execute(text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": timer.name})
    running = select(TimerRun).where(TimerRun.timer == timer.name, TimerRun.state == RunState.RUNNING)
    for run in session.exec(running.order_by(col(TimerRun.started_at))):
        if is_alive(run, timer, at):
            raise TimerBusyError
        _break_off(run, at)
    session.flush()
    if grace is not None and owed_slot(session, timer, at, grace) is None:
        raise TimerBusyError


def end_broken_runs(engine: Engine, at: datetime) -> None:
    """Close what was running through Prefect when it stopped; call it before anything of Prefect runs."""
    left = select(TimerRun).where(TimerRun.state == RunState.RUNNING, TimerRun.via == RunVia.PREFECT)
    with unit_of_work(engine) as session:
        for run in session.exec(left):
            _break_off(run, at)


def _break_off(run: TimerRun, at: datetime) -> None:
    run.state, run.error, run.ended_at = RunState.FAILED, BROKEN_OFF, at


def _try(timer: Timer, engine: Engine, at: datetime) -> Report:
    try:
        return timer.run(engine, at)
    except Exception as error:  # noqa: BLE001 -- whatever happens, the row must say so
        return Report(error=told(error))


def _fill_in(run: TimerRun, report: Report, ended_at: datetime) -> None:
    run.state = RunState.FAILED if report.error else RunState.DONE
    run.expected, run.done, run.failed = report.expected, report.done, report.failed
    run.counts, run.error, run.ended_at = dict(report.counts), report.error or report.remark, ended_at
    if report.error:
        _log.error("%s mislukte: %s", run.timer, report.error)
