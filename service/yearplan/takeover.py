"""Take the rows of an import over as own items, in one transaction; and take that back."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models import OwnItem, PlanImport
from service.yearplan.draft import Draft
from service.yearplan.items import definition_of
from service.yearplan.own import write
from service.yearplan.review import Entry

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking over changed: titles of items that were added, changed, the same; those left for later."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def take_over(
    session: Session,
    kept: PlanImport,
    draft: Draft,
    entries: Iterable[Entry],
    *,
    actor_id: UUID | None,
    at: datetime,
) -> Taken:
    """Write the rows that are clear as own items; what was so already isn't touched.

    Items that came from this file before and are no longer in it stay as they are, and are told.
    """
    have = {row.key: row for row in session.exec(select(OwnItem).where(OwnItem.school_id == kept.school_id))}
    taken: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    before: dict[str, Any] = dict(draft.taken.get("before", {}))
    every = list(entries)
    for position, entry in enumerate(every):
        if entry.status == "ready":
            row = have.get(entry.item.key)
            how = _write_one(session, kept, entry, row, position, before, actor_id=actor_id, at=at)
            taken[how].append(entry.item.title)
    session.flush()
    here = {entry.item.key for entry in every}
    absent = [
        r.definition["title"]
        for r in have.values()
        if r.active and r.source == kept.file_name and r.key not in here
    ]
    _remember(kept, draft, every, before, taken, at)
    _log.info("year plan taken over: %s by %s at %s", kept.id, actor_id, at.isoformat())
    return Taken(tuple(taken["added"]), tuple(taken["changed"]), tuple(taken["unchanged"]), tuple(absent))


def _write_one(
    session: Session,
    kept: PlanImport,
    entry: Entry,
    row: OwnItem | None,
    position: int,
    before: dict[str, Any],
    *,
    actor_id: UUID | None,
    at: datetime,
) -> str:
    key, definition = entry.item.key, definition_of(entry.item)
    if row is None:
        new = OwnItem(
            school_id=kept.school_id,
            key=key,
            position=position,
            definition=definition,
            source=kept.file_name,
            changed_by=actor_id,
            changed_at=at,
        )
        session.add(new)
        before.setdefault(key, {"before": None, "after": definition})
        return "added"
    if row.active and row.definition == definition:
        return "unchanged"
    was = {"definition": row.definition, "active": row.active, "source": row.source, "position": row.position}
    before.setdefault(key, {"before": was, "after": definition})
    before[key]["after"] = definition
    added = not row.active
    write(row, definition, active=True, actor_id=actor_id, at=at)
    row.source, row.position = kept.file_name, position
    return "added" if added else "changed"


def _remember(
    kept: PlanImport,
    draft: Draft,
    entries: list[Entry],
    before: dict[str, Any],
    taken: dict[str, list[str]],
    at: datetime,
) -> None:
    """Keep what is needed to take it back; when nothing is left to ask, the table itself is forgotten."""
    left = sum(entry.status in {"question", "unknown"} for entry in entries)
    draft.taken = {
        "before": before,
        "counts": {how: len(titles) for how, titles in taken.items()},
        "left": left,
    }
    if not left:
        draft.sheets = {}
        kept.finished_at = at
    kept.lines = [draft.model_dump(mode="json")]


def undo(session: Session, kept: PlanImport, *, actor_id: UUID | None, at: datetime) -> tuple[int, list[str]]:
    """Put every item back as it was before the import; return how many, and titles of what changed since."""
    draft = Draft.model_validate(kept.lines[0])
    before: dict[str, Any] = draft.taken.get("before", {})
    query = select(OwnItem).where(OwnItem.school_id == kept.school_id, col(OwnItem.key).in_(before))
    back, since = 0, []
    for row in session.exec(query):
        was, after = before[row.key]["before"], before[row.key]["after"]
        if row.definition != after or not row.active:
            since.append(str(row.definition.get("title", row.key)))
            continue
        back += 1
        if was is None:
            write(row, row.definition, active=False, actor_id=actor_id, at=at)
        else:
            write(row, was["definition"], active=was["active"], actor_id=actor_id, at=at)
            row.source, row.position = was["source"], was["position"]
    draft.taken = {"undone": back}
    kept.lines, kept.finished_at = [draft.model_dump(mode="json")], at
    session.flush()
    _log.info("year plan taken back: %s by %s at %s", kept.id, actor_id, at.isoformat())
    return back, since
