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
    """Lines that read the same, as those of all pupils of a group do."""

    line: Line
    after: Line | None
    count: int


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
    """Join lines that read the same, in the order of their days."""
    found: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        found.setdefault((*_read(line), line.day, line.owner), []).append(line)
    return sorted((Alike(same[0], None, len(same)) for same in found.values()), key=_by_day)


def alike_moves(moves: Iterable[Moved]) -> list[Alike]:
    """Join moves that read the same, in the order of their old days."""
    found: dict[tuple[object, ...], list[Moved]] = {}
    for move in moves:
        key = (*_read(move.before), _planned(move.before), _planned(move.after))
        found.setdefault(key, []).append(move)
    joined = (Alike(same[0].before, same[0].after, len(same)) for same in found.values())
    return sorted(joined, key=_by_day)


def _read(line: Line) -> tuple[object, ...]:
    return line.procedure, line.occurrence, line.key, line.group, line.unit


def _moment(line: Line) -> tuple[date | None, date | None, datetime | None]:
    return line.first if line.kind == "window" else None, line.day, line.starts_at


def _planned(line: Line) -> tuple[object, ...]:
    return (*_moment(line), line.latest, line.owner)


def _by_day(found: Alike) -> tuple[date, str, str]:
    return found.line.day or date.max, found.line.title, found.line.group or ""


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
