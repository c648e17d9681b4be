"""A file of rules tried in a real school year of a region: its own calendar and legal dates, who is there."""

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta

from calendars.derivation import Step, as_data, sentence
from calendars.legal import legal_dates
from calendars.official import Region, official_closures
from calendars.presence import Presence
from calendars.schoolyear import Closed, SchoolCalendar
from calendars.yearplan.evaluate import Result, World, evaluate
from calendars.yearplan.items import RuleFile
from calendars.yearplan.placing import Placed
from tests.calendars.invented_school import presence

REGIONS: tuple[Region, ...] = ("noord", "midden", "zuid")
IB = "di-pm wo"


def calendar_of(region: Region, label: str, own: Iterable[Closed] = ()) -> SchoolCalendar:
    """Return the days of a school year and the next, from the summer before it."""
    starts = int(label[:4])
    closures = [*official_closures(region, starts, starts + 2), *own]
    return SchoolCalendar(date(starts, 7, 1), date(starts + 2, 7, 31), closures)


def world_of(
    region: Region = "midden",
    label: str = "2026-2027",
    own: Iterable[Closed] = (),
    today: date | None = None,
    **weeks: str,
) -> World:
    """Return what rules are tried in; ``weeks`` say when who is there (ib="di-pm wo")."""
    days = calendar_of(region, label, own)
    there: dict[str, Presence] = {who: presence(week) for who, week in weeks.items()}
    return World(days, days.year(label), legal_dates(label), there, today)


def file_of(text: str) -> RuleFile:
    """Read a file of rules."""
    return RuleFile.model_validate(tomllib.loads(text))


def tried(text: str, world: World | None = None) -> dict[str, Result]:
    """Return what every item of a file comes to, by its key; of a pupil by "key/pupil"."""
    return {name(result): result for result in evaluate(file_of(text), world or world_of())}


def name(result: Result) -> str:
    """Name a result in a test."""
    return "/".join(part for part in (result.item.key, result.pupil, "overflow" * result.overflow) if part)


def item(when: str, more: str = "", world: World | None = None) -> Result:
    """Return what one item comes to; ``when`` and ``more`` are TOML."""
    text = f'[[item]]\nkey = "ding"\ntitle = "Een ding"\nwhen = {when}\n{more}'
    return tried(text, world)["ding"]


def only(result: Result) -> Placed:
    """Return the one occurrence of an item."""
    (placed,) = result.placed
    return placed


def span(result: Result) -> tuple[date | None, date | None]:
    """Return the days of the one occurrence of an item."""
    return only(result).first, only(result).last


def said(steps: Iterable[Step]) -> str:
    """Return steps as a teacher reads them."""
    return sentence(as_data([*steps]))


def friday(day: date) -> date:
    """Return the Friday of the week of a day."""
    return day + timedelta(days=4 - day.weekday())
