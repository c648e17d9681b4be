"""Why a meeting got no hour, in plain Dutch: who can be there when, and what stood in the way."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from calendars.derivation import day_nl, joined
from calendars.people import Member
from calendars.presence import WEEKDAYS_SHORT, Half
from calendars.schoolyear import days_between
from calendars.slotting.assemble import Assembled
from calendars.slotting.blocks import Blocks, blocks_of, least
from calendars.slotting.board import Clash, filled
from calendars.slotting.candidates import Reason
from calendars.slotting.problem import Problem, Sought, chairs_on, teachers_on
from calendars.slotting.puzzle import Answer

Moment = tuple[int, Half]  # a weekday and a half of it
_HALVES: tuple[Half, ...] = ("am", "pm")
ROLES_NL = {
    "ib": "de IB'er",
    "teacher": "de leerkracht",
    "director": "de directie",
    "isb": "de ISB'er",
    "coordinator": "de bouwcoördinator",
}
_DAYS_NL = {
    Reason.PAST: "al voorbij of te snel",
    Reason.CLOSED: "geen school",
    Reason.TESTS: "toetsen",
    Reason.WISH: "ouders kunnen niet",
    Reason.CHAIR: "voorzitter er niet",
    Reason.TEACHER: "leerkracht er niet",
    Reason.TOGETHER: "niet samen in één dagdeel",
    Reason.APART: "te dicht op een andere ronde",
    Reason.LESSONS: "lesuren",
    Reason.BUSY: "iemand heeft al een overleg",
    Reason.FULL: "dag al vol",
    Reason.ROOM: "geen ruimte vrij",
}
_PARTIES = frozenset({Reason.WISH, Reason.CHAIR, Reason.TEACHER})
_HOURS_NL = {
    Reason.CLOSED: "is er geen school",
    Reason.TESTS: "zijn er toetsen",
    Reason.WISH: "kunnen de ouders niet",
    Reason.CHAIR: "is {chair} er niet",
    Reason.TEACHER: "is er geen leerkracht van de groep",
    Reason.APART: "is het te dicht op een andere ronde van deze groep",
    Reason.LESSONS: "is er les",
    Reason.BUSY: "zit iemand al in een ander overleg",
    Reason.FULL: "heeft iemand die dag al genoeg overleggen",
    Reason.ROOM: "is er geen ruimte vrij",
}
_CLASH_NL = {
    Clash.PERSON: "iemand zit dan in een ander overleg",
    Clash.CHAIR_FULL: "de voorzitter heeft er die dag genoeg",
    Clash.PERSON_FULL: "een leerkracht heeft er die dag genoeg",
    Clash.ROOM: "er is dan geen ruimte vrij",
    Clash.APART: "het is te dicht op een andere ronde van deze groep",
}


def why_not(assembled: Assembled, number: int, answer: Answer) -> str:
    """Return why a meeting has no hour in an answer."""
    sought = assembled.sought[number]
    found = assembled.found[sought.id]
    if found.candidates:
        return _beaten(assembled, number, answer)
    return _impossible(assembled.problem, sought, found.reasons)


def days_in_words(reasons: Counter[Reason]) -> str:
    """Return the days that fell away, counted ("4 geen school, 2 toetsen")."""
    return ", ".join(f"{count} {_DAYS_NL[reason]}" for reason, count in sorted(reasons.items()) if count)


def _impossible(problem: Problem, sought: Sought, reasons: Counter[Reason]) -> str:
    days = [
        day
        for day in days_between(max(sought.first, problem.not_before), sought.last)
        if problem.calendar.is_open_for(sought.group_name, day)
    ]
    span = f"{day_nl(sought.first)} t/m {day_nl(sought.last)}"
    if sought.last < problem.not_before:
        return f"de periode ({span}) is al voorbij, of begint te snel"
    if not days or set(reasons) <= {Reason.PAST, Reason.CLOSED}:
        return f"in de periode ({span}) is er geen school"
    ways = least(blocks_of(problem, sought))
    if not ways:
        return f"{sought.minutes} minuten passen nergens tussen het vroegste en het laatste uur"
    if set(reasons) <= {Reason.PAST, Reason.CLOSED, Reason.TESTS}:
        told, by = f"in de periode ({span}) zijn er elke schooldag toetsen", frozenset({Reason.TESTS})
    elif told := _never_together(problem, sought):
        by = _PARTIES
    else:
        return f"{_in_the_way(ways, sought)} (dagen: {days_in_words(reasons)})"
    return f"{told}{_besides(ways, by, sought)} (dagen: {days_in_words(reasons)})"


def _besides(ways: list[Blocks], by: frozenset[Reason], sought: Sought) -> str:
    """Say what would be in the way even so; nothing when lifting what was told is enough."""
    more = [blocks - by for blocks in ways]
    return "" if frozenset() in more else f". En al was dat anders, dan {_clauses(more[-1], sought)}"


def _in_the_way(ways: list[Blocks], sought: Sought) -> str:
    """Say what keeps a meeting from every hour: one thing here and another there, or several at once."""
    *_, last = ways
    if len(last) > 1:
        return (
            f"op elk moment is er meer dan één ding tegen; waar dat het minste is, {_clauses(last, sought)}"
        )
    alone = {reason for blocks in ways for reason in blocks}
    if alone == {Reason.LESSONS}:
        return f"buiten de lesuren is er geen {sought.minutes} minuten waarop het kan"
    told = " of ".join(_clause(reason, sought) for reason in sorted(alone - {Reason.LESSONS}))
    return f"op elk moment dat verder kan, {told}"


def _clauses(blocks: Blocks, sought: Sought) -> str:
    return joined([_clause(reason, sought) for reason in sorted(blocks)])


def _clause(reason: Reason, sought: Sought) -> str:
    return _HOURS_NL[reason].format(chair=ROLES_NL.get(sought.chair, "de voorzitter"))


def _never_together(problem: Problem, sought: Sought) -> str:
    """Name the smallest set of parties that never can at the same time."""
    parties = list(_parties(problem, sought))
    for name, when in parties:
        if not when:
            return f"{name} is er in deze periode niet"
    for n, (name, when) in enumerate(parties):
        for other, theirs in parties[n + 1 :]:
            if not when & theirs:
                return f"{_says(name, when)}, {_says(other, theirs)}"
    if len(parties) > 2 and not set.intersection(*(set(when) for _, when in parties)):  # noqa: PLR2004 -- a pair was looked at
        return ", ".join(_says(name, when) for name, when in parties)
    return ""


def _parties(problem: Problem, sought: Sought) -> Iterator[tuple[str, frozenset[Moment]]]:
    """Yield who must be there, with the half days of the week on which they can in this period."""
    days = [
        day
        for day in days_between(max(sought.first, problem.not_before), sought.last)
        if problem.calendar.is_open_for(sought.group_name, day)
    ]
    if sought.wishes:
        yield "ouder", frozenset(sought.wishes)
    if sought.group:
        yield (
            "leerkracht",
            frozenset(
                (d.weekday(), h) for d in days for h in _there(problem, teachers_on(problem, sought, d), d)
            ),
        )
    name = ROLES_NL.get(sought.chair, "de voorzitter")
    yield (
        name,
        frozenset((d.weekday(), h) for d in days for h in _there(problem, chairs_on(problem, sought, d), d)),
    )


def _there(problem: Problem, members: Iterable[Member], day: date) -> set[Half]:
    return {half for m in members for half in _HALVES if problem.is_there(m, day, half)}


def _says(name: str, when: frozenset[Moment]) -> str:
    return f"{name} kan alleen {moments_nl(when)}" if name == "ouder" else f"{name} is er {moments_nl(when)}"


def moments_nl(when: Iterable[Moment]) -> str:
    """Write half days of the week ("di en do", "di-middag en wo")."""
    moments = set(when)
    words = []
    for weekday, short in enumerate(WEEKDAYS_SHORT):
        halves = {half for day, half in moments if day == weekday}
        if halves:
            words.append(
                short if len(halves) > 1 else f"{short}-{'ochtend' if halves == {'am'} else 'middag'}"
            )
    return joined(words)


def _beaten(assembled: Assembled, number: int, answer: Answer) -> str:
    """Say what the possible hours of a meeting ran into, counted."""
    puzzle = assembled.puzzle
    board = filled(puzzle, answer, but=number)
    mine = puzzle.choices[number]
    found = Counter(frozenset(board.clashes(number, choice)) for choice in mine)
    parts = [f"{count} keer: {_together(clashes)}" for clashes, count in found.most_common() if clashes]
    moments = f"{len(mine)} {'moment kan' if len(mine) == 1 else 'momenten kunnen'}"
    if not parts:
        return f"{moments}, maar daar was nog niet naar gekeken"
    return f"{moments} op zichzelf, maar niet naast de andere overleggen ({'; '.join(parts)})"


def _together(clashes: frozenset[Clash]) -> str:
    return " én ".join(_CLASH_NL[clash] for clash in Clash if clash in clashes)
