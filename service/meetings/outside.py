"""Who is asked from outside the school: an address for a household or a guest, never a name.

Mail to them names only the organizer and themselves; what is behind the login is not for them.
"""

import re
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.entries import Mailbox
from models import Attendee, Meeting, Membership, Person, School
from service.access.actor import holds_on
from service.cases.errors import CaseError
from service.clock import local
from service.meetings.guests import ask_again

PARENTS, GUEST = "Ouder(s)", "Gast"
KINDS = (PARENTS, GUEST)
_SPLIT = re.compile(r"[\s,;]+")
_MOST = 20  # addresses from outside at one meeting


class NotAnAddressError(CaseError):
    """Dit is geen mailadres."""


def addresses(text: str) -> list[str]:
    """Read the addresses that somebody typed, one per household, each once."""
    found = {part.casefold(): part for part in _SPLIT.split(text) if part}
    for part in found.values():
        try:
            Mailbox(name="", mail=part)
        except ValueError as error:
            raise NotAnAddressError(f"{part!r} is geen mailadres.") from error
    if len(found) > _MOST:
        raise NotAnAddressError(f"Nodig hoogstens {_MOST} adressen van buiten uit.")
    return list(found.values())


def ask_outside(session: Session, meeting: Meeting, email: str, kind: str = PARENTS) -> Attendee:
    """Ask an address from outside to a meeting, or again; a colleague's address asks the colleague."""
    if email.casefold() == session.get_one(School, meeting.school_id).mailbox.casefold():
        raise NotAnAddressError("Dit is het adres van de school zelf; dat staat al in elke uitnodiging.")
    colleague = _colleague(session, meeting, email)
    attendee = _known(session, meeting, email, colleague.id if colleague else None)
    if attendee is None:
        attendee = Attendee(meeting_id=meeting.id)
        if colleague:
            attendee.person_id = colleague.id
        else:
            attendee.email, attendee.name = email, kind if kind in KINDS else GUEST
        session.add(attendee)
    attendee.by_hand = True
    ask_again(attendee)
    session.flush()
    return attendee


def _colleague(session: Session, meeting: Meeting, email: str) -> Person | None:
    """Return who of this school has an address; of another school nobody is known here."""
    here = holds_on(col(Membership.valid_from), col(Membership.valid_until), local(meeting.starts_at).date())
    query = (
        select(Person)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Membership.school_id == meeting.school_id, here, col(Person.active).is_(True))
        .where(col(Person.email) == email.casefold())
    )
    return session.exec(query).first()


def _known(session: Session, meeting: Meeting, email: str, person_id: UUID | None) -> Attendee | None:
    asked = session.exec(select(Attendee).where(Attendee.meeting_id == meeting.id)).all()
    for attendee in asked:
        if attendee.person_id:
            if attendee.person_id == person_id:
                return attendee
        elif (attendee.email or "").casefold() == email.casefold():
            return attendee
    return None
