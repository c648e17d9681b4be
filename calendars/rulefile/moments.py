"""A moment as somebody typed it in Dutch, and how the rule language says it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from calendars.derivation import MONTHS_NL
from calendars.phrases import rule_of
from calendars.rules import is_day
from calendars.rules.words import WEEKDAYS

Moment = str | dict[str, Any]
_YEAR = "2026-2027"  # a year for the reader of phrases; what is written holds for each year
_SHORT = "jan feb mrt apr mei jun jul aug sep okt nov dec".split()
_MONTH = r"[a-zé]{3,9}\.?"
_DAY = re.compile(rf"(?:(?:{'|'.join(WEEKDAYS)}|ma|di|wo|do|vr)\.? )?(\d{{1,2}}) ?({_MONTH})(?: (\d{{4}}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}))?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
_ONCE = re.compile(r"\b(20\d\d)\b")
_MOST = 12  # months of a year


def month_of(text: str) -> int | None:
    """Return the number of a month that is written out or cut short ("november", "nov.")."""
    plain = text.strip().rstrip(".").casefold()
    if plain in {"maa", "maart"}:
        return 3
    if plain == "sept":
        return 9
    names = [n for n, name in enumerate(MONTHS_NL, 1) if plain == name]
    return names[0] if names else _SHORT.index(plain) + 1 if plain in _SHORT else None


def parts_of(text: str) -> tuple[str, int, int] | None:
    """Return year (or nothing), month and day of a day as people write it, also one that doesn't exist."""
    said = text.strip().casefold()
    if found := _DAY.fullmatch(said):
        month = month_of(found[2])
        return (found[3] or "", month, int(found[1])) if month else None
    if found := _YEAR_FIRST.fullmatch(said):
        return found[1], int(found[2]), int(found[3])
    if found := _DAY_FIRST.fullmatch(said):
        first, second = int(found[1]), int(found[2])
        is_month_first = second > _MOST or (not found[3] and re.fullmatch(r"\d\d-\d\d", said))
        if is_month_first and first <= _MOST:
            return found[3] or "", first, second
        return found[3] or "", second, first
    return None


def day_meant(text: str) -> str | None:
    """Return a day as the language writes it ("03-24", "2027-03-24"), or nothing when it is no day."""
    parts = parts_of(text)
    if parts is None or unreal(text):
        return None
    year, month, day = parts
    return f"{year}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"


def unreal(text: str) -> str:
    """Return a day that no calendar has in words ("30 februari"); empty for any other text."""
    parts = parts_of(text)
    if parts is None:
        return ""
    year, month, day = parts
    try:
        date(int(year or 2024), month, day)
    except ValueError:
        named = 1 <= month <= _MOST
        return f"{day} {MONTHS_NL[month - 1]}{f' {year}' if year else ''}" if named else f"maand {month}"
    return ""


def moment_meant(text: str, items: Mapping[str, str]) -> Moment | None:
    """Return the day, the name or the rule that a text may mean; ``items`` are titles by key."""
    if day := day_meant(text):
        return day
    said = text.strip().casefold()
    for key, title in items.items():
        if said.removeprefix("item.").removeprefix("items.") in {key, title.casefold()}:
            return f"item.{key}"
    if said in WEEKDAYS or unreal(text):
        return None
    found = rule_of(text, label=_YEAR, items=items)
    rule = found.rule
    if not found.recognised or rule["rule"] == "open" or _ONCE.search(said):
        return None
    if rule["rule"] == "date" and set(rule) == {"rule", "day"}:
        return str(rule["day"])
    return dict(rule)


def is_no_moment(text: str) -> bool:
    """Tell whether a text says that there is no day yet, or only on request."""
    found = rule_of(text, label=_YEAR)
    return found.recognised and found.rule["rule"] == "open" and not is_day(text)
