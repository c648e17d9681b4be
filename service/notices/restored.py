"""After an old copy of the database was put back: nothing leaves until an administrator decides.

The database is older than what is kept outside it when its epoch is lower. When nothing legible is kept there
of it though it has claimed before (a new machine, a damaged file), it may be.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, exists, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from models import Attendee, Installation, Meeting, Message, MessageState
from service.notices.journal import Epoch, Journal, identity
from service.notices.outbox import first_invitation_key, message_id

PAUSED = (
    "Er is een oude reservekopie teruggezet, of outbox/state.json ontbreekt of is onleesbaar. "
    "Een beheerder kiest onder Uitgaande post wat er nog weg moet."
)
KNOWN = "Dit bericht was al verstuurd voordat de reservekopie werd teruggezet."
SKIPPED = "Overgeslagen na het terugzetten van een reservekopie."
EXPIRED = "Verlopen: de betekenis was voorbij voordat dit bericht weg kon."
SAME = "Een nieuwer overzicht voor deze collega zegt hetzelfde."
_RAISE = 1000  # more than one meeting was ever changed between a copy and its return

_AT_ONCE = 500  # ids in one statement
_ITS_MEETING = col(Meeting.id) == col(Attendee.meeting_id)
# Written out and not bound: only so does SQLite see that the partial index serves.
OPEN = text("message.state in ('ready', 'leased')")
_log = logging.getLogger(__name__)


class Choice(StrEnum):
    """What an administrator decides about post that an old copy holds."""

    SKIP = "skip"
    SEND = "send"


class NotPausedError(Exception):
    """De bezorging staat niet stil door een reservekopie; er is niets te beslissen."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a decision did with the messages that were open."""

    known: int
    skipped: int
    expired: int
    left: int


def installation(session: Session, at: datetime) -> Installation:
    """Return the one row that says how far this database is, held for this transaction."""
    ours = select(Installation).with_for_update()
    row = session.exec(ours).first()
    if row is None and session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        session.execute(text("select pg_advisory_xact_lock(hashtext('installation'))"))
        row = session.exec(ours).first()
    if row is None:
        row = Installation(beat_at=at)
        session.add(row)
        session.flush()
    return row


def paused_since(session: Session) -> datetime | None:
    """Return since when delivery stands still because of a copy that was put back."""
    row = session.exec(select(Installation)).first()
    return row.restored_at if row and is_paused(row) else None


def is_paused(row: Installation) -> bool:
    """Tell whether an administrator must decide first."""
    return row.restored_at is not None and row.released_at is None


def compare(row: Installation, journal: Journal, at: datetime) -> None:
    """Hold the database against what is kept outside it; when it is older, pause."""
    outside = journal.epoch()
    ours = outside if outside and outside.installation == row.id else None
    moved = ours is None and row.epoch > 0
    if moved or (ours and ours.number > row.epoch):
        row.restored_at, row.released_at, row.released_by = at, None, None
        row.epoch = max(row.epoch, ours.number if ours else 0) + 1
        row.beat_at = at
        _log.error("database older than its journal, or no journal: delivery waits for an administrator")


def step(row: Installation, at: datetime) -> Epoch:
    """Count a claim, in its transaction; keep it outside after the commit, and before anything is sent."""
    row.epoch, row.beat_at = row.epoch + 1, at
    return epoch_of(row)


def epoch_of(row: Installation) -> Epoch:
    """Return what is to be kept outside."""
    return Epoch(row.id, row.epoch, row.beat_at)


def release(
    session: Session, journal: Journal, choice: Choice, *, actor_id: UUID | None, at: datetime
) -> Released:
    """Let delivery go on; what was sent before never goes again, calendars accept later changes."""
    row = installation(session, at)
    _require_paused(row, journal, at)
    known = _mark_known(session, journal)
    overdue = and_(OPEN, col(Message.due_at) <= at)
    expired = skipped = 0
    if choice == Choice.SKIP:
        skipped = _aside(session, overdue, MessageState.SUPPRESSED, SKIPPED)
    else:
        expired = _aside(session, overdue & (col(Message.expires_at) <= at), MessageState.EXPIRED, EXPIRED)
        skipped = _aside(session, overdue & _older_digest(at), MessageState.SUPPRESSED, SAME)
    _note_told(session, journal)
    _raise_sequences(session)
    row.released_at, row.released_by = at, actor_id
    session.flush()
    left = session.exec(select(func.count()).select_from(Message).where(overdue)).one()
    _log.warning(
        "delivery released after a restore by %s: %s, %d known", actor_id or "command", choice, known
    )
    return Released(known, skipped, expired, left)


