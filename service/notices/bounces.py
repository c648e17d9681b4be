"""Bounces: an envelope sender per message (VERP), what came back on it, and whom no mail reaches any more."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models import Message, MessageState, Person
from service.settings import settings

REFUSED = "Het mailadres geeft berichten terug; een beheerder kijkt er eerst naar."
_CODE = r"[0-9a-f]{32}"  # the local part of our Message-ID
_PLACE = "{code}"
_TWICE_WITHIN = timedelta(days=7)  # calendar days
# The address itself does not exist (RFC 3463 §3.2); 5.1.7 and 5.1.8 are about the sender, so about us.
_NO_SUCH_ADDRESS = re.compile(r"\b5\.1\.(?!7\b|8\b)\d{1,3}\b")
_LEFT_US = (MessageState.READY, MessageState.LEASED, MessageState.SENT)
_LONGEST = 300  # characters of a server's words


def bounce_address(message_id: str, mailbox: str) -> str:
    """Return the envelope sender of a message: its own when the settings say so, else the mailbox."""
    template = settings().bounce_address
    code = message_id.partition("@")[0]
    return template.replace(_PLACE, code) if template and re.fullmatch(_CODE, code) else mailbox


def bounce_code(address: str) -> str | None:
    """Read back which message an address was made for; None when it is none of ours."""
    template = settings().bounce_address
    if not template:
        return None
    pattern = re.escape(template).replace(re.escape(_PLACE), f"({_CODE})")
    found = re.fullmatch(pattern, address.strip().strip("<>"), re.IGNORECASE)
    return found[1].lower() if found else None


def record_bounce(
    session: Session, code: str, *, permanent: bool, words: str, at: datetime
) -> Message | None:
    """Keep that a mail came back; an address that does so again, or doesn't exist, gets no more mail.

    ``code`` is the local part of its Message-ID. Return None when we sent no such mail.
    """
    message = _by_code(session, code)
    if message is None or not permanent:
        return message
    if message.state in _LEFT_US:
        message.state, message.lease_until = MessageState.BOUNCED, None
        message.bounced_at, message.last_error = at, " ".join(words.split())[:_LONGEST]
        _consider(session, message, words, at)
    session.flush()
    return message


def accept_again(session: Session, person_id: UUID) -> None:
    """Send mail to a person again, after somebody looked at the address."""
    session.get_one(Person, person_id).mail_refused_at = None
    session.flush()


def refused_addresses(session: Session, people: Sequence[Person]) -> set[tuple[UUID, str]]:
    """Return which person no longer gets mail at which address; a new address of theirs is a new chance."""
    refused = [person.id for person in people if person.mail_refused_at]
    if not refused:
        return set()
    returned = select(Message.person_id, Message.to_address).where(
        col(Message.person_id).in_(refused), Message.state == MessageState.BOUNCED
    )
    return {(person, address) for person, address in session.exec(returned.distinct()) if person}


def _by_code(session: Session, code: str) -> Message | None:
    """Find the message by the head of its Message-ID: a range, so that the index serves in any collation."""
    if not re.fullmatch(_CODE, code):
        return None
    above = f"{int(code, 16) + 1:032x}"
    near = select(Message).where(
        col(Message.message_id) >= code, col(Message.message_id) < above, col(Message.channel_id).is_(None)
    )
    return next((m for m in session.exec(near.limit(9)) if m.message_id.startswith(f"{code}@")), None)


def _consider(session: Session, message: Message, words: str, at: datetime) -> None:
    """Give an address up when it doesn't exist or came back twice within a week."""
    person = session.get(Person, message.person_id) if message.person_id else None
    if person is None or person.email != message.to_address or person.mail_refused_at:
        return
    session.flush()
    before = select(Message.id).where(
        Message.person_id == person.id,
        Message.to_address == message.to_address,
        Message.id != message.id,
        Message.state == MessageState.BOUNCED,
        col(Message.bounced_at) > at - _TWICE_WITHIN,
    )
    if _NO_SUCH_ADDRESS.search(words) or session.exec(before.limit(1)).first():
        person.mail_refused_at = at
