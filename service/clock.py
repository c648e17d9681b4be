"""The clock of the doors: the real time, or the demo's own time that runs on from where it was set.

Use cases never read it; doors and timers do, and hand the time on as an argument.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from service.settings import settings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_FILE = "clock.json"


class ClockError(Exception):
    """Dit is geen tijd die de demoklok kan aannemen."""


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC) + offset()


def today() -> date:
    """Return the current day in Amsterdam."""
    return now().astimezone(AMSTERDAM).date()


def local(moment: datetime) -> datetime:
    """Return a moment as the clock on the school's wall shows it."""
    return moment.astimezone(AMSTERDAM)


def offset() -> timedelta:
    """Return how far the demo's clock is ahead of the real one; nothing outside a demo."""
    if not settings().demo:
        return timedelta()
    path = settings().home / _FILE
    if not path.exists():
        return timedelta()
    return timedelta(seconds=json.loads(path.read_text(encoding="utf-8"))["offset_seconds"])


def set_to(text: str, home: Path) -> datetime:
    """Set the demo's clock to an Amsterdam time such as 2027-01-11T06:30; return that moment."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockError(f"{text!r} is geen tijd; schrijf bijvoorbeeld 2027-01-11T06:30.") from error
    moment = (wall if wall.tzinfo else wall.replace(tzinfo=AMSTERDAM)).astimezone(UTC)
    ahead = (moment - datetime.now(UTC)).total_seconds()
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f"{_FILE}.new"
    fresh.write_text(json.dumps({"offset_seconds": ahead}), encoding="utf-8")
    fresh.replace(home / _FILE)
    return moment


def shifted() -> bool:
    """Tell whether the demo's clock is not the real one."""
    return offset() != timedelta()
