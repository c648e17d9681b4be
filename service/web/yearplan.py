"""A school's own year plan: what is in it, when that is this year, and changing it by hand."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from calendars.phrases import in_words, spans_nl
from calendars.plan import Frame
from calendars.yearplan.items import GROUPS, PlanItem
from models import OwnItem, School, Year
from service import clock
from service.school.errors import SchoolError
from service.web.keepers import known_or_not_found, require_manager
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.yearplan_form import (
    OWNERS,
    AsTyped,
    Meaning,
    Typed,
    item_from,
    meaning_of,
    titles_of,
    typed_of,
)
from service.web.years import asked_year, years_around
from service.year.frame import frame_of
from service.year.own import own_plan_waits
from service.yearplan.dates import dated, dates_nl, first_day, why_nl
from service.yearplan.imports import imports_of
from service.yearplan.own import (
    add_item,
    change_item,
    find_item,
    new_key,
    own_rows,
    plan_items,
    remove_item,
    restore_item,
)

router = APIRouter(prefix="/jaarplan")
_HERE = "/jaarplan"
Label = Annotated[str, Form(max_length=9)]


@dataclass(frozen=True, slots=True)
class Shown:
    """One item as the page lists it."""

    row: OwnItem
    item: PlanItem
    words: str
    dates: str
    first: date | None
    why: str


def frame_or_not_found(session: Session, school: School, label: str) -> Frame:
    """Return the frame of a school year that was asked for."""
    return frame_of(session, school, asked_year(label))


def is_open(session: Session, school_id: UUID, label: str) -> bool:
    """Tell whether a school year was opened."""
    query = select(Year.id).where(
        Year.school_id == school_id, Year.label == label, col(Year.opened_at).is_not(None)
    )
    return session.exec(query).first() is not None


@router.get("", response_class=HTMLResponse)
def plan(
    request: Request, db: Reading, me: LoggedIn, jaar: str = "", weg: UUID | None = None
) -> HTMLResponse:
    """List the own items with their days in a school year."""
    require_manager(me)
    frame = frame_or_not_found(db, me.school, jaar)
    rows = own_rows(db, me.school.id)
    removed = own_rows(db, me.school.id, active=False)
    return render(
        request,
        "yearplan.html",
        label=frame.year.label,
        years=years_around(frame.year.label),
        shown=_shown(rows, frame),
        removed=removed,
        just_removed=next((row for row in removed if row.id == weg), None),
        imports=[kept for kept in imports_of(db, me.school.id) if kept.finished_at is None],
        opened=is_open(db, me.school.id, frame.year.label),
        waits=own_plan_waits(db, me.school, frame.year.label),
        spans=spans_nl,
        owners=OWNERS,
    )


def _shown(rows: list[OwnItem], frame: Frame) -> list[Shown]:
    items = {item.key: item for item in plan_items(rows)}
    titles = {key: item.title for key, item in items.items()}
    found = dated(items.values(), frame)
    shown = []
    for row in rows:
        if item := items.get(row.key):
            result = found.get(row.key)
            words = in_words(row.definition.get("when", {"rule": "open"}), titles)
            shown.append(Shown(row, item, words, dates_nl(result), first_day(result), why_nl(result)))
    return sorted(shown, key=lambda one: (one.first is None, one.first or date.max, one.row.position))


@router.get("/nieuw", response_class=HTMLResponse)
def new(request: Request, db: Reading, me: LoggedIn, jaar: str = "") -> HTMLResponse:
    """Show the form for an item by hand."""
    require_manager(me)
    return _form(request, db, me, Typed(), jaar)


@router.post("/nieuw", response_class=HTMLResponse)
def add(
    request: Request, db: Writing, me: LoggedIn, typed: AsTyped, jaar: Label = "", look: Label = ""
) -> Response:
    """Add an item, or show first what its words become."""
    require_manager(me)
    frame = frame_or_not_found(db, me.school, jaar)
    meaning = meaning_of(db, me.school.id, typed, frame)
    if look:
        return _form(request, db, me, typed, jaar, meaning=meaning)
    try:
        with db.begin_nested():
            item = item_from(new_key(db, me.school.id, typed.title), typed, meaning)
            add_item(db, me.school.id, item, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _form(request, db, me, typed, jaar, meaning=meaning, problem=me.say(str(error)))
    return go(f"{_HERE}?jaar={frame.year.label}", me.say("Toegevoegd: %(name)s.", name=item.title))


@router.post("/uitleg", response_class=HTMLResponse)
def explain(
    request: Request,
    db: Reading,
    me: LoggedIn,
    typed: AsTyped,
    jaar: Label = "",
    item: Annotated[str, Form(max_length=36)] = "",
) -> HTMLResponse:
    """Say what typed words become, while they are typed."""
    require_manager(me)
    was = _find(db, me, UUID(item)) if _is_uuid(item) else None
    meaning = meaning_of(db, me.school.id, typed, frame_or_not_found(db, me.school, jaar), was)
    return render(request, "yearplan_meaning.html", meaning=meaning, typed=typed)


@router.get("/{item_id}", response_class=HTMLResponse)
def one(request: Request, db: Reading, me: LoggedIn, item_id: UUID, jaar: str = "") -> HTMLResponse:
    """Show one item, to change it."""
    require_manager(me)
    row = _find(db, me, item_id)
    typed = typed_of(PlanItem.model_validate(row.definition), titles_of(db, row, me.school.id))
    return _form(request, db, me, typed, jaar, row=row)


@router.post("/{item_id}", response_class=HTMLResponse)
def change(
    request: Request,
    db: Writing,
    me: LoggedIn,
    item_id: UUID,
    typed: AsTyped,
    *,
    jaar: Label = "",
    look: Label = "",
) -> Response:
    """Change an item, or show first what its words become."""
    require_manager(me)
    row = _find(db, me, item_id)
    frame = frame_or_not_found(db, me.school, jaar)
    meaning = meaning_of(db, me.school.id, typed, frame, row)
    if look:
        return _form(request, db, me, typed, jaar, row=row, meaning=meaning)
    try:
        with db.begin_nested():
            item = item_from(row.key, typed, meaning, PlanItem.model_validate(row.definition))
            change_item(db, row, item, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _form(request, db, me, typed, jaar, row=row, meaning=meaning, problem=me.say(str(error)))
    return go(f"{_HERE}?jaar={frame.year.label}", me.say("Gewijzigd: %(name)s.", name=item.title))


@router.post("/{item_id}/weg", response_class=HTMLResponse)
def remove(request: Request, db: Writing, me: LoggedIn, item_id: UUID, jaar: Label = "") -> Response:
    """Take an item out of the plan; it can be put back."""
    require_manager(me)
    row = _find(db, me, item_id)
    try:
        remove_item(db, row, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        typed = typed_of(PlanItem.model_validate(row.definition), titles_of(db, row, me.school.id))
        return _form(request, db, me, typed, jaar, row=row, problem=me.say(str(error)))
    label = frame_or_not_found(db, me.school, jaar).year.label
    return go(f"{_HERE}?jaar={label}&weg={row.id}")


@router.post("/{item_id}/terug")
def restore(db: Writing, me: LoggedIn, item_id: UUID, jaar: Label = "") -> Response:
    """Put a removed item back."""
    require_manager(me)
    row = _find(db, me, item_id)
    restore_item(db, row, actor_id=me.person.id, at=clock.now())
    label = frame_or_not_found(db, me.school, jaar).year.label
    return go(f"{_HERE}?jaar={label}", me.say("Teruggezet: %(name)s.", name=str(row.definition["title"])))


def _find(session: Session, me: Me, item_id: UUID) -> OwnItem:
    try:
        return find_item(session, me.school.id, item_id)
    except SchoolError as error:
        raise known_or_not_found(error) from error


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _form(
    request: Request,
    db: Session,
    me: Me,
    typed: Typed,
    label: str,
    *,
    row: OwnItem | None = None,
    meaning: Meaning | None = None,
    problem: str = "",
) -> HTMLResponse:
    frame = frame_or_not_found(db, me.school, label)
    if meaning is None and typed.when:
        meaning = meaning_of(db, me.school.id, typed, frame, row)
    return render(
        request,
        "yearplan_item.html",
        status=422 if problem else 200,
        label=frame.year.label,
        row=row,
        typed=typed,
        meaning=meaning,
        problem=problem,
        all_groups=GROUPS,
        owners=OWNERS,
    )
