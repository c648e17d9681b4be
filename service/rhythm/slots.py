"""When a timer has to run: every day at an hour of the wall clock, or every so many minutes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from service.clock import AMSTERDAM, local

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Daily:
    """Once a day, at a time of the clock on the school's wall."""

    at: time

    @property
    def cron(self) -> str:
        """Write it as cron, to be read in Amsterdam."""
        return f"{self.at.minute} {self.at.hour} * * *"


@dataclass(frozen=True)
class Every:
    """Every so many minutes, counted from the whole hour."""

    minutes: int

    @property
    def cron(self) -> str:
        """Write it as cron."""
        return f"*/{self.minutes} * * * *"


Schedule = Daily | Every


def last_slot(schedule: Schedule, at: datetime) -> datetime:
    """Return the latest moment, not after ``at``, on which the timer had to run."""
    if isinstance(schedule, Every):
        length = timedelta(minutes=schedule.minutes)
        return at.astimezone(UTC) - (at - _EPOCH) % length
    today = local(at).date()
    slot = _on(today, schedule)
    return slot if slot <= at else _on(today - timedelta(days=1), schedule)


def next_slot(schedule: Schedule, at: datetime) -> datetime:
    """Return the first moment after ``at`` on which the timer has to run."""
    if isinstance(schedule, Every):
        return last_slot(schedule, at) + timedelta(minutes=schedule.minutes)
    today = local(at).date()
    slot = _on(today, schedule)
    return slot if slot > at else _on(today + timedelta(days=1), schedule)


def slots_between(schedule: Schedule, first: datetime, last: datetime) -> int:
    """Count the slots from ``first`` to ``last``, both included."""
    count, slot = 0, last_slot(schedule, last)
    while slot >= first:
        count, slot = count + 1, last_slot(schedule, slot - timedelta(microseconds=1))
    return count


def _on(day: date, schedule: Daily) -> datetime:
    """Return the slot of one day; an hour that the spring change skips comes after the change."""
    return datetime.combine(day, schedule.at, AMSTERDAM).astimezone(UTC)
