"""A trial year as its page shows it: names with ids, clashes by gravity, weeks with their items."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from service.trial.clashes import Clash
from service.trial.load import WORK, Load
from service.trial.messages import HOW
from service.trial.outcome import Line, Outcome
from service.trial.totals import Totals
from service.trial.weeks import Free, Week
from service.web.trial_chart import Chart, chart_of, together

GRAVITIES = {
    "law": "De wet",
    "high": "Dit gaat zo niet",
    "low": "Om even naar te kijken",
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a year asks of one person."""

    totals: Totals
    load: Load | None

    @property
    def busiest(self) -> int:
        """Return the place of the week with most work."""
        planned = self.load.planned if self.load else ()
        return max(range(len(planned)), key=lambda n: planned[n], default=0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The same work of several groups on one day: the first line, and per owner the groups and how many."""

    line: Line
    count: int
    owners: tuple[tuple[UUID | None, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """One week of the walk: what is due, what runs, and who is heavily loaded."""

    week: Week
    days: tuple[tuple[date, list[Bundle]], ...]
    running: list[Bundle]
    heavy: tuple[UUID, ...]
    count: int


def overview(outcome: Outcome, who: UUID | None = None) -> dict[str, Any]:
    """Return everything the page of a trial year needs."""
    rows = person_rows(outcome)
    loads = {load.person: load for load in outcome.loads}
    shown = [loads[who]] if who in loads else [loads[id_] for id_ in outcome.ib if id_ in loads]
    is_ib = bool(shown) and {load.person for load in shown} == set(outcome.ib)
    load = together(shown) if shown else None
    return {
        "outcome": outcome,
        "rows": rows,
        "clashes": by_gravity(outcome.clashes),
        "gravities": GRAVITIES,
        "messages": sum(t.messages for t in outcome.totals),
        "shown": [load.person for load in shown],
        "load": load,
        "chart": _chart(load, outcome, is_ib=is_ib),
        "norms": outcome.norms if is_ib else (),
        "work": WORK,
        "how": HOW,
    }


def person_rows(outcome: Outcome) -> list[PersonRow]:
    """Return the totals per person that has anything, with the load."""
    loads = {load.person: load for load in outcome.loads}
    return [
        PersonRow(t, loads.get(t.person) if t.person else None)
        for t in outcome.totals
        if t.tasks or t.windows or t.meetings
    ]


def by_gravity(clashes: Sequence[Clash]) -> list[tuple[str, list[Clash]]]:
    """Return the clashes by how bad they are; the law first."""
    found = [(gravity, [c for c in clashes if c.severity == gravity]) for gravity in GRAVITIES]
    return [(gravity, these) for gravity, these in found if these]


def walk(outcome: Outcome, week: Week) -> Walked:
    """Return one week of a trial year."""
    due = [line for line in outcome.lines if line.kind != "window" and week.holds(None, line.day)]
    running = [line for line in outcome.lines if line.kind == "window" and week.holds(line.first, line.day)]
    place = outcome.weeks.index(week)
    return Walked(
        week=week,
        days=tuple((day, _of_day(due, day)) for day in sorted({line.day for line in due if line.day})),
        running=bundled(running),
        heavy=tuple(load.person for load in outcome.loads if place in load.heavy),
        count=len(due) + len(running),
    )


def week_of(outcome: Outcome, asked: str, today: date) -> Week:
    """Return the asked week, else the week of today or the first."""
    for week in outcome.weeks:
        if week.monday.isoformat() == asked:
            return week
    now = next((week for week in outcome.weeks if week.holds(None, today)), None)
    return now or outcome.weeks[0]


def is_whole(week: Week) -> Free | None:
    """Return the holiday that takes the whole week, if one does."""
    return next(
        (f for f in week.free if not f.groups and f.first <= week.monday and f.last >= week.friday), None
    )


def undated(outcome: Outcome) -> list[Bundle]:
    """Return what has no day yet."""
    return bundled(line for line in outcome.lines if line.day is None)


def bundled(lines: Iterable[Line]) -> list[Bundle]:
    """Join the same work of several groups; a meeting stands alone, for it has an hour of its own."""
    found: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        key = (line.procedure, line.occurrence, line.key, line.first, line.day, line.starts_at)
        found.setdefault(key, []).append(line)
    bundles = [Bundle(same[0], len(same), _owners(same)) for same in found.values()]
    return sorted(bundles, key=lambda b: (str(b.line.starts_at or "x"), b.line.title))


def _owners(lines: Sequence[Line]) -> tuple[tuple[UUID | None, tuple[str, ...]], ...]:
    found: dict[UUID | None, dict[str, None]] = {}
    for line in lines:
        where = found.setdefault(line.owner, {})
        if name := line.group or line.unit:
            where[name] = None
    return tuple((owner, tuple(names)) for owner, names in found.items())


def _of_day(lines: Sequence[Line], day: date) -> list[Bundle]:
    return bundled(line for line in lines if line.day == day)


def _chart(load: Load | None, outcome: Outcome, *, is_ib: bool) -> Chart | None:
    return chart_of(load, outcome.weeks, outcome.norms if is_ib else ()) if load else None
