"""Decide what a mail is, the surest sign first: a bounce, an answer, a machine's notice, or a letter."""

import re
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, func, select

from calendars.itip.parts import Event
from models import Attendee, InboundState, Meeting, Message, School
from service.meetings.guests import guests_of
from service.notices.bounces import record_bounce
from service.replies.answers import act, describe
from service.replies.kinds import Kind
from service.replies.machines import is_absence, is_bulk, is_receipt, returned
from service.replies.mail import Mail
from service.replies.match import addresses_of, owners_of
from service.replies.outcome import Outcome, is_open
from service.settings import settings

_ANSWERING = frozenset({"REPLY", "COUNTER", "REFRESH", "DECLINECOUNTER"})
_DMARC = re.compile(r"\bdmarc\s*=\s*(fail|permerror)\b", re.IGNORECASE)
_NO_NAME = "-"
FORGED = "De eigen mailserver vertrouwt de afzender niet (DMARC)."


def understand(session: Session, mail: Mail, *, inbound_id: UUID, at: datetime) -> Outcome:
    """Act on a mail and say what it was."""
    if mail.problem:
        return _open(Kind.UNREADABLE, f"Niet gelezen: {mail.problem}.")
    if _is_own(session, mail):
        return Outcome(kind=Kind.OWN)
    answers = [event for event in mail.events if event.method in _ANSWERING]
    is_report = bool(mail.status) or not answers  # what comes back may hold an invitation, never an answer
    if is_report and (outcome := _returned(session, mail, at)):
        return outcome
    if answers:
        return _answers(session, mail, answers, inbound_id, at)
    machine = Kind.RECEIPT if is_receipt(mail) else Kind.ABSENCE if is_absence(mail) else None
    return _with_meeting(session, mail, Outcome(kind=machine)) if machine else _for_a_person(session, mail)


def _is_own(session: Session, mail: Mail) -> bool:
    """Tell whether a mail is a copy of one that we sent."""
    named = mail.header("Message-ID").strip("<> ")
    ours = select(Message.id).where(Message.message_id == named)
    boxes = select(School.id).where(func.lower(School.mailbox) == mail.sender)
    return bool(named and session.exec(boxes).first() and session.exec(ours).first())


def _returned(session: Session, mail: Mail, at: datetime) -> Outcome | None:
    found = returned(mail)
    if found is None:
        return None
    kind = Kind.BOUNCE if found.is_final else Kind.DELAY
    for code in found.codes:
        message = record_bounce(session, code, permanent=found.is_final, words=found.words, at=at)
        if message:
            base = Outcome(kind=kind, school_id=message.school_id, meeting_id=message.meeting_id)
            return replace(base, message_id=message.id)
    if not found.is_final:
        return Outcome(kind=kind)
    return _open(kind, "Een mail kwam terug, maar er staat niet in welke.")


def _answers(session: Session, mail: Mail, events: list[Event], inbound_id: UUID, at: datetime) -> Outcome:
    """Act on each answer; what a person must look at is told before what was counted."""
    sender = mail.sender
    if _is_forged(mail):
        return describe(session, events[0], sender, FORGED)
    written = min(mail.date or at, at)
    outcomes = [
        act(session, event, sender, written_at=written, inbound_id=inbound_id, at=at) for event in events
    ]
    return next((outcome for outcome in outcomes if is_open(outcome)), outcomes[0])


def _is_forged(mail: Mail) -> bool:
    """Tell whether our own mail server says that the sender is not who it says (RFC 8601, RFC 7489).

    Only the upper header with our own server's name counts: anybody can write one below it. Microsoft 365
    writes no name; for that the setting is a dash.
    """
    wanted = settings().authserv_id.casefold()
    if not wanted:
        return False
    for value in mail.all("Authentication-Results"):
        named = value.partition(";")[0].split()
        name = named[0].casefold() if named and "=" not in named[0] else _NO_NAME
        if name == wanted:
            return bool(_DMARC.search(value))
    return False


def _for_a_person(session: Session, mail: Mail) -> Outcome:
    """Return what only a person can place, with what may be a help."""
    if mail.events:
        return describe(session, mail.events[0], mail.sender)
    if mail.forwarded:
        sent_on = next((e for e in mail.forwarded if e.method in _ANSWERING), mail.forwarded[0])
        return describe(session, sent_on, mail.sender, "Dit is doorgestuurd door een ander.")
    if mail.is_sealed:
        told = (
            "De bijlage is in een eigen vorm van Outlook (winmail.dat) of versleuteld, en is niet te lezen."
        )
        return _with_meeting(session, mail, _open(Kind.SEALED, told))
    letter = _with_meeting(session, mail, _open(Kind.LETTER, "Een gewone mail; een mens leest wat er staat."))
    if letter.meeting_id is None and is_bulk(mail) and not _may_be_meant(session, mail):
        return Outcome(kind=Kind.BULK)
    return letter


def _may_be_meant(session: Session, mail: Mail) -> bool:
    """Tell whether a list's mail may be for us: its sender is known, or a school's mailbox is the list."""
    asked = select(Attendee.id).where(func.lower(Attendee.email) == mail.sender)
    if mail.sender and (owners_of(session, [mail.sender]) or session.exec(asked.limit(1)).first()):
        return True
    lists = f"{mail.header('List-Id')} {mail.header('List-Post')}".casefold().replace("@", ".")
    return any(box.casefold().replace("@", ".") in lists for box in session.exec(select(School.mailbox)))


def _with_meeting(session: Session, mail: Mail, outcome: Outcome) -> Outcome:
    """Add which of our mails was answered, and so which meeting and who."""
    for named in mail.answers_to[:20]:
        message = session.exec(select(Message).where(Message.message_id == named)).first()
        if message:
            attendee = _attendee_of(session, message, mail.sender)
            return replace(
                outcome,
                school_id=message.school_id,
                meeting_id=message.meeting_id,
                attendee_id=attendee,
                message_id=message.id,
            )
    return outcome


def _attendee_of(session: Session, message: Message, sender: str) -> UUID | None:
    """Return who answers: as who sends it is known, or else to whom the mail was."""
    meeting = session.get(Meeting, message.meeting_id) if message.meeting_id else None
    known = addresses_of(session, guests_of(session, meeting)) if meeting else {}
    guest = known.get(sender) or known.get(message.to_address.casefold())
    return guest.attendee.id if guest else None


def _open(kind: Kind, reason: str) -> Outcome:
    return Outcome(kind=kind, state=InboundState.OPEN, reason=reason)
