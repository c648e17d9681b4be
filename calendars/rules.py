"""The closed vocabulary of due rules: what a procedure file may say about a date.

Using a rule is data; adding one is a class here, a branch in ``resolve``, a test and a line in the docs.
Units are types: calendar days, school days, calendar weeks, school weeks and months are never mixed.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Weekday = Literal["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag"]
UNITS = ("calendar_days", "school_days", "calendar_weeks", "school_weeks", "months")


class Strict(BaseModel):
    """A part of a procedure file; an unknown key is an error, not a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OnDate(Strict):
    """A month and day in the school year ("03-24"), or one full date ("2027-03-24")."""

    rule: Literal["date"]
    day: str

    @field_validator("day")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        # 2024 is a leap year, so that 02-29 is a day here; an ordinary year falls back on the 28th.
        date.fromisoformat(value if len(value) > len("mm-dd") else f"2024-{value}")
        return value


class YearEdge(Strict):
    """The first or last school day of the year."""

    rule: Literal["year"]
    edge: Literal["first", "last"]


class Legal(Strict):
    """The first or last day of a legal date of this school year (``calendars/years``)."""

    rule: Literal["legal"]
    key: str
    edge: Literal["first", "last"] = "last"


class Offset(Strict):
    """A number of one unit after or before an anchor; nought is the anchor's own day.

    Anchors: ``opening``, ``window.first``, ``window.last``, ``year.first``, ``year.last``, ``task.<key>``.
    """

    rule: Literal["offset"]
    after: str | None = None
    before: str | None = None
    calendar_days: int | None = Field(default=None, ge=0)
    school_days: int | None = Field(default=None, ge=0)
    calendar_weeks: int | None = Field(default=None, ge=0)
    school_weeks: int | None = Field(default=None, ge=0)
    months: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_unit_one_side(self) -> Self:
        if sum(getattr(self, unit) is not None for unit in UNITS) != 1:
            raise ValueError(f"noem precies één eenheid: {', '.join(UNITS)}")
        if (self.after is None) == (self.before is None):
            raise ValueError("noem precies één van after en before")
        return self

    @property
    def anchor(self) -> str:
        """Return what is counted from."""
        return self.after or self.before or ""

    @property
    def unit(self) -> str:
        """Return the unit that is counted in."""
        return next(unit for unit in UNITS if getattr(self, unit) is not None)

    @property
    def count(self) -> int:
        """Return how many units, negative before the anchor."""
        count: int = getattr(self, self.unit)
        return count if self.after is not None else -count


class IsoWeek(Strict):
    """A weekday in an ISO week of the school year; 2026 has 53 of them."""

    rule: Literal["week"]
    number: int = Field(ge=1, le=53)
    weekday: Weekday = "maandag"


class SchoolWeek(Strict):
    """A weekday in the n-th week with school; from the end when negative."""

    rule: Literal["school-week"]
    number: int = Field(ge=-45, le=45)
    weekday: Weekday = "maandag"

    @field_validator("number")
    @classmethod
    def _is_not_nought(cls, value: int) -> int:
        if not value:
            raise ValueError("schoolweek 0 bestaat niet; tel vanaf 1, of vanaf -1 voor de laatste")
        return value


class NthWeekday(Strict):
    """The n-th weekday of a month in the school year; from the end when negative."""

    rule: Literal["weekday"]
    nth: Literal[1, 2, 3, 4, -1]
    weekday: Weekday
    month: int = Field(ge=1, le=12)


class Earliest(Strict):
    """The first of several dates."""

    rule: Literal["earliest"]
    of: tuple["Rule", ...] = Field(min_length=2)


class Latest(Strict):
    """The last of several dates."""

    rule: Literal["latest"]
    of: tuple["Rule", ...] = Field(min_length=2)


Rule = Annotated[
    OnDate | YearEdge | Legal | Offset | IsoWeek | SchoolWeek | NthWeekday | Earliest | Latest,
    Field(discriminator="rule"),
]


class Span(Strict):
    """A window of days, both ends included."""

    first: Rule
    last: Rule


def anchors_of(rule: Rule) -> set[str]:
    """Return the names of the anchors that a rule counts from."""
    if isinstance(rule, Offset):
        return {rule.anchor}
    if isinstance(rule, Earliest | Latest):
        return set().union(*(anchors_of(part) for part in rule.of))
    return set()
