"""Re-planning a year that is open: what was applied, its undo, and the doors to each kind of change."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from calendars.presence import WEEKDAYS_NL
from models import Group, GroupKind, Half, Person, Replan, School
from service import clock
from service.access.scope import NotFoundError
from service.replan import changes as c
from service.replan.apply import StalePreviewError, apply_change
from service.replan.doors import change_of, latest_replans, rules_of, stands_of
from service.replan.preview import is_open
from service.replan.undo import undo_replan
from service.replan.words import about
from service.school.errors import SchoolError
from service.web.keepers import Day, known_or_not_found, optional_day, require_keeper, wanted_day
from service.web.page import LoggedIn, Me, Reading, Writing, go, local_path, render
from service.web.replan_steps import built, previewed, show
from service.web.staff_rows import HALVES, WORKDAYS, staff_of
from service.web.years import asked_year
from service.year.own import own_plan_waits

router = APIRouter(prefix="/herplannen")
_HERE = "/herplannen"
_HALF_WORDS = {Half.MORNING: "ochtend", Half.AFTERNOON: "middag"}

Label = Annotated[str, Form(max_length=9)]
Text = Annotated[str, Form(max_length=200_000)]
Id = Annotated[str, Form(max_length=36)]
Key = Annotated[str, Form(max_length=80)]


@router.get("", response_class=HTMLResponse)
def overview(request: Request, db: Reading, me: LoggedIn, jaar: str = "") -> HTMLResponse:
    """Show what was applied, and the doors to a change."""
    require_keeper(me)
    return _overview(request, db, me, asked_year(jaar))


@router.post("/voorbeeld", response_class=HTMLResponse)
def preview(
    request: Request, db: Writing, me: LoggedIn, change: Text = "", jaar: Label = "", terug: Text = ""
) -> Response:
    """Show what a change would move."""
    require_keeper(me)
    return _lead(request, db, me, asked_year(jaar), lambda: c.read_change(change), terug)


@router.post("/werkdagen", response_class=HTMLResponse)
def other_days(
    request: Request,
    db: Writing,
    me: LoggedIn,
    jaar: Label = "",
    person: Id = "",
    halves: Annotated[list[str] | None, Form()] = None,
    *,
    first: Day = "",
    last: Day = "",
) -> Response:
    """Show what moves when a person works on other half days."""
    require_keeper(me)

    def build() -> c.Change:
        first_day, last_day = wanted_day(first, "de eerste dag"), optional_day(last)
        told = {"person_id": person, "halves": tuple(halves or ()), "first_day": first_day}
        return c.PresenceSet.model_validate({**told, "last_day": last_day})

    return _lead(request, db, me, asked_year(jaar), build)


@router.post("/groep", response_class=HTMLResponse)
def other_teacher(
    request: Request,
    db: Writing,
    me: LoggedIn,
    jaar: Label = "",
    group: Id = "",
    person: Id = "",
    *,
    instead_of: Id = "",
    first: Day = "",
    last: Day = "",
) -> Response:
    """Show what moves when a group gets another teacher."""
    require_keeper(me)

    def build() -> c.Change:
        first_day, last_day = wanted_day(first, "de eerste dag"), optional_day(last)
        told = {"group_id": group, "person_id": person or None, "instead_of": instead_of or None}
        return c.TeacherSet.model_validate({**told, "first_day": first_day, "last_day": last_day})

    return _lead(request, db, me, asked_year(jaar), build)


@router.post("/procedure", response_class=HTMLResponse)
def other_procedure(
    request: Request, db: Writing, me: LoggedIn, jaar: Label = "", procedure: Key = "", *, wat: Key = ""
) -> Response:
    """Show what moves when a procedure is left out, taken up again, or follows its newest version."""
    require_keeper(me)
    kinds: dict[str, type[c.ProcedureOff | c.ProcedureOn | c.NewestVersion]]
    kinds = {"uit": c.ProcedureOff, "aan": c.ProcedureOn, "nieuwste": c.NewestVersion}
    if wat not in kinds:
        raise NotFoundError
    return _lead(request, db, me, asked_year(jaar), lambda: kinds[wat](procedure=procedure))


@router.post("/jaarplan", response_class=HTMLResponse)
def own_plan(request: Request, db: Writing, me: LoggedIn, jaar: Label = "", terug: Text = "") -> Response:
    """Show what comes in, goes and moves when the school's own plan is taken over as it is now."""
    require_keeper(me)
    return _lead(request, db, me, asked_year(jaar), c.OwnPlanTakenOver, terug)


@router.post("/regel", response_class=HTMLResponse)
def other_rule(
    request: Request, db: Writing, me: LoggedIn, jaar: Label = "", rule: Id = "", *, wat: Key = ""
) -> Response:
    """Show what moves when a rule of the school no longer holds, or holds again."""
    require_keeper(me)
    told = {"rule_id": rule, "active": wat == "aan"}
    return _lead(request, db, me, asked_year(jaar), lambda: c.RuleSwitched.model_validate(told))


