"""A school's own year plan, from the kept items to one more procedure for the planner."""

import logging
from collections.abc import Iterable, Iterator
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session, col, select

from calendars.plan import Frame, school_context
from calendars.procedure import Procedure
from calendars.yearplan.items import PlanItem
from calendars.yearplan.schoolplan import OWN, OwnPlan, own_plan
from models import Case, CaseState, OwnItem, ProcedureVersion, School, Task, Year
from service import procedures
from service.year.follow import NOT_BEGUN
from service.year.frame import frame_of

_log = logging.getLogger(__name__)
_TITLE = {"nl": "Eigen jaarplan", "en": "Own year plan"}


def own_plan_of(session: Session, school_id: UUID, frame: Frame, others: Iterable[Procedure] = ()) -> OwnPlan:
    """Return a school's own items as a procedure of one school year, and what of them is not planned."""
    items = list(_items(session, school_id))
    if not items:
        return OwnPlan(None)
    return own_plan(items, frame, school_context(others or procedures.current(), frame).anchors)


def _items(session: Session, school_id: UUID) -> Iterator[PlanItem]:
    kept = select(OwnItem).where(OwnItem.school_id == school_id, col(OwnItem.active).is_(True))
    for row in session.exec(kept.order_by(col(OwnItem.position), col(OwnItem.key))):
        try:
            yield PlanItem.model_validate(row.definition)
        except ValidationError:
            _log.warning("own item %s can't be read", row.id)


def running_own_plan(session: Session, school_id: UUID, label: str) -> Procedure | None:
    """Return a school's own plan as it runs in a school year; nothing when it doesn't."""
    case = _case_of(session, school_id, label)
    if case is None or case.state == CaseState.CANCELLED:
        return None
    return procedures.of_version(session.get_one(ProcedureVersion, case.version_id))


def own_plan_waits(session: Session, school: School, label: str) -> bool:
    """Tell whether a school's own plan has changed since an open year took it over."""
    query = select(Year).where(Year.school_id == school.id, Year.label == label)
    year = session.exec(query).one_or_none()
    if year is None or year.opened_at is None or OWN in year.without:
        return False
    newest = own_plan_of(session, school.id, frame_of(session, school, label)).procedure
    if newest is None:
        return _has_work_to_come(session, _case_of(session, school.id, label))
    return newest != running_own_plan(session, school.id, label)


def has_own_plan(session: Session, school_id: UUID) -> bool:
    """Tell whether a school has items of its own, or work that came from them."""
    items = select(OwnItem.id).where(OwnItem.school_id == school_id, col(OwnItem.active).is_(True))
    cases = select(Case.id).where(Case.school_id == school_id, Case.procedure == OWN)
    return any(session.exec(query.limit(1)).first() for query in (items, cases))


def titles_of(session: Session, school_id: UUID, language: str) -> dict[str, str]:
    """Return the names of the procedures of a school by key, its own year plan last when it has one."""
    found = {p.key: str(getattr(p.title, language)) for p in procedures.current()}
    return {**found, OWN: own_title(language)} if has_own_plan(session, school_id) else found


def own_title(language: str = "nl") -> str:
    """Return what the own year plan is called."""
    return _TITLE[language]


def _case_of(session: Session, school_id: UUID, label: str) -> Case | None:
    query = select(Case).where(Case.school_id == school_id, Case.school_year == label, Case.procedure == OWN)
    return session.exec(query).first()


def _has_work_to_come(session: Session, case: Case | None) -> bool:
    if case is None:
        return False
    query = select(Task.id).where(Task.case_id == case.id, col(Task.state).in_(NOT_BEGUN))
    return session.exec(query.limit(1)).first() is not None
