"""Rules on a pupil's own clock: age, and months of reading instruction."""

from typing import Literal, Self

from pydantic import Field, model_validator

from calendars.rules.words import Strict


class Age(Strict):
    """The day on which a pupil reaches an age in years and months, or the time until an older one.

    Who is born on 29 February is a year older on 1 March in an ordinary year.
    """

    rule: Literal["age"]
    years: int = Field(ge=0, le=20)
    months: int = Field(default=0, ge=0, le=11)
    until_years: int | None = Field(default=None, ge=0, le=20)
    until_months: int = Field(default=0, ge=0, le=11)

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.until_years is None and self.until_months:
            raise ValueError("until_months hoort bij until_years")
        if self.until_years is not None and self.most <= self.least:
            raise ValueError("until_years is ouder dan years")
        return self

    @property
    def least(self) -> int:
        """Return the age in months."""
        return self.years * 12 + self.months

    @property
    def most(self) -> int:
        """Return the age at the end in months."""
        return (self.until_years or 0) * 12 + self.until_months


class Instruction(Strict):
    """The last day of the n-th month of reading instruction: ten a year, September to June, from group 3."""

    rule: Literal["instruction"]
    months: int = Field(ge=1, le=60)
