"""Find an hour for each meeting: greedy, around presence, closures and what is booked already."""

from collections import Counter
from collections.abc import Iterable, Sequence
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
    """What is booked so far, per member."""

    def __init__(self) -> None:
        self._booked: dict[UUID, list[tuple[datetime, datetime]]] = {}
        self._per_day: Counter[tuple[UUID, date]] = Counter()

    def book(self, members: Iterable[Member], start: datetime, end: datetime) -> None:
        """Keep an hour for members."""
        for member in members:
            self._booked.setdefault(member.id, []).append((start, end))
            self._per_day[member.id, local_day(start)] += 1

    def is_free(self, member: Member, start: datetime, end: datetime) -> bool:
        """Tell whether a member has nothing else in that hour."""
        return all(end <= s or start >= e for s, e in self._booked.get(member.id, ()))

    def has_room(self, chair: Member, day: date) -> bool:
        """Tell whether the chair can lead one more meeting on a day."""
        return self._per_day[chair.id, day] < _MOST_A_DAY


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
        slots = list(_slots(request, people, calendar, diary))
        if slots:
            best = min(slots, key=lambda s: (-s.present, s.starts_at, str(s.chair.id)))
            placed[request.id] = MeetingFact(best.starts_at, best.ends_at)
            teachers = _teachers(request, people, best.starts_at)
            diary.book([best.chair, *teachers], best.starts_at, best.ends_at)
    return placed


def _slots(request: Request, people: People, calendar: SchoolCalendar, diary: Diary) -> Iterable[Slot]:
    names = {group.id: group.name for group in people.groups}
    name = names.get(request.group, "") if request.group else ""
    for day in days_between(request.first, request.last):
        if not calendar.is_open_for(name, day):
            continue
        for chair in people.candidates(request.chair, day):
            if not diary.has_room(chair, day):
                continue
            for half in chair.presence.halves_on(day):
                teachers = [
                    t
                    for t in people.candidates("teacher", day, group=request.group)
                    if half in t.presence.halves_on(day)
                ]
                yield from _hours(day, half, request.minutes, chair, teachers, diary)


def _hours(
    day: date, half: str, minutes: int, chair: Member, teachers: list[Member], diary: Diary
) -> Iterable[Slot]:
    begin, end = (datetime.combine(day, edge, AMSTERDAM) for edge in _HALVES[half])
    length = timedelta(minutes=minutes)
    while begin + length <= end:
        start, stop = begin.astimezone(UTC), (begin + length).astimezone(UTC)
        free = [t for t in teachers if diary.is_free(t, start, stop)]
        if free and diary.is_free(chair, start, stop):
            yield Slot(start, stop, chair, len(free))
        begin += length


def _teachers(request: Request, people: People, start: datetime) -> list[Member]:
    day = local_day(start)
    return people.candidates("teacher", day, group=request.group)


def _everyone(request: Request, people: People, start: datetime) -> list[Member]:
    day = local_day(start)
    return [*people.candidates(request.chair, day), *_teachers(request, people, start)]
