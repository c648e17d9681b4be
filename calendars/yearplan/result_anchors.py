"""What can be counted from once an item is dated: its whole, and each of its times."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from calendars.resolve import Anchor, Period
from calendars.yearplan.happened import done_on
from calendars.yearplan.items import RuleFile
from calendars.yearplan.placing import Placed
from calendars.yearplan.results import Result


def anchors_of_results(
    results: Iterable[Result], file: RuleFile, pupil: str | None
) -> Iterator[tuple[str, Anchor]]:
    """Yield what can be counted from once an item is dated (of one pupil, or None): its whole and parts."""
    for result in results:
        if result.placed and result.pupil == pupil:
            name = f"item.{result.item.key}{'.overflow' if result.overflow else ''}"
            yield from _anchors(result, name, file)
        elif result.pupil == pupil and (day := _done_day(result, file)):
            yield f"item.{result.item.key}", _done_anchor(result, day)


def _anchors(result: Result, name: str, file: RuleFile) -> Iterator[tuple[str, Anchor]]:
    title = f"de uitloop van {_title(result)}" if result.overflow else _title(result)
    times = [_time(result, placed, file) for placed in result.placed]
    for place, period in enumerate(times, 1):
        number = period.number or place
        if anchor := _anchor([period], f"{title}, {period.label or f'keer {number}'}"):
            yield f"{name}.{number}", anchor
    day = None if result.overflow else _done_day(result, file)
    if day:
        yield name, _done_anchor(result, day)
    elif whole := _anchor(times, title, one=result.choice):
        yield name, whole


def _time(result: Result, placed: Placed, file: RuleFile) -> Period:
    """Return one occurrence: the day on which it was done, or else the days that are meant."""
    meant, below = placed.counted, [result.pupil] if result.pupil else []
    day = None if result.overflow else done_on(file.done, result.item.key, *below, str(meant.number))
    return Period(day or meant.first, day or meant.last, meant.label, number=meant.number)


def _done_day(result: Result, file: RuleFile) -> date | None:
    own = done_on(file.done, result.item.key, result.pupil) if result.pupil else None
    return own or done_on(file.done, result.item.key)


def _done_anchor(result: Result, day: date) -> Anchor:
    return Anchor(day, f"de dag waarop {_title(result)} klaar was")


def _title(result: Result) -> str:
    return f'"{result.item.title}"'


def _anchor(times: Sequence[Period], title: str, *, one: bool = False) -> Anchor | None:
    """Return what comes back, or is open at an end, as it is; a choice (``one``) from first to last."""
    first, last = times[0].first, times[-1].last
    day = last or first
    if day is None:
        return None
    whole = one or (len(times) == 1 and first is not None and last is not None)
    return Anchor(day, title, first or day, () if whole else tuple(times))
