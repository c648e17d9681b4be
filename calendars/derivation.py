"""How a date came to be: steps as data, and the same steps in Dutch that a teacher understands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

MONTHS_NL = (
    "januari februari maart april mei juni juli augustus september oktober november december"
).split()
WEEKDAYS_NL = "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split()


@dataclass(frozen=True, slots=True)
class Skipped:
    """Closed days that a count did not count (first and last included)."""

    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: what was done, and the day it led to.

    ``kind`` is one of: anchor, rule, offset, choice, window, meeting, roll, clip, pin, legal, open, warning.
    """

    kind: str
    text: str
    day: date | None = None
    skipped: tuple[Skipped, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the step as JSON data."""
        data = asdict(self)
        data["day"] = self.day.isoformat() if self.day else None
        data["skipped"] = [
            {"name": s.name, "first_day": s.first_day.isoformat(), "last_day": s.last_day.isoformat()}
            for s in self.skipped
        ]
        return data


def day_nl(day: date) -> str:
    """Write a day as "dinsdag 2 maart"."""
    return f"{WEEKDAYS_NL[day.weekday()]} {day.day} {MONTHS_NL[day.month - 1]}"


def span_nl(first: date, last: date) -> str:
    """Write a span of days as "13 t/m 21 februari"."""
    if first == last:
        return f"{first.day} {MONTHS_NL[first.month - 1]}"
    start = f"{first.day}" if first.month == last.month else f"{first.day} {MONTHS_NL[first.month - 1]}"
    return f"{start} t/m {last.day} {MONTHS_NL[last.month - 1]}"


def sentence(steps: Iterable[dict[str, Any]]) -> str:
    """Write the stored steps of a derivation as one Dutch paragraph."""
    parts = [_part(step) for step in _told(list(steps))]
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] + "." if text else "Er is nog geen datum: nog te plannen."


def _told(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Join what is counted from with the count, so that its day is named once."""
    anchor = ""
    for step, after in zip_longest(steps, steps[1:]):
        if step["kind"] == "anchor" and after and after["kind"] == "offset":
            anchor = f", {step['text']}"
            continue
        yield {**step, "text": f"{step['text']}{anchor}"}
        anchor = ""


def _part(step: dict[str, Any]) -> str:
    skipped = [
        f"{s['name']} ({span_nl(date.fromisoformat(s['first_day']), date.fromisoformat(s['last_day']))})"
        for s in step.get("skipped", ())
    ]
    text = str(step["text"])
    if skipped:
        text += f" (telt niet mee: {', '.join(skipped)})"
    day = step.get("day")
    return f"{text}: {day_nl(date.fromisoformat(day))}" if day else text


def as_data(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return a derivation as JSON data."""
    return [step.as_data() for step in steps]
