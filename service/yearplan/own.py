"""The items of a school's own year plan: list, add, change, remove and put back."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session, col, func, select

from calendars.yearplan.items import PlanItem
from models import OwnItem
from service.school.errors import NotOfThisSchoolError
from service.school.pupil_names import name_check
from service.yearplan.dates import named_in
from service.yearplan.items import ItemError, definition_of, key_of

_log = logging.getLogger(__name__)
BY_HAND = "met de hand"


def own_rows(session: Session, school_id: UUID, *, active: bool = True) -> list[OwnItem]:
    """Return the school's own items, in the order of its plan; or those that were removed."""
    query = select(OwnItem).where(OwnItem.school_id == school_id, col(OwnItem.active).is_(active))
    return list(session.exec(query.order_by(col(OwnItem.position), col(OwnItem.key))))


def plan_items(rows: Sequence[OwnItem]) -> Iterator[PlanItem]:
    """Return the items that are kept; one that a newer program can't read any more is left out."""
    for row in rows:
        try:
            yield PlanItem.model_validate(row.definition)
        except ValidationError:
            _log.warning("own item %s can't be read", row.id)


def find_item(session: Session, school_id: UUID, item_id: UUID) -> OwnItem:
    """Return an own item of this school."""
    row = session.get(OwnItem, item_id)
    if row is None or row.school_id != school_id:
        raise NotOfThisSchoolError
    return row


def add_item(
    session: Session, school_id: UUID, item: PlanItem, *, actor_id: UUID | None, at: datetime
) -> OwnItem:
    """Add an item by hand, at the end of the plan."""
    check_names(session, school_id, item)
    row = OwnItem(
        school_id=school_id,
        key=item.key,
        position=_next_position(session, school_id),
        definition=definition_of(item),
        source=BY_HAND,
        changed_by=actor_id,
        changed_at=at,
    )
    session.add(row)
    session.flush()
    _log.info("own item added: %s by %s at %s", row.id, actor_id, at.isoformat())
    return row


def change_item(
    session: Session, row: OwnItem, item: PlanItem, *, actor_id: UUID | None, at: datetime
) -> OwnItem:
    """Change what an item says; its key stays, for others may count from it."""
    check_names(session, row.school_id, item)
    _check_circle(row, item)
    write(row, definition_of(item), active=True, actor_id=actor_id, at=at)
    session.flush()
    _log.info("own item changed: %s by %s at %s", row.id, actor_id, at.isoformat())
    return row


def remove_item(session: Session, row: OwnItem, *, actor_id: UUID | None, at: datetime) -> None:
    """Take an item out of the plan; it stays, so that it can be put back."""
    others = [item for item in plan_items(own_rows(session, row.school_id)) if item.key != row.key]
    needing = [item.title for item in others if row.key in named_in(item)]
    if needing:
        titles = ", ".join(f'"{title}"' for title in needing[:3])
        raise ItemError(f"Dit telt mee voor {titles}. Wijzig dat eerst.")
    write(row, row.definition, active=False, actor_id=actor_id, at=at)
    session.flush()
    _log.info("own item removed: %s by %s at %s", row.id, actor_id, at.isoformat())


def restore_item(session: Session, row: OwnItem, *, actor_id: UUID | None, at: datetime) -> None:
    """Put a removed item back."""
    write(row, row.definition, active=True, actor_id=actor_id, at=at)
    session.flush()
    _log.info("own item restored: %s by %s at %s", row.id, actor_id, at.isoformat())


def write(
    row: OwnItem, definition: dict[str, Any], *, active: bool, actor_id: UUID | None, at: datetime
) -> None:
    """Set what an item says and whether it counts."""
    row.definition, row.active = definition, active
    row.changed_by, row.changed_at = actor_id, at


def new_key(session: Session, school_id: UUID, title: str) -> str:
    """Return a key that no item of the school has, removed ones included."""
    taken = session.exec(select(OwnItem.key).where(OwnItem.school_id == school_id))
    return key_of(title, set(taken))


def check_names(session: Session, school_id: UUID, item: PlanItem) -> None:
    """Raise ``ItemError`` when an item names a pupil of the school."""
    text = " ".join((item.title, item.note, *item.also))
    if named := name_check(session, school_id).sure(text):
        raise ItemError(
            f'"{named[0]}" is de naam van een leerling. Wat hier staat, komt in mails; haal de naam weg.'
        )


def _check_circle(row: OwnItem, item: PlanItem) -> None:
    if row.key in named_in(item):
        raise ItemError("Een item kan niet vanaf zichzelf tellen.")


def _next_position(session: Session, school_id: UUID) -> int:
    last = session.exec(select(func.max(OwnItem.position)).where(OwnItem.school_id == school_id)).one()
    return 0 if last is None else int(last) + 1
