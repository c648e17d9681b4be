"""Two trial years side by side: what is only in one, what moved, and the totals of both."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from service.trial.outcome import Line, Outcome
from service.trial.totals import Totals


@dataclass(frozen=True, slots=True)
class Moved:
    """An item that both years have, on another day, at another hour or with another owner."""

    before: Line
    after: Line

    @property
    def is_dated(self) -> bool:
        """Tell whether its day or hour is another one; else only its owner is."""
        return _moment(self.before) != _moment(self.after)


@dataclass(frozen=True, slots=True)
class Alike:
    """The same work of several groups or pupils: the first line, what it became, how many, and of whom."""

    line: Line
    after: Line | None
    count: int
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A number in the one year and in the other."""

    words: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two years differ in."""

    only_before: tuple[Line, ...]
    only_after: tuple[Line, ...]
    moved: tuple[Moved, ...]
    same: int
    sides: tuple[Side, ...]
    people: tuple[tuple[UUID | None, Totals | None, Totals | None], ...]

    @property
    def is_nothing(self) -> bool:
        """Tell whether the years are alike."""
        return not (self.only_before or self.only_after or self.moved)


def compare(before: Outcome, after: Outcome) -> Comparison:
    """Compare two outcomes item by item; an item is the same when its id is."""
    old, new = ({line.id: line for line in outcome.lines} for outcome in (before, after))
    both = [(old[id_], new[id_]) for id_ in old if id_ in new]
    moved = tuple(Moved(a, b) for a, b in both if _planned(a) != _planned(b))
    return Comparison(
        only_before=tuple(line for id_, line in old.items() if id_ not in new),
        only_after=tuple(line for id_, line in new.items() if id_ not in old),
        moved=moved,
        same=len(both) - len(moved),
        sides=tuple(_sides(before, after)),
        people=tuple(_people(before, after)),
    )


def alike(lines: Iterable[Line]) -> list[Alike]:
    """Join the same work on the same day, in the order of the days."""
    return _joined((line, None, (line.day,)) for line in lines)


def alike_moves(moves: Iterable[Moved]) -> list[Alike]:
    """Join the same work that moves alike, in the order of the old days."""
    return _joined((m.before, m.after, (_what_moved(m.before, m), _what_moved(m.after, m))) for m in moves)


def _joined(found: Iterable[tuple[Line, Line | None, tuple[object, ...]]]) -> list[Alike]:
    same: dict[tuple[object, ...], list[tuple[Line, Line | None]]] = {}
    for line, after, more in found:
        key = (line.procedure, line.occurrence, line.key, *more)
        same.setdefault(key, []).append((line, after))
    joined = [Alike(*pairs[0], len(pairs), _groups(line for line, _ in pairs)) for pairs in same.values()]
    return sorted(joined, key=lambda a: (a.line.day or date.max, a.line.title, a.groups))


def _groups(lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(sorted({name for line in lines if (name := line.group or line.unit)}))


def _what_moved(line: Line, move: Moved) -> tuple[object, ...]:
    """Return the days of a line; its owner too when that is all that changed."""
    return _moment(line) if move.is_dated else (*_moment(line), line.owner)


def _moment(line: Line) -> tuple[date | None, date | None, datetime | None]:
    return line.first if line.kind == "window" else None, line.day, line.starts_at


def _planned(line: Line) -> tuple[object, ...]:
    return (*_moment(line), line.latest, line.owner)


def _sides(before: Outcome, after: Outcome) -> Iterable[Side]:
    counts: list[tuple[str, Callable[[Outcome], int]]] = [
        ("Trajecten", lambda o: o.cases),
        ("Taken", lambda o: o.count("task")),
        ("Overleggen", lambda o: o.count("meeting")),
        ("Perioden", lambda o: o.count("window")),
        ("Berichten", lambda o: sum(t.messages for t in o.totals)),
        ("Botsingen", lambda o: len(o.clashes)),
        ("Drukke weken", lambda o: sum(len(load.heavy) for load in o.loads)),
    ]
    return (Side(words, count(before), count(after)) for words, count in counts)


def _people(before: Outcome, after: Outcome) -> Iterable[tuple[UUID | None, Totals | None, Totals | None]]:
    old, new = ({t.person: t for t in outcome.totals} for outcome in (before, after))
    return ((person, old.get(person), new.get(person)) for person in dict.fromkeys([*old, *new]))
