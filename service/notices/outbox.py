"""Write a message in the transaction that causes it; delivery sends it after that one is committed."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models import Attendee, Message, MessageState, School

Kind = Literal["digest", "invitation", "cancellation", "counter", "notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a person must hear, by mail or through one channel; ``dedupe_key`` says which intention it is.

    ``calendar`` is the text of an .ics with its own line ends. No field names a pupil. Someone outside the
    school has no ``person_id``. It leaves at ``due_at``, or at once.
    """

    school_id: UUID
    person_id: UUID | None
    kind: Kind
    dedupe_key: str
    to_address: str
    subject: str
    body: str
    at: datetime
    expires_at: datetime
    html: str | None = None
    calendar: str | None = None
    calendar_method: str | None = None
    meeting_id: UUID | None = None
    sequence: int | None = None
    channel_id: UUID | None = None
    copy_of: UUID | None = None
    to_name: str = ""
    due_at: datetime | None = None


def post(session: Session, letter: Letter) -> Message | None:
    """Put a letter in the outbox once; return None when its intention is already there."""
    school = session.get_one(School, letter.school_id)
    session.flush()  # what the letter refers to must be there first; this insert goes around the session
    values = _values(letter, message_id(letter.dedupe_key, school.mailbox))
    if not session.execute(_insert_once(session, values)).scalar_one_or_none():
        return None
    return session.get_one(Message, values["id"])


def message_id(dedupe_key: str, mailbox: str) -> str:
    """Return the Message-ID without brackets, the same for every copy of one intention (RFC 5322 §3.6.4)."""
    return f"{sha256(dedupe_key.encode()).hexdigest()[:32]}@{mailbox.rpartition('@')[2]}"


def first_invitation_key(meeting_id: UUID, attendee: Attendee, sequence: int) -> str:
    """Return the key of what somebody hears first of a meeting; known again after a copy was put back."""
    return f"meeting:{meeting_id}:{attendee.id}:{attendee.email or ''}:first:{sequence}"


def _values(letter: Letter, identity: str) -> dict[str, Any]:
    fields = {name: getattr(letter, name) for name in Letter.__slots__ if name != "at"}
    due = letter.due_at or letter.at
    waiting = {"state": MessageState.READY, "fence": 0, "attempts": 0, "uncertain": False}
    return (
        fields
        | waiting
        | {
            "id": uuid4(),
            "message_id": identity,
            "made_at": letter.at,
            "due_at": due,
            "next_try_at": due,
        }
    )


def _insert_once(session: Session, values: dict[str, Any]) -> Any:
    """Return an insert that a second writer of the same key passes by, its transaction unharmed."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Message).values(**values)
    return statement.on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(Message.id)
