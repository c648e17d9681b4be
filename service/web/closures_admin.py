"""The days off: the official ones, the school's own, and a list from a file."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from calendars.closure_files import MAX_OCTETS, ClosureFileError, ClosureRow, read_csv, read_ics
from calendars.schoolyear import SATURDAY, Closed, days_between, is_year_label
from models import Closure, Group, GroupKind
from service import clock
from service.access.scope import NotFoundError
from service.replan.changes import Change, ClosureAdded, ClosureChanged, ClosureRemoved
from service.replan.preview import is_open
from service.school import uploads
from service.school.closures import (
    ClosuresRefusedError,
    Wanted,
    add_closure,
    change_closure,
    find_closure,
    import_closures,
    preview_closures,
    remove_closure,
    replaceable,
)
from service.school.errors import SchoolError
from service.settings import settings
from service.web.keepers import Day, Word, known_or_not_found, require_keeper, wanted_day
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.replan_steps import built, imported, previewed
from service.web.years import years_around
from service.year.frame import calendar_of, label_after, label_on

router = APIRouter(prefix="/beheer/school/vrije-dagen")
_HERE = "/beheer/school/vrije-dagen"
_MARK = b"BEGIN:VCALENDAR"

Groups = Annotated[list[str] | None, Form()]


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed in the form, to show it again."""

    name: str = ""
    first: str = ""
    last: str = ""
    groups: tuple[str, ...] = ()
    replaces: str = ""

    def wanted(self) -> Wanted:
        """Return what is asked; raise ``SchoolError`` for a day that is none."""
        first = wanted_day(self.first, "de eerste dag")
        return Wanted(
            name=self.name,
            first_day=first,
            last_day=wanted_day(self.last, "de laatste dag") if self.last else first,
            groups=self.groups,
            replaces=self.replaces or None,
        )


def _typed(
    name: Word = "", first: Day = "", last: Day = "", groups: Groups = None, replaces: Word = ""
) -> Typed:
    return Typed(name, first, last, tuple(groups or ()), replaces)


AsTyped = Annotated[Typed, Depends(_typed)]


@router.get("", response_class=HTMLResponse)
def closures(request: Request, db: Reading, me: LoggedIn, jaar: str = "") -> HTMLResponse:
    """Show the days off of a school year."""
    require_keeper(me)
    return _page(request, db, me, label=jaar)


