"""Rules that stand on the school year: its edges, weeks, phases and holidays, and its legal dates."""

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, field_validator, model_validator

from calendars.rules.words import Strict, Weekday

if TYPE_CHECKING:
    from calendars.rules import Ref

Phase = Literal[
    "jaar",
    "start",
    "begin",
    "eind",
    "najaar",
    "winter",
    "voorjaar",
    "zomer",
    "helft",
    "trimester",
    "kwartaal",
]
_PARTS = {"helft": 2, "trimester": 3, "kwartaal": 4}


class YearEdge(Strict):
    """The first or last school day of the school year, or of the next one."""

    rule: Literal["year"]
    edge: Literal["first", "last"]
    year: Literal["this", "next"] = "this"


class SchoolDay(Strict):
    """The n-th school day of the year; from the end when negative (-1 is the last)."""

    rule: Literal["school-day"]
    number: int = Field(ge=-260, le=260)

    @field_validator("number")
    @classmethod
    def _is_not_nought(cls, value: int) -> int:
        if not value:
            raise ValueError("schooldag 0 bestaat niet; tel vanaf 1, of vanaf -1 voor de laatste")
        return value


class SchoolWeek(Strict):
    """The n-th week with school, or weeks until another; from the end when negative.

    A day of it when a weekday is named.
    """

    rule: Literal["school-week"]
    number: int = Field(ge=-45, le=45)
    until: int | None = Field(default=None, ge=-45, le=45)
    weekday: Weekday | None = None

    @field_validator("number", "until")
    @classmethod
    def _is_not_nought(cls, value: int | None) -> int | None:
        if value == 0:
            raise ValueError("schoolweek 0 bestaat niet; tel vanaf 1, of vanaf -1 voor de laatste")
        return value

    @model_validator(mode="after")
    def _is_a_day_or_weeks(self) -> Self:
        if self.until is not None and self.weekday is not None:
            raise ValueError("noem een weekday of een until, niet allebei")
        return self


class InPhase(Strict):
    """A part of the school year.

    ``start`` is the first 3 school weeks, ``begin`` the first 6 and ``eind`` the last 6, or as many as
    ``weeks`` says; seasons are whole months (najaar 9-11, winter 12-2, voorjaar 3-5, zomer 6-7); ``helft``,
    ``trimester`` and ``kwartaal`` divide the school weeks evenly and want a ``number``.
    """

    rule: Literal["phase"]
    phase: Phase
    number: int | None = Field(default=None, ge=1, le=4)
    weeks: int | None = Field(default=None, ge=1, le=40)

    @model_validator(mode="after")
    def _number_goes_with_a_division(self) -> Self:
        parts = _PARTS.get(self.phase)
        if (parts is None) != (self.number is None) or (parts and self.number and self.number > parts):
            raise ValueError(
                "number hoort bij helft (1-2), trimester (1-3) of kwartaal (1-4), en nergens anders bij"
            )
        if self.weeks is not None and self.phase not in {"start", "begin", "eind"}:
            raise ValueError("weeks hoort bij start, begin of eind")
        return self


class Holiday(Strict):
    """A holiday or other closed time by its name (a part of it will do), or what lies around it.

    ``zomer`` is the summer holiday that ends this school year. ``after`` looks for the first one of that
    name on or after something else; ``nth`` for the second of that name. Holidays of one name without a
    school day between them ("Tweede week meivakantie") are one.
    """

    rule: Literal["holiday"]
    name: str = Field(min_length=3)
    at: Literal["during", "last-day-before", "first-day-after", "week-before", "week-after"] = "during"
    nth: int = Field(default=1, ge=1, le=20)
    after: "Ref | None" = None


class Legal(Strict):
    """The first or last day of a legal date of this school year (``calendars/years``), or all of it."""

    rule: Literal["legal"]
    key: str
    edge: Literal["first", "last", "both"] = "last"


class NthWeekday(Strict):
    """The n-th weekday of a month or period, or the n-th before or after something else.

    From the end when negative. ``or_on`` lets the day itself count with before and after.
    """

    rule: Literal["weekday"]
    weekday: Weekday
    nth: Literal[1, 2, 3, 4, 5, -1, -2] = 1
    month: int | None = Field(default=None, ge=1, le=12)
    of: "Ref | None" = None
    before: "Ref | None" = None
    after: "Ref | None" = None
    or_on: bool = False

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        places = [self.month, self.of, self.before, self.after]
        if sum(place is not None for place in places) != 1:
            raise ValueError("noem precies één van month, of, before en after")
        if (self.before or self.after) is not None and self.nth < 0:
            raise ValueError("een nth vanaf het einde hoort bij month of of")
        if self.or_on and self.before is None and self.after is None:
            raise ValueError("or_on hoort bij before of after")
        return self


class FullWeek(Strict):
    """The n-th week of a month or period of which Monday to Friday all lie in it; or weeks until another."""

    rule: Literal["full-week"]
    nth: Literal[1, 2, 3, 4, -1] = 1
    until: Literal[1, 2, 3, 4, -1] | None = None
    month: int | None = Field(default=None, ge=1, le=12)
    of: "Ref | None" = None

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if (self.month is None) == (self.of is None):
            raise ValueError("noem precies één van month en of")
        return self
