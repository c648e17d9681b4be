"""An invented school of any size as rows: groups, duos, part-timers, pupils, and an own year plan."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, SQLModel

from calendars.presence import PresentHalf
from models import (
    Group,
    Half,
    Membership,
    OwnItem,
    Person,
    Placement,
    Presence,
    Pupil,
    Role,
    School,
    Teaching,
)
from tests.calendars.invented_school import DUO, GROUPS, STAFF, UNITS, identity, presence

LABEL = "2026-2027"
START = date(2026, 8, 1)
_PLANS = Path(__file__).parents[1] / "year_plans" / "plans"


def sow(
    session: Session, name: str, at: datetime, *, parallels: int = 1, pupils: int = 25, plan: str = ""
) -> School:
    """Add a school with so many groups of each kind, and the items of one of the year plans."""
    school = School(
        id=identity(name),
        brin="99XX",
        dependance=name,
        name=name,
        region="midden",
        mailbox=f"zorg@{name}.example",
    )
    session.add(school)
    session.flush()
    for family in (_staff(school, parallels), _classes(school, parallels, pupils), _plan(school, plan, at)):
        # One table after another, each before what points at it.
        rows = list(family)
        for table in dict.fromkeys(type(row) for row in rows):
            session.add_all([row for row in rows if type(row) is table])
            session.flush()
    return school


def _staff(school: School, parallels: int) -> Iterator[SQLModel]:
    chairs = max(1, round(len(GROUPS) * parallels / 15))
    several = {"ib": chairs}
    for role, week in STAFF.items():
        for number in range(several.get(role, 1)):
            yield from _person(school, f"{role}{number}", role, week if number == 0 else "ma do vr")
    for unit, week in UNITS.items():
        yield from _person(school, unit, "coordinator", week, unit)


def _person(school: School, name: str, role: str, week: str, unit: str | None = None) -> Iterator[SQLModel]:
    person = Person(id=_id(school, name), name=name, email=f"{name}@{school.name}.example".replace("/", "-"))
    yield person
    yield Membership(school_id=school.id, person_id=person.id, role=Role(role), unit=unit, valid_from=START)
    for half in presence(week).halves:
        yield _half(school, person.id, half)


def _half(school: School, person_id: UUID, half: PresentHalf) -> Presence:
    return Presence(
        school_id=school.id, person_id=person_id, weekday=half.weekday, half=Half(half.half), valid_from=START
    )


def _classes(school: School, parallels: int, pupils: int) -> Iterator[SQLModel]:
    for kind, years in GROUPS.items():
        for parallel in range(parallels):
            name = f"{kind}-{parallel}" if parallels > 1 else kind
            group = Group(
                id=_id(school, name),
                school_id=school.id,
                school_year=LABEL,
                key=name,
                name=name,
                year_group=years[0],
            )
            yield group
            for number, week in enumerate(DUO):
                teacher = f"{name}/{number}"
                yield from _person(school, teacher, "teacher", week)
                yield Teaching(person_id=_id(school, teacher), group_id=group.id, valid_from=START)
            for number in range(pupils):
                pupil = Pupil(
                    id=_id(school, f"{name}#{number}"),
                    school_id=school.id,
                    key=f"{name}#{number}",
                    first_name=f"Leerling {number}",
                    year_group=years[number % len(years)],
                )
                yield pupil
                yield Placement(pupil_id=pupil.id, group_id=group.id, valid_from=START)


def _plan(school: School, plan: str, at: datetime) -> Iterator[SQLModel]:
    if not plan:
        return
    items = tomllib.loads((_PLANS / f"{plan}.toml").read_text(encoding="utf-8"))["item"]
    for position, item in enumerate(items):
        yield OwnItem(school_id=school.id, key=item["key"], position=position, definition=item, changed_at=at)


def _id(school: School, name: str) -> UUID:
    return identity(f"{name}.{school.name}")
