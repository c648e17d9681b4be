"""The ledger: what was told to whom about which due day, and what was not told and why."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from models import LedgerEntry, LedgerOutcome, Message, MessageState, Task
from service.clock import local
from service.reminders.ladder import Rung

OVERTAKEN = "ingehaald door een latere herinnering"
SAME = "zelfde bericht"
STOPPED = "gestopt"
DONE = "al afgerond"
OFF_TODAY = "je was vrij"
PAUSED = "gepauzeerd"
QUIET = "rusttijd"
NO_WAY = "je mailadres weigert onze post"
BY_YOURSELF = "zelf gedaan"

BY_HAND, CHANGED, CANCELLED = "met-de-hand", "gewijzigd", "vervallen"  # the rungs beside the ladder

Key = tuple[UUID, UUID, str, int]
NEVER_ARRIVED = (MessageState.EXPIRED, MessageState.DEAD, MessageState.SUPPRESSED, MessageState.BOUNCED)
_SETTLED = frozenset({OVERTAKEN, SAME, STOPPED, DONE, BY_YOURSELF})
_AT_ONCE = 500  # ids in one query


@dataclass(frozen=True, slots=True)
class TellingLine:
    """One time that a person was told of a task, with its due day as it was then."""

    rung: str
    version: int
    message_id: UUID | None
    at: datetime
    day: date


class Ledger:
    """The ledger of one school about some tasks, read once and written line by line."""

    def __init__(self, session: Session, school_id: UUID, tasks: Iterable[Task], at: datetime) -> None:
        self._session, self._school_id, self._at = session, school_id, at
        ids = [task.id for task in tasks]
        self._told: dict[tuple[UUID, UUID], list[TellingLine]] = defaultdict(list)
        self._hearers: dict[UUID, set[UUID]] = defaultdict(set)
        self._firsts: dict[tuple[UUID, str, int], date] = {}
        self._tries: dict[tuple[UUID, str, int], date] = {}
        self._not_told: set[tuple[Key, str | None]] = set()
        for start in range(0, len(ids), _AT_ONCE):
            self._read(ids[start : start + _AT_ONCE])

    def _read(self, ids: list[UUID]) -> None:
        query = (
            select(LedgerEntry, _is_lost(self._at), Message.due_at)
            .join(Message, col(Message.id) == LedgerEntry.message_id, isouter=True)
            .where(col(LedgerEntry.task_id).in_(ids))
            .order_by(col(LedgerEntry.at))
        )
        found = self._session.exec(query).all()
        lost = [entry.message_id for entry, is_lost, _ in found if entry.message_id and is_lost]
        saved = self._by_another_way(lost)
        for entry, is_lost, due_at in found:
            self._try(entry)
            arrived = not is_lost or entry.message_id in saved
            if entry.outcome == LedgerOutcome.TOLD and arrived:
                self._keep(entry, local(due_at or entry.at).date())
        for entry, _, _ in found:
            if entry.outcome == LedgerOutcome.NOT_TOLD:
                self._keep_not_told(entry)

    def _by_another_way(self, lost: list[UUID]) -> set[UUID | None]:
        """Return the messages that never arrived, but of which a copy left through a channel."""
        if not lost:
            return set()
        copies = select(Message.copy_of).where(col(Message.copy_of).in_(lost), ~_is_lost(self._at))
        return set(self._session.exec(copies))

    def _keep(self, entry: LedgerEntry, day: date) -> None:
        line = TellingLine(entry.rung, entry.due_version, entry.message_id, entry.at, day)
        self._told[entry.task_id, entry.person_id].append(line)
        self._hearers[entry.task_id].add(entry.person_id)
        first = (entry.task_id, entry.rung, entry.due_version)
        self._firsts[first] = min(day, self._firsts.get(first, day))

    def _keep_not_told(self, entry: LedgerEntry) -> None:
        if entry.reason == SAME:  # it was said that day, in other words: if those arrived
            day, lines = local(entry.at).date(), self._told.get((entry.task_id, entry.person_id), [])
            if not _is_among(lines, day, entry.due_version):
                return
            self._firsts.setdefault((entry.task_id, entry.rung, entry.due_version), day)
        self._not_told.add((_key_of(entry), entry.reason))

    def _try(self, entry: LedgerEntry) -> None:
        tried, day = (entry.task_id, entry.rung, entry.due_version), local(entry.at).date()
        self._tries[tried] = min(day, self._tries.get(tried, day))

    def is_settled(self, rung: Rung) -> bool:
        """Tell whether this rung was told, or is not to be told any more."""
        version = rung.task.due_version
        if any(one.rung == rung.key and one.version == version for one in self.lines(rung)):
            return True
        return any((_key(rung), reason) in self._not_told for reason in _SETTLED)

    def lines(self, rung: Rung) -> list[TellingLine]:
        """Return every time that the person of a rung was told of its task, the first first."""
        return self._told.get((rung.task.id, rung.person_id), [])

    def people_told(self, task: Task) -> set[UUID]:
        """Return who was ever told of a task."""
        return self._hearers.get(task.id, set())

    def first_told(self, task: Task, rung: str) -> date | None:
        """Return the first day on which a rung of a task, with its due day as it is now, was told."""
        return self._firsts.get((task.id, rung, task.due_version))

    def first_tried(self, task: Task, rung: str) -> date | None:
        """Return the first day on which it was told, or could not be."""
        return self._tries.get((task.id, rung, task.due_version))

    def messages(self, rung: Rung) -> int:
        """Count the messages in which a person was told of a task with its due day as it is now."""
        mine = [one for one in self.lines(rung) if one.version == rung.task.due_version]
        return len({one.message_id for one in mine})

    def heard_on(self, rung: Rung, day: date) -> bool:
        """Tell whether a person was told of this task, as it stands now, on a day."""
        return _is_among(self.lines(rung), day, rung.task.due_version)

    def told(self, rung: Rung, message: Message, at: datetime, by_id: UUID | None = None) -> None:
        """Write that a rung was told in a message, and by whose hand."""
        entry = self._entry(rung, LedgerOutcome.TOLD, at)
        entry.message_id, entry.by_id = message.id, by_id
        self._session.add(entry)
        self._keep(entry, local(message.due_at).date())

    def not_told(self, rung: Rung, reason: str, at: datetime) -> None:
        """Write, once, that a rung was not told and why."""
        if (_key(rung), reason) not in self._not_told:
            entry = self._entry(rung, LedgerOutcome.NOT_TOLD, at)
            entry.reason = reason
            self._session.add(entry)
            self._keep_not_told(entry)
            self._try(entry)

    def _entry(self, rung: Rung, outcome: LedgerOutcome, at: datetime) -> LedgerEntry:
        return LedgerEntry(
            school_id=self._school_id,
            task_id=rung.task.id,
            person_id=rung.person_id,
            rung=rung.key,
            due_version=rung.task.due_version,
            due_day=rung.day,
            at=at,
            outcome=outcome,
        )


def _is_lost(at: datetime) -> ColumnElement[bool]:
    """Tell which messages arrive no more: those that never did, and those that still wait past their time."""
    waits = and_(col(Message.state) == MessageState.READY, col(Message.uncertain).is_(False))
    return or_(col(Message.state).in_(NEVER_ARRIVED), and_(waits, col(Message.expires_at) <= at))


def _is_among(lines: Iterable[TellingLine], day: date, version: int) -> bool:
    return any(one.day == day and one.version == version for one in lines)


def _key(rung: Rung) -> Key:
    return rung.task.id, rung.person_id, rung.key, rung.task.due_version


def _key_of(entry: LedgerEntry) -> Key:
    return entry.task_id, entry.person_id, entry.rung, entry.due_version
