"""The synthetic school of the benchmark: sixteen groups, three rounds, plans and talks with parents."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from calendars.official import official_closures
from calendars.people import GroupFact, Member, People, RoleSpan
from calendars.presence import Half
from calendars.schoolyear import Closed, SchoolCalendar
from calendars.slotting.problem import Problem, Rules, Sought
from tests.calendars.invented_school import ALWAYS, identity, presence

GROUPS = [f"{year}{letter}" for year in range(1, 9) for letter in "AB"]
DUOS = (
    ("ma di wo", "wo do vr"),
    ("ma di", "wo do vr"),
    ("ma di wo-am", "wo-pm do vr"),
    ("ma do vr", "di wo"),
)
FULL = "ma di wo do vr"
IBERS = {"ib-onder": "di-pm wo", "ib-boven": "ma-pm do-pm"}
ROUNDS = {  # when each round of discussions may be, as after the tests of a year
    "najaar": (date(2026, 11, 2), date(2026, 12, 4)),
    "midden": (date(2027, 2, 3), date(2027, 3, 12)),
    "eind": (date(2027, 6, 7), date(2027, 7, 9)),
}
STUDY_DAYS = (
    date(2026, 10, 16),
    date(2026, 12, 7),
    date(2027, 1, 27),
    date(2027, 3, 11),
    date(2027, 6, 18),
)
LESSONS = {0: (510, 855), 1: (510, 855), 2: (510, 735), 3: (510, 855), 4: (510, 855)}


def school_days() -> SchoolCalendar:
    own = [Closed("Studiedag", day, day, official=False) for day in STUDY_DAYS]
    closures = [*official_closures("midden", 2026, 2028), *own]
    return SchoolCalendar(date(2026, 7, 1), date(2028, 7, 1), closures)


def staff() -> People:
    members = [_member(name, "ib", week) for name, week in IBERS.items()]
    for n, group in enumerate(GROUPS):
        weeks = DUOS[n // 2 % len(DUOS)] if n % 2 == 0 else (FULL,)
        members += [_member(f"{group}-{m}", "teacher", week, group) for m, week in enumerate(weeks)]
    groups = tuple(GroupFact(identity(g), g, g, frozenset({g[:-1]})) for g in GROUPS)
    return People(tuple(members), groups)


def _member(name: str, role: str, week: str, group: str = "") -> Member:
    taught = ((identity(group), ALWAYS, None),) if group else ()
    return Member(identity(name), (RoleSpan(role),), presence(week), taught)


def hundred(seed: int = 1, *, rounds: int = 3) -> Problem:
    """Return about a hundred meetings of one school year."""
    dice = random.Random(seed)  # noqa: S311 -- nothing secret
    sought = [*_discussions(rounds), *_reviews(dice), *_talks(dice)]
    return Problem(
        sought=tuple(sought),
        people=staff(),
        calendar=school_days(),
        not_before=date(2026, 9, 1),
        lessons=LESSONS,
        rooms=(identity("spreekkamer"), identity("ib-kamer")),
        rules=Rules(apart=35),
    )


def _chair(group: str) -> frozenset[UUID]:
    return frozenset({identity("ib-onder" if int(group[0]) < 5 else "ib-boven")})


def _discussions(rounds: int) -> Iterator[Sought]:
    for name, (first, last) in list(ROUNDS.items())[:rounds]:
        for group in GROUPS:
            yield _sought(f"{name} {group}", group, first, last, 45, series=group)


def _reviews(dice: random.Random) -> Iterator[Sought]:
    for number in range(30):
        group = dice.choice(GROUPS)
        first = date(2026, 10, 26) + timedelta(days=dice.randrange(200))
        yield _sought(f"plan {number}", group, first, first + timedelta(days=20), 30)


def _talks(dice: random.Random) -> Iterator[Sought]:
    halves: tuple[Half, ...] = ("am", "pm")
    for number in range(20):
        group = dice.choice(GROUPS)
        first = date(2026, 10, 26) + timedelta(days=dice.randrange(200))
        wishes = tuple((day, half) for day in dice.sample(range(5), 2) for half in halves)
        talk = _sought(f"ouders {number}", group, first, first + timedelta(days=20), 30)
        yield replace(talk, wishes=wishes)


def _sought(name: str, group: str, first: date, last: date, minutes: int, series: str = "") -> Sought:
    return Sought(
        id=identity(name),
        first=first,
        last=last,
        minutes=minutes,
        target=first + (last - first) / 2,
        chairs=_chair(group),
        group=identity(group),
        group_name=group,
        series=series,
    )
