"""Rules that stand on the calendar by themselves: days, ISO weeks and months."""

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from calendars.rules.words import Day, Strict, Weekday

if TYPE_CHECKING:
    from calendars.rules import Ref

Part = Literal["begin", "midden", "eind", "eerste-helft", "tweede-helft"]


class OnDate(Strict):
    """A month and day in the school year ("03-24"), or one full date ("2027-03-24").

    A ``weekday`` says which weekday that is; it is an error when it isn't.
    """

    rule: Literal["date"]
    day: Day
    weekday: (
        Literal["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"] | None
    ) = None


class OnDates(Strict):
    """Several separate days."""

    rule: Literal["dates"]
    days: tuple[Day, ...] = Field(min_length=1)


class IsoWeek(Strict):
    """An ISO week of the school year, or weeks until another; one day of it when a weekday is named.

    A long year, such as 2026, has a week 53.
    """

    rule: Literal["week"]
    number: int = Field(ge=1, le=53)
    until: int | None = Field(default=None, ge=1, le=53)
    weekday: Weekday | None = None

    @model_validator(mode="after")
    def _is_a_day_or_weeks(self) -> Self:
        if self.until is not None and self.weekday is not None:
            raise ValueError("noem een weekday of een until, niet allebei")
        return self


class WeekOf(Strict):
    """The week (Monday to Friday) of something else, or ``shift`` calendar weeks later."""

    rule: Literal["week-of"]
    day: "Ref"
    shift: int = Field(default=0, ge=-60, le=60)
    weekday: Weekday | None = None


class Month(Strict):
    """A month of the school year, months until another, or a part of one.

    Parts are calendar days: begin 1-10, midden 11-20, eind 21-last, eerste-helft 1-15, tweede-helft 16-last.
    """

    rule: Literal["month"]
    month: int = Field(ge=1, le=12)
    until: int | None = Field(default=None, ge=1, le=12)
    part: Part | None = None

    @model_validator(mode="after")
    def _is_a_part_of_one(self) -> Self:
        if self.until is not None and self.part is not None:
            raise ValueError("noem een part of een until, niet allebei; gebruik anders rule = 'period'")
        return self


class Months(Strict):
    """Several months, each an occurrence of its own ("januari en juni")."""

    rule: Literal["months"]
    of: tuple[int, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _are_months(self) -> Self:
        if wrong := [m for m in self.of if not 1 <= m <= 12]:  # noqa: PLR2004 -- months of a year
            raise ValueError(f"een maand is een getal van 1 tot en met 12, niet {wrong}")
        return self


class Between(Strict):
    """Days from the first day of one thing until the last day of another, both included."""

    rule: Literal["period"]
    first: "Ref"
    last: "Ref"


class Edge(Strict):
    """One side of something else; the other side is open.

    ``from`` begins on its first day and ``after`` the day after its last; ``until`` ends on its last day and
    ``before`` the day before its first; ``on`` is the thing itself. Calendar days. 1 August is the first day
    of the school year to begin on, and the first after it to end on.
    """

    rule: Literal["from", "after", "until", "before", "on"]
    day: "Ref"
