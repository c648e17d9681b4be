"""One trial year: its numbers and clashes, week by week, on paper, and throwing it away."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from models import Person
from service import clock
from service.trial.activate import is_open
from service.trial.plan import outcome_kept, remove, trials_of, wishes_of
from service.web.page import LoggedIn, Reading, Writing, go, render
from service.web.trial_shared import HERE, find, staff_of, titles
from service.web.trial_show import is_whole, overview, undated, walk, week_of

router = APIRouter(prefix=HERE)


@router.get("/{trial_id}", response_class=HTMLResponse)
def one(request: Request, db: Reading, me: LoggedIn, trial_id: UUID, wie: UUID | None = None) -> HTMLResponse:
    """Show a kept trial year: totals, clashes and load."""
    trial = find(db, me, trial_id)
    maker = db.get(Person, trial.made_by) if trial.made_by else None
    return render(
        request,
        "trial.html",
        trial=trial,
        label=trial.school_year,
        maker=maker.name if maker else None,
        wishes=wishes_of(trial),
        staff=staff_of(db, me.school.id),
        titles=titles(db, me),
        opened=is_open(db, me.school.id, trial.school_year),
        others=[t for t in trials_of(db, me.school.id, trial.school_year) if t.id != trial.id],
        **overview(outcome_kept(trial), wie),
    )


@router.get("/{trial_id}/weken", response_class=HTMLResponse)
def weeks(request: Request, db: Reading, me: LoggedIn, trial_id: UUID, week: str = "") -> HTMLResponse:
    """Walk through a trial year week by week."""
    trial = find(db, me, trial_id)
    outcome = outcome_kept(trial)
    shown = week_of(outcome, week, clock.today())
    place = outcome.weeks.index(shown)
    return render(
        request,
        "trial_weeks.html",
        trial=trial,
        label=trial.school_year,
        outcome=outcome,
        walked=walk(outcome, shown),
        whole=is_whole(shown),
        before=outcome.weeks[place - 1] if place else None,
        after=outcome.weeks[place + 1] if place + 1 < len(outcome.weeks) else None,
        undated=undated(outcome),
        staff=staff_of(db, me.school.id),
    )


@router.get("/{trial_id}/afdrukken", response_class=HTMLResponse)
def paper(request: Request, db: Reading, me: LoggedIn, trial_id: UUID) -> HTMLResponse:
    """Show a whole trial year on one page that prints on A4."""
    trial = find(db, me, trial_id)
    outcome = outcome_kept(trial)
    return render(
        request,
        "trial_paper.html",
        trial=trial,
        label=trial.school_year,
        wishes=wishes_of(trial),
        staff=staff_of(db, me.school.id),
        titles=titles(db, me),
        walks=[(walk(outcome, week), is_whole(week)) for week in outcome.weeks],
        undated=undated(outcome),
        **overview(outcome),
    )


@router.post("/{trial_id}/verwijderen")
def throw_away(db: Writing, me: LoggedIn, trial_id: UUID) -> Response:
    """Throw a trial year away; the school's own year stays as it is."""
    trial = find(db, me, trial_id)
    label = trial.school_year
    name = remove(db, me.school.id, trial_id)
    said = me.say("Verwijderd: %(name)s.", name=name)
    return go(f"{HERE}?jaar={label}", said)
