"""A newcomer's way to a running year, read from the school's own data; it remembers nothing itself."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args
from uuid import UUID

from sqlmodel import Session, col, func, select

from calendars.official import Region
from calendars.people import People
from calendars.yearplan.schoolplan import OWN
from models import Closure, School, Trial, Year
from service import procedures
from service.school.errors import SchoolError
from service.trial.activate import is_open, leave_out
from service.year.own import titles_of
from service.year.people import people_of

REGIONS: tuple[str, ...] = get_args(Region)
_LONGEST = 120
_log = logging.getLogger(__name__)


class SetupError(SchoolError):
    """Dit kan niet zo worden bewaard."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way: whether the data says it is done, and in plain words what there is or lacks."""

    key: str
    done: bool
    told: str
    lacks: tuple[str, ...] = ()


def set_region(
    session: Session,
    school_id: UUID,
    *,
    region: str,
    board: str = "",
    partnership: str = "",
    actor_id: UUID | None,
    at: datetime,
) -> School:
    """Say in which holiday region a school lies, and of which board and samenwerkingsverband it is."""
    if region not in REGIONS:
        raise SetupError(f"Kies een regio: {', '.join(REGIONS)}.")
    school = session.get_one(School, school_id)
    school.region = region
    school.board, school.partnership = _word(board, "bestuur"), _word(partnership, "samenwerkingsverband")
    session.add(school)
    session.flush()
    _log.info("region set: %s by %s at %s", school_id, actor_id, at.isoformat())
    return school


def set_without(
    session: Session,
    school_id: UUID,
    label: str,
    keys: tuple[str, ...],
    *,
    actor_id: UUID | None,
    at: datetime,
) -> Year:
    """Choose which procedures stay out of a year that is still to be opened."""
    known = {OWN, *(procedure.key for procedure in procedures.current())}
    if unknown := sorted(set(keys) - known):
        raise SetupError(f"Dit onderdeel is er niet: {', '.join(unknown)}.")
    year = leave_out(session, school_id, label, keys)
    _log.info("procedures chosen: %s %s by %s at %s", school_id, label, actor_id, at.isoformat())
    return year


def steps_of(session: Session, school: School, label: str, first_day: date) -> list[Step]:
    """Return the steps towards a school year that begins on ``first_day``, each with what the data says."""
    people = people_of(session, school, label)
    return [
        _region(school),
        _closures(session, school, label),
        _people(people, first_day),
        _procedures(session, school, label),
        _trial(session, school, label),
        _opened(session, school, label),
    ]


def _word(text: str, what: str) -> str:
    tidy = " ".join(text.split())
    if len(tidy) > _LONGEST or not tidy.isprintable():
        raise SetupError(f"De naam van het {what} kan hooguit {_LONGEST} tekens zijn.")
    return tidy


def _region(school: School) -> Step:
    known = [text for text in (school.board, school.partnership) if text]
    told = ", ".join([f"Regio {school.region.capitalize()}", *known])
    return Step("regio", done=school.region in REGIONS, told=f"{told}.")


def _closures(session: Session, school: School, label: str) -> Step:
    starts = int(label[:4])
    mine = select(func.count()).where(
        Closure.school_id == school.id,
        col(Closure.first_day).between(date(starts, 8, 1), date(starts + 1, 7, 31)),
    )
    count = session.exec(mine).one()
    told = f"{count} eigen vrije dagen of perioden." if count else "Nog geen eigen vrije dagen in dit jaar."
    return Step("vrije-dagen", done=count > 0, told=told)


def _people(people: People, first_day: date) -> Step:
    here = [m for m in people.members if any(m.has_role(r.role, first_day) for r in m.roles)]
    told = f"{len(here)} mensen, {len(people.groups)} groepen, {len(people.pupils)} leerlingen."
    lacks = tuple(_lacking(people, first_day))
    return Step("mensen", done=not lacks, told=told, lacks=lacks)


def _lacking(people: People, first_day: date) -> Iterator[str]:
    if not people.groups:
        yield "Lees eerst het leerlingbestand van dit jaar in: er zijn nog geen groepen."
    if not people.candidates("ib", first_day):
        yield "Niemand is IB'er."
    without = [g.name for g in people.groups if not people.candidates("teacher", first_day, group=g.id)]
    if without:
        yield f"Zonder leerkracht: groep {', '.join(without)}."
    days = sum(not m.presence.halves for m in people.members if m.has_role("teacher", first_day))
    if days:
        yield f"Van {days} leerkrachten zijn nog geen werkdagen bekend."


def _procedures(session: Session, school: School, label: str) -> Step:
    query = select(Year).where(Year.school_id == school.id, Year.label == label)
    year = session.exec(query).one_or_none()
    titles = titles_of(session, school.id, "nl")
    if year is None:
        return Step("onderdelen", done=False, told="Nog niet gekozen; dan doet alles mee.")
    out = [titles[key] for key in year.without if key in titles]
    told = f"Doet niet mee: {', '.join(out)}." if out else "Alle onderdelen doen mee."
    return Step("onderdelen", done=True, told=told)


def _trial(session: Session, school: School, label: str) -> Step:
    tried = select(func.count()).where(Trial.school_id == school.id, Trial.school_year == label)
    count = session.exec(tried).one()
    told = f"{count} bewaard." if count else "Nog geen proefjaar bewaard."
    return Step("proefjaar", done=count > 0, told=told)


def _opened(session: Session, school: School, label: str) -> Step:
    done = is_open(session, school.id, label)
    return Step("openen", done=done, told="Het jaar loopt." if done else "Het jaar is nog niet geopend.")
