"""The days of a file of rules as a terminal shows them, and the same as JSON."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from textwrap import wrap
from typing import Any

from calendars.derivation import as_data as steps_data
from calendars.derivation import day_nl
from calendars.rulefile.cautions import Warned
from calendars.yearplan.evaluate import Result, Status
from calendars.yearplan.items import Clocktime, PlanItem
from calendars.yearplan.placing import Placed
from calendars.yearplan.selection import pupils_nl
from service.cli.when_why import why_nl

_STATUS_NL: dict[Status, str] = {
    "planned": "gepland",
    "to-plan": "nog te plannen",
    "not-this-year": "dit jaar niet",
    "not-now": "geldt nu niet",
    "missed": "gemist",
    "done": "klaar",
}
_NEED_NL = {
    "required": "moet",
    "target": "streven",
    "preferred": "bij voorkeur",
    "optional": "mag",
    "on-request": "op verzoek",
}
_WIDEST = 100
_MARGIN = 12
_FEW = 3  # occurrences that one line names


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file of rules comes to in one school year, with what is odd about it."""

    file: str
    title: str
    region: str
    year: str
    results: tuple[Result, ...]
    general: tuple[str, ...]
    warned: tuple[Warned, ...]


def as_data(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON data; a pupil is a key, never a name."""
    return {
        "file": answer.file,
        "title": answer.title,
        "region": answer.region,
        "year": answer.year,
        "items": [_item(result) for result in answer.results],
        "warnings": [
            *({"key": None, "text": text, "file": None, "line": None} for text in answer.general),
            *({"key": w.key, "text": w.text, "file": w.file, "line": w.line} for w in answer.warned),
        ],
    }


def _item(result: Result) -> dict[str, Any]:
    item = result.item
    return {
        "key": item.key,
        "title": item.title,
        "kind": item.kind,
        "groups": list(result.groups or item.groups),
        "pupils": pupils_nl(item.pupils),
        "owner": list(item.owner),
        "together": item.together,
        "also": list(item.also),
        "asked_by": list(item.asked_by),
        "need": item.need,
        "next_year": item.next_year,
        "status": result.status,
        "status_nl": _STATUS_NL[result.status],
        "pupil": result.pupil,
        "overflow": result.overflow,
        "periods": [_period(placed) for placed in result.placed],
        "choice": result.choice,
        "legal_on": _iso(result.legal_on),
        "law": law_of(result),
        "conditions": list(result.conditions),
        "why_not": result.why_not,
        "time": _hours(item.time),
        "place": list(item.place),
        "note": item.note,
        "explanation": explanation(result),
        "derivation": steps_data(result.steps),
    }


def _period(placed: Placed) -> dict[str, Any]:
    return {
        "first": _iso(placed.first),
        "last": _iso(placed.last),
        "plan_on": _iso(placed.plan_on),
        "label": placed.label,
        "from": _iso(placed.from_),
        "until": _iso(placed.until),
        "status": placed.status,
        "derivation": steps_data(placed.steps),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _hours(hours: Clocktime | None) -> dict[str, Any] | None:
    if hours is None:
        return None
    return {
        "at": _clock(hours.at),
        "until": _clock(hours.until),
        "part": hours.part,
        "minutes": hours.minutes,
        "at_most": hours.at_most,
    }


def _clock(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at else None


def explanation(result: Result) -> str:
    """Return in Dutch how an item came to its days, or why it has none yet."""
    told = why_nl(result)
    if not result.why_not:
        return told
    state = _state_nl(result)
    why = f"{state[:1].upper()}{state[1:]}."
    return f"{why} {told}".strip()


def law_of(result: Result) -> str | None:
    """Return what sets the legal day of an item: its law, or the source of the legal date itself."""
    if result.item.law or result.legal_on is None:
        return result.item.law
    said = next((step.text for step in result.steps if step.kind == "legal"), "")
    limit = said.removeprefix("uiterlijk (wettelijk, ")
    if limit != said:
        return limit.removesuffix(")") or None
    return said.removeprefix("wettelijk: ").replace(" (", ", ").removesuffix(")") or None


def as_text(answer: Answer) -> str:
    """Return an answer for a terminal: per item its days, whom it is about, its limit and why."""
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    head = f"{answer.title or answer.file}: schooljaar {answer.year}, regio {answer.region}"
    lines = [*wrap(head, width), ""]
    for text in answer.general:
        lines += [*wrap(f"Let op: {text}.", width), ""]
    for result in answer.results:
        lines += [*_lines(result, answer.warned, width), ""]
    lines += wrap(_totals(answer.results), width)
    return "\n".join(lines)


def _lines(result: Result, warned: Iterable[Warned], width: int) -> Iterator[str]:
    item = result.item
    about = f" (leerling {result.pupil})" if result.pupil else ""
    yield from wrap(f"{item.title}{', uitloop' if result.overflow else ''}{about}  [{item.key}]", width)
    for name, text in _parts(result):
        yield from _part(name, text, width)
    for one in warned:
        if one.key == item.key and not result.overflow:
            yield from _part("let op", f"{one.text} ({one.file}, regel {one.line}).", width)


def _part(name: str, text: str, width: int) -> Iterator[str]:
    rows = wrap(text, max(20, width - _MARGIN)) or [""]
    yield f"  {name:<{_MARGIN - 2}}{rows[0]}"
    yield from (" " * _MARGIN + row for row in rows[1:])


def _parts(result: Result) -> Iterator[tuple[str, str]]:
    item = result.item
    if result.status != "planned":
        yield "stand", _state_nl(result)
    days = [_days_nl(placed) for placed in result.placed]
    days += ["één hiervan, naar keuze"] if result.choice else []
    yield from zip(["wanneer", *[""] * len(days)], days, strict=False)
    yield from _hours_and_place(item)
    if result.legal_on:
        yield "wettelijk", f"uiterlijk {_dated(result.legal_on)} ({law_of(result)})"
    if who := _who_nl(item):
        yield "wie", who
    yield "voor", _for_whom(result)
    yield "hoe", _NEED_NL[item.need]
    for condition in result.conditions:
        yield "alleen", condition
    if item.note:
        yield "opmerking", item.note
    if result.steps:
        yield "waarom", why_nl(result)


def _hours_and_place(item: PlanItem) -> Iterator[tuple[str, str]]:
    if item.time:
        yield "tijd", _time_nl(item.time)
    if item.place:
        yield "waar", f"{', '.join(item.place)}{' (om de beurt)' if len(item.place) > 1 else ''}"


def _days_nl(placed: Placed) -> str:
    first, last = placed.first, placed.last
    if first and last:
        text = _dated(last) if first == last else f"{_span(first, last)}"
    elif last:
        text = f"uiterlijk {_dated(last)}"
    else:
        text = f"vanaf {_dated(first)}" if first else "geen dag"
    if placed.label:
        text = f"{placed.label}: {text}"
    if placed.plan_on and (first != last or placed.plan_on != last):
        same_year = (last or first or placed.plan_on).year == placed.plan_on.year
        text += f" (plannen op {day_nl(placed.plan_on) if same_year else _dated(placed.plan_on)})"
    if placed.status != "planned":
        text += f" ({_STATUS_NL[placed.status]})"
    if placed.from_ and placed.until:
        text += f"; mag zonder overleg van {_span(placed.from_, placed.until)}"
    return text


def outcome(result: Result) -> str:
    """Return in one line what an item comes to: its days, its limit, what it hangs on."""
    parts = [_days_nl(placed) for placed in result.placed[:_FEW]]
    if more := len(result.placed) - len(parts):
        parts.append(f"… en nog {more}")
    text = (" of " if result.choice else "; ").join(parts)
    text = text or _state_nl(result)
    if result.legal_on:
        text += f"; wettelijk uiterlijk {_dated(result.legal_on)} ({law_of(result)})"
    text += "".join(f"; {condition}" for condition in result.conditions)
    text = f"uitloop {text}" if result.overflow else text
    return f"{result.pupil}: {text}" if result.pupil else text


def _state_nl(result: Result) -> str:
    name = _STATUS_NL[result.status]
    if result.why_not.startswith(name):
        return result.why_not
    return f"{name} ({result.why_not})" if result.why_not else name


def _span(first: date, last: date) -> str:
    start = day_nl(first) if first.year == last.year else _dated(first)
    return f"{start} t/m {_dated(last)}"


def _dated(day: date) -> str:
    return f"{day_nl(day)} {day.year}"


def _time_nl(hours: Clocktime) -> str:
    parts = []
    if hours.at and hours.until:
        parts.append(f"{hours.at:%H:%M}-{hours.until:%H:%M} uur")
    elif hours.at:
        parts.append(f"vanaf {hours.at:%H:%M} uur")
    elif hours.until:
        parts.append(f"tot {hours.until:%H:%M} uur")
    parts += [hours.part.replace("-", " ")] if hours.part else []
    most = "ten hoogste " if hours.at_most else ""
    parts += [f"{most}{hours.minutes} minuten per keer"] if hours.minutes else []
    return ", ".join(parts)


def _who_nl(item: PlanItem) -> str:
    owner = (" en " if item.together else " of ").join(item.owner)
    also = f"ook: {', '.join(item.also)}" if item.also else ""
    asked = f"op verzoek van {' of '.join(item.asked_by)}" if item.asked_by else ""
    following = "leerkracht van volgend jaar" if item.next_year and "leerkracht" in item.owner else ""
    return "; ".join(part for part in (owner, following, also, asked) if part)


def _for_whom(result: Result) -> str:
    groups = result.groups or result.item.groups
    named = "de hele school" if "school" in groups else f"groep {_joined(groups)}"
    pupils = pupils_nl(result.item.pupils)
    return f"{named}, {pupils}" if pupils else named


def _joined(groups: tuple[str, ...]) -> str:
    return f"{', '.join(groups[:-1])} en {groups[-1]}" if len(groups) > 1 else groups[0]


def _totals(results: Iterable[Result]) -> str:
    counts: dict[str, int] = {}
    for result in results:
        if not result.overflow:
            counts[_STATUS_NL[result.status]] = counts.get(_STATUS_NL[result.status], 0) + 1
    return ", ".join(f"{number} {name}" for name, number in counts.items()) + "."
