"""One task: its facts, its history, and everything that can be done with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from models import Task
from service import clock
from service.cases.assign import assign_task
from service.cases.claim import claim_task, release_task
from service.cases.complete import complete_task
from service.cases.errors import CaseError, GateClosedError, StaleError, TaskClosedError
from service.cases.reopen import reopen_task
from service.cases.reschedule import reschedule_task
from service.cases.skip import skip_task
from service.reminders.by_hand import remind_by_hand, told_words
from service.web.page import LoggedIn, Me, Reading, Writing, go, local_path, render
from service.web.task_facts import task_facts

router = APIRouter(prefix="/taken/{task_id}")
Text = Annotated[str, Form(max_length=2000)]
Typed = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Door:
    """A form about one task: who sent it, in which transaction, and where to go afterwards."""

    request: Request
    db: Session
    me: Me
    task_id: UUID
    after: str

    def do(
        self, verb: Callable[[], Task], said: str, *, undo: bool = False, typed: Typed | None = None
    ) -> Response:
        """Do it and go on; or show the task again with what is wrong and with what was typed."""
        try:
            with self.db.begin_nested():
                task = verb()
        except CaseError as error:
            return _page(self.request, self.db, self.me, self.task_id, problem=error, typed=typed)
        back = local_path(self.after, f"/taken/{self.task_id}")
        return go(back, self.me.say(said, title=task.title), undo=self.task_id if undo else None)


def _door(
    request: Request,
    db: Writing,
    me: LoggedIn,
    task_id: UUID,
    after: Annotated[str, Form(alias="next")] = "",
) -> Door:
    return Door(request, db, me, task_id, after)


Here = Annotated[Door, Depends(_door, scope="function")]


@router.get("", response_class=HTMLResponse)
def task_page(request: Request, db: Reading, me: LoggedIn, task_id: UUID) -> HTMLResponse:
    """Show a task."""
    return _page(request, db, me, task_id)


@router.post("/afronden")
def complete(
    here: Here,
    outcome: Annotated[str | None, Form()] = None,
    note: Text = "",
    version: Annotated[int | None, Form()] = None,
) -> Response:
    """Complete a task; it can be undone."""

    def verb() -> Task:
        return complete_task(
            here.db,
            here.task_id,
            actor=here.me.actor,
            at=clock.now(),
            outcome=outcome or None,
            note=note or None,
            version=version,
        )

    typed = {"form": "afronden", "outcome": outcome, "note": note}
    return here.do(verb, "Afgerond: %(title)s", undo=True, typed=typed)


@router.post("/oppakken")
def claim(here: Here, version: Annotated[int | None, Form()] = None) -> Response:
    """Take a task on; of two who try, the first wins."""

    def verb() -> Task:
        return claim_task(here.db, here.task_id, actor=here.me.actor, at=clock.now(), version=version)

    return here.do(verb, "Je hebt dit opgepakt: %(title)s")


@router.post("/vrijgeven")
def release(here: Here) -> Response:
    """Give a task back to whoever can do it."""

    def verb() -> Task:
        return release_task(here.db, here.task_id, actor=here.me.actor, at=clock.now())

    return here.do(verb, "Weer te verdelen: %(title)s")


@router.post("/verzetten")
def reschedule(here: Here, to: Annotated[str, Form(max_length=10)] = "", reason: Text = "") -> Response:
    """Move a task to another day, with a reason."""

    def verb() -> Task:
        return reschedule_task(
            here.db, here.task_id, actor=here.me.actor, at=clock.now(), to=_day(to), reason=reason
        )

    return here.do(verb, "Verzet: %(title)s", typed={"form": "verzetten", "to": to, "reason": reason})


@router.post("/overslaan")
def skip(here: Here, reason: Text = "") -> Response:
    """Skip a task that isn't needed this time, with a reason."""

    def verb() -> Task:
        return skip_task(here.db, here.task_id, actor=here.me.actor, at=clock.now(), reason=reason)

    return here.do(verb, "Overgeslagen: %(title)s", undo=True, typed={"form": "overslaan", "reason": reason})


@router.post("/toewijzen")
def assign(here: Here, person: Annotated[UUID, Form()]) -> Response:
    """Give a task to a colleague."""

    def verb() -> Task:
        return assign_task(here.db, here.task_id, actor=here.me.actor, at=clock.now(), to=person)

    return here.do(verb, "Toegewezen: %(title)s")


@router.post("/herinneren")
def remind(here: Here) -> Response:
    """Remind whoever has a task by hand; who did is in the history and the logbook."""
    at = clock.now()
    try:
        with here.db.begin_nested():
            reminded = remind_by_hand(here.db, here.task_id, actor=here.me.actor, at=at)
    except CaseError as error:
        return _page(here.request, here.db, here.me, here.task_id, problem=error)
    words, filled = told_words(reminded, at)
    return go(local_path(here.after, f"/taken/{here.task_id}"), here.me.say(words, **filled))


@router.post("/heropenen")
def reopen(here: Here, reason: Text = "") -> Response:
    """Open a closed task again; also the undo of completing."""

    def verb() -> Task:
        return reopen_task(here.db, here.task_id, actor=here.me.actor, at=clock.now(), reason=reason)

    return here.do(verb, "Weer open: %(title)s", typed={"form": "heropenen", "reason": reason})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise GateClosedError("Kies een dag.") from error


def _page(
    request: Request,
    db: Session,
    me: Me,
    task_id: UUID,
    *,
    problem: CaseError | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    status = 200 if problem is None else 409 if isinstance(problem, (TaskClosedError, StaleError)) else 422
    facts = task_facts(db, me, task_id)
    page = render(request, "task.html", status=status, facts=facts, problem=problem, typed=typed or {})
    if problem:
        page.headers["HX-Push-Url"] = f"/taken/{task_id}"
    return page
