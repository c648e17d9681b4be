"""Watch the clock on the wall against one that only runs on; while it jumps, nobody claims.

A worker that still lives stops by the clock that runs on. So after a jump of more than five minutes the
outbox rests for one lease: by then whatever was claimed before the jump is sent, or free.
"""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from models import DeliveryGate, Message
from service.notices.journal import write_whole
from service.notices.restored import OPEN

JUMP = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=2)  # more than any wait between two tries
JUMPED = "De klok van de server is versprongen; de bezorging wacht even, zodat niets dubbel gaat."
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def ticks() -> float:
    """Return seconds on a clock that never jumps and, where the system has one, runs on in sleep."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def rest_after_jump(
    home: Path, wall: datetime, lease: timedelta, *, passed: float | None = None
) -> timedelta:
    """Return how long the outbox must rest, from now, because the wall clock jumped; usually not at all.

    ``passed`` is the clock that runs on, in seconds.
    """
    at, path = ticks() if passed is None else passed, home / "outbox" / "clock.json"
    until, boot = 0.0, _boot()
    kept = _read(path)
    if kept:
        moved = (wall - kept["wall"]).total_seconds()
        if kept["boot"] == boot:
            until = kept["rest_until"]
            moved -= at - kept["ticks"]
        else:
            moved = min(0.0, moved)  # a machine may have been off for long, but never for less than nothing
        if abs(moved) > JUMP.total_seconds():
            until = at + lease.total_seconds()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(
        path,
        json.dumps({"boot": boot, "wall": wall.isoformat(), "ticks": at, "rest_until": until}),
    )
    return timedelta(seconds=max(0.0, until - at))


def mend(session: Session, at: datetime, until: datetime) -> None:
    """Bring back to now what was planned by a clock that ran ahead, and free its claims at ``until``."""
    quiet = {"synchronize_session": False}
    ahead = col(Message.next_try_at) > at + _LONGEST_WAIT
    session.execute(
        update(Message)
        .where(OPEN, ahead, col(Message.attempts) > 0)
        .values(next_try_at=at)
        .execution_options(**quiet)
    )
    session.execute(  # written by that clock, so due by it
        update(Message)
        .where(OPEN, col(Message.made_at) > at + _LONGEST_WAIT, col(Message.next_try_at) > at)
        .values(next_try_at=at, due_at=at)
        .execution_options(**quiet)
    )
    session.execute(
        update(Message)
        .where(OPEN, col(Message.lease_until) > until)
        .values(lease_until=until)
        .execution_options(**quiet)
    )
    session.execute(
        update(DeliveryGate)
        .where(col(DeliveryGate.open_until) > until + _LONGEST_WAIT)
        .values(open_until=until)
        .execution_options(**quiet)
    )


def _read(path: Path) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return (
            kept | {"wall": datetime.fromisoformat(kept["wall"]).astimezone(UTC)} if _is_whole(kept) else None
        )
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _is_whole(kept: Any) -> bool:
    """Tell whether nobody damaged what was kept; if so, the clock is watched from now on."""
    if not isinstance(kept, dict) or not {"boot", "wall", "ticks", "rest_until"} <= kept.keys():
        return False
    return all(isinstance(kept[name], (int, float)) for name in ("ticks", "rest_until"))


def _boot() -> str:
    """Tell one start of the machine from another; the clock that runs on begins anew at each."""
    return _BOOT.read_text(encoding="ascii").strip() if _BOOT.exists() else ""
