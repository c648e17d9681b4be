"""The page of one member of staff, and trying a change on it."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from calendars.presence import WEEKDAYS_NL
from models import Group, GroupKind, Half
from service import clock
from service.access.password_links import open_until
from service.access.scope import NotFoundError
from service.replies.aliases import aliases_of
from service.school.channels import channels_of
from service.school.errors import SchoolError
from service.web.channel_rows import rows_of
from service.web.keepers import known_or_not_found
from service.web.page import Me, go, render
from service.web.staff_rows import HALVES, WORKDAYS, StaffRow, open_work, staff_of
from service.web.wording import ROLES
from service.year.frame import label_on

HERE = "/beheer/school/mensen"
_HALF_WORDS = {Half.MORNING: "ochtend", Half.AFTERNOON: "middag"}


def attempt(
    request: Request,
    db: Session,
    me: Me,
    person_id: UUID,
    verb: Callable[[], None],
    *,
    said: str,
    typed: Mapping[str, object] | None = None,
) -> Response:
    """Do it and go on; or show the person again with what is wrong and with what was typed."""
    try:
        with db.begin_nested():
            verb()
    except SchoolError as error:
        problem = me.say(str(known_or_not_found(error)))
        return person_page(request, db, me, person_id, problem=problem, typed=typed)
    return go(f"{HERE}/{person_id}", me.say(said))


def person_page(
    request: Request,
    db: Session,
    me: Me,
    person_id: UUID,
    *,
    problem: str = "",
    typed: Mapping[str, object] | None = None,
) -> HTMLResponse:
    """Show one person, with what was typed and what is wrong with it."""
    row = find_row(db, me, person_id)
    today = clock.today()
    running = row.pattern_on(today)
    kept = {f"{day}-{half.value}" for day, half in running.halves} if running else set()
    return render(
        request,
        "school_person.html",
        status=422 if problem else 200,
        row=row,
        running=running,
        ticked=(typed or {}).get("halves", kept),
        typed=typed or {},
        problem=problem,
        roles=ROLES,
        workdays=WORKDAYS,
        halves=HALVES,
        half_words=_HALF_WORDS,
        weekdays=WEEKDAYS_NL,
        groups=_groups(db, me, today),
        link_until=open_until(db, person_id, clock.now()),
        open_work=open_work(db, me.school, person_id),
        aliases=aliases_of(db, person_id),
        channels=rows_of(db, channels_of(db, me.school.id, person_id)) if me.actor.is_administrator else [],
    )


def find_row(session: Session, me: Me, person_id: UUID) -> StaffRow:
    """Return a person of this school; others do not exist here."""
    row = next((r for r in staff_of(session, me.school) if r.person.id == person_id), None)
    if row is None:
        raise NotFoundError
    return row


def _groups(session: Session, me: Me, today: date) -> list[Group]:
    """Return the groups to choose from: the classes of this year and of later ones."""
    groups = select(Group).where(
        Group.school_id == me.school.id,
        Group.school_year >= label_on(today),
        Group.kind == GroupKind.BASE,
        col(Group.active).is_(True),
    )
    return list(session.exec(groups.order_by(Group.school_year, Group.name)))
