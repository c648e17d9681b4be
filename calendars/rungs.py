"""The rungs of a reminder ladder, as a procedure's file says them."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from calendars.rules import Strict

Step = Literal["before", "on", "after", "question", "escalation"]


class Remind(Strict):
    """A rung of the reminder ladder, so many days from the due day (negative: before).

    ``school_days`` are the school's. ``working_days`` are those of the person whose task it is, so that who
    works two days a week isn't asked sooner than a colleague. Without ``step`` the count says what it is.
    """

    key: str
    school_days: int | None = Field(default=None, ge=-200, le=200)
    working_days: int | None = Field(default=None, ge=-200, le=200)
    step: Step | None = None
    to: tuple[Literal["owner", "ib", "director"], ...] = Field(default=("owner",), min_length=1)

    @model_validator(mode="after")
    def _counts_in_one_unit(self) -> Self:
        if (self.school_days is None) == (self.working_days is None):
            raise ValueError(f"{self.key!r}: noem school_days of working_days, een van beide")
        return self

    @model_validator(mode="after")
    def _is_where_its_step_belongs(self) -> Self:
        fits = {"before": self.count < 0, "on": self.count == 0}.get(self.kind, self.count > 0)
        if not fits:
            raise ValueError(f"{self.key!r}: step {self.kind!r} past niet bij {self.count} dagen")
        if self.kind == "question" and self.to != ("owner",):
            raise ValueError(f'{self.key!r}: een vraag (question) is voor de eigenaar: to = ["owner"]')
        if self.kind == "escalation" and self.to == ("owner",):
            raise ValueError(f"{self.key!r}: noem in to wie er bij escalation meekijkt: ib of director")
        return self

    @property
    def count(self) -> int:
        """Return how many days from the due day, in the rung's own unit."""
        return (self.working_days if self.school_days is None else self.school_days) or 0

    @property
    def kind(self) -> Step:
        """Return which step it is; of one that doesn't say so, by its count."""
        return self.step or ("before" if self.count < 0 else "after" if self.count else "on")


def refuse_twice(ladder: Iterable[Remind], where: str) -> None:
    """Refuse a ladder of which two rungs have one key."""
    keys = [rung.key for rung in ladder]
    if twice := sorted({k for k in keys if keys.count(k) > 1}):
        raise ValueError(f"{where}: herinneringen met dezelfde key: {twice}")
