"""What rules are resolved in, and what comes out: periods of days with the steps that led there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from calendars.derivation import Step
from calendars.legal import LegalDate
from calendars.presence import Presence
from calendars.schoolyear import SchoolCalendar, SchoolYear


class NoDateYetError(Exception):
    """De datum hangt aan iets dat nog niet vaststaat: nog te plannen."""


class OtherYearError(NoDateYetError):
    """De datum ligt in een ander schooljaar."""


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days, first and last included; an end that nobody stated is None.

    ``steps`` tell how this one came to be, where its rule has several. ``bound`` is the last day on which it
    still makes sense (the day before what it prepares); what counts ``back`` is moved to an earlier day.
    ``number`` is which of all times it is, ``time`` which time of something else it comes after.
    """

    first: date | None
    last: date | None
    label: str = ""
    steps: tuple[Step, ...] = field(default=(), compare=False)
    bound: date | None = None
    back: bool = False
    number: int = field(default=0, compare=False)
    time: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A day to count from, with its name on the screen; of a longer thing its last day, and its first.

    Of what comes back ``periods`` holds every occurrence.
    """

    day: date
    title: str
    first: date | None = None
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """What a rule means: one or more periods, and how they came to be; of a ``choice`` one will do.

    ``limit`` is the last calendar day that a law leaves; what is ``ongoing`` has no day to do it on.
    """

    periods: tuple[Period, ...]
    steps: tuple[Step, ...]
    choice: bool = False
    limit: date | None = None
    ongoing: bool = False

    @classmethod
    def on(cls, day: date, steps: Iterable[Step]) -> "Dated":
        """Return one day."""
        return cls((Period(day, day),), tuple(steps))

    @classmethod
    def span(cls, first: date | None, last: date | None, steps: Iterable[Step]) -> "Dated":
        """Return days from one day until another, both included; an end may be open."""
        return cls((Period(first, last),), tuple(steps))

    def before(self, bound: date | None) -> "Dated":
        """Return the same as what prepares something: on or before a day, and moved to an earlier one."""
        if bound is None:
            return self
        return replace(self, periods=tuple(replace(p, bound=bound, back=True) for p in self.periods))

    @property
    def bound(self) -> date | None:
        """Return the last day on which all of it still makes sense."""
        return self.periods[-1].bound

    def saying(self, *steps: Step) -> "Dated":
        """Return the same with more steps, also where a period tells its own."""
        periods = tuple(replace(p, steps=(*p.steps, *steps)) if p.steps else p for p in self.periods)
        return replace(self, periods=periods, steps=(*self.steps, *steps))

    @property
    def day(self) -> date:
        """Return the last day; raise ``NoDateYetError`` when no end is stated."""
        last = self.periods[-1].last
        if last is None:
            raise NoDateYetError("er is geen einde genoemd")
        return last

    @property
    def first(self) -> date:
        """Return the first day; raise ``NoDateYetError`` when no begin is stated."""
        first = self.periods[0].first
        if first is None:
            raise NoDateYetError("er is geen begin genoemd")
        return first

    @property
    def anchor_first(self) -> date:
        """Return the first day that is known, to count back from."""
        first = self.periods[0].first
        return self.day if first is None else first

    @property
    def anchor_last(self) -> date:
        """Return the last day that is known, to count on from."""
        last = self.periods[-1].last
        return self.first if last is None else last


@dataclass(frozen=True, slots=True)
class PupilClock:
    """What a pupil's own clock runs on: born, first day at this school, begin of reading instruction."""

    born: date | None = None
    started: date | None = None
    reading_since: date | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What rules are resolved in: a calendar, a school year, its legal dates, and the anchors so far.

    ``presence`` is of the person whose working days are counted; ``pupil`` whose own clock is meant.
    """

    calendar: SchoolCalendar
    year: SchoolYear
    legal: Mapping[str, LegalDate]
    anchors: Mapping[str, Anchor]
    presence: Presence | None = None
    pupil: PupilClock | None = field(default=None)

    def with_anchors(self, more: Mapping[str, Anchor]) -> "Context":
        """Return a context that knows more anchors."""
        return replace(self, anchors={**self.anchors, **more})
