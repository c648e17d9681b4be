"""A year plan from a table: send it, say what its columns are, answer its questions, take it over."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from calendars.phrases import in_words, spans_nl
from calendars.plan import Frame
from models import PlanImport
from service import clock
from service.school.errors import SchoolError
from service.web.keepers import known_or_not_found, require_manager
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.yearplan import frame_or_not_found, is_open
from service.web.yearplan_form import OWNERS
from service.web.years import years_around
from service.yearplan.columns import PARTS
from service.yearplan.dates import dates_nl, why_nl
from service.yearplan.draft import Draft
from service.yearplan.imports import (
    PASTED,
    begin,
    choose_columns,
    find_import,
    imports_of,
    reviewed,
    save,
)
from service.yearplan.review import Entry, Review
from service.yearplan.table import MAX_OCTETS, read_pasted, read_table

router = APIRouter(prefix="/jaarplan/inlezen")
_HERE = "/jaarplan/inlezen"
_SAMPLE = 6  # rows of the table that are shown to choose its columns by
Words = Annotated[str, Form(max_length=200)]
Short = Annotated[str, Form(max_length=40)]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the review, as the page shows it."""

    entry: Entry
    words: str
    dates: str
    why: str


@router.get("", response_class=HTMLResponse)
def start(request: Request, db: Reading, me: LoggedIn, jaar: str = "") -> HTMLResponse:
    """Show where to send a table, and the imports that are under way."""
    require_manager(me)
    return _start(request, db, me, jaar)


@router.post("", response_class=HTMLResponse)
def send(
    request: Request,
    db: Writing,
    me: LoggedIn,
    *,
    file: Annotated[UploadFile | None, File()] = None,
    pasted: Annotated[str, Form(max_length=MAX_OCTETS)] = "",
    jaar: Annotated[str, Form(max_length=9)] = "",
) -> Response:
    """Read a table and keep it; nothing of it is in the plan yet."""
    require_manager(me)
    label = frame_or_not_found(db, me.school, jaar).year.label
    data = file.file.read(MAX_OCTETS + 1) if file else b""
    try:
        sheets = read_table(data) if data else read_pasted(pasted)
    except SchoolError as error:
        return _start(request, db, me, jaar, problem=me.say(str(error)), pasted=pasted)
    name = (file.filename or "") if file and data else PASTED
    kept = begin(db, me.school.id, label, name, sheets, actor_id=me.person.id, at=clock.now())
    return go(f"{_HERE}/{kept.id}/kolommen")


@router.get("/{import_id}/kolommen", response_class=HTMLResponse)
def columns(request: Request, db: Reading, me: LoggedIn, import_id: UUID) -> Response:
    """Show the first rows, to say what their columns are."""
    require_manager(me)
    kept, draft = find_or_not_found(db, me, import_id)
    if not draft.sheets:
        return go(f"{_HERE}/{kept.id}")
    return _columns(request, kept, draft)


@router.post("/{import_id}/kolommen", response_class=HTMLResponse)
def map_columns(
    request: Request,
    db: Writing,
    me: LoggedIn,
    import_id: UUID,
    *,
    sheet: Words = "",
    head: Annotated[int, Form()] = -1,
    parts: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Keep what the columns are; another sheet or header is looked at anew."""
    require_manager(me)
    kept, draft = find_or_not_found(db, me, import_id)
    try:
        choose_columns(draft, sheet, head, parts or [])
    except SchoolError as error:
        return _columns(request, kept, draft, problem=me.say(str(error)))
    save(kept, draft)
    return go(f"{_HERE}/{kept.id}" if draft.mapped else f"{_HERE}/{kept.id}/kolommen")


@router.get("/{import_id}", response_class=HTMLResponse)
def look(request: Request, db: Reading, me: LoggedIn, import_id: UUID) -> HTMLResponse:
    """Show what is clear, what is asked, and what isn't known."""
    require_manager(me)
    return review_page(request, db, me, *find_or_not_found(db, me, import_id))


def find_or_not_found(session: Session, me: Me, import_id: UUID) -> tuple[PlanImport, Draft]:
    """Return an import of this school; to others it does not exist."""
    try:
        return find_import(session, me.school.id, import_id)
    except SchoolError as error:
        raise known_or_not_found(error) from error


def frame_of_import(session: Session, me: Me, kept: PlanImport) -> Frame:
    """Return the frame of the school year that an import is for."""
    return frame_or_not_found(session, me.school, kept.school_year)


def _start(
    request: Request, db: Session, me: Me, label: str, *, problem: str = "", pasted: str = ""
) -> HTMLResponse:
    frame = frame_or_not_found(db, me.school, label)
    return render(
        request,
        "yearplan_start.html",
        status=422 if problem else 200,
        label=frame.year.label,
        years=years_around(frame.year.label),
        imports=imports_of(db, me.school.id),
        problem=problem,
        pasted=pasted[:10_000],
        megabytes=MAX_OCTETS // 1_000_000,
    )


def _columns(request: Request, kept: PlanImport, draft: Draft, problem: str = "") -> HTMLResponse:
    rows = draft.rows()
    first = max(0, draft.head)
    return render(
        request,
        "yearplan_columns.html",
        status=422 if problem else 200,
        kept=kept,
        draft=draft,
        headers=draft.headers(),
        sample=[row for row in rows[draft.head + 1 :] if any(row)][:_SAMPLE],
        above=[" · ".join(cell for cell in row if cell) for row in rows[:first]],
        heads=[(n, " | ".join(cell for cell in row if cell)[:80]) for n, row in enumerate(rows[:12])],
        all_parts=PARTS,
        problem=problem,
    )


def review_page(
    request: Request, db: Session, me: Me, kept: PlanImport, draft: Draft, problem: str = ""
) -> HTMLResponse:
    """Show the rows of an import in their lists."""
    found = reviewed(db, me.school.id, draft, frame_of_import(db, me, kept))
    return render(
        request,
        "yearplan_review.html",
        status=422 if problem else 200,
        kept=kept,
        draft=draft,
        found=found,
        ready=_rows(found, "ready"),
        asked=_rows(found, "question"),
        unknown=_rows(found, "unknown"),
        dropped=_rows(found, "dropped"),
        opened=is_open(db, me.school.id, kept.school_year),
        spans=spans_nl,
        owners=OWNERS,
        problem=problem,
    )


def _rows(found: Review, status: str) -> list[Row]:
    return [
        Row(
            entry,
            in_words(_when(entry), found.titles),
            dates_nl(entry.result),
            why_nl(entry.result),
        )
        for entry in found.entries
        if entry.status == status
    ]


def _when(entry: Entry) -> object:
    return entry.item.model_dump(mode="json", exclude_defaults=True).get("when", {"rule": "open"})
