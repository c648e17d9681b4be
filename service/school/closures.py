"""The days on which the school itself is closed: add, change, remove, or import a whole list."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.closure_files import MAX_DAYS, MAX_NAME, YEARS, ClosureRow
from calendars.derivation import span_nl
from calendars.official import Region, official_closures
from models import Closure, ClosureSource, Group, School
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.school.pupil_names import name_check

_JULY = 7
_log = logging.getLogger(__name__)
_NAMED = '"%s" is de naam van een leerling. Wat hier staat, komt in mails en agenda\'s; haal de naam weg.'


class ClosureError(SchoolError):
    """Deze vrije dagen kloppen niet."""


class ClosuresRefusedError(ClosureError):
    """Een lijst vrije dagen kan niet worden overgenomen; ``problems`` zegt wat en waar."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Closed days as a person wants them: first and last included, for everyone or for named groups."""

    name: str
    first_day: date
    last_day: date
    groups: tuple[str, ...] = ()
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: the rows that are new, and those the school has already."""

    new: tuple[Wanted, ...]
    unchanged: tuple[Wanted, ...]


def closures_of(session: Session, school_id: UUID) -> list[Closure]:
    """Return the school's own closures by date."""
    own = select(Closure).where(Closure.school_id == school_id)
    return list(session.exec(own.order_by(col(Closure.first_day), col(Closure.name))))


def replaceable(region: str, first_day: date) -> list[str]:
    """Return the official names that a closure in the school year of ``first_day`` can take the place of."""
    turn = _turn(first_day)
    official = official_closures(cast("Region", region), turn, turn + 1)
    return list(dict.fromkeys(c.name for c in official if _turn(c.first_day) == turn))


def add_closure(
    session: Session, school_id: UUID, wanted: Wanted, *, actor_id: UUID | None, at: datetime
) -> Closure:
    """Close the school (or some groups) on some days."""
    wanted = _checked(session, school_id, wanted)
    closure = Closure(school_id=school_id, **_fields(wanted))
    session.add(closure)
    session.flush()
    _note("closure added", closure, actor_id, at)
    return closure


def change_closure(
    session: Session,
    school_id: UUID,
    closure_id: UUID,
    wanted: Wanted,
    *,
    actor_id: UUID | None,
    at: datetime,
) -> Closure:
    """Give a closure another name, other days or other groups."""
    closure = find_closure(session, school_id, closure_id)
    wanted = _checked(session, school_id, wanted, but=closure.id)
    for name, value in _fields(wanted).items():
        setattr(closure, name, value)
    session.flush()
    _note("closure changed", closure, actor_id, at)
    return closure


def remove_closure(
    session: Session, school_id: UUID, closure_id: UUID, *, actor_id: UUID | None, at: datetime
) -> None:
    """Open the school again on the days of a closure."""
    closure = find_closure(session, school_id, closure_id)
    session.delete(closure)
    session.flush()
    _note("closure removed", closure, actor_id, at)


def preview_closures(session: Session, school_id: UUID, rows: Iterable[ClosureRow]) -> Preview:
    """Tell what an import of these rows would do; refuse all of them if one can't be kept.

    A row that bears the name of an official holiday takes its place; with the same days it is no news.
    """
    school, names = session.get_one(School, school_id), name_check(session, school_id)
    known: list[Closure | Wanted] = [*closures_of(session, school_id)]
    have = {(c.name, c.first_day, c.last_day) for c in known}
    new: list[Wanted] = []
    unchanged: list[Wanted] = []
    problems: list[str] = []
    for row in rows:
        wanted, official = _beside_official(school.region, row)
        if official or (row.name, row.first_day, row.last_day) in have:
            unchanged.append(wanted)
            continue
        found = _overlap(wanted, [*known, *new])
        if found:
            problems.append(_overlap_text(wanted, found))
        if named := names.found(wanted.name):
            problems.append(_NAMED % named)
        new.append(wanted)
    if problems:
        raise ClosuresRefusedError(problems)
    return Preview(tuple(new), tuple(unchanged))


def import_closures(
    session: Session,
    school_id: UUID,
    rows: Iterable[ClosureRow],
    *,
    actor_id: UUID | None,
    at: datetime,
) -> Preview:
    """Add every new row of a list, or none of them."""
    preview = preview_closures(session, school_id, rows)
    for wanted in preview.new:
        session.add(Closure(school_id=school_id, source=ClosureSource.IMPORTED, **_fields(wanted)))
    session.flush()
    _log.info("closures imported: %d new, by %s at %s", len(preview.new), actor_id, at.isoformat())
    return preview


