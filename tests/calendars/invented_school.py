"""An invented school to plan for: ten groups with a combination class, duos, and part-timers."""

from datetime import date
from uuid import NAMESPACE_DNS, UUID, uuid5

from calendars.legal import legal_dates
from calendars.official import Region, official_closures
from calendars.people import GroupFact, Member, People, PupilFact, RoleSpan
from calendars.planned import Frame
from calendars.presence import Half, Presence, PresentHalf
from calendars.schoolyear import Closed, SchoolCalendar

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
ALWAYS = date(2026, 1, 1)
GROUPS = {
    "1/2A": ("1", "2"),
    "1/2B": ("1", "2"),
    "3": ("3",),
    "4": ("4",),
    "4/5": ("4", "5"),
    "5": ("5",),
    "6A": ("6",),
    "6B": ("6",),
    "7": ("7",),
    "8": ("8",),
}
UNITS = {"onderbouw": "ma di wo", "middenbouw": "ma di wo", "bovenbouw": "ma di wo"}
# IB'er on Tuesday afternoon and Wednesday; the rest as part-time as schools are.
STAFF = {
    "ib": "di-pm wo",
    "director": "ma di wo do vr-am",
    "administrator": "ma wo do",
    "isb": "do",
    "administration": "ma-am di-am wo-am do-am vr-am",
    "rt": "ma-am di do-am",
}
DUO = ("ma di wo", "wo do vr")
STUDY_DAYS = (
    Closed("Studiedag", date(2026, 10, 16), date(2026, 10, 16), official=False),
    Closed("Studiedag", date(2026, 12, 7), date(2026, 12, 7), official=False),
    Closed("Studiedag", date(2027, 1, 27), date(2027, 1, 27), official=False),
    Closed("Tweede week meivakantie", date(2027, 5, 3), date(2027, 5, 7), official=False),
    Closed("Vrije dag groep 8", date(2027, 7, 8), date(2027, 7, 8), official=False, groups=frozenset({"8"})),
)
_WEEKDAYS = "ma di wo do vr".split()
_HALVES: tuple[Half, ...] = ("am", "pm")


def identity(name: str) -> UUID:
    """Return an invented id that is the same in every run."""
    return uuid5(NAMESPACE_DNS, f"{name}.school.example")


def presence(week: str) -> Presence:
    """Read a week such as "di-pm wo"."""
    halves = []
    for word in week.split():
        day, _, only = word.partition("-")
        halves += [PresentHalf(_WEEKDAYS.index(day), half, ALWAYS) for half in _HALVES if only in {"", half}]
    return Presence(tuple(halves))


def member(name: str, role: str, week: str, *, unit: str | None = None, group: str = "") -> Member:
    """Return an invented member of staff."""
    groups = ((identity(group), ALWAYS, None),) if group else ()
    return Member(identity(name), (RoleSpan(role, unit),), presence(week), groups)


def people(pupils: int = 25) -> People:
    """Return the staff, the groups and the pupils of every group."""
    staff = [member(role, role, week) for role, week in STAFF.items()]
    staff += [member(unit, "coordinator", week, unit=unit) for unit, week in UNITS.items()]
    staff += [
        member(f"{group}-{n}", "teacher", week, group=group) for group in GROUPS for n, week in enumerate(DUO)
    ]
    return People(
        tuple(staff),
        tuple(GroupFact(identity(g), g, g, frozenset(years)) for g, years in GROUPS.items()),
        tuple(
            PupilFact(identity(f"{g}#{n}"), f"{g}#{n}", identity(g), years[n % len(years)])
            for g, years in GROUPS.items()
            for n in range(pupils)
        ),
    )


def calendar(region: Region, own: tuple[Closed, ...] = ()) -> SchoolCalendar:
    """Return the days of a school in a region, from 2026 until 2028."""
    return SchoolCalendar(FIRST, LAST, [*official_closures(region, 2026, 2028), *own])


def frame(region: Region, label: str = "2026-2027", own: tuple[Closed, ...] = ()) -> Frame:
    """Return what a year of a school in a region is planned in."""
    days = calendar(region, own)
    return Frame(identity(region), days, days.year(label), legal_dates(label))
