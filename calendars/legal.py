"""Legal dates: data per school year, each with its source and the day on which it was checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_YEARS = Path(__file__).parent / "years"


@dataclass(frozen=True, slots=True)
class LegalDate:
    """A window or last calendar day that a law or decree fixes for one school year."""

    key: str
    title: str
    last: date
    source: str
    checked_on: date
    first: date | None = None


@cache
def legal_dates(label: str) -> Mapping[str, LegalDate]:
    """Return the legal dates of a school year by key; none for a year that has no file yet."""
    path = _YEARS / f"{label}.toml"
    if not path.exists():
        return {}
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["legal"]
    return {row["key"]: LegalDate(**row) for row in rows}


@cache
def known_years() -> tuple[str, ...]:
    """Return the school years of which the legal dates are known."""
    return tuple(sorted(path.stem for path in _YEARS.glob("*.toml")))
