"""The list of cases, and opening one by hand."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import ColumnElement
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from models import OPEN_STATES, Case, CaseState, Group, GroupKind, Placement, ProcedureVersion, Pupil, Task
from service import clock, procedures
from service.access.actor import Actor, holds_on
from service.access.scope import sees_whole, visible_cases, visible_tasks
from service.cases.errors import CaseError, NotOpenableError
from service.cases.open import open_case, openable
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.year.own import titles_of

router = APIRouter(prefix="/trajecten")
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the list; ``next_on`` is the first day on which something in it is due."""

    case: Case
    subject: str
    stage: str
    next_on: date | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is limited to, as the address says it."""

    state: str = CaseState.ACTIVE.value
    procedure: str = ""
    group: str = ""
    page: int = 1

    def address(self, **other: object) -> str:
        """Return the address of this list with something changed."""
        parts = {"state": self.state, "procedure": self.procedure, "group": self.group, "page": self.page}
        return f"/trajecten?{urlencode({k: v for k, v in (parts | other).items() if v})}"


@router.get("", response_class=HTMLResponse)
def case_list(
    request: Request, db: Reading, me: LoggedIn, wanted: Annotated[Wanted, Depends()]
) -> HTMLResponse:
    """Show the cases that a person may see, a page at a time."""
    where = _where(me.actor, wanted)
    total = db.exec(select(func.count()).select_from(Case).where(*where)).one()
    pages = max(1, -(-total // PER_PAGE))
    wanted = replace(wanted, page=min(max(wanted.page, 1), pages))
    return render(
        request,
        "cases.html",
        wanted=wanted,
        rows=_rows(db, me, where, wanted.page),
        total=total,
        pages=pages,
        procedures=titles_of(db, me.school.id, me.person.language),
        groups=_groups_of_cases(db, me.actor),
        may_open=bool(me.actor.is_manager or me.actor.groups),
    )


def _where(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [visible_cases(actor)]
    if wanted.state in set(CaseState):
        where.append(col(Case.state) == CaseState(wanted.state))
    if wanted.procedure:
        where.append(col(Case.procedure) == wanted.procedure)
    if group := _key(wanted.group):
        where.append(col(Case.group_id) == group)
    return where


def _rows(session: Session, me: Me, where: list[ColumnElement[bool]], page: int) -> list[CaseRow]:
    due = (
        select(func.min(Task.target_on))
        .where(Task.case_id == Case.id, col(Task.state).in_(OPEN_STATES), visible_tasks(me.actor))
        .correlate(Case)
        .scalar_subquery()
    )
    query = (
        columns(Case, Pupil, Group, due)
        .join(Pupil, col(Pupil.id) == Case.pupil_id, isouter=True)
        .join(Group, col(Group.id) == Case.group_id, isouter=True)
        .where(*where)
        .order_by(due.asc().nulls_last(), col(Case.opens_on), Case.title, Case.key)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    found = session.execute(query).all()
    stages = _stage_titles(session, me, {case.version_id for case, *_ in found})
    return [
        CaseRow(case, _subject(me, case, pupil, group), stages.get((case.version_id, case.stage), ""), day)
        for case, pupil, group, day in found
    ]


def _subject(me: Me, case: Case, pupil: Pupil | None, group: Group | None) -> str:
    if pupil:
        return pupil.name if sees_whole(me.actor, case) else case.code
    return me.say("groep %(name)s", name=group.name) if group else me.say("de hele school")


def _stage_titles(session: Session, me: Me, versions: set[UUID]) -> dict[tuple[UUID, str], str]:
    rows = session.exec(select(ProcedureVersion).where(col(ProcedureVersion.id).in_(versions)))
    return {
        (version.id, stage.key): getattr(stage.title, me.person.language)
        for version in rows
        for stage in procedures.of_version(version).stage
    }


def _groups_of_cases(session: Session, actor: Actor) -> list[Group]:
    ids = select(Case.group_id).where(visible_cases(actor))
    return list(session.exec(select(Group).where(col(Group.id).in_(ids)).order_by(Group.name)))


@router.get("/nieuw", response_class=HTMLResponse)
def new_case(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Ask which case to open, for whom."""
    return _new_page(request, db, me)


@router.post("/nieuw")
def create_case(
    request: Request,
    db: Writing,
    me: LoggedIn,
    kind: Annotated[str, Form()] = "",
    subject: Annotated[str, Form()] = "",
) -> Response:
    """Open a case for a pupil or a group."""
    try:
        with db.begin_nested():
            case = _open(db, me, kind, subject)
    except CaseError as error:
        return _new_page(request, db, me, problem=error, kind=kind, subject=subject)
    return go(f"/trajecten/{case.id}", me.say("Het traject is begonnen."))


def _open(session: Session, me: Me, kind: str, subject: str) -> Case:
    procedure, _, occurrence = kind.partition(":")
    if not occurrence:
        raise NotOpenableError("Kies eerst welk traject je begint.")
    what, _, key = subject.partition(":")
    return open_case(
        session,
        actor=me.actor,
        at=clock.now(),
        procedure=procedure,
        occurrence=occurrence,
        pupil_id=_key(key) if what == "pupil" else None,
        group_id=_key(key) if what == "group" else None,
    )


def _new_page(
    request: Request,
    session: Session,
    me: Me,
    *,
    problem: CaseError | None = None,
    kind: str = "",
    subject: str = "",
) -> HTMLResponse:
    kinds = openable()
    return render(
        request,
        "case_new.html",
        status=422 if problem else 200,
        problem=problem,
        kind=kind,
        subject=subject,
        kinds=kinds,
        per={occurrence.per for _, occurrence in kinds},
        classes=classes_of(session, me.actor),
    )


def classes_of(session: Session, actor: Actor) -> list[tuple[Group, list[Pupil]]]:
    """Return the groups and pupils for whom this person may open a case: all, or those they teach."""
    here: list[ColumnElement[bool]] = [
        col(Group.school_id) == actor.school_id,
        col(Group.active).is_(True),
        col(Group.kind) == GroupKind.BASE,
    ]
    if not actor.is_manager:
        here.append(col(Group.id).in_(actor.groups))
    now = holds_on(col(Placement.valid_from), col(Placement.valid_until), clock.today())
    query = (
        columns(Group, Pupil)
        .join(Placement, col(Placement.group_id) == Group.id)
        .join(Pupil, col(Pupil.id) == Placement.pupil_id)
        .where(*here, now, col(Pupil.active).is_(True))
        .order_by(Group.name, Pupil.last_name, Pupil.first_name)
    )
    found: dict[UUID, tuple[Group, list[Pupil]]] = {}
    for group, pupil in session.execute(query):
        found.setdefault(group.id, (group, []))[1].append(pupil)
    return list(found.values())


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
