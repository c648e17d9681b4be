"""A draft from an answer: what changes side by side, who can be there, why, and what got no hour."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from calendars.slotting.assemble import Assembled
from calendars.slotting.problem import Hour, Problem, Sought, asked, half_at
from calendars.slotting.puzzle import Answer
from calendars.slotting.verify import verify
from calendars.slotting.why_not import why_not
from service.slots.read import Question, Seat

Told = dict[str, Any]
UNDATED = "het is nog niet bekend tussen welke dagen dit hoort"


def draft_of(question: Question, assembled: Assembled, answer: Answer, *, by: str) -> Told:
    """Return what an answer comes to, as JSON data: ids and hours; ``by`` is how it was found."""
    hours = assembled.hours(answer)
    problem = question.problem
    free = [s for s in problem.sought if not s.fixed]
    items = [
        _item(question, sought, hours[sought.id], hours)
        for sought in free
        if sought.id in hours and changes(problem, sought, hours[sought.id])
    ]
    numbers = {s.id: n for n, s in enumerate(assembled.sought)}
    unplaced = [
        _without(question, sought, why_not(assembled, numbers[sought.id], answer))
        for sought in free
        if sought.id not in hours
    ]
    unplaced += [{**_about(seat, None), "why": UNDATED, "stays": ""} for seat in question.undated]
    return {
        "by": by,
        "score": assembled.puzzle.score(answer),
        "items": sorted(items, key=lambda item: item["becomes"]["starts"]),
        "unplaced": unplaced,
        "same": len(hours) - len(items),
        "locked": sum(s.fixed is not None for s in problem.sought),
        "was": _numbers(problem, {s.id: s.now for s in free if s.now}),
        "becomes": _numbers(problem, hours),
        "of": len(free),
    }


def changes(problem: Problem, sought: Sought, hour: Hour) -> bool:
    """Tell whether an hour is something else than what a meeting has; a re-plan adds no rooms by itself."""
    now = sought.now
    if now is None or not hour.is_at(now):
        return True
    other_room = hour.room != now.room and (now.room is not None or not problem.rules.keep)
    return other_room or (now.chair is not None and hour.chair != now.chair)


def _item(question: Question, sought: Sought, hour: Hour, hours: Mapping[UUID, Hour]) -> Told:
    seat, problem = question.seats[sought.id], question.problem
    who = dict.fromkeys([hour.chair, *asked(problem, sought, hour.day)] if hour.chair else [])
    there = [str(p) for p in who if p and _is_there(problem, p, hour)]
    return {
        **_about(seat, sought.now),
        "becomes": {
            "starts": hour.starts_at.isoformat(),
            "ends": hour.ends_at.isoformat(),
            "location": location_of(question, seat, hour),
        },
        "chair": str(hour.chair) if hour.chair else None,
        "room": str(hour.room) if hour.room else None,
        "there": there,
        "absent": [str(p) for p in who if p and str(p) not in there],
        "moved": sought.now is None or not hour.is_at(sought.now),
        "why": ". ".join(_why(question, sought, hour, hours)),
    }


def _about(seat: Seat, now: Hour | None) -> Told:
    meeting = seat.meeting
    was = None
    if meeting:
        was = {
            "starts": meeting.starts_at.isoformat(),
            "ends": meeting.ends_at.isoformat(),
            "location": meeting.location,
            "chair": str(now.chair) if now and now.chair else None,
        }
    return {
        "task": str(seat.task.id),
        "meeting": str(meeting.id) if meeting else None,
        "case": str(seat.case.id),
        "title": title_of(seat),
        "was": was,
        "sequence": meeting.sequence if meeting else None,
    }


def title_of(seat: Seat) -> str:
    """Return what a meeting is called; never with a pupil's name."""
    if seat.meeting:
        return seat.meeting.title
    return f"{seat.task.title} ({seat.case.code})" if seat.case.pupil_id else seat.case.title


def location_of(question: Question, seat: Seat, hour: Hour) -> str:
    """Return where a meeting will be: its room, or else where it was."""
    if hour.room:
        return question.rooms[hour.room]
    if seat.meeting and seat.meeting.location not in question.rooms.values():
        return seat.meeting.location
    return seat.meet.location