def _require_paused(row: Installation, journal: Journal, at: datetime) -> None:
    """Refuse when there is nothing to decide; look again, for a copy may be back since the last delivery."""
    if not is_paused(row):
        compare(row, journal, at)
    if not is_paused(row):
        raise NotPausedError(NotPausedError.__doc__)
    journal.advance(epoch_of(row))


def _mark_known(session: Session, journal: Journal) -> int:
    """Mark what the journal says was sent."""
    rows = session.exec(select(Message.id, Message.message_id).where(OPEN)).all()
    by_identity = {identity(message_id): key for key, message_id in rows}
    found = journal.known(by_identity)
    for name, sent_at in found.items():
        session.execute(
            update(Message)
            .where(col(Message.id) == by_identity[name])
            .values(state=MessageState.SENT, sent_at=sent_at, lease_until=None, last_error=KNOWN)
        )
    return len(found)


def _aside(session: Session, which: ColumnElement[bool], state: MessageState, why: str) -> int:
    statement: Update = update(Message).where(which).values(state=state, last_error=why, lease_until=None)
    result = session.execute(statement.execution_options(synchronize_session=False))
    return int(getattr(result, "rowcount", 0))


def _older_digest(at: datetime) -> ColumnElement[bool]:
    """Tell which digests are followed by a newer one for the same person and channel."""
    newer = aliased(Message)
    same_hour = (col(newer.due_at) == col(Message.due_at)) & (col(newer.id) > col(Message.id))
    later = exists().where(
        col(newer.person_id) == col(Message.person_id),
        col(newer.channel_id).is_not_distinct_from(col(Message.channel_id)),
        col(newer.kind) == "digest",
        col(newer.state).in_((MessageState.READY, MessageState.LEASED)),
        col(newer.due_at) <= at,
        (col(newer.due_at) > col(Message.due_at)) | same_hour,
    )
    return (col(Message.kind) == "digest") & later


def _note_told(session: Session, journal: Journal) -> None:
    """Note who was first invited after the copy was made, so that nobody is invited twice."""
    rows = session.exec(
        select(Attendee, Meeting)
        .join(Meeting, _ITS_MEETING)
        .where(col(Attendee.invited_sequence).is_(None), ~col(Attendee.removed))
    ).all()
    invited = {
        identity(message_id(first_invitation_key(meeting.id, attendee, meeting.sequence), "")): attendee.id
        for attendee, meeting in rows
    }
    told = [invited[name] for name in journal.known(invited)]
    for start in range(0, len(told), _AT_ONCE):
        session.execute(
            update(Attendee)
            .where(col(Attendee.id).in_(told[start : start + _AT_ONCE]))
            .values(invited_sequence=select(Meeting.sequence).where(_ITS_MEETING).scalar_subquery())
            .execution_options(synchronize_session=False)
        )


def _raise_sequences(session: Session) -> None:
    """Raise every meeting above what calendars saw after the copy was made (RFC 5546 §2.1.4).

    Who was told stays told. A meeting of which something still must leave keeps the number that it says.
    """
    still = select(Message.meeting_id).where(OPEN, col(Message.meeting_id).is_not(None))
    quiet = {"synchronize_session": False}
    session.execute(
        update(Attendee)
        .where(col(Attendee.invited_sequence).is_not(None), col(Attendee.meeting_id).not_in(still))
        .values(invited_sequence=col(Attendee.invited_sequence) + _RAISE)
        .execution_options(**quiet)
    )
    session.execute(
        update(Meeting)
        .where(col(Meeting.id).not_in(still))
        .values(sequence=col(Meeting.sequence) + _RAISE)
        .execution_options(**quiet)
    )
    session.expire_all()