def find_closure(session: Session, school_id: UUID, closure_id: UUID) -> Closure:
    """Return a closure of this school."""
    closure = session.get(Closure, closure_id)
    if closure is None or closure.school_id != school_id:
        raise NotOfThisSchoolError
    return closure


def _checked(session: Session, school_id: UUID, wanted: Wanted, but: UUID | None = None) -> Wanted:
    name = " ".join(wanted.name.split())
    replaces = (wanted.replaces or "").strip() or None
    tidy = Wanted(
        name=name,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        groups=tuple(dict.fromkeys(wanted.groups)),
        replaces=replaces,
    )
    _check_words(tidy)
    _check_names(session, school_id, tidy.name)
    _check_groups(session, school_id, tidy)
    _check_replaces(session.get_one(School, school_id), tidy)
    others = [c for c in closures_of(session, school_id) if c.id != but]
    found = _overlap(tidy, others)
    if found:
        raise ClosureError(_overlap_text(tidy, found))
    return tidy


def _check_words(wanted: Wanted) -> None:
    if not wanted.name or not wanted.name.isprintable():
        raise ClosureError("Geef de vrije dag een naam.")
    if len(wanted.name) > MAX_NAME:
        raise ClosureError(f"De naam is langer dan {MAX_NAME} tekens.")
    if wanted.first_day.year not in YEARS or wanted.last_day.year not in YEARS:
        raise ClosureError("Het jaartal kan niet kloppen.")
    if wanted.last_day < wanted.first_day:
        raise ClosureError("De laatste dag ligt voor de eerste dag.")
    if (wanted.last_day - wanted.first_day).days >= MAX_DAYS:
        raise ClosureError(f"Dit is langer dan {MAX_DAYS} dagen; klopt het jaartal?")


def _check_names(session: Session, school_id: UUID, name: str) -> None:
    """Refuse a pupil's name: what a day off is called stands in mails and in the school's public calendar."""
    if named := name_check(session, school_id).found(name):
        raise ClosureError(_NAMED % named)


def _check_groups(session: Session, school_id: UUID, wanted: Wanted) -> None:
    starts = wanted.first_day.year - (wanted.first_day.month < _JULY + 1)
    groups = select(Group.name).where(
        Group.school_id == school_id, Group.school_year == f"{starts}-{starts + 1}"
    )
    known = set(session.exec(groups))
    # Before the roster of a year is read, its groups can't be known.
    unknown = sorted(set(wanted.groups) - known) if known else []
    if unknown:
        raise ClosureError(f"Deze groep kent de school niet: {', '.join(unknown)}.")


def _check_replaces(school: School, wanted: Wanted) -> None:
    if not wanted.replaces:
        return
    if wanted.groups:
        raise ClosureError("Een vakantie vervangen kan alleen voor de hele school.")
    if wanted.replaces not in replaceable(school.region, wanted.first_day):
        raise ClosureError(f'Er is in dat schooljaar geen officiële vakantie "{wanted.replaces}".')


def _beside_official(region: str, row: ClosureRow) -> tuple[Wanted, bool]:
    """Return the row as the school would keep it, and whether it is the official holiday itself."""
    turn = _turn(row.first_day)
    named = [
        c
        for c in official_closures(cast("Region", region), turn, turn + 1)
        if c.name.casefold() == row.name.casefold() and _turn(c.first_day) == turn
    ]
    same = any((c.first_day, c.last_day) == (row.first_day, row.last_day) for c in named)
    replaces = named[0].name if named else None
    return Wanted(name=row.name, first_day=row.first_day, last_day=row.last_day, replaces=replaces), same


def _overlap(wanted: Wanted, others: Iterable[Closure | Wanted]) -> Closure | Wanted | None:
    """Return a closure of the same name that shares a day with this one."""
    name = wanted.name.casefold()
    return next(
        (
            other
            for other in others
            if other.name.casefold() == name
            and other.first_day <= wanted.last_day
            and wanted.first_day <= other.last_day
        ),
        None,
    )


def _overlap_text(wanted: Wanted, found: Closure | Wanted) -> str:
    days, taken = span_nl(wanted.first_day, wanted.last_day), span_nl(found.first_day, found.last_day)
    return f"{wanted.name} ({days}) valt samen met {found.name} ({taken} {found.last_day.year})."


def _fields(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "first_day": wanted.first_day,
        "last_day": wanted.last_day,
        "replaces": wanted.replaces,
        "groups": list(wanted.groups),
    }


def _turn(day: date) -> int:
    # As the calendar counts: a summer holiday belongs to the year that it ends.
    return day.year - (day.month < _JULY)


def _note(what: str, closure: Closure, actor_id: UUID | None, at: datetime) -> None:
    _log.info("%s: %s by %s at %s", what, closure.id, actor_id, at.isoformat())
