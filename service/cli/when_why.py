"""Why an item has the days that it has: a series is explained once, then only what differs, time by time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from calendars.derivation import Step, day_nl, joined, sentence
from calendars.derivation import as_data as steps_data
from calendars.yearplan.evaluate import Result
from calendars.yearplan.happened import done_on, outcome_of
from calendars.yearplan.items import PlanItem, RuleFile

_ODD = {"roll", "clip", "warning", "pin"}  # steps that make one time differ from the others
_TAIL = {"legal", "open", "note"}
_MOST = 5  # exceptions that are told apart
_LAST = 10  # years to look ahead


def why_nl(result: Result) -> str:
    """Return in Dutch how an item came to its days."""
    if len(result.placed) < 2 or not all(placed.steps for placed in result.placed):  # noqa: PLR2004 -- a series
        return sentence(steps_data(result.steps)) if result.steps else ""
    first, *others = [placed.steps for placed in result.placed]
    shared = [step for step in first if all(step in steps for steps in others)]
    plain = [step for step in shared if step.kind not in _TAIL]
    told = shared if plain else [*_example(first), *shared]
    lead = "" if plain or not told else f"{_times([_named(result, 0)])}: "
    text = sentence(steps_data(told)) if told else ""
    text = f"{lead}{text[:1].lower()}{text[1:]}" if lead else text
    return " ".join(part for part in (text, *_exceptions(result, shared)) if part)


def _example(steps: Iterable[Step]) -> list[Step]:
    """Return how the first time came to be, as an example of all of them."""
    return [step for step in steps if step.kind not in _TAIL | _ODD]


def _exceptions(result: Result, shared: Sequence[Step]) -> list[str]:
    found: dict[str, list[str]] = {}
    for number, placed in enumerate(result.placed):
        odd = [step for step in placed.steps if step.kind in _ODD and step not in shared]
        if odd:
            text = sentence(steps_data([replace(step, day=None) for step in odd])).removesuffix(".")
            found.setdefault(f"{text[:1].lower()}{text[1:]}", []).append(_named(result, number))
    told = [f"{_times(times)}: {text}." for text, times in [*found.items()][:_MOST]]
    more = sum(len(times) for times in [*found.values()][_MOST:])
    return [*told, f"Nog {more} keer is er zo'n reden."] if more else told


def _named(result: Result, number: int) -> str:
    """Name one time: by its own name ("januari"), or by its number."""
    label = result.placed[number].label
    return label.removeprefix("keer ") if label else str(number + 1)


def _times(names: Sequence[str]) -> str:
    text = joined(list(dict.fromkeys(names)))
    return f"Keer {text}" if text[:1].isdigit() else f"{text[:1].upper()}{text[1:]}"


def told(results: Iterable[Result], file: RuleFile, label: str) -> tuple[Result, ...]:
    """Return the results with the reasons that the file itself gives: done, left out, other this year."""
    instead: dict[str, list[PlanItem]] = {}
    for item in file.item:
        if item.instead_of and item.pupils and item.is_in(label):
            instead.setdefault(item.instead_of, []).append(item)
    return tuple(_told(result, file, label, instead.get(result.item.key, ())) for result in results)


def _told(result: Result, file: RuleFile, label: str, instead: Iterable[PlanItem]) -> Result:
    notes = [f'voor sommige leerlingen komt "{other.title}" in de plaats' for other in instead]
    if label in result.item.when_in:
        notes.append(f"in {label} anders dan in andere jaren")
    if notes and result.placed:
        result = replace(result, steps=(*result.steps, *(Step("note", text) for text in notes)))
    if result.status == "done":
        return replace(result, why_not=_done_nl(result, file))
    if result.why_not == "dit jaar niet":
        return replace(result, why_not=f"dit jaar niet{_left_out(result.item, label)}")
    return result


def _done_nl(result: Result, file: RuleFile) -> str:
    """Say when an item was done, and how it ended."""
    key, pupil = result.item.key, result.pupil
    below = [pupil] if pupil else []
    day = done_on(file.done, key, *below) or done_on(file.done, key)
    ended = outcome_of(file.done, key, pupil)
    on = f" op {day_nl(day)} {day.year}" if day else ""
    return f"klaar{on}{f', met uitkomst {ended!r}' if ended else ''}"


def _left_out(item: PlanItem, label: str) -> str:
    """Say why an item isn't of this year, and when it comes again."""
    starts = int(label[:4])
    years = (f"{year}-{year + 1}" for year in range(starts + 1, starts + _LAST))
    again = next((year for year in years if item.is_in(year)), None)
    more = f", weer in {again}" if again else ""
    if label in item.not_in_years:
        return f": het vervalt in {label}{more}"
    if item.only_years and label not in item.only_years:
        return f": alleen in {joined(item.only_years)}"
    return f": eens per {item.every_years} jaar{more}"
