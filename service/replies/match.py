"""Find which meeting an answer is about and who gives it; what the mail says of itself is not believed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, col, func, select

from calendars.itip.address import plain_mailbox
from calendars.itip.parts import Asked, Event
from models import MailAlias, Meeting, Membership, Person, School
from service.meetings.guests import Guest, guests_of

NO_SENDER = "De mail zegt niet duidelijk van wie hij komt."
NO_MEETING = "Dit overleg is hier niet bekend."
NOT_ASKED = "Dit adres is niet gevraagd voor het overleg."
NO_ATTENDEE = "Er staat niet in wie er antwoordt."
OTHER_SENDER = "Het antwoord komt van een ander adres dan van wie het zegt te zijn."
BY_SERVICE = "Een agendadienst stuurt dit namens iemand. Kijk of het klopt, en zet het er dan bij."
STANDS_IN = "Een vervanger antwoordt, maar is niet gevraagd voor het overleg."
_PACKED = re.compile(
    r"^040000008200e00074c5b7101a82e008.*7643616c2d55696401000000((?:[0-9a-f]{2})+)", re.IGNORECASE
)
_SERVICE = re.compile(r"no-?reply|do-?not-?reply")
# With these an address says nothing about where somebody works.
_PUBLIC = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.nl live.nl live.com msn.com icloud.com me.com "
    "mac.com yahoo.com yahoo.nl proton.me protonmail.com gmx.net gmx.com aol.com ziggo.nl kpnmail.nl "
    "kpnplanet.nl planet.nl xs4all.nl hetnet.nl home.nl upcmail.nl casema.nl tele2.nl solcon.nl caiway.nl "
    "zonnet.nl".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What was found; with a ``reason`` (Dutch) a person has to look. ``hint`` is who it may well be."""

    meeting: Meeting | None = None
    guest: Guest | None = None
    asked: Asked | None = None
    hint: Guest | None = None
    reason: str = ""
    is_stand_in: bool = False


def match(session: Session, event: Event, sender: str) -> Match:
    """Find the meeting by its UID, and who answers by the address they were asked at."""
    meeting = find_meeting_by_uid(session, event.uid)
    if meeting is None:
        return Match(reason=NO_MEETING)
    known = addresses_of(session, guests_of(session, meeting))
    found = _who(event, sender, known)
    if found.reason or found.guest is None or found.asked is None:
        return _at(meeting, found)
    if not sender:
        return _at(meeting, found, reason=NO_SENDER)
    if not _may_answer(session, meeting, found.guest, found.asked, sender, known):
        return _at(meeting, found, reason=BY_SERVICE if is_service(sender) else OTHER_SENDER)
    return _at(meeting, found)


def find_meeting_by_uid(session: Session, uid: str) -> Meeting | None:
    """Return the meeting of a UID, held until the transaction ends, so that answers wait for each other."""
    query = select(Meeting).where(col(Meeting.uid).in_(_meant(uid))).with_for_update()
    return session.exec(query, execution_options={"populate_existing": True}).first() if uid else None


def _meant(uid: str) -> set[str]:
    """Return which UIDs may be meant: some write it in capitals, phones on Exchange pack it (vCal-Uid)."""
    packed = _PACKED.fullmatch(uid)
    plain = bytes.fromhex(packed[1]).replace(b"\0", b"").decode("utf-8", "replace") if packed else uid
    return {uid, plain, plain.casefold()}


def addresses_of(session: Session, guests: list[Guest]) -> dict[str, Guest]:
    """Return who answers under which address; who is asked now goes before who was.

    The address that somebody was asked at goes before an alias of another, and a mailbox behind the tags of
    two guests is of neither.
    """
    ids = {guest.person.id for guest in guests if guest.person}
    aliases = session.exec(select(MailAlias).where(col(MailAlias.person_id).in_(ids))).all() if ids else ()
    ordered = sorted(guests, key=lambda g: g.attendee.removed)
    named = [(guest.mail, guest) for guest in ordered]
    named += [(a.email, g) for g in ordered for a in aliases if g.person and a.person_id == g.person.id]
    found: dict[str, Guest] = {}
    for address, guest in named:
        found.setdefault(address.casefold(), guest)
    plain: dict[str, list[Guest]] = {}
    for address, guest in found.items():
        plain.setdefault(plain_mailbox(address), []).append(guest)
    sure = {at: who[0] for at, who in plain.items() if all(guest is who[0] for guest in who)}
    return sure | found


