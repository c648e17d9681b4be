"""Two trial years side by side, or one beside the year as it would be now."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from service.access.scope import NotFoundError
from service.trial.activate import is_open
from service.trial.compare import alike, alike_moves, compare
from service.trial.outcome import Outcome
from service.trial.plan import as_it_is, outcome_kept, trials_of
from service.web.keepers import require_manager
from service.web.page import LoggedIn, Me, Reading, render
from service.web.trial_shared import HERE, find, first_day, label_or_next, staff_of

router = APIRouter(prefix=HERE)

NOW = "nu"


@router.get("/vergelijken", response_class=HTMLResponse)
def compared(
    request: Request, db: Reading, me: LoggedIn, a: str = "", b: str = "", jaar: str = ""
) -> HTMLResponse:
    """Show what two years differ in; "nu" is the year as the school is today."""
    require_manager(me)
    label = _label(db, me, (a, b), jaar)
    choices = trials_of(db, me.school.id, label)
    context: dict[str, Any] = {
        "label": label,
        "choices": choices,
        "a": a,
        "b": b,
        "now": NOW,
        "opened": is_open(db, me.school.id, label),
    }
    if not (a and b):
        return render(request, "trial_compare.html", found=None, **context)
    (name_a, before), (name_b, after) = (_side(db, me, label, which) for which in (a, b))
    found = compare(before, after)
    return render(
        request,
        "trial_compare.html",
        found=found,
        before=before,
        after=after,
        name_a=name_a,
        name_b=name_b,
        only_a=alike(found.only_before),
        only_b=alike(found.only_after),
        moved=alike_moves(m for m in found.moved if m.is_dated),
        handed=alike_moves(m for m in found.moved if not m.is_dated),
        staff=staff_of(db, me.school.id),
        **context,
    )


def _label(session: Session, me: Me, sides: tuple[str, ...], asked: str) -> str:
    """Return the year of what is compared; two years can't be."""
    labels = {find(session, me, _id(side)).school_year for side in sides if side and side != NOW}
    if len(labels) > 1:
        raise NotFoundError
    return labels.pop() if labels else label_or_next(session, me.school, asked)


def _side(session: Session, me: Me, label: str, which: str) -> tuple[str, Outcome]:
    if which != NOW:
        trial = find(session, me, _id(which))
        return trial.name, outcome_kept(trial)
    if first_day(session, me.school, label) is None:
        raise NotFoundError
    return me.say("De school zoals nu"), as_it_is(session, me.school, label)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFoundError from error
