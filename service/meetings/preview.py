"""Who hears what of something that is about to be done: done for a moment, read, and taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlmodel import Session, col, select

from models import Meeting, Message, MessageState
from service.meetings.counter import STAYS
from service.meetings.guests import guests_of
from service.meetings.tell import CHANGED, INVITED, LET_OFF, MOVED, OFF

What = Literal["invited", "updated", "off", "stays", "nothing", "silent", "withdrawn"]
_WHATS: dict[str, What] = {
    INVITED: "invited",
    MOVED: "updated",
    CHANGED: "updated",
    OFF: "off",
    LET_OFF: "off",
    STAYS: "stays",
}


@dataclass(frozen=True, slots=True)
class Hears:
    """What one person hears, in how many mails; without ``person_id`` somebody from outside."""

    person_id: UUID | None
    name: str
    mail: str
    what: What
    count: int


def foretell(
    session: Session, verb: Callable[[], Sequence[Meeting]], of: Meeting | None = None
) -> list[Hears]:
    """Return who hears what of a verb, which is taken back; raise what the verb raises.

    ``of`` is the meeting that it changes; without it all of its meetings are new.
    """
    known = set(session.exec(select(Message.id).where(Message.meeting_id == of.id))) if of else set()
    moment = session.begin_nested()
    try:
        meetings = verb()
        session.flush()
        return _heard(session, meetings, known)
    finally:
        moment.rollback()
        session.expire_all()


def _heard(session: Session, meetings: Sequence[Meeting], known: set[UUID]) -> list[Hears]:
    posted = session.exec(select(Message).where(col(Message.meeting_id).in_([m.id for m in meetings]))).all()
    fresh = [m for m in posted if m.state == MessageState.READY and m.id not in known]
    laid = {m.to_address for m in posted if m.state == MessageState.SUPPRESSED and m.id in known}
    found: dict[str, Hears] = {}
    for meeting in meetings:
        for guest in guests_of(session, meeting):
            mine = [m for m in fresh if m.to_address == guest.mail]
            if not mine and guest.attendee.removed and guest.mail not in laid:
                continue
            quiet: What = "withdrawn" if guest.mail in laid else "nothing"
            what = _WHATS[mine[0].subject.partition(":")[0]] if mine else quiet
            person = guest.person.id if guest.person else None
            found[guest.mail] = Hears(person, guest.name, guest.mail, what, len(mine))
    return list(found.values())
