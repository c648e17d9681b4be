"""What is sought: meetings with their days and wishes, what is taken, and the rules of the school."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from uuid import UUID

from calendars.people import Member, People
from calendars.presence import Half
from calendars.schoolyear import SchoolCalendar
from calendars.slots import AMSTERDAM

NOON = 12 * 60  # a meeting that begins before it is one of the morning
AFTERNOON = 12 * 60 + 30


def half_at(start: int) -> Half:
    """Return the half day in which a meeting begins (minutes after midnight, on the wall)."""
    return "am" if start < NOON else "pm"


@dataclass(frozen=True, slots=True)
class Hour:
    """A day and, in minutes after midnight on the wall, from when until when; who leads, in which room."""

    day: date
    start: int
    end: int
    chair: UUID | None = None
    room: UUID | None = None

    @property
    def starts_at(self) -> datetime:
        """Return the moment it begins (aware UTC)."""
        return _moment(self.day, self.start)

    @property
    def ends_at(self) -> datetime:
        """Return the moment it ends (aware UTC)."""
        return _moment(self.day, self.end)

    def is_at(self, other: "Hour") -> bool:
        """Tell whether two hours are the same time."""
        return (self.day, self.start, self.end) == (other.day, other.start, other.end)

    def meets(self, other: "Hour") -> bool:
        """Tell whether two hours overlap."""
        return self.day == other.day and self.start < other.end and other.start < self.end


def _moment(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), AMSTERDAM).astimezone(UTC)


def hour_of(
    starts_at: datetime, ends_at: datetime, chair: UUID | None = None, room: UUID | None = None
) -> Hour:
    """Return the hour between two moments (aware) of one day."""
    start, end = starts_at.astimezone(AMSTERDAM), ends_at.astimezone(AMSTERDAM)
    return Hour(start.date(), start.hour * 60 + start.minute, end.hour * 60 + end.minute, chair, room)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A meeting that wants an hour between two days (both included), best near ``target``.

    The chair is who has that role, or one of ``chairs`` when they are named. ``others`` are staff who were
    asked by hand. ``wishes`` are the half days on which parents can come (empty: always). ``series`` names
    the rounds that are kept apart, such as those of one group.
    """

    id: UUID
    first: date
    last: date
    minutes: int
    target: date
    chair: str = "ib"
    chairs: frozenset[UUID] = frozenset()
    group: UUID | None = None
    group_name: str = ""
    others: tuple[UUID, ...] = ()
    wishes: tuple[tuple[int, Half], ...] = ()
    now: Hour | None = None
    locked: bool = False
    series: str = ""

    @property
    def fixed(self) -> Hour | None:
        """Return the hour that a locked meeting keeps."""
        return self.now if self.locked else None


@dataclass(frozen=True, slots=True)
class Taken:
    """An hour that someone, or a room, has already; ``leads`` when they chair it."""

    who: UUID
    hour: Hour
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Away:
    """Someone who is not there on some days (both included), whatever their week says."""

    who: UUID
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Assessments:
    """Days (both included) on which tests are taken, by one group (its name) or by all."""

    first: date
    last: date
    group: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every meeting: times in minutes after midnight, most a day, and calendar days apart."""

    earliest: int = 8 * 60 + 30
    latest: int = 17 * 60
    step: int = 15
    most_led: int = 5  # that one chair can lead and write up on one day
    most_attended: int = 2
    apart: int = 35
    keep: bool = False  # move as few as possible of those that have an hour


@dataclass(frozen=True, slots=True)
class Costs:
    """What is better, in points: fewer is better."""

    day: int = 2  # per calendar day from the target
    late: int = 1  # per quarter of an hour that it ends after ``late_from``
    late_from: int = 16 * 60
    absent: int = 40  # per person who is asked and not there
    booked: int = 15  # per day on which a chair has to be there for meetings
    other_chair: int = 5


@dataclass(frozen=True)
class Problem:
    """Everything that hours are sought from; ``not_before`` is the first day that may be given."""

    sought: tuple[Sought, ...]
    people: People
    calendar: SchoolCalendar
    not_before: date
    tests: tuple[Assessments, ...] = ()
    lessons: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    rooms: tuple[UUID, ...] = ()
    taken: tuple[Taken, ...] = ()
    away: tuple[Away, ...] = ()
    earlier: tuple[tuple[str, date], ...] = ()  # days of other rounds of a series
    rules: Rules = field(default_factory=Rules)
    costs: Costs = field(default_factory=Costs)

    @cached_property
    def members(self) -> Mapping[UUID, Member]:
        """Return everyone by id."""
        return {member.id: member for member in self.people.members}

    @cached_property
    def taken_by(self) -> Mapping[tuple[UUID, date], tuple[Taken, ...]]:
        """Return what people and rooms have on a day, the locked meetings among it."""
        found: dict[tuple[UUID, date], list[Taken]] = {}
        for each in (*self.taken, *self._locked()):
            found.setdefault((each.who, each.hour.day), []).append(each)
        return {key: tuple(hours) for key, hours in found.items()}

    def _locked(self) -> Iterator[Taken]:
        for each in self.sought:
            if hour := each.fixed:
                for who in asked(self, each, hour.day):
                    yield Taken(who, hour)
                if hour.chair:
                    yield Taken(hour.chair, hour, leads=True)
                if hour.room:
                    yield Taken(hour.room, hour)

    @cached_property
    def kept_days(self) -> Mapping[str, tuple[date, ...]]:
        """Return the days that a series has already, the locked meetings among it."""
        found: dict[str, list[date]] = {}
        locked = [(s.series, hour.day) for s in self.sought if (hour := s.fixed) and s.series]
        for series, day in (*self.earlier, *locked):
            found.setdefault(series, []).append(day)
        return {series: tuple(days) for series, days in found.items()}

    def is_there(self, member: Member, day: date, half: Half) -> bool:
        """Tell whether someone works on a half day and is not away."""
        if any(a.who == member.id and a.first <= day <= a.last for a in self.away):
            return False
        return half in member.presence.halves_on(day)


def asked(problem: Problem, sought: Sought, day: date) -> tuple[UUID, ...]:
    """Return who is asked beside the chair: the group's teachers of that day, and others by hand."""
    teachers = teachers_on(problem, sought, day)
    return tuple(dict.fromkeys([*(t.id for t in teachers), *sought.others]))


def teachers_on(problem: Problem, sought: Sought, day: date) -> list[Member]:
    """Return the teachers of a meeting's group on a day."""
    return problem.people.candidates("teacher", day, group=sought.group) if sought.group else []


def chairs_on(problem: Problem, sought: Sought, day: date) -> list[Member]:
    """Return who may lead a meeting on a day."""
    if sought.chairs:
        here = (
            problem.members[id_]
            for id_ in sorted(sought.chairs, key=lambda u: u.int)
            if id_ in problem.members
        )
        return [m for m in here if any(m.has_role(r.role, day) for r in m.roles)]
    return problem.people.candidates(sought.chair, day, group=sought.group)


def is_taught(problem: Problem, sought: Sought, day: date) -> bool:
    """Tell whether someone is asked who would stand before the class in lesson hours."""
    known = (problem.members[who] for who in asked(problem, sought, day) if who in problem.members)
    return sought.chair == "teacher" or any(m.has_role("teacher", day) for m in known)