def _lead(
    request: Request, db: Session, me: Me, label: str, build: Callable[[], c.Change], back: str = ""
) -> Response:
    back = local_path(back or None, f"{_HERE}?jaar={label}")
    try:
        answer = previewed(request, db, me, label, built(build), back)
    except SchoolError as error:
        return _overview(request, db, me, label, problem=me.say(str(known_or_not_found(error))))
    if answer is None:
        return _overview(request, db, me, label, problem=me.say("Dit schooljaar is nog niet geopend."))
    return answer


@router.post("/toepassen", response_class=HTMLResponse)
def apply(
    request: Request,
    db: Writing,
    me: LoggedIn,
    change: Text = "",
    jaar: Label = "",
    *,
    stand: Annotated[str, Form(max_length=64)] = "",
    terug: Text = "",
) -> Response:
    """Apply what was previewed; what is no longer so is shown anew."""
    require_keeper(me)
    label = asked_year(jaar)
    back = local_path(terug or None, f"{_HERE}?jaar={label}")
    school, who = db.get_one(School, me.school.id), me.person.id
    try:
        wanted = c.read_change(change)
        if not (c.may_do(me.actor, wanted) and is_open(db, school.id, label)):
            raise NotFoundError
        done = apply_change(db, school, label, wanted, actor_id=who, at=clock.now(), expected=stand)
    except StalePreviewError as error:
        return show(request, db, me, error.preview, back, problem=me.say(str(error)))
    except SchoolError as error:
        return _overview(request, db, me, label, problem=me.say(str(known_or_not_found(error))))
    count = sum(move["kind"] == "shift" for move in done.moves)
    said = me.say("Toegepast: %(what)s. Verschoven: %(count)d.", what=done.reason, count=count)
    return go(f"{_HERE}?jaar={label}", said)


@router.post("/{replan_id}/ongedaan", response_class=HTMLResponse)
def undo(request: Request, db: Writing, me: LoggedIn, replan_id: UUID) -> Response:
    """Undo what was applied."""
    require_keeper(me)
    school = db.get_one(School, me.school.id)
    found = db.get(Replan, replan_id)
    if found is None or found.school_id != school.id or not _may_see(me, found):
        raise NotFoundError
    try:
        undone = undo_replan(db, school, replan_id, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        problem = me.say(str(known_or_not_found(error)))
        return _overview(request, db, me, found.school_year, problem=problem)
    if undone.stays:
        return render(request, "replan_undone.html", undone=undone)
    said = me.say("Ongedaan gemaakt: %(what)s.", what=found.reason)
    return go(f"{_HERE}?jaar={found.school_year}", said)


def _overview(request: Request, db: Session, me: Me, label: str, *, problem: str = "") -> HTMLResponse:
    school = db.get_one(School, me.school.id)
    applied = [replan for replan in latest_replans(db, school.id, label) if _may_see(me, replan)]
    return render(
        request,
        "replan.html",
        status=422 if problem else 200,
        label=label,
        opened=is_open(db, school.id, label),
        applied=[(replan, _shown(me, replan)) for replan in applied],
        people={person.id: person.name for person in _people(db, applied)},
        stands=stands_of(db, school, label) if me.actor.is_manager else [],
        waits=me.actor.is_manager and own_plan_waits(db, school, label),
        rules=rules_of(db, school, label) if me.actor.is_manager else [],
        about=about,
        staff=[row for row in staff_of(db, school) if not row.is_gone(clock.today())],
        groups=_groups(db, school, label),
        workdays=WORKDAYS,
        halves=HALVES,
        half_words=_HALF_WORDS,
        weekdays=WEEKDAYS_NL,
        problem=problem,
    )


def _may_see(me: Me, replan: Replan) -> bool:
    return c.may_do(me.actor, change_of(replan))


def _shown(me: Me, replan: Replan) -> list[dict[str, str]]:
    """Return what moved then; what is about pupils only for who guards the school."""
    moves = [move for move in replan.moves if move["kind"] == "shift"]
    return [move for move in moves if me.actor.is_manager or not move["of_pupil"]]


def _people(session: Session, applied: list[Replan]) -> list[Person]:
    ids = {who for replan in applied for who in (replan.made_by, replan.undone_by) if who}
    return list(session.exec(select(Person).where(col(Person.id).in_(ids))))


def _groups(session: Session, school: School, label: str) -> list[Group]:
    groups = select(Group).where(
        Group.school_id == school.id,
        Group.school_year == label,
        Group.kind == GroupKind.BASE,
        col(Group.active).is_(True),
    )
    return list(session.exec(groups.order_by(Group.name)))
