"""Take the rows of an import over as own items, in one transaction; and take that back."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Writer:
    """Writes rows as own items, and keeps how each was before the import."""

    session: Session
    kept: PlanImport
    actor_id: UUID | None
    at: datetime
    before: dict[str, Any]
    titles: dict[str, list[str]] = field(
        default_factory=lambda: {"added": [], "changed": [], "unchanged": []}
    )

    def write(self, entry: Entry, row: OwnItem | None, position: int) -> None:
        """Add an item, change it, or find that it is so already."""
        definition = definition_of(entry.item)
        if row is None:
            how, was = "added", None
            self._add(entry.item.key, definition, position)
        elif row.active and row.definition == definition:
            self.titles["unchanged"].append(entry.item.title)
            return
        else:
            how, was = "changed" if row.active else "added", _as_it_was(row)
            write(row, definition, active=True, actor_id=self.actor_id, at=self.at)
            row.source, row.position = self.kept.file_name, position
        self.titles[how].append(entry.item.title)
        self.before.setdefault(entry.item.key, {"before": was})["after"] = definition

    def _add(self, key: str, definition: dict[str, Any], position: int) -> None:
        row = OwnItem(
            school_id=self.kept.school_id,
            key=key,
            position=position,
            definition=definition,
            source=self.kept.file_name,
            changed_by=self.actor_id,
            changed_at=self.at,
        )
        self.session.add(row)


def _as_it_was(row: OwnItem) -> dict[str, Any]:
    return {
        "definition": row.definition,
        "active": row.active,
        "source": row.source,
        "position": row.position,
    }


def take_over(
    session: Session,
    kept: PlanImport,
    draft: Draft,
    entries: Sequence[Entry],
    *,
    actor_id: UUID | None,
    at: datetime,
) -> Taken:
    """Write the rows that are clear as own items; what was so already isn't touched.

    Items that came from this file before and are no longer in it stay as they are, and are told.
    """
    have = {row.key: row for row in session.exec(select(OwnItem).where(OwnItem.school_id == kept.school_id))}
    writer = _Writer(session, kept, actor_id, at, dict(draft.taken.get("before", {})))
    for position, entry in enumerate(entries):
        if entry.status == "ready":
            writer.write(entry, have.get(entry.item.key), position)
    session.flush()
    _remember(kept, draft, entries, writer)
    _log.info("year plan taken over: %s by %s at %s", kept.id, actor_id, at.isoformat())
    added, changed, unchanged = (tuple(writer.titles[how]) for how in ("added", "changed", "unchanged"))
    return Taken(added, changed, unchanged, _absent(have.values(), kept, entries))


def _absent(rows: Iterable[OwnItem], kept: PlanImport, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the titles of items of this file that it no longer holds."""
    here = {entry.item.key for entry in entries}
    gone = [row for row in rows if row.active and row.source == kept.file_name and row.key not in here]
    return tuple(row.definition["title"] for row in gone)


def _remember(kept: PlanImport, draft: Draft, entries: Iterable[Entry], writer: _Writer) -> None:
    """Keep what is needed to take it back; when nothing is left to ask, the table itself is forgotten."""
    left = sum(entry.status in {"question", "unknown"} for entry in entries)
    counts = {how: len(titles) for how, titles in writer.titles.items()}
    draft.taken = {"before": writer.before, "counts": counts, "left": left}
    if not left:
        draft.sheets = {}
        kept.finished_at = writer.at
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
