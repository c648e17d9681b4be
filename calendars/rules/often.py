"""Rules that come back: so many times, every so often. Occurrences come from the calendar."""

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from calendars.rules.words import Amount, Strict, Weekday

if TYPE_CHECKING:
    from calendars.rules import Ref


class Times(Strict):
    """So many times within a window, each in its own part of it, at least ``apart`` from one another.

    Without a window it is the whole school year. The parts are periods, not days: nobody said a day.
    """

    rule: Literal["times"]
    count: int = Field(ge=1, le=60)
    up_to: int | None = Field(default=None, ge=2, le=60)
    at_least: bool = False
    within: "Ref | None" = None
    apart: Amount | None = None

    @model_validator(mode="after")
    def _goes_up(self) -> Self:
        if self.up_to is not None and (self.up_to <= self.count or self.at_least):
            raise ValueError("up_to is meer dan count, en hoort niet bij at_least")
        if self.apart and self.apart.unit in {"months", "working_days", "weekdays"}:
            raise ValueError("apart telt in school_days, school_weeks, calendar_days of calendar_weeks")
        return self


class Ongoing(Strict):
    """All the time ("doorlopend"), the whole school year or a part of it; no day to do it on."""

    rule: Literal["ongoing"]
    within: "Ref | None" = None


class Every(Amount):
    """Every so many weeks, school weeks or months, from ``start`` on, within a window.

    Weeks give a day when a weekday is named, or one day to ``start`` on, and else the whole week: nobody said
    a day. Months give the whole month; less than a week of school at either end is no month. A day in a
    holiday is moved to the next school day of that week, or else left out.
    """

    rule: Literal["every"]
    start: "Ref | None" = None
    within: "Ref | None" = None
    weekday: Weekday | None = None

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        if self.unit in {"working_days", "weekdays"} or not self.number:
            raise ValueError(
                "herhaal per één of meer calendar_weeks, school_weeks, months, school_days of calendar_days"
            )
        return self
