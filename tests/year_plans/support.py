"""Real year plans as files of rules, and what their comments say about where each item comes from.

A plan (``plans/<nn>.toml``) is a file of rules like any other. Its comments hold what the tests compare with:

- ``# year 2018-2019`` and ``# region zuid``, anywhere: in which year and region it is tried;
- directly above each ``[[item]]``, one comment a line:
  ``# 01-07`` this is item 7 of source 01 (an item of a source may need several);
  ``# expect 2018-10-29/2018-11-02`` a period or day that the source itself states (one line per occurrence;
  ``..`` is an end that nobody states; ``# expect 2017-2018 2017-09-01`` in another year than the file's);
  ``# plan 2024-03-22`` the day to do it on, where that is another one than the source's;
  ``# no moment`` the source says no moment at all;
  ``# gap: why`` the language can't say all of it; anything else is an explanation.

Who does something is one of the roles of ``calendars.yearplan.owners`` (leerkracht, ib, directie) or else a
word for someone without an account (ouders, leerling, vo, swv, externe).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from calendars.legal import legal_dates
from calendars.official import Region, official_closures
from calendars.schoolyear import Closed, SchoolCalendar
from calendars.yearplan.evaluate import Result, World, evaluate
from calendars.yearplan.items import RuleFile

HERE = Path(__file__).parent
USUAL_YEAR, USUAL_REGION = "2026-2027", "midden"
REGIONS: dict[str, Region] = {"noord": "noord", "midden": "midden", "zuid": "zuid"}
_SOURCE = re.compile(r"# (\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class Expected:
    """A period that a source states, of one school year; an end that it doesn't state is None."""

    label: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Marks:
    """What the comments above one ``[[item]]`` say."""

    source: str
    number: int
    expected: tuple[Expected, ...]
    planned: tuple[date, ...]
    has_no_moment: bool
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class YearPlan:
    """A year plan, with the year and region it is tried in, and the marks of each of its items in order."""

    stem: str
    file: RuleFile
    label: str
    region: Region
    marks: tuple[Marks, ...]

    def results(self, label: str = "") -> list[Result]:
        """Return what its items come to in a school year; its own when none is named."""
        return evaluate(self.file, world(self.file, label or self.label, self.region))


def stems() -> list[str]:
    """Return the numbers of the plans that there are."""
    return sorted(path.stem for path in (HERE / "plans").glob("*.toml"))


def counts() -> dict[str, int]:
    """Return how many items each source has."""
    table: dict[str, int] = tomllib.loads((HERE / "counts.toml").read_text(encoding="utf-8"))["items"]
    return table


@cache
def load(stem: str) -> YearPlan:
    """Return a plan; raise when it isn't a valid file of rules or its comments can't be read."""
    text = (HERE / "plans" / f"{stem}.toml").read_text(encoding="utf-8")
    label = _said(text, "year") or USUAL_YEAR
    region = REGIONS[_said(text, "region") or USUAL_REGION]
    marks = tuple(_marks(comments, label) for comments in _above_items(text))
    return YearPlan(stem, RuleFile.model_validate(tomllib.loads(text)), label, region, marks)


def world(file: RuleFile, label: str, region: Region) -> World:
    """Return a school year with the official closures of a region, and those of the file itself."""
    starts = int(label[:4])
    own = [
        Closed(c.name, c.first, c.last or c.first, official=False, replaces=c.replaces) for c in file.closure
    ]
    closures = [*official_closures(region, starts, starts + 2), *own]
    calendar = SchoolCalendar(date(starts, 7, 1), date(starts + 2, 7, 1), closures)
    return World(calendar, calendar.year(label), legal_dates(label), {})


def _said(text: str, word: str) -> str:
    found = re.search(rf"^# {word} (\S+)$", text, re.MULTILINE)
    return found[1] if found else ""


def _above_items(text: str) -> Iterator[list[str]]:
    """Yield the comment lines directly above each ``[[item]]``."""
    comments: list[str] = []
    for line in text.splitlines():
        if line == "[[item]]":
            yield comments
        comments = [*comments, line] if line.startswith("# ") else []


def _marks(comments: list[str], label: str) -> Marks:
    sources = [found for line in comments if (found := _SOURCE.fullmatch(line))]
    if len(sources) != 1:
        raise ValueError(f"an item has one number of a source, not {comments}")
    return Marks(
        sources[0][1],
        int(sources[0][2]),
        tuple(_expected(words, label) for words in _after("# expect ", comments)),
        tuple(date.fromisoformat(words) for words in _after("# plan ", comments)),
        "# no moment" in comments,
        tuple(_after("# gap: ", comments)),
    )


def _after(start: str, comments: list[str]) -> Iterator[str]:
    return (line.removeprefix(start) for line in comments if line.startswith(start))


def _expected(words: str, label: str) -> Expected:
    *other, said = words.split()
    first, _, last = said.partition("/")
    return Expected(other[0] if other else label, _day(first), _day(last or first))


def _day(text: str) -> date | None:
    return None if text == ".." else date.fromisoformat(text)
