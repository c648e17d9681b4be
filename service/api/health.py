"""Whether it all works, for a monitor: no names, no login."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from models import RunState, TimerRun, migrate
from models.database import reading
from service.clock import now
from service.notices.gates import MAIL, open_gates
from service.notices.restored import paused_since
from service.notices.waiting import dwell, oldest_waiting
from service.rhythm.prefect_server import prefect_answers

router = APIRouter(include_in_schema=False)
_TOO_OLD = 3600  # seconds that a message may wait before it counts as stuck
_TOO_LATE = timedelta(minutes=15)  # after which a delivery that comes each minute is missed


@router.get("/health")
def health(request: Request) -> JSONResponse:
    """Answer 200 while the database serves; without Prefect the school still works, degraded."""
    facts = _facts(request.app.state.engine, now())
    works = facts["database"] == facts["migrations"] == "ok"
    stuck = (facts["oldest_waiting_message_seconds"] or 0) > _TOO_OLD
    held = facts["paused_after_restore"] or facts["mail_rests"] or facts["delivery_is_late"]
    is_well = works and facts["prefect"] == "ok" and not (stuck or held)
    body = {"status": "ok" if is_well else "degraded", **facts}
    return JSONResponse(body, 200 if works else 503, {"Cache-Control": "no-store"})


def _facts(engine: Engine, at: datetime) -> dict[str, Any]:
    found = {
        "database": "unreachable",
        "migrations": "unknown",
        "prefect": "ok" if prefect_answers() else "unreachable",
        "oldest_waiting_message_seconds": None,
        "dwell_seconds": None,
        "mail_rests": False,
        "paused_after_restore": False,
        "last_delivery": None,
        "delivery_is_late": False,
    }
    try:
        found["migrations"] = "ok" if migrate.current(_shared(engine)) == _newest() else "behind"
        found["database"] = "ok"
        if found["migrations"] == "ok":
            with reading(engine) as session:
                found |= _post(session, at)
    except SQLAlchemyError:
        return {**found, "database": "unreachable"}
    return found


def _shared(engine: Engine) -> Engine:
    """Read without taking the writers' turn."""
    return engine.execution_options(sqlite_begin="deferred")


@cache
def _newest() -> str:
    return migrate.newest()


def _post(session: Session, at: datetime) -> dict[str, Any]:
    waits, stayed = oldest_waiting(session, at), dwell(session, at)
    delivered = select(func.max(TimerRun.started_at)).where(
        TimerRun.timer == "deliver", TimerRun.state == RunState.DONE, col(TimerRun.started_at) <= at
    )
    last = session.exec(delivered).one()
    return {
        "oldest_waiting_message_seconds": int(waits.total_seconds()) if waits else None,
        "dwell_seconds": stayed
        and {"p50": round(stayed.p50, 1), "p99": round(stayed.p99, 1), "max": round(stayed.most, 1)},
        "mail_rests": MAIL in open_gates(session, at),
        "paused_after_restore": paused_since(session) is not None,
        "last_delivery": last.isoformat() if last else None,
        "delivery_is_late": last is not None and last < at - _TOO_LATE,
    }
