"""The people: who works here in which role, for which groups, on which half days."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from calendars.presence import WEEKDAYS_NL
from models import Person, StaffKey
from service import clock
from service.school.errors import SchoolError
from service.school.staff import add_person
from service.web.keepers import Day, Word, require_administrator, require_keeper, wanted_day, wanted_role
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.person_page import HERE, person_page
from service.web.staff_rows import HALVES, WORKDAYS, groups_of, staff_of
from service.web.wording import ROLES
from service.year.frame import label_on

router = APIRouter(prefix=HERE)


@router.get("", response_class=HTMLResponse)
def people(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show everyone and their week, and the classes with who is there when."""
    require_keeper(me)
    return _people(request, db, me)


@router.post("", response_class=HTMLResponse)
def add(
    request: Request,
    db: Writing,
    me: LoggedIn,
    name: Word = "",
    email: Word = "",
    *,
    role: Word = "",
    unit: Word = "",
    first: Day = "",
) -> Response:
    """Let someone work here."""
    require_administrator(me)
    typed = {"name": name, "email": email, "role": role, "unit": unit, "first": first}
    try:
        with db.begin_nested():
            person = add_person(
                db,
                me.school.id,
                name=name,
                email=email,
                role=wanted_role(role),
                unit=unit,
                valid_from=wanted_day(first, "de eerste werkdag"),
                actor_id=me.person.id,
                at=clock.now(),
            )
            _tie_keys(db, me, person)
    except SchoolError as error:
        return _people(request, db, me, problem=me.say(str(error)), typed=typed)
    said = me.say(
        "%(name)s werkt nu hier. Zet nu de werkdagen en stuur een link om in te loggen.", name=person.name
    )
    return go(f"{HERE}/{person.id}", said)


@router.get("/{person_id}", response_class=HTMLResponse)
def one(request: Request, db: Reading, me: LoggedIn, person_id: UUID) -> HTMLResponse:
    """Show one person."""
    require_keeper(me)
    return person_page(request, db, me, person_id)


def _people(
    request: Request, db: Session, me: Me, *, problem: str = "", typed: dict[str, str] | None = None
) -> HTMLResponse:
    today = clock.today()
    staff = staff_of(db, me.school)
    return render(
        request,
        "school_people.html",
        status=422 if problem else 200,
        staff=[row for row in staff if not row.is_gone(today)],
        gone=[row for row in staff if row.is_gone(today)],
        groups=groups_of(db, me.school, label_on(today), staff, today),
        roles=ROLES,
        workdays=WORKDAYS,
        halves=HALVES,
        weekdays=WEEKDAYS_NL,
        loose=_loose(db, me) if me.actor.is_administrator else [],
        problem=problem,
        typed=typed or {},
    )


def _loose(session: Session, me: Me) -> list[StaffKey]:
    """Return the staff of the roster file who are nobody here yet."""
    loose = select(StaffKey).where(
        StaffKey.school_id == me.school.id,
        col(StaffKey.active).is_(True),
        col(StaffKey.person_id).is_(None),
    )
    return list(session.exec(loose.order_by(StaffKey.name)))


def _tie_keys(session: Session, me: Me, person: Person) -> None:
    """Let the roster's keys of this address be this person's."""
    for key in _loose(session, me):
        if (key.email or "").casefold() == person.email:
            key.person_id = person.id
