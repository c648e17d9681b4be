"""How a date came to be: steps as data, and the same steps in Dutch that a teacher understands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

MONTHS_NL = (
    "januari februari maart april mei juni juli augustus september oktober november december"
).split()
WEEKDAYS_NL = "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split()
WHO_IS_IN = "wie dit doet is er op"  # for the one who does it: "je bent er op"
_COUNTED = {"offset", "pause", "extension"}
_CLOSING = {"legal", "open", "warning", "note"}
_WITH_ARTICLE = ("vakantie", "studiedag", "studiedagen", "studiemiddag")


@dataclass(frozen=True, slots=True)
class Skipped:
    """Closed days that a count did not count (first and last included)."""

    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: what was done, and the day it led to.

    ``kind`` is one of: layer, anchor, rule, offset, pause, extension, consequence, choice, window, margin,
    meeting, roll, clip, pin, note, legal, open, warning.
    """

    kind: str
    text: str
    day: date | None = None
    skipped: tuple[Skipped, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the step as JSON data."""
        return {
            "kind": self.kind,
            "text": self.text,
            "day": self.day.isoformat() if self.day else None,
            "skipped": [
                {"name": s.name, "first_day": s.first_day.isoformat(), "last_day": s.last_day.isoformat()}
                for s in self.skipped
            ],
        }


def day_nl(day: date) -> str:
    """Write a day as "dinsdag 2 maart"."""
    return f"{WEEKDAYS_NL[day.weekday()]} {day.day} {MONTHS_NL[day.month - 1]}"


def span_nl(first: date, last: date) -> str:
    """Write a span of days as "13 t/m 21 februari"."""
    if first == last:
        return f"{first.day} {MONTHS_NL[first.month - 1]}"
    start = f"{first.day}" if first.month == last.month else f"{first.day} {MONTHS_NL[first.month - 1]}"
    return f"{start} t/m {last.day} {MONTHS_NL[last.month - 1]}"


def closed_nl(name: str) -> str:
    """Write the name of closed days inside a sentence: "de voorjaarsvakantie", "Goede vrijdag"."""
    lower = name[:1].lower() + name[1:]
    return f"de {lower}" if name.casefold().endswith(_WITH_ARTICLE) else name


def joined(words: Sequence[str]) -> str:
    """Join words as "maandag, dinsdag en woensdag"."""
    return " en ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def sentence(steps: Iterable[dict[str, Any]], *, mine: bool = False) -> str:
    """Write the stored steps of a derivation as Dutch; ``mine`` when the reader is who does the work."""
    told = list(_told(list(steps)))
    end = len(told)
    while end and told[end - 1]["kind"] in _CLOSING:
        end -= 1
    parts = ["; ".join(_part(step) for step in told[:end]), *(_part(step) for step in told[end:])]
    text = " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts if part)
    text = text or "Er is nog geen datum: nog te plannen."
    return _to_the_owner(text) if mine else text


def _to_the_owner(text: str) -> str:
    return text.replace(WHO_IS_IN, "je bent er op").replace(WHO_IS_IN.capitalize(), "Je bent er op")


def _told(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Join what is counted from with the count, so that each day is named once."""
    anchor: dict[str, Any] | None = None
    before = None
    for step, after in zip_longest(steps, steps[1:]):
        if step["kind"] == "anchor" and after and after["kind"] in _COUNTED:
            anchor = step
            continue
        again = step["kind"] == "choice" and step.get("day") == before
        told = {**step, "day": None} if again else step
        yield {**told, "text": _counted(anchor, step["text"])} if anchor else told
        anchor, before = None, step.get("day")


def _counted(anchor: dict[str, Any], text: str) -> str:
    """Name what is counted from: "15 schooldagen na de laatste toetsdag (vrijdag 29 januari)"."""
    title, day = str(anchor["text"]), anchor.get("day")
    when = day_nl(date.fromisoformat(day)) if day else ""
    if when and when in text:
        return text.replace(when, f"{title} ({when})", 1)
    return f"{text}, {title}"


def _part(step: dict[str, Any]) -> str:
    text = str(step["text"])
    if skipped := step.get("skipped"):
        verb = "telt niet mee" if len(skipped) == 1 else "tellen niet mee"
        text += f", {joined([_skipped(s) for s in skipped])} {verb}"
    day = step.get("day")
    return f"{text}: {day_nl(date.fromisoformat(day))}" if day else text


def _skipped(closed: dict[str, Any]) -> str:
    first, last = date.fromisoformat(closed["first_day"]), date.fromisoformat(closed["last_day"])
    return f"{closed_nl(closed['name'])} {'op' if first == last else 'van'} {span_nl(first, last)}"


def as_data(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return a derivation as JSON data."""
    return [step.as_data() for step in steps]
