"""The rooms and the lesson hours of a school, that hours for meetings are sought around."""

from datetime import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from calendars.presence import WEEKDAYS_NL
from service.school.errors import SchoolError
from service.school.rooms import WEEK, add_room, lay_aside_room, lessons_of, rooms_of, set_lessons
from service.web.keepers import Word, known_or_not_found, require_keeper
from service.web.page import LoggedIn, Me, Reading, Writing, go, render

router = APIRouter(prefix="/beheer/school/ruimtes")
_HERE = "/beheer/school/ruimtes"

Clocks = Annotated[list[Annotated[str, Form(max_length=8)]] | None, Form()]


@router.get("", response_class=HTMLResponse)
def rooms(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show the rooms and the lesson hours."""
    require_keeper(me)
    return _page(request, db, me)


@router.post("", response_class=HTMLResponse)
def add(request: Request, db: Writing, me: LoggedIn, name: Word = "") -> Response:
    """Add a room."""
    require_keeper(me)
    try:
        with db.begin_nested():
            room = add_room(db, me.school.id, name)
    except SchoolError as error:
        return _page(request, db, me, problem=me.say(str(error)), typed=name)
    return go(_HERE, me.say("Toegevoegd: %(name)s.", name=room.name))


@router.post("/lestijden", response_class=HTMLResponse)
def lessons(
    request: Request, db: Writing, me: LoggedIn, starts: Clocks = None, ends: Clocks = None
) -> Response:
    """Keep the lesson hours of the week; a day without both has none."""
    require_keeper(me)
    pairs = list(zip(starts or (), ends or (), strict=False))
    try:
        wanted = {day: _hours(pairs[day]) for day in WEEK if day < len(pairs) and any(pairs[day])}
        with db.begin_nested():
            set_lessons(db, me.school.id, wanted)
    except SchoolError as error:
        return _page(request, db, me, problem=me.say(str(error)), hours=pairs)
    return go(_HERE, me.say("De lestijden zijn bewaard."))


@router.post("/{room_id}/weg", response_class=HTMLResponse)
def lay_aside(db: Writing, me: LoggedIn, room_id: UUID) -> Response:
    """Stop using a room."""
    require_keeper(me)
    try:
        room = lay_aside_room(db, me.school.id, room_id)
    except SchoolError as error:
        raise known_or_not_found(error) from error
    return go(_HERE, me.say("%(name)s wordt niet meer gebruikt.", name=room.name))


def _hours(pair: tuple[str, str]) -> tuple[time, time]:
    try:
        return time.fromisoformat(pair[0]), time.fromisoformat(pair[1])
    except ValueError as error:
        raise SchoolError("Vul van elke lesdag het begin en het einde in, zoals 08:30 en 14:15.") from error


def _page(
    request: Request,
    db: Session,
    me: Me,
    *,
    problem: str = "",
    typed: str = "",
    hours: list[tuple[str, str]] | None = None,
) -> HTMLResponse:
    kept = lessons_of(db, me.school.id)
    shown = hours or [
        (f"{kept[day].starts:%H:%M}", f"{kept[day].ends:%H:%M}") if day in kept else ("", "") for day in WEEK
    ]
    return render(
        request,
        "school_rooms.html",
        status=422 if problem else 200,
        rooms=[room for room in rooms_of(db, me.school.id) if room.active],
        week=[(WEEKDAYS_NL[day], *shown[day]) for day in WEEK if day < len(shown)],
        problem=problem,
        typed=typed,
    )