def _is_there(problem: Problem, who: UUID, hour: Hour) -> bool:
    member = problem.members.get(who)
    return member is not None and problem.is_there(member, hour.day, half_at(hour.start))


def _why(question: Question, sought: Sought, hour: Hour, hours: Mapping[UUID, Hour]) -> Iterator[str]:
    """Yield why a meeting gets this hour, each a sentence without its full stop."""
    problem, now = question.problem, sought.now
    if now is None:
        yield "Had nog geen uur"
    elif reasons := faults_of_now(problem, sought):
        yield f"Het oude uur kan niet: {reasons[0]}"
    elif hour.is_at(now):
        yield (
            "Hetzelfde uur, met een ruimte"
            if hour.chair == now.chair
            else "Hetzelfde uur, een andere voorzitter"
        )
    else:
        yield from _better(question, sought, now, hour, hours)
    led = sum(h.chair == hour.chair and h.day == hour.day for h in hours.values())
    led += sum(t.leads for t in problem.taken_by.get((hour.chair, hour.day), ())) if hour.chair else 0
    if led > 1:
        yield f"{led} overleggen op die dag, dus minder losse dagen"


def _better(
    question: Question, sought: Sought, now: Hour, hour: Hour, hours: Mapping[UUID, Hour]
) -> Iterator[str]:
    """Yield in what an hour is better than another one that could be too."""
    problem = question.problem
    missing = [
        sum(not _is_there(problem, p, each) for p in asked(problem, sought, each.day)) for each in (now, hour)
    ]
    nearer = abs((hour.day - sought.target).days) < abs((now.day - sought.target).days)
    if missing[1] < missing[0]:
        yield "Nu kunnen er meer mensen bij zijn"
    if nearer:
        yield "Beter op zijn plek in de periode"
    if not nearer and missing[1] >= missing[0]:
        gained = " en ".join(_who_gains(question, sought, now, hours))
        yield f"Maakt plaats voor {gained}" if gained else "Past beter bij de andere overleggen"


def _who_gains(question: Question, sought: Sought, now: Hour, hours: Mapping[UUID, Hour]) -> list[str]:
    """Return the titles of what gets an hour that a meeting leaves, with somebody or a room of that hour."""
    problem, mine = question.problem, _needs(question.problem, sought, now)
    others = ((each, hours[each.id]) for each in problem.sought if each.id in hours and each is not sought)
    return sorted(
        title_of(question.seats[other.id])
        for other, hour in others
        if hour.meets(now) and mine & _needs(problem, other, hour)
    )


def _needs(problem: Problem, sought: Sought, hour: Hour) -> set[UUID]:
    """Return the people and the room that a meeting at an hour takes."""
    return {id_ for id_ in (hour.chair, hour.room, *asked(problem, sought, hour.day)) if id_}


def faults_of_now(problem: Problem, sought: Sought) -> list[str]:
    """Return what is wrong with the hour that a meeting has by itself."""
    if sought.now is None:
        return []
    alone = Problem(
        sought=(sought,),
        people=problem.people,
        calendar=problem.calendar,
        not_before=problem.not_before,
        tests=problem.tests,
        lessons=problem.lessons,
        rooms=problem.rooms,
        taken=problem.taken,
        away=problem.away,
        earlier=problem.earlier,
        rules=problem.rules,
    )
    return [fault.why for fault in verify(alone, {sought.id: sought.now})]


def _without(question: Question, sought: Sought, why: str) -> Told:
    trouble = faults_of_now(question.problem, sought)
    return {
        **_about(question.seats[sought.id], sought.now),
        "why": why,
        "stays": trouble[0] if trouble else "",
    }


def _numbers(problem: Problem, hours: Mapping[UUID, Hour]) -> Told:
    """Return how good hours are, in numbers that a person understands."""
    whole = 0
    for sought in problem.sought:
        hour = hours.get(sought.id)
        if hour:
            whole += all(_is_there(problem, p, hour) for p in asked(problem, sought, hour.day))
    days: Sequence[Any] = [(h.chair, h.day) for h in hours.values() if h.chair]
    return {"placed": len(hours), "days": len(set(days)), "whole": whole}
