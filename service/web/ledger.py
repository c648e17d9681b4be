"""The logbook (verzendlogboek): per person, per school and per task, what was sent and what was not."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from models import CLOSED_STATES, Case, Membership, Person
from service.access.scope import NotFoundError, find_task
from service.cases.conversation import conversation_id
from service.reminders import logbook
from service.web.keepers import require_keeper
from service.web.page import LoggedIn, Me, Reading, render

router = APIRouter()
_SHOWN = 100
_KINDS = {
    "digest": "dagbericht",
    "invitation": "uitnodiging",
    "cancellation": "afzegging",
    "counter": "antwoord op een voorstel",
    "notice": "bericht",
}
_FATES = {
    logbook.Fate.WAITING: "wacht",
    logbook.Fate.SENT: "verstuurd",
    logbook.Fate.UNCERTAIN: "verstuurd, aankomst onzeker",
    logbook.Fate.BOUNCED: "kwam terug",
    logbook.Fate.DEAD: "vastgelopen",
    logbook.Fate.EXPIRED: "verlopen",
    logbook.Fate.SUPPRESSED: "niet verstuurd",
    logbook.Fate.NOT_TOLD: "niet verstuurd",
}
_PRIVATE = {"apprise": "langs een eigen kanaal", "push": "langs een eigen apparaat"}
_RUNGS = {
    "vooraf": "vooraf",
    "op-de-dag": "op de dag",
    "vraag": "kan ik helpen?",
    "ib": "de IB'er kijkt mee",
    "directie": "naar de directie",
    "na-2": "twee dagen erna",
    "na-5": "vijf dagen erna",
    "gesprek": "gesprek",
    "gestopt": "einde van de herinneringen",
    "met-de-hand": "met de hand",
    "gewijzigd": "de dag veranderde",
    "vervallen": "niet meer nodig",
}


def log_words() -> Mapping[str, Mapping[str, str]]:
    """Return the words that a page with lines of the logbook needs."""
    fates = {fate.value: said for fate, said in _FATES.items()}
    return {"kinds": _KINDS, "fates": fates, "rungs": _RUNGS, "private": _PRIVATE}


def log_lines(
    db: Session, me: Me, whose: UUID | None, until: str, most: int
) -> tuple[list[logbook.LogLine], str]:
    """Return lines of the logbook before a moment, and the moment of the last if there are older ones."""
    lines = logbook.of_people(
        db, me.school.id, whose, reader_id=me.person.id, before=_moment(until), most=most
    )
    first = lines[-1].at if lines else None
    has_older = first and logbook.of_people(db, me.school.id, whose, before=first, most=1)
    return lines, first.isoformat() if first and has_older else ""


@router.get("/verzendlogboek", response_class=HTMLResponse)
def school_log(
    request: Request,
    db: Reading,
    me: LoggedIn,
    wie: Annotated[str, Query(max_length=40)] = "",
    tot: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Show what was sent at the school, to who guards it or keeps it running."""
    require_keeper(me)
    staff = _staff(db, me.school.id)
    who = next((person for person in staff if str(person.id) == wie), None)
    if wie and who is None:
        raise NotFoundError
    whose = who.id if who else None
    lines, older = log_lines(db, me, whose, tot, _SHOWN)
    return render(
        request,
        "ledger.html",
        staff=staff,
        who=who,
        lines=lines,
        older=older,
        may_open=me.actor.is_manager,
        with_people=who is None,
        words=log_words(),
    )


@router.get("/taken/{task_id}/berichten", response_class=HTMLResponse)
def task_log(request: Request, db: Reading, me: LoggedIn, task_id: UUID) -> HTMLResponse:
    """Show what was told of a task: everything to who guards the school, to others what was told to them."""
    task = find_task(db, me.actor, task_id)
    only = None if me.actor.is_manager else me.person.id
    case = db.get_one(Case, task.case_id)
    return render(
        request,
        "task_ledger.html",
        task=task,
        case=case,
        closed=task.state in CLOSED_STATES,
        talk=_talk(db, me, task_id),
        lines=logbook.of_task(db, task, only, reader_id=me.person.id),
        only_mine=only is not None,
        may_open=False,
        with_people=True,
        words=log_words(),
    )


def _talk(db: Session, me: Me, task_id: UUID) -> object:
    """Return the conversation about a task, to who may see it."""
    try:
        return find_task(db, me.actor, conversation_id(task_id))
    except NotFoundError:
        return None


def _staff(db: Session, school_id: UUID) -> list[Person]:
    """Return everyone who works or worked at a school, by name."""
    here = select(Membership.person_id).where(Membership.school_id == school_id)
    return list(db.exec(select(Person).where(col(Person.id).in_(here)).order_by(Person.name)))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the second: in UTC it lies outside the calendar
        return None
