"""The rules around the school: what the nation, region, board and school say, and what the school changes."""

from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from calendars.procedure import Occurrence, Procedure, TaskRule
from models import LayerRule, School
from service import clock, procedures
from service.access.scope import NotFoundError
from service.replan import changes as c
from service.rules.keep import RuleRefusedError, add_rule, check_rule, find_rule, switch_rule
from service.rules.look import (
    TaskSeen,
    counted,
    group_keys,
    layer_nl,
    round_nl,
    rules_of,
    said_nl,
    tasks_seen,
    when_nl,
)
from service.rules.said import Said
from service.school.errors import SchoolError
from service.web.keepers import Day, Word, known_or_not_found, require_keeper, require_manager
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.replan_steps import previewed
from service.web.rules_form import Typed, said_by, typed_in, window_said
from service.web.years import asked_year, years_around

router = APIRouter(prefix="/beheer/school/regels")
_HERE = "/beheer/school/regels"
_UNITS_NL = {
    "school_days": "schooldagen",
    "calendar_days": "kalenderdagen",
    "school_weeks": "schoolweken",
    "calendar_weeks": "weken",
    "months": "maanden",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One procedure on the page: its rounds and their windows, what is said of those, and its tasks."""

    procedure: Procedure
    rounds: list[tuple[Occurrence, str]]
    own: list[LayerRule]
    rows: list[TaskSeen]


AsTyped = Annotated[Typed, Depends(typed_in)]
Key = Annotated[str, Form(max_length=80)]


@router.get("", response_class=HTMLResponse)
def rules(request: Request, db: Reading, me: LoggedIn, jaar: str = "") -> HTMLResponse:
    """Show every task with its days and what each layer says of it."""
    require_keeper(me)
    return _list(request, db, me, asked_year(jaar))


@router.get("/wijzigen", response_class=HTMLResponse)
def form(
    request: Request, db: Reading, me: LoggedIn, procedure: str = "", taak: str = "", jaar: str = ""
) -> HTMLResponse:
    """Show the form to say something else about a task."""
    require_manager(me)
    return _form(request, db, me, asked_year(jaar), *_task(procedure, taak), typed=Typed())


@router.post("/wijzigen", response_class=HTMLResponse)
def change(
    request: Request,
    db: Writing,
    me: LoggedIn,
    typed: AsTyped,
    procedure: Key = "",
    taak: Key = "",
    *,
    jaar: Annotated[str, Form(max_length=9)] = "",
) -> Response:
    """Keep what is said; in a year that is open, show first what moves."""
    require_manager(me)
    label, (found, task) = asked_year(jaar), _task(procedure, taak)
    try:
        said = said_by(me, label, found, task, typed)
        answer = _keep(request, db, me, label, said)
    except RuleRefusedError as error:
        return _form(request, db, me, label, found, task, typed=typed, problems=error.problems)
    except SchoolError as error:
        problem = str(known_or_not_found(error))
        return _form(request, db, me, label, found, task, typed=typed, problems=[problem])
    return answer or go(f"{_HERE}?jaar={label}", me.say("Deze regel geldt nu: %(task)s.", task=task.title.nl))


@router.post("/periode", response_class=HTMLResponse)
def window(
    request: Request,
    db: Writing,
    me: LoggedIn,
    procedure: Key = "",
    ronde: Key = "",
    *,
    first: Day = "",
    last: Day = "",
    reden: Word = "",
    jaar: Annotated[str, Form(max_length=9)] = "",
) -> Response:
    """Give a round other days this year: a test window that moves."""
    require_manager(me)
    label = asked_year(jaar)
    try:
        said = window_said(me, label, procedure, ronde, first=first, last=last, reason=reden)
        answer = _keep(request, db, me, label, said)
    except RuleRefusedError as error:
        return _list(request, db, me, label, problems=error.problems)
    except SchoolError as error:
        return _list(request, db, me, label, problems=[str(known_or_not_found(error))])
    return answer or go(f"{_HERE}?jaar={label}", me.say("De periode is gewijzigd."))


@router.post("/{rule_id}/{state}", response_class=HTMLResponse)
def switch(
    request: Request,
    db: Writing,
    me: LoggedIn,
    rule_id: UUID,
    state: str,
    *,
    jaar: Annotated[str, Form(max_length=9)] = "",
) -> Response:
    """Let a rule of the school hold no longer, or again."""
    require_manager(me)
    label, active = asked_year(jaar), state == "aan"
    if state not in {"aan", "uit"}:
        raise NotFoundError
    try:
        if find_rule(db, me.school, rule_id).school_id is None:
            raise NotFoundError  # a region or board speaks for other schools too
        asked = c.RuleSwitched(rule_id=rule_id, active=active)
        answer = previewed(request, db, me, label, asked, f"{_HERE}?jaar={label}")
        if answer is None:
            with db.begin_nested():
                switch_rule(db, me.school, rule_id, active=active, actor_id=me.person.id, at=clock.now())
    except SchoolError as error:
        return _list(request, db, me, label, problems=[str(known_or_not_found(error))])
    said = me.say("De regel geldt weer.") if active else me.say("De regel geldt niet meer.")
    return answer or go(f"{_HERE}?jaar={label}", said)


def _keep(request: Request, db: Session, me: Me, label: str, said: Said) -> Response | None:
    """Keep what is said, or return the preview of what moves when the year is open."""
    with db.begin_nested():
        check_rule(db, me.school, said, at=clock.now())
        answer = _preview(request, db, me, label, said)
        if answer is None:
            add_rule(db, me.school, said, actor_id=me.person.id, at=clock.now())
    return answer


def _preview(request: Request, db: Session, me: Me, label: str, said: Said) -> Response | None:
    asked = c.RuleAdded(
        layer=said.layer,
        scope=said.scope,
        school_year=said.school_year,
        procedure=said.procedure,
        task=said.task,
        definition=said.definition,
        reason=said.reason,
    )
    return previewed(request, db, me, label, asked, f"{_HERE}?jaar={label}")


def _list(
    request: Request, db: Session, me: Me, label: str, problems: list[str] | None = None
) -> HTMLResponse:
    school = db.get_one(School, me.school.id)
    seen, kept = tasks_seen(db, school, label), rules_of(db, school, label)
    return render(
        request,
        "school_rules.html",
        status=422 if problems else 200,
        label=label,
        years=years_around(label),
        parts=[_part(procedure, seen, kept) for procedure in procedures.current()],
        who_says=layer_nl,
        words=said_nl,
        problems=problems or [],
    )


def _part(procedure: Procedure, seen: list[TaskSeen], kept: list[LayerRule]) -> Part:
    rounds = [(o, round_nl(procedure, o, kept)) for o in procedure.occurrence if o.window]
    own = [r for r in kept if r.procedure == procedure.key and not r.task]
    return Part(procedure, rounds, own, [row for row in seen if row.procedure.key == procedure.key])


def _form(
    request: Request,
    db: Session,
    me: Me,
    label: str,
    procedure: Procedure,
    task: TaskRule,
    *,
    typed: Typed,
    problems: list[str] | None = None,
) -> HTMLResponse:
    rounds = [o for o in procedure.occurrence if task.is_in(o.key)]
    count = next((found for o in rounds if (found := counted(task, o.key))), None)
    if count is None and typed.what == "aantal":
        typed = replace(typed, what="moment")
    return render(
        request,
        "school_rule.html",
        status=422 if problems else 200,
        label=label,
        procedure=procedure,
        task=task,
        rounds=[(o, when_nl(procedure, task, o)) for o in rounds],
        count=count,
        units=_UNITS_NL,
        groups=group_keys(db, me.school, label),
        typed=typed,
        problems=problems or [],
    )


def _task(procedure: str, task: str) -> tuple[Procedure, TaskRule]:
    found = next((p for p in procedures.current() if p.key == procedure), None)
    if found is None or task not in {t.key for t in found.tasks()}:
        raise NotFoundError
    return found, found.task(task)
