"""The address at which a person is written to: another one, or the same again after it gave mail back."""

import logging
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, delete, select, update

from models import MailAlias, Membership, Message, MessageState, Person, School
from service.access.password_links import end_links
from service.clock import local
from service.i18n import say
from service.meetings.tell_again import tell_again
from service.notices.bounces import accept_again
from service.notices.outbox import Letter, post
from service.replies.aliases import taken_by
from service.school.staff import StaffError, require_member, tidy_mail

_OF_CALENDARS = ("invitation", "cancellation")
_FAREWELL_LASTS = timedelta(days=7)  # calendar days
_log = logging.getLogger(__name__)


class WorksElsewhereError(StaffError):
    """Deze persoon werkt ook op een andere school: alleen wie de server beheert, kan het adres wijzigen."""


def change_mail_address(
    session: Session,
    school_id: UUID,
    person_id: UUID,
    email: str,
    *,
    keep_old: bool,
    actor_id: UUID | None,
    at: datetime,
) -> int:
    """Write to a person at another address, also to log in with; return of how many meetings they hear.

    With ``keep_old`` an answer from the old address still counts. Without an actor it is who keeps the
    machine; for a school alone, whoever works at another one too is not its to change.
    """
    require_member(session, school_id, person_id)
    person = session.exec(select(Person).where(Person.id == person_id).with_for_update()).one()
    if actor_id and _works_elsewhere(session, school_id, person_id, local(at).date()):
        raise WorksElsewhereError
    old, person.email = person.email, _free(session, tidy_mail(email), person)
    session.flush()
    end_links(session, person_id)  # they were mailed to the old address
    _redirect(session, person)
    if person.mail_refused_at is None:
        post(session, _farewell(session.get_one(School, school_id), person, old, at))
    if keep_old:
        session.add(MailAlias(person_id=person_id, email=old))
    _log.info("mail address changed: %s by %s at %s", person_id, actor_id, at.isoformat())
    return write_again(session, person_id, at=at)


def write_again(session: Session, person_id: UUID, *, at: datetime) -> int:
    """Send a person mail again; return of how many meetings to come they hear what they missed."""
    accept_again(session, person_id)
    return tell_again(session, session.get_one(Person, person_id), at)


def _works_elsewhere(session: Session, school_id: UUID, person_id: UUID, today: date) -> bool:
    elsewhere = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.school_id != school_id,
        or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= today),
    )
    return session.exec(elsewhere).first() is not None


def _free(session: Session, address: str, person: Person) -> str:
    """Return an address that is nobody's; one under which this person answers is no longer an alias."""
    mine = delete(MailAlias).where(col(MailAlias.person_id) == person.id, col(MailAlias.email) == address)
    session.execute(mine)
    if taken := taken_by(session, address, person.id):
        raise StaffError(taken)
    return address


def _redirect(session: Session, person: Person) -> None:
    """Let what waits go to the new address; of meetings a new mail is written."""
    session.execute(
        update(Message)
        .where(
            col(Message.person_id) == person.id,
            col(Message.state) == MessageState.READY,
            col(Message.channel_id).is_(None),
            col(Message.kind).not_in(_OF_CALENDARS),
        )
        .values(to_address=person.email)
    )


def _farewell(school: School, person: Person, old: str, at: datetime) -> Letter:
    """Tell it at the old address: whoever did not expect it must be able to object."""
    language = person.language
    words = (
        say(language, "Dag %(name)s,", name=person.name.split()[0]),
        say(
            language,
            "Mail van Jaarritme van %(school)s gaat vanaf nu naar een ander adres. Daar log je ook mee in.",
            school=school.name,
        ),
        say(language, "Klopt dat niet? Zeg het dan meteen tegen de beheerder van de school."),
    )
    return Letter(
        school_id=school.id,
        person_id=person.id,
        kind="notice",
        dedupe_key=f"mail-address:{person.id}:{at.isoformat()}",
        to_address=old,
        subject=say(language, "Je mailadres in Jaarritme is gewijzigd"),
        body="\n\n".join(words) + "\n",
        at=at,
        expires_at=at + _FAREWELL_LASTS,
    )
