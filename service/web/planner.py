"""The year planner, and opening a year from its preview."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, select

from calendars.plan import Frame, Plan
from calendars.schoolyear import OutsideCalendarError, is_year_label
from models import School, Year
from service import clock
from service.access.scope import NotFoundError
from service.web.keepers import require_manager
from service.web.page import LoggedIn, Me, Reading, Writing, go, render
from service.web.planner_grid import lanes_of, slips_of, terms_of, undated, weeks_of
from service.web.years import asked_year, years_around
from service.year.frame import frame_of
from service.year.open import open_year, preview_year
from service.year.own import titles_of

router = APIRouter(prefix="/jaarplanner")

_MINE = "mijn"
_SHOWN_WARNINGS = 50


@router.get("", response_class=HTMLResponse)
def planner(
    request: Request, db: Reading, me: LoggedIn, jaar: str = "", deel: str = "", laag: str = ""
) -> HTMLResponse:
    """Show a school year as weeks by lanes; one part of it in more detail."""
    label = asked_year(jaar)
    frame = _frame(db, me.school, label)
    about: dict[str, Any] = {"label": label, "years": _years(db, me.school, label)}
    if frame is None:
        return render(request, "planner.html", frame=None, **about)
    lanes = lanes_of(db, me.actor, label)
    slips = slips_of(db, me.actor, label, lanes)
    shown = [s for s in slips if not laag or s.procedure == laag or (laag == _MINE and s.mine)]
    terms = terms_of(frame)
    term = next((t for t in terms if str(t.number) == deel), None)
    weeks = weeks_of(frame, shown, lanes, clock.today())
    if term:
        weeks = [week for week in weeks if term.first <= week.monday <= term.last]
    return render(
        request,
        "planner.html",
        frame=frame,
        year=_year(db, me.school, label),
        lanes=lanes,
        weeks=weeks,
        terms=terms,
        term=term,
        layer=laag,
        layers=_layers(db, me),
        undated=undated(db, me.actor, label),
        anything=bool(slips),
        **about,
    )


@router.get("/openen", response_class=HTMLResponse)
def preview(request: Request, db: Reading, me: LoggedIn, jaar: str = "") -> HTMLResponse:
    """Show what opening a year would plan; nothing is written."""
    require_manager(me)
    label = asked_year(jaar)
    frame_of(db, me.school, label)
    plan = preview_year(db, me.school, label)
    return render(
        request,
        "planner_open.html",
        label=label,
        year=_year(db, me.school, label),
        plan=plan,
        counts=_counts(plan, me.person.language),
        warnings=plan.warnings[:_SHOWN_WARNINGS],
        more=max(0, len(plan.warnings) - _SHOWN_WARNINGS),
    )


@router.post("/openen")
def open_it(db: Writing, me: LoggedIn, jaar: Annotated[str, Form(max_length=9)]) -> Response:
    """Open a year; what is there already stays as it is."""
    require_manager(me)
    if not is_year_label(jaar) or _frame(db, me.school, jaar) is None:
        raise NotFoundError
    school = db.get_one(School, me.school.id)
    opened = open_year(db, school, jaar, actor_id=me.person.id, at=clock.now())
    said = me.say(
        "Schooljaar %(label)s is geopend: %(cases)d trajecten, %(items)d taken, perioden en overleggen.",
        label=jaar,
        cases=opened.cases,
        items=opened.items,
    )
    return go(f"/jaarplanner?jaar={jaar}", said)


@dataclass(frozen=True, slots=True)
class Count:
    """How much of one procedure a year would plan."""

    title: str
    cases: int
    tasks: int
    windows: int
    meetings: int
    unowned: int
    first: date | None
    last: date | None


def _counts(plan: Plan, language: str) -> list[Count]:
    found = []
    for procedure in {case.procedure.key: case.procedure for case in plan.cases}.values():
        items = [item for item in plan.items if item.case.procedure.key == procedure.key]
        kinds = Counter(item.kind for item in items)
        days = sorted(item.dates.target_on for item in items if item.dates.target_on)
        found.append(
            Count(
                title=getattr(procedure.title, language),
                cases=sum(case.procedure.key == procedure.key for case in plan.cases),
                tasks=kinds["task"],
                windows=kinds["window"],
                meetings=kinds["meeting"],
                unowned=sum(item.owner is None for item in items),
                first=days[0] if days else None,
                last=days[-1] if days else None,
            )
        )
    return found


def _frame(session: Session, school: School, label: str) -> Frame | None:
    try:
        return frame_of(session, school, label)
    except OutsideCalendarError:
        return None


def _year(session: Session, school: School, label: str) -> Year | None:
    wanted = select(Year).where(Year.school_id == school.id, Year.label == label)
    year = session.exec(wanted).one_or_none()
    return year if year and year.opened_at else None


def _years(session: Session, school: School, label: str) -> list[str]:
    """Return the years to choose from: those opened, the current, the next and the one shown."""
    return years_around(label, *session.exec(select(Year.label).where(Year.school_id == school.id)))


def _layers(session: Session, me: Me) -> Sequence[tuple[str, str]]:
    titles = titles_of(session, me.school.id, me.person.language)
    return [*titles.items(), (_MINE, me.say("Alleen van mij"))]
