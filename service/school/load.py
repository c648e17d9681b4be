"""Load a school's file: the school, its closures, its people, their days and their groups. Twice is once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from models import Closure, Group, Person, Role, School, StaffKey, Teaching
from service.roster import RosterFileError, apply, fingerprint, parse
from service.school.closures import Wanted, add_closure, change_closure, closures_of
from service.school.errors import SchoolError
from service.school.file import ClosureEntry, PersonEntry, SchoolEntry, SchoolFile, SchoolFileError
from service.school.presence import Pattern, patterns_of, set_presence
from service.school.rooms import add_room, rooms_of, set_lessons
from service.school.staff import add_membership, add_person, add_teaching, memberships_of


@dataclass(slots=True)
class Loaded:
    """What a file changed: how many rows of each kind are new or different."""

    school_id: UUID
    closures: int = 0
    people: int = 0
    roles: int = 0
    patterns: int = 0
    groups: int = 0
    rooms: int = 0
    lesson_days: int = 0
    roster: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Work:
    session: Session
    school_id: UUID
    since: date
    groups: dict[str, UUID]
    loaded: Loaded
    at: datetime
    actor_id: UUID | None


def find_school(session: Session, brin: str, dependance: str = "00") -> School | None:
    """Return a school by its number."""
    known = select(School).where(School.brin == brin, School.dependance == dependance)
    return session.exec(known).one_or_none()


def ensure_school(session: Session, entry: SchoolEntry) -> School:
    """Return the school of a file, made or brought up to date."""
    school = find_school(session, entry.brin, entry.dependance) or School(
        brin=entry.brin, dependance=entry.dependance, name="", region="", mailbox=""
    )
    school.name, school.region, school.mailbox = entry.name, entry.region, entry.mailbox
    session.add(school)
    session.flush()
    return school


def load_school(session: Session, file: SchoolFile, *, at: datetime, actor_id: UUID | None = None) -> Loaded:
    """Make the school as the file says; raise ``SchoolFileError`` that names the entry.

    Without groups in the file's school year yet, the roster that the file names is imported first.
    Roles and groups count from 1 August of that year. What the file does not name stays as it is.
    """
    school = ensure_school(session, file.school)
    loaded = Loaded(school.id)
    groups = _groups(session, school, file.school.year)
    if not groups and file.roster:
        loaded.roster = _import_roster(session, school, file.roster, at, actor_id)
        groups = _groups(session, school, file.school.year)
    _check_groups(file, groups)
    since = date(int(file.school.year[:4]), 8, 1)
    work = _Work(session, school.id, since, groups, loaded, at, actor_id)
    for number, closure in enumerate(file.closure, start=1):
        with _named(f"closure {number} ({closure.name})"):
            _closure(work, closure)
    _meeting_hours(work, file)
    for number, person in enumerate(file.person, start=1):
        with _named(f"person {number} ({person.name})"):
            _person(work, person)
    session.flush()
    return loaded


@contextmanager
def _named(entry: str) -> Iterator[None]:
    try:
        yield
    except SchoolError as error:
        raise SchoolFileError([f"{entry}: {error}"]) from error


def _groups(session: Session, school: School, year: str) -> dict[str, UUID]:
    rows = select(Group.name, Group.id).where(
        Group.school_id == school.id, Group.school_year == year, col(Group.active).is_(True)
    )
    return dict(session.exec(rows).all())


def _import_roster(
    session: Session, school: School, path: Path, at: datetime, actor_id: UUID | None
) -> dict[str, dict[str, int]]:
    try:
        data = path.read_bytes()
        told = apply(session, school, parse(data), actor_id=actor_id, at=at, digest=fingerprint(data))
    except OSError as error:
        raise SchoolFileError([f"school: roster {path.name} is niet te lezen"]) from error
    except RosterFileError as error:
        raise SchoolFileError([f"{path.name}: {problem}" for problem in error.problems]) from error
    return told.counts()


def _check_groups(file: SchoolFile, groups: dict[str, UUID]) -> None:
    entries = [(f"closure ({c.name})", c.groups) for c in file.closure]
    entries += [(f"person ({p.name})", p.groups) for p in file.person]
    problems = [
        f"{entry}: groep {name} staat niet in het leerlingbestand van {file.school.year}"
        for entry, names in entries
        for name in names
        if name not in groups
    ]
    if problems:
        raise SchoolFileError(problems)


def _meeting_hours(work: _Work, file: SchoolFile) -> None:
    """Keep the rooms, and the lesson hours when the file names any."""
    used = {room.name for room in rooms_of(work.session, work.school_id) if room.active}
    for number, entry in enumerate(file.room, start=1):
        if entry.name not in used:
            with _named(f"room {number} ({entry.name})"):
                add_room(work.session, work.school_id, entry.name)
            work.loaded.rooms += 1
    wanted = {day: (entry.starts, entry.ends) for entry in file.lessons for day in entry.weekdays}
    if wanted:
        work.loaded.lesson_days = set_lessons(work.session, work.school_id, wanted)


def _closure(work: _Work, entry: ClosureEntry) -> None:
    wanted = Wanted(
        name=entry.name,
        first_day=entry.first_day,
        last_day=entry.last_day,
        groups=tuple(entry.groups),
        replaces=entry.replaces,
    )
    known = next(
        (
            c
            for c in closures_of(work.session, work.school_id)
            if (c.name, c.first_day) == (entry.name, entry.first_day)
        ),
        None,
    )
    if known is None:
        add_closure(work.session, work.school_id, wanted, actor_id=work.actor_id, at=work.at)
    elif _as_wanted(known) == wanted:
        return
    else:
        change_closure(work.session, work.school_id, known.id, wanted, actor_id=work.actor_id, at=work.at)
    work.loaded.closures += 1


def _as_wanted(closure: Closure) -> Wanted:
    return Wanted(
        name=closure.name,
        first_day=closure.first_day,
        last_day=closure.last_day,
        groups=tuple(closure.groups),
        replaces=closure.replaces,
    )


def _person(work: _Work, entry: PersonEntry) -> None:
    person = work.session.exec(select(Person).where(Person.email == entry.email)).one_or_none()
    have = {m.role for m in memberships_of(work.session, work.school_id, person.id)} if person else set()
    for role in map(Role, entry.roles):
        if role in have:
            continue
        person = _role(work, person, entry, role)
        work.loaded.roles += 1
    if person is None:
        return
    _presence(work, person, entry)
    for name in entry.groups:
        _teaching(work, person, work.groups[name])
    _link_key(work, person, entry.key)


def _role(work: _Work, person: Person | None, entry: PersonEntry, role: Role) -> Person:
    if person is None:
        work.loaded.people += 1
        return add_person(
            work.session,
            work.school_id,
            name=entry.name,
            email=entry.email,
            role=role,
            unit=entry.unit,
            valid_from=work.since,
            actor_id=work.actor_id,
            at=work.at,
        )
    add_membership(
        work.session,
        work.school_id,
        person.id,
        role=role,
        unit=entry.unit,
        valid_from=work.since,
        actor_id=work.actor_id,
        at=work.at,
    )
    return person


def _presence(work: _Work, person: Person, entry: PersonEntry) -> None:
    have = patterns_of(work.session, work.school_id, person.id)
    for line in entry.presence:
        if Pattern(line.halves, line.valid_from, line.valid_until) in have:
            continue
        set_presence(
            work.session,
            work.school_id,
            person.id,
            line.halves,
            valid_from=line.valid_from,
            valid_until=line.valid_until,
            actor_id=work.actor_id,
            at=work.at,
        )
        work.loaded.patterns += 1


def _teaching(work: _Work, person: Person, group_id: UUID) -> None:
    known = select(Teaching.id).where(Teaching.person_id == person.id, Teaching.group_id == group_id)
    if work.session.exec(known).first():
        return
    add_teaching(
        work.session,
        work.school_id,
        person.id,
        group_id,
        valid_from=work.since,
        actor_id=work.actor_id,
        at=work.at,
    )
    work.loaded.groups += 1


def _link_key(work: _Work, person: Person, key: str) -> None:
    rows = select(StaffKey).where(
        StaffKey.school_id == work.school_id, StaffKey.key == key, col(StaffKey.person_id).is_(None)
    )
    for row in work.session.exec(rows):
        row.person_id = person.id
