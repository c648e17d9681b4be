"""The ledger: what was told to whom about which due day, and what was not told and why."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import LedgerEntry, LedgerOutcome, Message, MessageState, Task
from service.reminders.ladder import Rung

Key = tuple[UUID, UUID, str, int]
_NEVER_ARRIVED = (MessageState.EXPIRED, MessageState.DEAD, MessageState.SUPPRESSED)


class Ledger:
    """The ledger of one school, read once and written line by line."""

    def __init__(self, session: Session, school_id: UUID, tasks: Iterable[Task]) -> None:
        self._session, self._school_id = session, school_id
        ids = [task.id for task in tasks]
        self._told: dict[Key, LedgerEntry] = {}
        self._not_told: set[tuple[Key, str | None]] = set()
        for start in range(0, len(ids), 500):
            self._read(ids[start : start + 500])

    def _read(self, ids: list[UUID]) -> None:
        query = (
            select(LedgerEntry, Message.state)
            .join(Message, col(Message.id) == LedgerEntry.message_id, isouter=True)
            .where(col(LedgerEntry.task_id).in_(ids))
        )
        for entry, state in self._session.exec(query):
            key = (entry.task_id, entry.person_id, entry.rung, entry.due_version)
            if entry.outcome == LedgerOutcome.NOT_TOLD:
                self._not_told.add((key, entry.reason))
            elif state not in _NEVER_ARRIVED:
                self._told[key] = entry

    def is_settled(self, rung: Rung) -> bool:
        """Tell whether this rung was told, or was overtaken by a later one."""
        return _key(rung) in self._told or (_key(rung), OVERTAKEN) in self._not_told

    def told(self, rung: Rung, message_id: UUID, at: datetime) -> None:
        """Write that a rung was told in a message."""
        self._write(rung, LedgerOutcome.TOLD, at, message_id=message_id)

    def not_told(self, rung: Rung, reason: str, at: datetime) -> None:
        """Write, once, that a rung was not told and why."""
        if (_key(rung), reason) not in self._not_told:
            self._not_told.add((_key(rung), reason))
            self._write(rung, LedgerOutcome.NOT_TOLD, at, reason=reason)

    def _write(
        self,
        rung: Rung,
        outcome: LedgerOutcome,
        at: datetime,
        *,
        message_id: UUID | None = None,
        reason: str | None = None,
    ) -> None:
        self._session.add(
            LedgerEntry(
                school_id=self._school_id,
                task_id=rung.task.id,
                person_id=rung.person_id,
                rung=rung.key,
                due_version=rung.task.due_version,
                due_day=rung.day,
                at=at,
                outcome=outcome,
                reason=reason,
                message_id=message_id,
            )
        )


OVERTAKEN = "ingehaald door een latere herinnering"
OFF_TODAY = "je was vrij"


def _key(rung: Rung) -> Key:
    return rung.task.id, rung.person_id, rung.key, rung.task.due_version
