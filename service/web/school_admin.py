"""The school's data: the roster, read from a file after a look at what it changes."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session, col, func, select

from models import Group, Person, Placement, Pupil, RosterImport, School, StaffKey
from service import clock
from service.access.actor import holds_on
from service.roster import (
    MAX_BYTES,
    Problem,
    Roster,
    RosterDiff,
    RosterFileError,
    apply,
    diff,
    fingerprint,
    parse,
)
from service.school import uploads
from service.settings import settings
from service.web.keepers import require_administrator, require_keeper
from service.web.page import LoggedIn, Me, Reading, Writing, go, render

router = APIRouter(prefix="/beheer/school")
_HERE = "/beheer/school/leerlingen"
_JOURNAL = 10  # lines


@router.get("")
def front(me: LoggedIn) -> RedirectResponse:
    """Lead to the part that is this person's."""
    require_keeper(me)
    part = "leerlingen" if me.actor.is_administrator else "vrije-dagen"
    return RedirectResponse(f"/beheer/school/{part}", 303)


@router.get("/leerlingen", response_class=HTMLResponse)
def roster(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show how many pupils are where, and the last imports."""
    require_administrator(me)
    uploads.forget_old(settings().home)
    return _page(request, db, me)


@router.post("/leerlingen", response_class=HTMLResponse)
def preview(
    request: Request, db: Reading, me: LoggedIn, file: Annotated[UploadFile | None, File()] = None
) -> HTMLResponse:
    """Show what a file would change; nothing is written but the file itself, for an hour."""
    require_administrator(me)
    data = file.file.read(MAX_BYTES + 1) if file else b""
    if not data:
        return _page(request, db, me, problems=["Kies eerst het bestand uit de leerlingadministratie."])
    try:
        read = parse(data)
        found = diff(db, db.get_one(School, me.school.id), read, clock.today())
    except RosterFileError as error:
        return _page(request, db, me, problems=list(error.problems))
    token = "" if found.empty else uploads.keep(settings().home, me.school.id, me.person.id, data)
    return _preview(request, found, read, token)


@router.post("/leerlingen/overnemen", response_class=HTMLResponse)
def take_over(
    request: Request,
    db: Writing,
    me: LoggedIn,
    token: Annotated[str, Form(max_length=64)] = "",
    sure: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Write what the previewed file changes."""
    require_administrator(me)
    home, school_id = settings().home, me.school.id
    data = uploads.kept(home, school_id, me.person.id, token)
    if data is None:
        gone = "Het voorbeeld is ouder dan een uur. Kies het bestand opnieuw; er is niets veranderd."
        return _page(request, db, me, problems=[gone])
    try:
        read = parse(data)  # before the transaction, which keeps others from writing
        with db.begin_nested():
            done = apply(
                db,
                db.get_one(School, school_id),
                read,
                actor_id=me.person.id,
                at=clock.now(),
                digest=fingerprint(data),
                force=sure == "ja",
            )
    except RosterFileError as error:
        return _page(request, db, me, problems=list(error.problems))
    uploads.forget(home, school_id, me.person.id, token)
    return go(_HERE, _said(me, done))


def _said(me: Me, done: RosterDiff) -> str:
    pupils = done.counts()["pupils"]
    return me.say(
        "Overgenomen: %(new)d leerlingen nieuw, %(changed)d veranderd, %(moved)d in een andere groep, "
        "%(left)d van school.",
        new=pupils["new"] + pupils["returned"],
        changed=pupils["changed"],
        moved=pupils["moved"],
        left=pupils["left"],
    )


def _preview(request: Request, found: RosterDiff, read: Roster, token: str) -> HTMLResponse:
    parts = [("Leerlingen", found.pupils), ("Groepen", found.groups), ("Medewerkers", found.staff)]
    return render(request, "school_roster_diff.html", diff=found, roster=read, token=token, parts=parts)


def _page(
    request: Request, db: Session, me: Me, *, problems: list[Problem] | list[str] | None = None
) -> HTMLResponse:
    today = clock.today()
    return render(
        request,
        "school_roster.html",
        status=422 if problems else 200,
        problems=problems or [],
        groups=_groups(db, me.school, today),
        pupils=_pupil_count(db, me.school),
        imports=_imports(db, me.school),
        loose=_loose_keys(db, me.school),
        megabytes=MAX_BYTES // 1024**2,
    )


def _groups(session: Session, school: School, today: date) -> list[tuple[Group, int]]:
    """Return the groups of the newest year that was read, each with its pupils of today."""
    newest = session.exec(select(func.max(Group.school_year)).where(Group.school_id == school.id)).one()
    here = holds_on(col(Placement.valid_from), col(Placement.valid_until), today)
    rows = session.exec(
        select(Group, func.count(col(Placement.id)))
        .outerjoin(Placement, (col(Placement.group_id) == Group.id) & here)
        .where(Group.school_id == school.id, Group.school_year == newest, col(Group.active).is_(True))
        .group_by(*Group.__table__.columns)  # type: ignore[attr-defined]  # added by SQLAlchemy
        .order_by(col(Group.kind), Group.name)
    )
    return [(group, count) for group, count in rows]


def _pupil_count(session: Session, school: School) -> int:
    active = select(func.count(col(Pupil.id))).where(
        Pupil.school_id == school.id, col(Pupil.active).is_(True)
    )
    return session.exec(active).one()


def _imports(session: Session, school: School) -> list[tuple[RosterImport, str | None]]:
    rows = session.exec(
        select(RosterImport, Person.name)
        .outerjoin(Person, col(Person.id) == RosterImport.actor_id)
        .where(RosterImport.school_id == school.id)
        .order_by(col(RosterImport.at).desc())
        .limit(_JOURNAL)
    )
    return [(line, name) for line, name in rows]


def _loose_keys(session: Session, school: School) -> list[StaffKey]:
    """Return the staff of the file who are nobody here yet."""
    loose = select(StaffKey).where(
        StaffKey.school_id == school.id,
        col(StaffKey.active).is_(True),
        col(StaffKey.person_id).is_(None),
    )
    return list(session.exec(loose.order_by(StaffKey.name)))
