"""One run of delivery: what its lanes share, and what they did."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Engine

from service.notices.gates import Budget
from service.notices.journal import Journal
from service.notices.post_office import PostOffice
from service.notices.verdicts import Recheck


@dataclass(frozen=True, slots=True)
class Round:
    """What both lanes of one run share; ``now`` runs on by itself."""

    engine: Engine
    post_office: PostOffice
    now: Callable[[], datetime]
    batch: int
    lease: timedelta
    recheck: Recheck | None
    journal: Journal | None
    budget: Budget


@dataclass(slots=True)
class Tally:
    """What was done; ``failed`` counts tries, ``known`` had left before and got its mark only now."""

    sent: int = 0
    failed: int = 0
    expired: int = 0
    suppressed: int = 0
    known: int = 0
    problem: str | None = None

    def __add__(self, other: "Tally") -> "Tally":
        """Return what both did together."""
        names = [f.name for f in fields(self) if f.name != "problem"]
        numbers = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Tally(**numbers, problem=self.problem or other.problem)
