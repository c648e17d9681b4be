"""A year's work per week as a picture: bars of work, a line of presence, and the norms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from service.trial.load import Load, Norm
from service.trial.weeks import Week

WIDTH, HEIGHT = 760, 220
_LEFT, _TOP, _BOTTOM = 34, 10, 26
_HOUR = 60
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """The work of one week; ``heavy`` when there is less time than work."""

    x: float
    y: float
    width: float
    height: float
    heavy: bool
    free: bool
    monday: date


@dataclass(frozen=True, slots=True)
class Tick:
    """A level of hours."""

    y: float
    hours: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a month begins."""

    x: float
    day: date


@dataclass(frozen=True, slots=True)
class Line:
    """A norm, in hours per week."""

    y: float
    hours: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the picture needs, in its own units."""

    bars: tuple[Bar, ...]
    present: str
    ticks: tuple[Tick, ...]
    months: tuple[Mark, ...]
    norms: tuple[Line, ...]
    left: int = _LEFT
    top: int = _TOP
    right: int = WIDTH
    floor: int = HEIGHT - _BOTTOM
    height: int = HEIGHT


def chart_of(load: Load, weeks: Sequence[Week], norms: Iterable[Norm] = ()) -> Chart:
    """Draw the load of one person, or of several that were added up."""
    norms = tuple(norms)
    most = max([1.0, *(m / _HOUR for m in (*load.planned, *load.present)), *(n.hours for n in norms)])
    top = _round_up(most)
    step = (WIDTH - _LEFT) / max(1, len(weeks))

    def y(hours: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - hours / top), 1)

    bars = tuple(
        Bar(
            x=round(_LEFT + n * step + step * 0.15, 1),
            y=y(planned / _HOUR),
            width=round(step * 0.7, 1),
            height=round(HEIGHT - _BOTTOM - y(planned / _HOUR), 1),
            heavy=planned > present,
            free=week.school_week is None,
            monday=week.monday,
        )
        for n, (week, planned, present) in enumerate(zip(weeks, load.planned, load.present, strict=True))
    )
    return Chart(
        bars=bars,
        present=_stairs([y(minutes / _HOUR) for minutes in load.present], step),
        ticks=tuple(Tick(y(hours), hours) for hours in range(0, top + 1, _tick(top))),
        months=tuple(_months(weeks, step)),
        norms=tuple(Line(y(norm.hours), norm.hours, norm.words) for norm in norms),
    )


def together(loads: Sequence[Load]) -> Load:
    """Return the loads of several people as one, as the norms count the IB'ers of a school."""
    first = loads[0]
    planned = tuple(sum(each) for each in zip(*(load.planned for load in loads), strict=True))
    present = tuple(sum(each) for each in zip(*(load.present for load in loads), strict=True))
    return Load(person=first.person, planned=planned, present=present)


def _stairs(levels: Sequence[float], step: float) -> str:
    points = []
    for n, level in enumerate(levels):
        points += [f"{_LEFT + n * step:.1f},{level}", f"{_LEFT + (n + 1) * step:.1f},{level}"]
    return " ".join(points)


def _months(weeks: Sequence[Week], step: float) -> Iterable[Mark]:
    before = 0
    for n, week in enumerate(weeks):
        if week.friday.month != before:
            before = week.friday.month
            yield Mark(round(_LEFT + n * step, 1), week.friday)


def _round_up(hours: float) -> int:
    tick = _tick(int(hours) + 1)
    return -(-int(hours * 10) // (tick * 10)) * tick


def _tick(top: int) -> int:
    return next((each for each in (1, 2, 4, 8, 16, 40) if top / each <= _MOST_TICKS), 80)
