"""Answers to what an import asks: about its table, about its rows; taking it over, and back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from service import clock
from service.school.errors import SchoolError
from service.web.keepers import require_manager
from service.web.page import LoggedIn, Writing, go
from service.web.yearplan_import import find_or_not_found, frame_of_import, review_page
from service.yearplan.imports import (
    accept_all,
    choose_style,
    choose_year,
    forget_answer,
    reviewed,
    reword,
    save,
    settle,
)
from service.yearplan.review import Review
from service.yearplan.takeover import take_over, undo

router = APIRouter(prefix="/jaarplan/inlezen")
_HERE = "/jaarplan/inlezen"
Words = Annotated[str, Form(max_length=200)]
Short = Annotated[str, Form(max_length=40)]


@router.post("/{import_id}/tabel", response_class=HTMLResponse)
def about_table(
    request: Request,
    db: Writing,
    me: LoggedIn,
    import_id: UUID,
    *,
    style: Short = "",
    year: Short = "",
    written: Short = "",
) -> Response:
    """Answer a question about the table as a whole."""
    require_manager(me)
    kept, draft = find_or_not_found(db, me, import_id)
    try:
        if year:
            choose_year(draft, year, written, kept.school_year)
        else:
            choose_style(draft, style)
    except SchoolError as error:
        return review_page(request, db, me, kept, draft, problem=me.say(str(error)))
    save(kept, draft)
    return go(f"{_HERE}/{kept.id}")


@router.post("/{import_id}/regel/{line_id}", response_class=HTMLResponse)
def answer(
    request: Request,
    db: Writing,
    me: LoggedIn,
    import_id: UUID,
    line_id: str,
    *,
    code: Short = "",
    choice: Short = "",
) -> Response:
    """Answer one question of a row."""
    require_manager(me)
    kept, draft = find_or_not_found(db, me, import_id)
    found = reviewed(db, me.school.id, draft, frame_of_import(db, me, kept))
    entry = next((entry for entry in found.entries if entry.line.id == line_id), None)
    if entry is None:
        return review_page(request, db, me, kept, draft, problem=me.say("Deze regel is er niet meer."))
    try:
        settle(draft, entry, code, choice)
    except SchoolError as error:
        return review_page(request, db, me, kept, draft, problem=me.say(str(error)))
    save(kept, draft)
    return go(f"{_HERE}/{kept.id}#{_next_row(found, line_id)}")


@router.post("/{import_id}/regel/{line_id}/tekst")
def other_words(
    db: Writing,
    me: LoggedIn,
    import_id: UUID,
    line_id: str,
    *,
    when: Words = "",
    title: Words = "",
    groups: Words = "",
    who: Words = "",
    what: Short = "",
) -> Response:
    """Take other words for a row, leave it out, or begin it anew."""
    require_manager(me)
    kept, draft = find_or_not_found(db, me, import_id)
    if what == "anew":
        forget_answer(draft, line_id)
    else:
        reword(draft, line_id, when=when, title=title, groups=groups, who=who)
        draft.answers[line_id].drop = what == "drop"
    save(kept, draft)
    return go(f"{_HERE}/{kept.id}#r-{line_id}")


@router.post("/{import_id}/voorstellen")
def accept(db: Writing, me: LoggedIn, import_id: UUID) -> Response:
    """Answer every question that has a proposal with it."""
    require_manager(me)
    kept, draft = find_or_not_found(db, me, import_id)
    frame = frame_of_import(db, me, kept)
    count = accept_all(draft, lambda again: reviewed(db, me.school.id, again, frame))
    save(kept, draft)
    return go(f"{_HERE}/{kept.id}", me.say("%(count)d regels zijn nu klaar met het voorstel.", count=count))


@router.post("/{import_id}/overnemen")
def take(db: Writing, me: LoggedIn, import_id: UUID) -> Response:
    """Put the rows that are clear in the plan."""
    require_manager(me)
    kept, draft = find_or_not_found(db, me, import_id)
    found = reviewed(db, me.school.id, draft, frame_of_import(db, me, kept))
    done = take_over(db, kept, draft, found.entries, actor_id=me.person.id, at=clock.now())
    said = me.say(
        "Overgenomen: %(added)d nieuw, %(changed)d veranderd, %(same)d waren al zo.",
        added=len(done.added),
        changed=len(done.changed),
        same=len(done.unchanged),
    )
    if done.absent:
        said += " " + me.say(
            "Niet meer in het bestand, en blijft staan: %(titles)s.", titles=", ".join(done.absent[:5])
        )
    return go(f"{_HERE}/{kept.id}", said)


@router.post("/{import_id}/ongedaan")
def take_back(db: Writing, me: LoggedIn, import_id: UUID) -> Response:
    """Put the plan back as it was before this import."""
    require_manager(me)
    kept, _ = find_or_not_found(db, me, import_id)
    count, since = undo(db, kept, actor_id=me.person.id, at=clock.now())
    said = me.say("Ongedaan gemaakt: %(count)d items zijn weer zoals ze waren.", count=count)
    if since:
        said += " " + me.say("Intussen gewijzigd, en gelaten: %(titles)s.", titles=", ".join(since[:5]))
    return go("/jaarplan", said)


@router.post("/{import_id}/weg")
def discard(db: Writing, me: LoggedIn, import_id: UUID) -> Response:
    """Stop an import; what was taken over stays."""
    require_manager(me)
    kept, _ = find_or_not_found(db, me, import_id)
    name = kept.file_name
    db.delete(kept)
    return go(_HERE, me.say("Weggelegd: %(name)s. Wat al was overgenomen, blijft staan.", name=name))


def _next_row(found: Review, line_id: str) -> str:
    """Return the anchor of the row whose turn it is after an answer: the same one while it still asks."""
    entries = [*found.of("question"), *found.of("unknown")]
    places = [n for n, entry in enumerate(entries) if entry.line.id == line_id]
    if places and len(entries[places[0]].questions) > 1:
        return f"r-{line_id}"
    following = entries[places[0] + 1 :] if places else []
    return f"r-{following[0].line.id}" if following else "klaar"
