"""The logbook (verzendlogboek): what was sent, through what, whether it arrived; what was not, and why.

It holds titles and codes only, never a pupil's name: also who keeps the machine may read it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from calendars.derivation import joined
from models import (
    Case,
    Channel,
    LedgerEntry,
    LedgerOutcome,
    Meeting,
    Message,
    MessageState,
    Person,
    Task,
)

_AT_ONCE = 500
_ALIKE = 10  # rungs not told at one moment for one reason stand on one line


class Fate(StrEnum):
    """What became of something that was to be told."""

    WAITING = "waiting"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    DEAD = "dead"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    NOT_TOLD = "not_told"


_FATES = {
    MessageState.READY: Fate.WAITING,
    MessageState.LEASED: Fate.WAITING,
    MessageState.SENT: Fate.SENT,
    MessageState.BOUNCED: Fate.BOUNCED,
    MessageState.DEAD: Fate.DEAD,
    MessageState.EXPIRED: Fate.EXPIRED,
    MessageState.SUPPRESSED: Fate.SUPPRESSED,
}


@dataclass(frozen=True, slots=True)
class About:
    """A task that was told of, or was not: its name without a pupil's, and by which rung of the ladder."""

    task_id: UUID
    title: str
    rung: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; ``at`` is when it was decided, ``when`` when it left or would leave.

    ``via`` is the channel's name, empty for mail; of what somebody else has for themself only ``private``,
    its kind. ``subject`` is only of what is about no task.
    """

    at: datetime
    person: str
    kind: str
    via: str
    fate: Fate
    when: datetime | None
    why: str
    by: str
    about: tuple[About, ...]
    subject: str = ""
    private: str = ""


def of_task(
    session: Session, task: Task, person_id: UUID | None = None, *, reader_id: UUID | None = None
) -> list[LogLine]:
    """Return everything that was told of a task, and was not, the last first; to one person when named."""
    entries = select(LedgerEntry).where(LedgerEntry.task_id == task.id)
    asked = select(Message).join(Meeting, col(Meeting.id) == Message.meeting_id)
    asked = asked.where(Meeting.task_id == task.id)
    if person_id:
        entries = entries.where(LedgerEntry.person_id == person_id)
        asked = asked.where(Message.person_id == person_id)
    found = session.exec(entries).all()
    ids = {entry.message_id for entry in found if entry.message_id}
    messages = [*session.exec(asked), *_with_copies(session, list(ids))]
    return _lines(session, messages, found, reader_id)


def of_people(
    session: Session,
    school_id: UUID,
    person_id: UUID | None = None,
    *,
    reader_id: UUID | None = None,
    before: datetime | None = None,
    most: int = 100,
) -> list[LogLine]:
    """Return the last lines of a school, or of one person there, the last first; only those ``before``.

    They are ``most``, and what was decided at the same moment as the last of them: who asks for what came
    before that moment misses nothing.
    """
    messages = select(Message).where(Message.school_id == school_id)
    refused = select(LedgerEntry).where(
        LedgerEntry.school_id == school_id, LedgerEntry.outcome == LedgerOutcome.NOT_TOLD
    )
    if person_id:
        messages = messages.where(Message.person_id == person_id)
        refused = refused.where(LedgerEntry.person_id == person_id)
    if before:
        messages = messages.where(col(Message.made_at) < before)
        refused = refused.where(col(LedgerEntry.at) < before)
    sent = list(session.exec(messages.order_by(col(Message.made_at).desc()).limit(most)))
    not_sent = list(session.exec(refused.order_by(col(LedgerEntry.at).desc()).limit(most * _ALIKE)))
    ends = [message.made_at for message in sent[most - 1 :]]
    ends += [entry.at for entry in not_sent[most * _ALIKE - 1 :]]
    if ends:  # as far back as both are whole
        sent = list(session.exec(messages.where(col(Message.made_at) >= max(ends))))
        not_sent = list(session.exec(refused.where(col(LedgerEntry.at) >= max(ends))))
    ids = [message.copy_of or message.id for message in sent]
    told: list[LedgerEntry] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = col(LedgerEntry.message_id).in_(ids[start : start + _AT_ONCE])
        told += session.exec(select(LedgerEntry).where(part))
    lines = _lines(session, sent, [*told, *not_sent], reader_id)
    return [line for line in lines if line.at >= lines[most - 1].at] if len(lines) > most else lines


def _with_copies(session: Session, ids: list[UUID]) -> list[Message]:
    found: list[Message] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        either = col(Message.id).in_(part) | col(Message.copy_of).in_(part)
        found += session.exec(select(Message).where(either))
    return found


def _lines(
    session: Session,
    messages: Sequence[Message],
    entries: Sequence[LedgerEntry],
    reader_id: UUID | None,
) -> list[LogLine]:
    names = _names(session, messages, entries)
    via_of = ways(session, messages, reader_id)
    titles = _titles(session, {entry.task_id for entry in entries})
    told: dict[UUID, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.message_id:
            told[entry.message_id].append(entry)
    lines = [
        _sent(message, told[message.copy_of or message.id], names, via_of, titles) for message in messages
    ]
    refused: dict[tuple[datetime, UUID, str], list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.outcome == LedgerOutcome.NOT_TOLD:
            refused[entry.at, entry.person_id, entry.reason or ""].append(entry)
    lines += [_not_sent(alike, names, titles) for alike in refused.values()]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _sent(
    message: Message,
    entries: Iterable[LedgerEntry],
    names: dict[UUID, str],
    ways: dict[UUID, tuple[str, str]],
    titles: dict[UUID, str],
) -> LogLine:
    about = tuple(_about(entry, titles) for entry in entries)
    by = joined(list(dict.fromkeys(names.get(entry.by_id, "") for entry in entries if entry.by_id)))
    fate = _FATES[message.state]
    via, private = ways.get(message.channel_id, ("", "")) if message.channel_id else ("", "")
    left = message.sent_at if fate not in {Fate.WAITING, Fate.EXPIRED} else message.due_at
    return LogLine(
        at=message.made_at,
        person=names.get(message.person_id, "") if message.person_id else message.to_name,
        kind=message.kind,
        via=via,
        fate=Fate.UNCERTAIN if message.uncertain and fate in {Fate.WAITING, Fate.SENT} else fate,
        when=message.bounced_at if fate == Fate.BOUNCED else left,
        why=message.last_error or "" if fate != Fate.SENT else "",
        by=by,
        about=about,
        subject="" if about else message.subject,
        private=private,
    )


def _not_sent(entries: Sequence[LedgerEntry], names: dict[UUID, str], titles: dict[UUID, str]) -> LogLine:
    """Return one line for what was not told to one person at one moment for one reason."""
    first = entries[0]
    return LogLine(
        at=first.at,
        person=names.get(first.person_id, ""),
        kind="",
        via="",
        fate=Fate.NOT_TOLD,
        when=None,
        why=first.reason or "",
        by="",
        about=tuple(_about(entry, titles) for entry in entries),
    )


def _about(entry: LedgerEntry, titles: dict[UUID, str]) -> About:
    return About(entry.task_id, titles.get(entry.task_id, ""), entry.rung)


def _names(session: Session, messages: Iterable[Message], entries: Iterable[LedgerEntry]) -> dict[UUID, str]:
    ids = {m.person_id for m in messages} | {e.person_id for e in entries} | {e.by_id for e in entries}
    people = session.exec(select(Person).where(col(Person.id).in_([id_ for id_ in ids if id_])))
    return {person.id: person.name for person in people}


def ways(
    session: Session, messages: Iterable[Message], reader_id: UUID | None
) -> dict[UUID, tuple[str, str]]:
    """Return each channel's name; of what somebody else has for themself only the kind."""
    ids = {message.channel_id for message in messages if message.channel_id}
    found = session.exec(select(Channel).where(col(Channel.id).in_(ids))) if ids else ()
    return {
        one.id: (one.name, "") if one.person_id in {None, reader_id} else ("", one.kind.value)
        for one in found
    }


def _titles(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """Return the name of each task with its case; of a pupil's case the code."""
    listed, found = list(ids), dict[UUID, str]()
    for start in range(0, len(listed), _AT_ONCE):
        query = (
            columns(col(Task.id), col(Task.title), col(Case.title), col(Case.code), col(Case.pupil_id))
            .join(Case, col(Case.id) == Task.case_id)
            .where(col(Task.id).in_(listed[start : start + _AT_ONCE]))
        )
        for id_, title, case, code, pupil_id in session.execute(query):
            found[id_] = f"{title} ({case}, {code})" if pupil_id else f"{title} ({case})"
    return found
