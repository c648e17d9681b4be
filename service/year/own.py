"""A school's own year plan, from the kept items to one more procedure for the planner."""

import logging
from collections.abc import Iterable, Iterator
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session, col, select

from calendars.items import PlanItem
from calendars.plan import Frame, school_context
from calendars.procedure import Procedure
from calendars.schoolplan import OwnPlan, own_plan
from models import OwnItem
from service import procedures

_log = logging.getLogger(__name__)


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
