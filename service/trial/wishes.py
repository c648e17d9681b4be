"""What a trial year supposes: procedures left out, extra days off, other working days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from calendars.closure_files import MAX_DAYS, MAX_NAME
from calendars.derivation import span_nl
from calendars.people import Member, People
from calendars.plan import Frame
from calendars.presence import Presence, PresentHalf
from calendars.schoolyear import Closed, OutsideCalendarError, SchoolCalendar
from calendars.yearplan.schoolplan import OWN
from models import Half
from service.school.errors import SchoolError
from service.school.presence import Pattern
from service.year.open import Inputs

NAME_LENGTH = 80
_DAY = timedelta(days=1)
_WEEKDAYS = range(7)
_NO_YEAR = "Met deze vrije dagen blijft er geen schooljaar over."


class WishError(SchoolError):
    """Zo kan het proefjaar niet worden gepland; ``problems`` zegt waarom."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DaysOff(_Kept):
    """Closed days that are only supposed: first and last included, for everyone or for named groups."""

    name: str
    first: date
    last: date
    groups: tuple[str, ...] = ()

    def as_closed(self) -> Closed:
        """Return them in the calendar's own shape."""
        return Closed(self.name, self.first, self.last, official=False, groups=frozenset(self.groups))


class OtherWeek(_Kept):
    """Half days of the week (0 is Monday) that a person would work from a day on."""

    person: UUID
    halves: tuple[tuple[int, Half], ...]
    since: date

    @property
    def words(self) -> str:
        """Return the week in words ("di-middag, wo")."""
        return Pattern(frozenset(self.halves), self.since, None).week


class Wishes(_Kept):
    """Everything in which a trial year differs from the school as it is.

    ``without`` names every procedure that stays out, also those that the school leaves out already.
    """

    name: str = Field(default="", max_length=NAME_LENGTH)
    without: tuple[str, ...] = ()
    closures: tuple[DaysOff, ...] = ()
    weeks: tuple[OtherWeek, ...] = ()


def alter(inputs: Inputs, wishes: Wishes) -> Inputs:
    """Return what a year is planned from if the wishes were true; raise ``WishError`` if they can't be."""
    if problems := list(_problems(inputs, wishes)):
        raise WishError(problems)
    return replace(
        inputs,
        frame=_with_days_off(inputs.frame, wishes),
        people=_with_weeks(inputs.people, wishes),
        overrides=replace(inputs.overrides, without=frozenset(wishes.without)),
    )


def _problems(inputs: Inputs, wishes: Wishes) -> Iterator[str]:
    known = {OWN, *(procedure.key for procedure in inputs.definitions)}
    if unknown := sorted(set(wishes.without) - known):
        yield f"Dit onderdeel is er niet: {', '.join(unknown)}. Kies uit: {', '.join(sorted(known))}."
    taken = list(inputs.frame.calendar.closures)
    for days in wishes.closures:
        yield from _problems_of_days(days, inputs, taken)
        taken.append(days.as_closed())
    members = {member.id for member in inputs.people.members}
    for week in wishes.weeks:
        if week.person not in members:
            yield "Iemand van wie je andere werkdagen koos, werkt hier niet."
        elif any(weekday not in _WEEKDAYS for weekday, _ in week.halves):
            yield "Dit is geen dag van de week."
        elif not week.halves and not _presence_of(inputs.people, week.person).halves:
            yield "Kies bij andere werkdagen ten minste één dagdeel."


def _problems_of_days(days: DaysOff, inputs: Inputs, taken: list[Closed]) -> Iterator[str]:
    if not days.name.strip() or not days.name.isprintable() or len(days.name) > MAX_NAME:
        yield f"Geef elke vrije dag een naam van hooguit {MAX_NAME} tekens."
        return
    when = span_nl(days.first, days.last)
    if days.last < days.first:
        yield f"{days.name}: de laatste dag ligt voor de eerste dag."
        return
    calendar = inputs.frame.calendar
    if (days.last - days.first).days >= MAX_DAYS or not calendar.first <= days.first <= calendar.last:
        yield f"{days.name} ({when}) past niet in dit schooljaar; klopt het jaartal?"
    if unknown := sorted(set(days.groups) - {group.name for group in inputs.people.groups}):
        yield f"{days.name}: deze groep kent de school niet: {', '.join(unknown)}."
    for other in taken:
        same = other.name.casefold() == days.name.casefold() and not other.official
        if same and other.first_day <= days.last and days.first <= other.last_day:
            yield f"{days.name} ({when}) valt samen met een vrije dag die al zo heet."


def _with_days_off(frame: Frame, wishes: Wishes) -> Frame:
    if not wishes.closures:
        return frame
    was = frame.calendar
    supposed = [days.as_closed() for days in wishes.closures]
    calendar = SchoolCalendar(was.first, was.last, [*was.closures, *supposed], was.lessons)
    try:
        year = calendar.year(frame.year.label)
    except OutsideCalendarError as error:
        raise WishError([_NO_YEAR]) from error
    if year.first_day > year.last_day:
        raise WishError([_NO_YEAR])
    return replace(frame, calendar=calendar, year=year)


def _with_weeks(people: People, wishes: Wishes) -> People:
    members = {member.id: member for member in people.members}
    for week in sorted(wishes.weeks, key=lambda w: w.since):
        members[week.person] = _with_week(members[week.person], week)
    return replace(people, members=tuple(members.values()))


def _with_week(member: Member, week: OtherWeek) -> Member:
    """Return a member with another week from a day on, until a week that was set already.

    It does what ``service.school.presence.set_presence`` will do when the trial year is activated.
    """
    halves = member.presence.halves
    later = [half.valid_from for half in halves if half.valid_from > week.since]
    until = min(later) - _DAY if later else None
    kept = [part for half in halves for part in _left_of(half, week.since, until)]
    new = [PresentHalf(weekday, half.value, week.since, until) for weekday, half in sorted(set(week.halves))]
    return replace(member, presence=Presence((*kept, *new)))


def _left_of(half: PresentHalf, first: date, last: date | None) -> Iterator[PresentHalf]:
    """Return what is left of a half day of the week without the days from ``first`` until ``last``."""
    ends = half.valid_until or date.max
    if half.valid_from < first:
        yield replace(half, valid_until=min(ends, first - _DAY))
    if last is not None and ends > last:
        yield replace(half, valid_from=max(half.valid_from, last + _DAY))


def _presence_of(people: People, person: UUID) -> Presence:
    return next(member.presence for member in people.members if member.id == person)
