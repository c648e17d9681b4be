"""How many hours a planned year asks per person per week, beside the hours that person is there.

The hours per kind of work are a rule of thumb, kept in one table and shown on the page.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from calendars.people import Member, People
from calendars.plan import Frame, Item, Plan
from calendars.slots import local_day
from service.trial.asked import asked

HALF_DAY = 240  # minutes
# Hours per pupil per week: 16 and 25 hours for 200 pupils (the last is advice of the LBBO).
NORMS = {"16 uur per 200 leerlingen": 0.08, "25 uur per 200 leerlingen": 0.125}
_WEEK = timedelta(weeks=1)
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Work:
    """How many minutes a kind of work takes, and who spends them."""

    kind: str
    words: str
    minutes: int


TASK = Work("task", "Een taak, voor wie haar doet", 30)
CHAIR = Work("write-up", "Een overleg uitwerken, voor de voorzitter (bovenop het overleg zelf)", 30)
WINDOW = Work("window", "Een periode, per schoolweek, voor de leerkracht", 60)
WINDOW_PUPIL = Work("window-pupil", "Een periode voor één leerling, in totaal, voor de leerkracht", 30)
WINDOW_ELSE = Work("window-else", "Een periode, per schoolweek, voor wie haar alleen bewaakt", 0)
WORK = (TASK, CHAIR, WINDOW, WINDOW_PUPIL, WINDOW_ELSE)


class Load(BaseModel):
    """The minutes that a person would work and is there, week by week as in the year's weeks."""

    model_config = ConfigDict(frozen=True)

    person: UUID
    planned: tuple[int, ...]
    present: tuple[int, ...]

    @property
    def heavy(self) -> tuple[int, ...]:
        """Return the places of the weeks with more work than time."""
        return tuple(n for n, (a, b) in enumerate(zip(self.planned, self.present, strict=True)) if a > b)

    @property
    def total(self) -> float:
        """Return the planned hours of the whole year."""
        return sum(self.planned) / _HOUR


class Norm(BaseModel):
    """A norm for the IB'ers of a school together, in hours per week."""

    model_config = ConfigDict(frozen=True)

    words: str
    hours: float


def mondays_of(frame: Frame) -> list[date]:
    """Return the Mondays of the calendar weeks from the first until the last school day."""
    monday = _monday(frame.year.first_day)
    weeks = (_monday(frame.year.last_day) - monday).days // 7 + 1
    return [monday + n * _WEEK for n in range(weeks)]


def loads_of(plan: Plan, frame: Frame, people: People) -> tuple[Load, ...]:
    """Return the load of everyone of the staff."""
    mondays = mondays_of(frame)
    spent: defaultdict[tuple[UUID, date], int] = defaultdict(int)
    for item in plan.items:
        for person, day, minutes in _spent(item, frame, people):
            spent[person, _monday(day)] += minutes
    return tuple(
        Load(
            person=member.id,
            planned=tuple(spent[member.id, monday] for monday in mondays),
            present=tuple(_present(member, monday, frame) for monday in mondays),
        )
        for member in people.members
    )


def norms_of(people: People) -> tuple[Norm, ...]:
    """Return the norms for a school of this many pupils."""
    count = len(people.pupils)
    return tuple(Norm(words=words, hours=round(count * each, 1)) for words, each in NORMS.items())


def _spent(item: Item, frame: Frame, people: People) -> Iterator[tuple[UUID, date, int]]:
    if item.meeting:
        day = local_day(item.meeting.starts_at)
        length = int((item.meeting.ends_at - item.meeting.starts_at).total_seconds()) // _HOUR
        for person, chairs in asked(item, people).items():
            yield person, day, length + (CHAIR.minutes if chairs else 0)
    elif item.owner and item.kind == "window":
        for monday, minutes in _of_window(item, list(_weeks_of_window(item, frame))):
            yield item.owner, monday, minutes
    elif item.owner and item.dates.target_on and item.kind == "task":
        yield item.owner, item.dates.target_on, TASK.minutes


def _of_window(item: Item, mondays: list[date]) -> Iterator[tuple[date, int]]:
    """Return the minutes of a window per week; those for one pupil are spread over its weeks."""
    if item.rule.role != "teacher":
        yield from ((monday, WINDOW_ELSE.minutes) for monday in mondays)
    elif item.case.pupil is None:
        yield from ((monday, WINDOW.minutes) for monday in mondays)
    else:
        for n, monday in enumerate(mondays):
            done, due = (WINDOW_PUPIL.minutes * k // len(mondays) for k in (n, n + 1))
            yield monday, due - done


def _weeks_of_window(item: Item, frame: Frame) -> Iterator[date]:
    last = item.dates.target_on
    if last is None:
        return
    monday = _monday(item.dates.starts_on or last)
    while monday <= last:
        if frame.calendar.has_school(monday):
            yield monday
        monday += _WEEK


def _present(member: Member, monday: date, frame: Frame) -> int:
    days = (monday + timedelta(days=n) for n in range(7))
    return sum(
        len(member.presence.halves_on(day)) * HALF_DAY
        for day in days
        if frame.calendar.is_school_day(day) and any(member.has_role(r.role, day) for r in member.roles)
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
