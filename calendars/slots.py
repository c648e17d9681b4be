"""Find an hour for each meeting of a year: greedy, around presence, closures, lessons and what is booked.

Hours for many meetings at once, weighed against each other, are sought in ``calendars.slotting``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from calendars.people import Facts, MeetingFact, Member, People
from calendars.schoolyear import SchoolCalendar, days_between

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_HALVES = {"am": (time(8, 45), time(12, 0)), "pm": (time(13, 0), time(16, 30))}
_MOST_A_DAY = 5  # meetings that one chair can lead and write up on one day


def local_day(moment: datetime) -> date:
    """Return the day of a moment in Amsterdam."""
    return moment.astimezone(AMSTERDAM).date()


@dataclass(frozen=True, slots=True)
class Request:
    """A meeting that wants an hour between two days (both included)."""

    id: UUID
    group: UUID | None
    first: date
    last: date
    minutes: int
    chair: str


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour that would do, and who can be there."""

    starts_at: datetime
    ends_at: datetime
    chair: Member
    present: int


class Diary:
    """What is booked so far, per member and day."""

    def __init__(self) -> None:
        self._booked: dict[tuple[UUID, date], list[tuple[datetime, datetime]]] = {}

    def book(self, members: Iterable[Member], start: datetime, end: datetime) -> None:
        """Keep an hour for members."""
        for member in members:
            self._booked.setdefault((member.id, local_day(start)), []).append((start, end))

    def on(self, member: Member, day: date) -> Sequence[tuple[datetime, datetime]]:
        """Return what a member has on a day."""
        return self._booked.get((member.id, day), ())

    def has_room(self, chair: Member, day: date) -> bool:
        """Tell whether the chair can lead one more meeting on a day."""
        return len(self.on(chair, day)) < _MOST_A_DAY


def _is_free(booked: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> bool:
    return all(end <= s or start >= e for s, e in booked)


def place(
    requests: Sequence[Request], people: People, calendar: SchoolCalendar, facts: Facts
) -> dict[UUID, MeetingFact]:
    """Return an hour for every request that can have one; those with an hour already keep it."""
    diary = Diary()
    placed = {r.id: facts.meetings[r.id] for r in requests if r.id in facts.meetings}
    for request in requests:
        if fact := placed.get(request.id):
            diary.book(_everyone(request, people, fact.starts_at), fact.starts_at, fact.ends_at)
    for request in sorted(requests, key=lambda r: (r.first, r.last)):
        if request.id in placed:
            continue
        best = _best(request, people, calendar, diary)
        if best:
            placed[request.id] = MeetingFact(best.starts_at, best.ends_at)
            teachers = _teachers(request, people, best.starts_at)
            diary.book([best.chair, *teachers], best.starts_at, best.ends_at)
    return placed


def _best(request: Request, people: People, calendar: SchoolCalendar, diary: Diary) -> Slot | None:
    """Return the slot with most teachers, of those the earliest."""
    names = {group.id: group.name for group in people.groups}
    name = names.get(request.group, "") if request.group else ""
    best: Slot | None = None
    everyone: set[UUID] = set()
    days = [day for day in days_between(request.first, request.last) if calendar.is_open_for(name, day)]
    for day in days:
        everyone |= {t.id for t in people.candidates("teacher", day, group=request.group)}
    for day in days:
        for slot in _slots(request, day, people, calendar, diary):
            if best is None or _order(slot) < _order(best):
                best = slot
        if best and best.present == len(everyone):
            break  # no later day can do better
    return best


def _order(slot: Slot) -> tuple[int, datetime, int]:
    return -slot.present, slot.starts_at, slot.chair.id.int


def _slots(
    request: Request, day: date, people: People, calendar: SchoolCalendar, diary: Diary
) -> Iterator[Slot]:
    all_teachers = people.candidates("teacher", day, group=request.group)
    for chair in people.candidates(request.chair, day, group=request.group):
        if not diary.has_room(chair, day):
            continue
        for half in chair.presence.halves_on(day):
            teachers = [t for t in all_teachers if half in t.presence.halves_on(day)]
            if teachers:
                for part in _parts(half, calendar.lessons.get(day.weekday())):
                    yield from _hours(day, part, request.minutes, chair, teachers, diary)


def _parts(half: str, lessons: tuple[time, time] | None) -> Iterator[tuple[time, time]]:
    """Yield what the lessons leave of a half day."""
    first, last = _HALVES[half]
    if lessons is None:
        yield first, last
        return
    yield first, min(last, lessons[0])
    yield max(first, lessons[1]), last


def _hours(
    day: date, part: tuple[time, time], minutes: int, chair: Member, teachers: list[Member], diary: Diary
) -> Iterator[Slot]:
    begin, end = (datetime.combine(day, edge, AMSTERDAM) for edge in part)
    length = timedelta(minutes=minutes)
    taken, booked = diary.on(chair, day), [diary.on(teacher, day) for teacher in teachers]
    while begin + length <= end:
        start, stop = begin.astimezone(UTC), (begin + length).astimezone(UTC)
        free = sum(_is_free(hours, start, stop) for hours in booked)
        if free and _is_free(taken, start, stop):
            yield Slot(start, stop, chair, free)
        begin += length


def _teachers(request: Request, people: People, start: datetime) -> list[Member]:
    day = local_day(start)
    return people.candidates("teacher", day, group=request.group)


def _everyone(request: Request, people: People, start: datetime) -> list[Member]:
    day = local_day(start)
    chairs = people.candidates(request.chair, day, group=request.group)
    return [*chairs, *_teachers(request, people, start)]
