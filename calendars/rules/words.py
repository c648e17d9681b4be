"""The words that every rule shares: weekdays, units, and how something else is referred to."""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Weekday = Literal["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag"]
WEEKDAYS: dict[str, int] = {w: n for n, w in enumerate("maandag dinsdag woensdag donderdag vrijdag".split())}
UNITS = (
    "calendar_days",
    "school_days",
    "calendar_weeks",
    "school_weeks",
    "months",
    "working_days",
    "weekdays",
)
DAY = re.compile(r"(?:(?:19|20)[0-9]{2}-)?[0-9]{2}-[0-9]{2}")
_NAME = re.compile(r"opening|[a-z][a-z0-9-]*(?:\.[A-Za-z0-9-]+)+")
_FULL_DATE = len("2027-03-24")


class Strict(BaseModel):
    """A part of a file; an unknown key is an error, not a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _can_be_kept(cls, said: object) -> object:
        """Refuse a sign that no database keeps and nobody can see."""
        if isinstance(said, dict):
            for value in said.values():
                if isinstance(value, str) and "\0" in value:
                    raise ValueError("er staat een onzichtbaar teken in; typ deze tekst opnieuw")
        return said


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the school year ("03-24") or one full date ("2027-03-24")."""
    return DAY.fullmatch(text) is not None


def is_full(day: str) -> bool:
    """Tell whether a day names its year, and so holds only once."""
    return len(day) == _FULL_DATE


def checked_day(value: str) -> str:
    """Return a day; raise ``ValueError`` for one that no calendar has."""
    if not is_day(value):
        raise ValueError(
            f"{value!r} is geen dag; schrijf maand-dag ('03-24') of jaar-maand-dag ('2027-03-24')"
        )
    # 2024 is a leap year, so that 02-29 is a day here; an ordinary year falls back on the 28th.
    try:
        date.fromisoformat(value if is_full(value) else f"2024-{value}")
    except ValueError as error:
        raise ValueError(f"{value!r} bestaat niet op de kalender") from error
    return value


def checked_name(value: str) -> str:
    """Return a day or the name of something else that has a day; raise ``ValueError`` for neither."""
    if value[:1].isdigit():
        return checked_day(value)
    if not _NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} is geen dag ('03-24') en geen naam van iets anders ('item.<key>', 'fact.<naam>')"
        )
    return value


Day = Annotated[str, AfterValidator(checked_day)]
Name = Annotated[str, AfterValidator(checked_name)]
Positive = Annotated[int, Field(ge=0, le=999)]


class Amount(Strict):
    """A number of exactly one unit; units are types, and are never mixed or converted.

    ``working_days`` are those of who does it; ``weekdays`` are Monday to Friday without public holidays, as
    the law means "werkdagen": a school holiday counts.
    """

    calendar_days: Positive | None = None
    school_days: Positive | None = None
    calendar_weeks: Positive | None = None
    school_weeks: Positive | None = None
    months: Positive | None = None
    working_days: Positive | None = None
    weekdays: Positive | None = None

    @model_validator(mode="after")
    def _is_one_unit(self) -> Self:
        if sum(getattr(self, unit) is not None for unit in UNITS) != 1:
            raise ValueError(f"noem precies één eenheid: {', '.join(UNITS)}")
        return self

    @property
    def unit(self) -> str:
        """Return the unit that is counted in."""
        return next(unit for unit in UNITS if getattr(self, unit) is not None)

    @property
    def number(self) -> int:
        """Return how many of the unit."""
        number: int = getattr(self, self.unit)
        return number
