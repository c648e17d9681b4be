"""From a form to the preview of what moves, and from there to done; every door to a change takes them."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ValidationError
from sqlmodel import Session, col, select

from calendars.closure_files import ClosureRow
from models import Person, School, Year
from service import clock
from service.access.scope import NotFoundError
from service.replan.apply import apply_change
from service.replan.changes import Change, ChangeError, ClosuresImported, as_json, may_do
from service.replan.doors import laws_left_out
from service.replan.letters import text_for
from service.replan.preview import Preview, is_open, preview_change
from service.replan.shifts import Held, Shift
from service.school.closures import preview_closures
from service.web.page import Me, go, render
from service.year.frame import label_on
from service.year.own import titles_of

_Made = TypeVar("_Made", bound=BaseModel)
_FEW = 12  # as many rows stay unfolded


@dataclass(frozen=True, slots=True)
class Bundle:
    """The rows of one procedure; ``others`` counts those about pupils, which this reader may not see."""

    title: str
    shifts: tuple[Shift, ...]
    others: int

    @property
    def count(self) -> int:
        """Return how many items move."""
        return len(self.shifts) + self.others


def built(build: Callable[[], _Made]) -> _Made:
    """Return a change from the fields of a form; raise ``SchoolError`` for what can't be one."""
    try:
        return build()
    except ValidationError as error:
        raise ChangeError from error


def imported(session: Session, school_id: UUID, rows: Iterable[ClosureRow]) -> ClosuresImported | None:
    """Return the days of a list that are new as one change; nothing when none is."""
    days = [asdict(wanted) for wanted in preview_closures(session, school_id, rows).new]
    return built(lambda: ClosuresImported.model_validate({"days": days})) if days else None


def opened_label(session: Session, school_id: UUID, first: date) -> str | None:
    """Return the first school year, from a day on, that a school has opened."""
    opened = select(Year.label).where(
        Year.school_id == school_id, Year.label >= label_on(first), col(Year.opened_at).is_not(None)
    )
    return session.exec(opened.order_by(Year.label)).first()


def previewed(
    request: Request, db: Session, me: Me, label: str | None, change: Change, back: str
) -> Response | None:
    """Lead to the preview of a change; when nothing moves it is done at once, and before the year opens not.

    Raise ``SchoolError`` when the change can't be made.
    """
    if label is None or not is_open(db, me.school.id, label):
        return None
    if not may_do(me.actor, change):
        raise NotFoundError
    school = db.get_one(School, me.school.id)
    seen = preview_change(db, school, label, change, actor_id=me.person.id, at=clock.now())
    if not seen.outcome.is_quiet:
        return show(request, db, me, seen, back)
    done = apply_change(db, school, label, change, actor_id=me.person.id, at=clock.now())
    return go(back, me.say("Bewaard: %(what)s. Er schuift niets.", what=done.reason))


def show(request: Request, db: Session, me: Me, seen: Preview, back: str, problem: str = "") -> HTMLResponse:
    """Show what moves, with the buttons to go on or not."""
    outcome = seen.outcome
    shown = bundles(db, outcome.shifts, me)
    return render(
        request,
        "replan_preview.html",
        status=409 if problem else 200,
        outcome=outcome,
        bundles=shown,
        unfolded=len(outcome.shifts) <= _FEW,
        hearings=[(h, _mine(h.person_id, outcome.shifts, me)) for h in seen.hearings],
        stops=_seen(outcome.stops, me),
        pins=_seen(outcome.pins, me),
        stuck=_seen(outcome.stuck, me),
        names=_names(db, outcome.shifts),
        change=as_json(outcome.change),
        laws=laws_left_out(outcome.change),
        back=back,
        problem=problem,
    )


def bundles(db: Session, shifts: Iterable[Shift], me: Me) -> list[Bundle]:
    """Return the shifts per procedure, those with the most first; pupils' only for who guards the school."""
    titles = titles_of(db, me.school.id, me.person.language)
    keys = dict.fromkeys(shift.procedure for shift in shifts)
    found = []
    for key in keys:
        mine = [shift for shift in shifts if shift.procedure == key]
        visible = tuple(shift for shift in mine if me.actor.is_manager or not shift.of_pupil)
        title = titles.get(key) or mine[0].case.partition(":")[0]
        found.append(Bundle(title, visible, len(mine) - len(visible)))
    return sorted(found, key=lambda bundle: -bundle.count)


def _seen(held: Iterable[Held], me: Me) -> list[Held]:
    return [each for each in held if me.actor.is_manager or not each.of_pupil]


def _mine(person_id: UUID, shifts: Iterable[Shift], me: Me) -> list[tuple[str, str]]:
    """Return what a person hears, alike once: what it is, and what changes."""
    told = [s for s in shifts if person_id in s.told and (me.actor.is_manager or not s.of_pupil)]
    return list(dict.fromkeys((f"{s.title} ({s.case})", text_for(person_id, s)) for s in told))


def _names(db: Session, shifts: Iterable[Shift]) -> dict[UUID, str]:
    ids = {owner for shift in shifts for owner in (shift.old.owner, shift.new.owner) if owner}
    people = db.exec(select(Person.id, Person.name).where(col(Person.id).in_(ids)))
    return dict(people.all())
