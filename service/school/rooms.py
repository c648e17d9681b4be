"""The rooms in which a school meets, and its lesson hours: in those no teacher can meet."""

from collections.abc import Mapping
from datetime import time
from uuid import UUID

from sqlmodel import Session, col, select

from models import LessonHours, Room
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.school.pupil_names import name_check

MAX_NAME = 60
MAX_ROOMS = 30
WEEK = range(5)


def rooms_of(session: Session, school_id: UUID) -> list[Room]:
    """Return the rooms of a school by name, those that are not used now among them."""
    return list(session.exec(select(Room).where(Room.school_id == school_id).order_by(Room.name)))


def add_room(session: Session, school_id: UUID, name: str) -> Room:
    """Add a room, or use one again that was laid aside."""
    wanted = _name(name)
    if named := name_check(session, school_id).found(wanted):
        raise SchoolError(
            f'"{named}" is de naam van een leerling. Een ruimte komt in mails; haal de naam weg.'
        )
    rooms = rooms_of(session, school_id)
    known = next((room for room in rooms if room.name.casefold() == wanted.casefold()), None)
    if known and known.active:
        raise SchoolError("Deze ruimte is er al.")
    if known:
        known.active, known.name = True, wanted
        return known
    if len(rooms) >= MAX_ROOMS:
        raise SchoolError(f"Een school heeft hier hoogstens {MAX_ROOMS} ruimtes.")
    room = Room(school_id=school_id, name=wanted)
    session.add(room)
    session.flush()
    return room


def lay_aside_room(session: Session, school_id: UUID, room_id: UUID) -> Room:
    """Stop seeking hours in a room; what was planned there stays."""
    room = session.get(Room, room_id)
    if room is None or room.school_id != school_id:
        raise NotOfThisSchoolError
    room.active = False
    return room


def lessons_of(session: Session, school_id: UUID) -> dict[int, LessonHours]:
    """Return the lesson hours of a school by weekday (0 is Monday)."""
    rows = select(LessonHours).where(LessonHours.school_id == school_id).order_by(col(LessonHours.weekday))
    return {row.weekday: row for row in session.exec(rows)}


def set_lessons(session: Session, school_id: UUID, wanted: Mapping[int, tuple[time, time]]) -> int:
    """Let a school teach at these hours of the week and no others; return how many days changed."""
    for starts, ends in wanted.values():
        if starts >= ends:
            raise SchoolError("De lessen eindigen later dan ze beginnen.")
    known = lessons_of(session, school_id)
    changed = 0
    for weekday in sorted({*known, *wanted}):
        changed += _set_day(session, school_id, weekday, known.get(weekday), wanted.get(weekday))
    session.flush()
    return changed


def _set_day(
    session: Session, school_id: UUID, weekday: int, row: LessonHours | None, hours: tuple[time, time] | None
) -> bool:
    if row and hours == (row.starts, row.ends):
        return False
    if row and hours:
        row.starts, row.ends = hours
    elif row:
        session.delete(row)
    elif hours:
        session.add(LessonHours(school_id=school_id, weekday=weekday, starts=hours[0], ends=hours[1]))
    return True


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise SchoolError(f"Geef de ruimte een naam van hooguit {MAX_NAME} tekens.")
    return name
