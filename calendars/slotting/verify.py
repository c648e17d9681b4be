"""Look at hours that somebody gave, minute by minute; shares nothing with what seeks them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from uuid import UUID

from calendars.people import Member
from calendars.slotting.problem import Hour, Problem, Sought


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an hour, in Dutch; ``who`` and ``other`` are a person or room, and a meeting."""

    meeting: UUID
    why: str
    who: UUID | None = None
    other: UUID | None = None


def verify(problem: Problem, given: Mapping[UUID, Hour]) -> list[Fault]:
    """Return everything that is wrong with hours; locked meetings, and those without, keep theirs."""
    faults: list[Fault] = []
    sitting: list[tuple[Sought, Hour]] = []
    for sought in problem.sought:
        hour = given.get(sought.id)
        if sought.locked and sought.now is not None:
            if hour is not None and not hour.is_at(sought.now):
                faults.append(Fault(sought.id, "het staat vast, en heeft hier een ander uur"))
            sitting.append((sought, sought.now))
        elif hour is not None:
            faults += _alone(problem, sought, hour)
            sitting.append((sought, hour))
        elif sought.now is not None:  # it gets no hour, so it stays where it is
            sitting.append((replace(sought, locked=True), sought.now))
    faults += _beside_others(problem, sitting)
    faults += _a_day(problem, sitting)
    return [*faults, *_too_close(problem, sitting)]


def _alone(problem: Problem, sought: Sought, hour: Hour) -> Iterator[Fault]:
    """Yield what is wrong with an hour by itself."""
    day, here = hour.day, sought.id
    if hour.end - hour.start != sought.minutes:
        yield Fault(here, "het duurt niet zo lang als gevraagd")
    stays = problem.rules.keep and sought.now is not None and hour.is_at(sought.now)
    if not stays and (not sought.first <= day <= sought.last or day < problem.not_before):
        yield Fault(here, "het valt buiten de dagen waarop het mag")
    if not problem.calendar.is_open_for(sought.group_name, day):
        yield Fault(here, "dan is er geen school")
    for tests in problem.tests:
        if tests.first <= day <= tests.last and tests.group in {"", sought.group_name}:
            yield Fault(here, "dan zijn er toetsen")
    if not (sought.now and hour.is_at(sought.now)) and not _within_hours(problem, hour):
        yield Fault(here, "het is te vroeg of te laat op de dag")
    if hour.room is not None and hour.room not in problem.rooms:
        yield Fault(here, "die ruimte is er niet", who=hour.room)
    yield from _people(problem, sought, hour)


def _within_hours(problem: Problem, hour: Hour) -> bool:
    return problem.rules.earliest <= hour.start and hour.end <= problem.rules.latest


def _people(problem: Problem, sought: Sought, hour: Hour) -> Iterator[Fault]:
    part = "am" if hour.start < 720 else "pm"  # noqa: PLR2004 -- noon
    if sought.wishes and not any(wish == (hour.day.weekday(), part) for wish in sought.wishes):
        yield Fault(sought.id, "dan kunnen de ouders niet")
    chair = next((m for m in problem.people.members if m.id == hour.chair), None)
    if chair is None or not _may_lead(sought, chair, hour):
        yield Fault(sought.id, "wie het zou leiden, leidt zulke overleggen niet", who=hour.chair)
    elif not _is_in(problem, chair, hour, part):
        yield Fault(sought.id, "de voorzitter is er dan niet", who=hour.chair)
    teachers = [m for m in problem.people.members if sought.group and m.teaches(sought.group, hour.day)]
    if teachers and not any(_is_in(problem, t, hour, part) for t in teachers):
        yield Fault(sought.id, "er is dan geen leerkracht van de groep")
    lessons = problem.lessons.get(hour.day.weekday())
    staff = [m for m in problem.people.members if m in teachers or m.id in sought.others]
    if lessons and (sought.chair == "teacher" or any(m.has_role("teacher", hour.day) for m in staff)):
        begin, end = lessons
        if max(begin, hour.start) < min(end, hour.end):
            yield Fault(sought.id, "dan is er les")


def _may_lead(sought: Sought, chair: Member, hour: Hour) -> bool:
    if sought.chairs:
        works = any(chair.has_role(span.role, hour.day) for span in chair.roles)
        return works and chair.id in sought.chairs
    if sought.chair == "teacher" and sought.group:
        return chair.teaches(sought.group, hour.day)
    return chair.has_role(sought.chair, hour.day)


def _is_in(problem: Problem, member: Member, hour: Hour, part: str) -> bool:
    away = [a for a in problem.away if a.who == member.id]
    gone = any(a.first <= hour.day and hour.day <= a.last for a in away)
    return not gone and part in member.presence.halves_on(hour.day)


def _wanted(problem: Problem, sought: Sought, hour: Hour) -> set[UUID]:
    """Return everyone who sits in a meeting, or is asked to it."""
    teachers = {m.id for m in problem.people.members if sought.group and m.teaches(sought.group, hour.day)}
    return teachers | set(sought.others) | ({hour.chair} if hour.chair else set())


def _beside_others(problem: Problem, sitting: Sequence[tuple[Sought, Hour]]) -> Iterator[Fault]:
    """Yield who would be in two meetings at once, and which room would be; two locked ones are left."""
    for (one, hour), (other, beside) in combinations(sitting, 2):
        if not hour.meets(beside) or (one.locked and other.locked):
            continue
        for who in _wanted(problem, one, hour) & _wanted(problem, other, beside):
            yield Fault(one.id, "iemand zit dan al in een ander overleg", who, other.id)
        if hour.room is not None and hour.room == beside.room:
            yield Fault(one.id, "de ruimte is dan al bezet", hour.room, other.id)
    for sought, hour in sitting:
        if sought.locked:
            continue
        for taken in problem.taken:
            if taken.hour.meets(hour) and taken.who in _wanted(problem, sought, hour):
                yield Fault(sought.id, "iemand zit dan al in een ander overleg", taken.who)
            if taken.hour.meets(hour) and taken.who == hour.room:
                yield Fault(sought.id, "de ruimte is dan al bezet", taken.who)


def _a_day(problem: Problem, sitting: Sequence[tuple[Sought, Hour]]) -> Iterator[Fault]:
    """Yield who would lead, or attend, more meetings on a day than the school wants."""
    for sought, hour in sitting:
        if sought.locked:
            continue
        for who in _wanted(problem, sought, hour):
            leads = who == hour.chair
            most = problem.rules.most_led if leads else problem.rules.most_attended
            count = sum(t.who == who and t.hour.day == hour.day and t.leads == leads for t in problem.taken)
            count += sum(
                h.day == hour.day and (h.chair == who) == leads and who in _wanted(problem, s, h)
                for s, h in sitting
            )
            if count > most:
                yield Fault(sought.id, f"dat zijn meer dan {most} overleggen op één dag", who)


def _too_close(problem: Problem, sitting: Sequence[tuple[Sought, Hour]]) -> Iterator[Fault]:
    why = f"het is binnen {problem.rules.apart} dagen van een andere ronde van deze groep"
    for (one, hour), (other, beside) in combinations(sitting, 2):
        both_kept = one.locked and other.locked
        same = bool(one.series) and one.series == other.series and not both_kept
        if same and abs((hour.day - beside.day).days) < problem.rules.apart:
            yield Fault(one.id, why, None, other.id)
    for sought, hour in sitting:
        days = [day for series, day in problem.earlier if series and series == sought.series]
        if not sought.locked and any(abs((hour.day - day).days) < problem.rules.apart for day in days):
            yield Fault(sought.id, why)
