"""Who is asked to a meeting, of the school or from outside, as their invitation names them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from calendars.entries import Attendee as Invited
from models import Attendee, Meeting, Person


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is or was asked; without ``person`` from outside."""

    attendee: Attendee
    person: Person | None

    @property
    def mail(self) -> str:
        """Return the address that invitations go to."""
        return self.person.email if self.person else self.attendee.email or ""

    @property
    def name(self) -> str:
        """Return the name in invitations: of someone from outside no more than that they are."""
        return self.person.name if self.person else self.attendee.name

    @property
    def is_here(self) -> bool:
        """Tell whether they are asked now."""
        return not self.attendee.removed and (self.person is None or self.person.active)

    def invited(self) -> Invited:
        """Return them as they stand in a calendar."""
        return Invited(
            name=self.name,
            mail=self.mail,
            role="CHAIR" if self.attendee.chair else "REQ-PARTICIPANT",
            partstat=self.attendee.partstat,
            rsvp=not self.attendee.chair or self.attendee.partstat == "NEEDS-ACTION",
        )


def forget_answer(attendee: Attendee) -> None:
    """Forget what somebody answered: what they are asked now is something else."""
    attendee.partstat, attendee.answered_at = "NEEDS-ACTION", None
    attendee.comment = attendee.delegated_to = None


def ask_again(attendee: Attendee) -> None:
    """Ask somebody who may have been taken off; what they answered then is void."""
    if attendee.removed:
        attendee.removed = False
        forget_answer(attendee)


def guests_of(session: Session, meeting: Meeting) -> list[Guest]:
    """Return everyone who is or was asked: the chair, the staff by address, then those from outside."""
    query = (
        select(Attendee, Person)
        .outerjoin(Person, col(Person.id) == Attendee.person_id)
        .where(Attendee.meeting_id == meeting.id)
    )
    found = [Guest(attendee, person) for attendee, person in session.exec(query)]
    return sorted(found, key=lambda g: (g.person is None, not g.attendee.chair, g.mail.casefold()))


def shown_to(guest: Guest, guests: Iterable[Guest]) -> list[Guest]:
    """Return whom an invitation names: of the staff all of the staff, from outside only who gets it."""
    if guest.person is None:
        return [guest]
    return [other for other in guests if other.person is not None and other.is_here]
