"""One case: where it stands, what is needed now, consents, meetings and its story."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from models import Consent
from service import clock
from service.access.scope import NotFoundError
from service.cases.cancel import cancel_case
from service.cases.consent import record_consent, withdraw_consent
from service.cases.errors import CaseError, ReasonNeededError
from service.cases.view import case_view
from service.web.case_story import story
from service.web.page import LoggedIn, Me, Reading, Writing, go, render

router = APIRouter(prefix="/trajecten/{case_id}")
Text = Annotated[str, Form(max_length=2000)]
Line = Annotated[str, Form(max_length=200)]
Day = Annotated[str, Form(max_length=10)]
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Door:
    """A form about one case: who sent it, and in which transaction."""

    request: Request
    db: Session
    me: Me
    case_id: UUID

    def do(self, verb: Callable[[], object], said: str, typed: Typed) -> Response:
        """Do it and show the case; or show it with what is wrong and with what was typed."""
        try:
            with self.db.begin_nested():
                verb()
        except CaseError as error:
            return _page(self.request, self.db, self.me, self.case_id, problem=error, typed=typed)
        return go(f"/trajecten/{self.case_id}", self.me.say(said))


def _of_case(request: Request, db: Writing, me: LoggedIn, case_id: UUID) -> Door:
    return Door(request, db, me, case_id)


Here = Annotated[Door, Depends(_of_case, scope="function")]


@router.get("", response_class=HTMLResponse)
def case_page(request: Request, db: Reading, me: LoggedIn, case_id: UUID) -> HTMLResponse:
    """Show a case."""
    return _page(request, db, me, case_id)


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """A consent as it was typed."""

    purpose: Text = ""
    recipient: Line = ""
    scope: Text = ""
    answer: Annotated[str, Form(max_length=3)] = ""
    given_by: Line = ""
    given_on: Day = ""
    method: Line = ""
    valid_until: Day = ""


@router.post("/toestemming")
def consent(here: Here, form: Annotated[ConsentForm, Depends()]) -> Response:
    """Record that parents consented, or that they did not."""

    def verb() -> Consent:
        if form.answer not in {"ja", "nee"}:
            raise ReasonNeededError("Kies of de ouders toestemming geven of niet.")
        return record_consent(
            here.db,
            here.case_id,
            actor=here.me.actor,
            at=clock.now(),
            purpose=form.purpose,
            recipient=form.recipient,
            scope=form.scope,
            given=form.answer == "ja",
            given_by=form.given_by,
            given_on=_day(form.given_on),
            method=form.method,
            valid_until=_day(form.valid_until) if form.valid_until else None,
        )

    typed = {name: getattr(form, name) for name in ConsentForm.__slots__}
    return here.do(verb, "Dit staat vast bij het traject.", {"form": "toestemming", **typed})


@router.post("/toestemming/{consent_id}/intrekken")
def withdraw(here: Here, consent_id: UUID, on: Day = "") -> Response:
    """Record that a consent was withdrawn."""
    kept = here.db.get(Consent, consent_id)
    if kept is None or kept.case_id != here.case_id:
        raise NotFoundError

    def verb() -> Consent:
        return withdraw_consent(here.db, consent_id, actor=here.me.actor, at=clock.now(), on=_day(on))

    return here.do(verb, "De toestemming is ingetrokken.", {"form": "intrekken"})


@router.post("/intrekken")
def cancel(here: Here, reason: Text = "") -> Response:
    """Withdraw a case, with a reason."""

    def verb() -> object:
        return cancel_case(here.db, here.case_id, actor=here.me.actor, at=clock.now(), reason=reason)

    return here.do(verb, "Het traject is ingetrokken.", {"form": "traject-intrekken", "reason": reason})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ReasonNeededError("Kies een dag.") from error


def _page(
    request: Request,
    db: Session,
    me: Me,
    case_id: UUID,
    *,
    problem: CaseError | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    view = case_view(db, me.actor, case_id)
    page = render(
        request,
        "case.html",
        status=422 if problem else 200,
        view=view,
        story=story(db, me, view, clock.today()),
        problem=problem,
        typed=typed or {},
    )
    if problem:
        page.headers["HX-Push-Url"] = f"/trajecten/{case_id}"
    return page
