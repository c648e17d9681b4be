"""What a timer says it did, in numbers and in words of the screen; never a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class Report:
    """What there was to do and what was done.

    ``error`` marks a run that has to be repeated; ``remark`` is something to look at all the same.
    """

    expected: int = 0
    done: int = 0
    failed: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    remark: str | None = None

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Self:
        """Report counts of work of which nothing failed."""
        done = sum(counts.values())
        return cls(expected=done, done=done, counts=dict(counts))
