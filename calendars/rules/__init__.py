"""The closed vocabulary of due rules: what a file may say about a date.

Using a rule is data; adding one is a class here, an answer in ``calendars.resolve``, a test and a line in
the docs. Units are types: calendar days, school days, calendar weeks, school weeks, months and working days
of a person are never mixed. Every rule means one or more periods of days (first and last included); a day is
a short one. Counting after something counts from its last day, counting before it from its first.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, Discriminator, Field, Tag

from calendars.rules.absolute import Between, Edge, IsoWeek, Month, Months, OnDate, OnDates, WeekOf
from calendars.rules.events import (
    Clock,
    Each,
    EachTime,
    Earliest,
    Event,
    Extension,
    Halfway,
    Latest,
    Offset,
    OneOf,
    Open,
    Pause,
    Pick,
    Within,
)
from calendars.rules.often import Every, Ongoing, Times
from calendars.rules.pupil import Age, Instruction
from calendars.rules.schoolyear import (
    FullWeek,
    Holiday,
    InPhase,
    Legal,
    NthWeekday,
    SchoolDay,
    SchoolWeek,
    YearEdge,
)
from calendars.rules.words import UNITS, Amount, Name, Strict, Weekday, is_day

Rule = Annotated[
    OnDate
    | OnDates
    | IsoWeek
    | WeekOf
    | Month
    | Months
    | Between
    | Edge
    | YearEdge
    | SchoolDay
    | SchoolWeek
    | InPhase
    | Holiday
    | Legal
    | NthWeekday
    | FullWeek
    | Offset
    | Within
    | Event
    | Clock
    | Earliest
    | Latest
    | OneOf
    | Each
    | EachTime
    | Pick
    | Halfway
    | Open
    | Times
    | Every
    | Ongoing
    | Age
    | Instruction,
    Field(discriminator="rule"),
]
# A rule, a day ("03-24") or the name of something else that has a day ("item.rapport").
Ref = Annotated[
    Annotated[Name, Tag("name")] | Annotated[Rule, Tag("rule")],
    Discriminator(lambda said: "name" if isinstance(said, str) else "rule"),
]

_PARTS: tuple[type[BaseModel], ...] = (
    *(WeekOf, Between, Edge, Holiday, NthWeekday, FullWeek, Offset, Within, Pause, Extension, Clock),
    *(Earliest, Latest, OneOf, Each, EachTime, Pick, Halfway, Times, Every, Ongoing),
)
for _part in _PARTS:
    _part.model_rebuild(force=True, _types_namespace={"Ref": Ref})


# The name of the occurrence at hand, inside ``each-time``.
EACH_TIME = "each.time"


class Span(Strict):
    """A window of days, both ends included."""

    first: Rule
    last: Rule


def anchors_of(rule: "Ref | BaseModel") -> set[str]:
    """Return the names of everything else that a rule counts from."""
    return set(_names(rule)) - {EACH_TIME}


def _names(part: object) -> Iterator[str]:
    if isinstance(part, str):
        if not is_day(part):
            yield part
    elif isinstance(part, Event):
        yield part.name
    elif isinstance(part, tuple):
        for one in part:
            yield from _names(one)
    elif isinstance(part, BaseModel):
        said = vars(part)
        for field in _REFERRING:
            if field in said:
                yield from _names(said[field])


_REFERRING = (
    "day",
    "first",
    "last",
    "after",
    "before",
    "of",
    "start",
    "within",
    "pause",
    "since",
    "until",
    "extend",
    "when",
    "do",
)

__all__ = [
    "EACH_TIME",
    "UNITS",
    "Age",
    "Amount",
    "Between",
    "Clock",
    "Each",
    "EachTime",
    "Earliest",
    "Edge",
    "Event",
    "Every",
    "Extension",
    "FullWeek",
    "Halfway",
    "Holiday",
    "InPhase",
    "Instruction",
    "IsoWeek",
    "Latest",
    "Legal",
    "Month",
    "Months",
    "NthWeekday",
    "Offset",
    "OnDate",
    "OnDates",
    "OneOf",
    "Ongoing",
    "Open",
    "Pause",
    "Pick",
    "Ref",
    "Rule",
    "SchoolDay",
    "SchoolWeek",
    "Span",
    "Strict",
    "Times",
    "WeekOf",
    "Weekday",
    "Within",
    "YearEdge",
    "anchors_of",
    "is_day",
]
