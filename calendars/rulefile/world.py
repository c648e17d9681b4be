"""The school year in which a file of rules is tried: a region's holidays with the file's own closures.

No database is needed. Of a year whose holidays nobody has published, the file may say them itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from calendars.legal import legal_dates
from calendars.official import Region, official_closures
from calendars.rulefile.half_days import presence_of
from calendars.schoolyear import SUMMER, Closed, SchoolCalendar, SchoolYear
from calendars.yearplan.evaluate import World
from calendars.yearplan.items import OwnClosure, RuleFile


@dataclass(frozen=True, slots=True)
class Tried:
    """A world to try rules in, and what must be said about it first."""

    world: World
    warnings: tuple[str, ...]


def world_of(file: RuleFile, region: Region, label: str, today: date | None = None) -> Tried:
    """Return a region's school year with the closures and the presence of a file."""
    starts = int(label[:4])
    official = official_closures(region, starts, starts + 2)
    closures = (*official, *_own(file.closure, official))
    # Wider than the year: what is counted back from its begin, or on from its end, is still a day.
    calendar = SchoolCalendar(date(starts, 1, 1), date(starts + 2, 12, 31), closures)
    summers = {closed.first_day.year: closed for closed in calendar.closures if _is_summer(closed)}
    year = _year(label, calendar, summers)
    presence = {who: presence_of(words) for who, words in file.presence.items()}
    world = World(calendar, year, legal_dates(label), presence, today)
    return Tried(world, tuple(_warnings(year, summers)))


def _own(closures: Iterable[OwnClosure], official: Iterable[Closed]) -> Iterator[Closed]:
    """Return the file's closures; one with the name of a holiday comes in its place."""
    names = {closed.name.casefold(): closed.name for closed in official}
    names[SUMMER.casefold()] = SUMMER
    for closure in closures:
        replaces = closure.replaces or names.get(closure.name.casefold())
        last = closure.last or closure.first
        yield Closed(closure.name, closure.first, last, official=False, replaces=replaces)


def _is_summer(closed: Closed) -> bool:
    return SUMMER in {closed.name, closed.replaces}


def _year(label: str, calendar: SchoolCalendar, summers: dict[int, Closed]) -> SchoolYear:
    """Return the year between two summer holidays; an unknown one is taken as ending on 31 July."""
    if {int(label[:4]), int(label[5:])} <= summers.keys():
        return calendar.year(label)
    starts = int(label[:4])
    before, after = summers.get(starts), summers.get(starts + 1)
    first = calendar.on_or_after(date(starts, 8, 1))
    last = calendar.on_or_before(date(starts + 1, 7, 31))
    if before:
        first = calendar.on_or_after(before.last_day)
    if after:
        last = calendar.on_or_before(after.first_day)
    return SchoolYear(label, first, last)


def _warnings(year: SchoolYear, summers: dict[int, Closed]) -> Iterator[str]:
    missing = [str(n) for n in (year.starts_in, year.starts_in + 1) if n not in summers]
    if missing:
        yield (
            f"de zomervakantie van {' en '.join(missing)} is niet bekend; dit jaar loopt nu van "
            f"{_short(year.first_day)} tot en met {_short(year.last_day)}. Zet de vakanties in het bestand: "
            '[[closure]] met name = "Zomervakantie", first en last'
        )


def _short(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"