def _guest(known: dict[str, Guest], address: str) -> Guest | None:
    return known.get(address) or known.get(plain_mailbox(address)) if address else None


def _at(meeting: Meeting, found: Match, reason: str = "") -> Match:
    return Match(
        meeting=meeting,
        guest=found.guest,
        asked=found.asked,
        hint=found.hint or found.guest,
        reason=reason or found.reason,
        is_stand_in=found.is_stand_in,
    )


def _who(event: Event, sender: str, known: dict[str, Guest]) -> Match:
    """Choose the line of who sent it; some programs repeat everyone who was asked."""
    by_sender = _guest(known, sender)
    lines = [(asked, _guest(known, asked.address)) for asked in event.attendees]
    own = [(a, g) for a, g in lines if g and g is by_sender]
    if by_sender and len(lines) == 1 and not lines[0][0].address:
        own = [(replace(lines[0][0], address=sender), by_sender)]
    own.sort(key=lambda line: line[0].partstat in {"", "NEEDS-ACTION"})  # who is named twice said one thing
    sent = [(a, g) for a, g in lines if g and sender and a.sent_by == sender]
    for asked, guest in (*own, *sent):
        return Match(guest=guest, asked=asked)
    stand_in = next((a for a, g in lines if g is None and _stands_in(a, sender, known, len(lines))), None)
    if stand_in:
        hint = next((g for g in (_guest(known, one) for one in stand_in.delegated_from) if g), None)
        return Match(asked=stand_in, hint=hint, reason=STANDS_IN, is_stand_in=True)
    if len({g.attendee.id for _, g in lines if g}) == 1 and len(lines) == 1:
        return Match(guest=lines[0][1], asked=lines[0][0])
    if not any(asked.address for asked, _ in lines):
        return Match(hint=by_sender, guest=by_sender, reason=NO_ATTENDEE)
    asked = next((a for a, _ in lines if a.address == sender), lines[0][0])
    return Match(asked=asked, hint=by_sender, reason=NOT_ASKED)


def _stands_in(asked: Asked, sender: str, known: dict[str, Guest], lines: int) -> bool:
    """Tell whether an unknown answers for somebody who was asked (RFC 5546 §3.2.2.3)."""
    is_own = asked.address == sender or lines == 1
    return is_own and any(_guest(known, one) for one in asked.delegated_from)


def _may_answer(
    session: Session, meeting: Meeting, guest: Guest, asked: Asked, sender: str, known: dict[str, Guest]
) -> bool:
    """Tell whether a sender speaks for who was asked: it is themselves, or a colleague who says so."""
    if _guest(known, sender) is guest:
        return True
    if is_service(sender):
        return _shares_domain(session, meeting, guest, sender)
    if asked.sent_by != sender:
        return False
    return _is_colleague(session, meeting, sender) or _shares_domain(session, meeting, guest, sender)


def is_service(address: str) -> bool:
    """Tell whether a machine sends from an address for whoever uses it, as Nextcloud does."""
    return bool(_SERVICE.search(address.partition("@")[0]))


def _is_colleague(session: Session, meeting: Meeting, address: str) -> bool:
    query = (
        select(Person.id)
        .join(Membership, col(Membership.person_id) == Person.id)
        .outerjoin(MailAlias, col(MailAlias.person_id) == Person.id)
        .where(Membership.school_id == meeting.school_id, col(Person.active))
        .where((col(Person.email) == address) | (col(MailAlias.email) == address))
    )
    return session.exec(query.limit(1)).first() is not None


def _shares_domain(session: Session, meeting: Meeting, guest: Guest, sender: str) -> bool:
    domain = sender.rpartition("@")[2]
    mailbox = session.get_one(School, meeting.school_id).mailbox
    ours = {guest.mail.casefold().rpartition("@")[2], mailbox.casefold().rpartition("@")[2]} - _PUBLIC
    inside = domain in ours or (is_service(sender) and any(domain.endswith(f".{one}") for one in ours))
    return guest.person is not None and inside


def owners_of(session: Session, addresses: Iterable[str]) -> dict[str, UUID]:
    """Return whose the addresses are, as far as they are somebody's who works here or did."""
    wanted = {address for address in addresses if address}
    people = select(Person.email, Person.id).where(func.lower(Person.email).in_(wanted))
    others = select(MailAlias.email, MailAlias.person_id).where(col(MailAlias.email).in_(wanted))
    return {email.casefold(): person for email, person in (*session.exec(people), *session.exec(others))}