@router.post("", response_class=HTMLResponse)
def add(request: Request, db: Writing, me: LoggedIn, typed: AsTyped) -> Response:
    """Add a day or span."""
    require_keeper(me)
    try:
        wanted = typed.wanted()
        change = built(lambda: ClosureAdded.model_validate(asdict(wanted)))
        if answer := _previewed(request, db, me, wanted.first_day, change):
            return answer
        with db.begin_nested():
            made = add_closure(db, me.school.id, wanted, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _page(request, db, me, problem=me.say(str(error)), typed=typed)
    return _done(made.first_day, me.say("Toegevoegd: %(name)s.", name=made.name))


@router.get("/{closure_id}", response_class=HTMLResponse)
def one(request: Request, db: Reading, me: LoggedIn, closure_id: UUID) -> HTMLResponse:
    """Show one of the school's own closures, to change it."""
    require_keeper(me)
    return _one(request, db, me, _find(db, me, closure_id))


@router.post("/{closure_id}/wijzigen", response_class=HTMLResponse)
def change(request: Request, db: Writing, me: LoggedIn, closure_id: UUID, typed: AsTyped) -> Response:
    """Change a closure."""
    require_keeper(me)
    found = _find(db, me, closure_id)
    try:
        wanted = typed.wanted()
        told = {**asdict(wanted), "closure_id": closure_id}
        change = built(lambda: ClosureChanged.model_validate(told))
        if answer := _previewed(request, db, me, min(wanted.first_day, found.first_day), change):
            return answer
        with db.begin_nested():
            made = change_closure(db, me.school.id, found.id, wanted, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _one(request, db, me, found, problem=me.say(str(error)), typed=typed)
    return _done(made.first_day, me.say("Gewijzigd: %(name)s.", name=made.name))


@router.post("/{closure_id}/verwijderen", response_class=HTMLResponse)
def remove(request: Request, db: Writing, me: LoggedIn, closure_id: UUID) -> Response:
    """Remove a closure: the school is open on its days."""
    require_keeper(me)
    found = _find(db, me, closure_id)
    if answer := _previewed(request, db, me, found.first_day, ClosureRemoved(closure_id=closure_id)):
        return answer
    remove_closure(db, me.school.id, found.id, actor_id=me.person.id, at=clock.now())
    return _done(found.first_day, me.say("Verwijderd: %(name)s.", name=found.name))


@router.post("/bestand", response_class=HTMLResponse)
def preview(
    request: Request, db: Reading, me: LoggedIn, file: Annotated[UploadFile | None, File()] = None
) -> HTMLResponse:
    """Show what a list would add; nothing is written yet."""
    require_keeper(me)
    data = file.file.read(MAX_OCTETS + 1) if file else b""
    if not data:
        return _page(request, db, me, problems=["Kies eerst een .ics- of .csv-bestand."])
    try:
        found = preview_closures(db, me.school.id, _rows(data))
    except (ClosureFileError, ClosuresRefusedError) as error:
        return _page(request, db, me, problems=error.problems)
    token = uploads.keep(settings().home, me.school.id, me.person.id, data) if found.new else ""
    return render(request, "school_closures_diff.html", preview=found, token=token)


@router.post("/bestand/overnemen", response_class=HTMLResponse)
def take_over(
    request: Request, db: Writing, me: LoggedIn, token: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Add the previewed list: all of it, or nothing."""
    require_keeper(me)
    home = settings().home
    data = uploads.kept(home, me.school.id, me.person.id, token)
    if data is None:
        gone = "Het voorbeeld is ouder dan een uur. Kies het bestand opnieuw; er is niets veranderd."
        return _page(request, db, me, problems=[gone])
    try:
        change = imported(db, me.school.id, _rows(data))
        first = min(days.first_day for days in change.days) if change else clock.today()
        if change and (answer := _previewed(request, db, me, first, change)):
            uploads.forget(home, me.school.id, me.person.id, token)
            return answer
        with db.begin_nested():
            done = import_closures(db, me.school.id, _rows(data), actor_id=me.person.id, at=clock.now())
    except (ClosureFileError, ClosuresRefusedError) as error:
        return _page(request, db, me, problems=error.problems)
    uploads.forget(home, me.school.id, me.person.id, token)
    said = me.say("Overgenomen: %(count)d vrije dagen of perioden.", count=len(done.new))
    return _done(done.new[0].first_day if done.new else clock.today(), said)


def _previewed(request: Request, db: Session, me: Me, first: date, change: Change) -> Response | None:
    """Lead to what moves, when the school year of a day is open; nothing otherwise."""
    label = label_on(first)
    return previewed(request, db, me, label, change, f"{_HERE}?jaar={label}")


def _rows(data: bytes) -> list[ClosureRow]:
    return read_ics(data) if _MARK in data[:200].upper() else read_csv(data)


def _find(session: Session, me: Me, closure_id: UUID) -> Closure:
    try:
        return find_closure(session, me.school.id, closure_id)
    except SchoolError as error:
        raise known_or_not_found(error) from error


def _done(first: date, said: str) -> Response:
    return go(f"{_HERE}?jaar={label_on(first)}", said)


def _page(
    request: Request,
    db: Session,
    me: Me,
    *,
    label: str = "",
    problem: str = "",
    problems: list[str] | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    label = label or _label_of(typed.first if typed else "")
    if not is_year_label(label):
        raise NotFoundError
    own, official = _lists(db, me, label)
    return render(
        request,
        "school_closures.html",
        status=422 if problem or problems else 200,
        label=label,
        opened=is_open(db, me.school.id, label),
        years=_years(label),
        own=own,
        official=official,
        groups=_group_names(db, me, label),
        replaceable=replaceable(me.school.region, date(int(label[:4]), 9, 1)),
        problem=problem,
        problems=problems or [],
        typed=typed or Typed(),
    )


def _one(
    request: Request, db: Session, me: Me, found: Closure, *, problem: str = "", typed: Typed | None = None
) -> HTMLResponse:
    label = label_on(found.first_day)
    kept = Typed(
        found.name,
        found.first_day.isoformat(),
        found.last_day.isoformat(),
        tuple(found.groups),
        found.replaces or "",
    )
    return render(
        request,
        "school_closure.html",
        status=422 if problem else 200,
        closure=found,
        label=label,
        groups=_group_names(db, me, label),
        replaceable=replaceable(me.school.region, found.first_day),
        problem=problem,
        typed=typed or kept,
    )


def _label_of(first: str) -> str:
    try:
        return label_on(date.fromisoformat(first))
    except ValueError:
        return label_on(clock.today())


def _lists(session: Session, me: Me, label: str) -> tuple[list[Closure], list[Closed]]:
    """Return the own and the official days off that begin in a school year."""
    starts = int(label[:4])
    first, last = date(starts, 8, 1), date(starts + 1, 7, 31)
    own = select(Closure).where(
        Closure.school_id == me.school.id, col(Closure.first_day).between(first, last)
    )
    calendar = calendar_of(session, me.school, starts)
    official = [
        closed
        for closed in calendar.closures
        if closed.official
        and first <= closed.first_day <= last
        and any(day.weekday() < SATURDAY for day in days_between(closed.first_day, closed.last_day))
    ]
    return list(session.exec(own.order_by(col(Closure.first_day)))), official


def _years(label: str) -> list[str]:
    return years_around(label, label_after(label_after(label_on(clock.today()))))


def _group_names(session: Session, me: Me, label: str) -> list[str]:
    names = select(Group.name).where(
        Group.school_id == me.school.id,
        Group.school_year == label,
        Group.kind == GroupKind.BASE,
        col(Group.active).is_(True),
    )
    return list(session.exec(names.order_by(Group.name)))
