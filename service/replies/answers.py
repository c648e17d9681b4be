"""Act on one event of a mail: count an answer, keep another hour, send it again; or ask a person."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.itip.parts import Asked, Event
from models import CounterProposal, CounterState, InboundMail, InboundState, Meeting, MeetingState
from service.cases.errors import CaseError
from service.meetings.answer import ANSWERS, answer
from service.meetings.counter import propose
from service.meetings.guests import Guest
from service.meetings.heard import held_version
from service.replies.kinds import Kind
from service.replies.match import Match, match
from service.replies.outcome import Outcome
from service.replies.refresh import send_again

OLDER = "Antwoord op een eerdere versie van de uitnodiging."
OVERTAKEN = "Het voorstel is ingehaald: het moment is voorbij, of de uitnodiging is intussen veranderd."
SAME_HOUR = "Het voorgestelde moment is dat van het overleg zelf."
OTHER_PLACE = "Het voorgestelde moment is dat van het overleg zelf; wat er verder staat, leest een mens."
OURS = "Dit is een kopie van onze eigen mail over het overleg, geen antwoord."
AT_ONCE = "Twee antwoorden van hetzelfde moment spreken elkaar tegen."
SAME = "Dit wisten we al, of er kwam daarna een nieuwer antwoord."
_KINDS = {"REPLY": Kind.REPLY, "COUNTER": Kind.COUNTER, "REFRESH": Kind.REFRESH}
_ASKING = {
    "": "Er staat niet bij of dit een antwoord is.",
    "REQUEST": "Dit is een uitnodiging van een ander.",
    "CANCEL": "Dit is een afzegging van een ander.",
    "PUBLISH": "Dit is een afspraak ter informatie, geen antwoord.",
    "ADD": "Dit is een uitnodiging van een ander.",
    "DECLINECOUNTER": "Dit bericht hoort de organisator te sturen, en dat is de school.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An event of which it is sure what it is about and who says it."""

    event: Event
    meeting: Meeting
    guest: Guest
    asked: Asked
    base: Outcome


def describe(session: Session, event: Event, sender: str, reason: str = "") -> Outcome:
    """Say what an event is about without acting on it; a person has to look."""
    found = match(session, event, sender)
    kind = Kind.DELEGATION if found.is_stand_in else _KINDS.get(event.method, Kind.CALENDAR)
    ours = found.meeting and event.method in {"REQUEST", "CANCEL", "PUBLISH", "ADD"}
    asking = OURS if ours else _ASKING.get(event.method)
    why = reason or asking or found.reason or "Een mens kijkt wat dit is."
    return _open(_base(kind, event, found), why)


def act(
    session: Session, event: Event, sender: str, *, written_at: datetime, inbound_id: UUID, at: datetime
) -> Outcome:
    """Do what one event asks; ``written_at`` stands in for a DTSTAMP that is missing."""
    found = match(session, event, sender)
    kind = Kind.DELEGATION if found.is_stand_in else _KINDS.get(event.method, Kind.CALENDAR)
    base = _base(kind, event, found)
    if event.method not in _KINDS:
        return _open(base, _ASKING.get(event.method, ""))
    if found.reason or found.meeting is None or found.guest is None or found.asked is None:
        return _open(base, found.reason)
    if event.one_of_series and event.recurrence_id != found.meeting.starts_at:
        return _open(base, "Dit is een antwoord op één keer van een reeks, en het overleg is geen reeks.")
    version = _version(session, event, found.meeting, found.guest)
    event = replace(event, stamp=event.stamp or written_at, sequence=version)
    claim = Claim(event=event, meeting=found.meeting, guest=found.guest, asked=found.asked, base=base)
    if event.method == "REFRESH":
        send_again(session, claim.meeting, claim.guest, at)
        return base
    if event.method == "COUNTER":
        return _counter(session, claim, inbound_id, at)
    return take_answer(session, claim, at)


def take_answer(session: Session, claim: Claim, at: datetime) -> Outcome:
    """Count a yes, a no or a perhaps; ask a person when somebody else comes in their place."""
    event, asked, base = claim.event, claim.asked, claim.base
    if asked.partstat not in ANSWERS:
        return _open(base, "Er staat geen ja, nee of misschien in dit antwoord.")
    if aside := _beside_the_point(session, claim):
        return replace(base, reason=aside)
    if _contradicts(claim):
        return _open(base, AT_ONCE)
    stand_in = _stand_in(event, asked)
    counted = answer(
        session,
        claim.guest.attendee,
        asked.partstat,
        at=at,
        via="mail",
        comment=event.comment or asked.comment,
        sequence=event.sequence,
        stamp=event.stamp,
        delegated_to=stand_in,
    )
    if not counted:
        return replace(base, reason=SAME)
    if asked.partstat != "DELEGATED":
        return base
    data = base.data | {"delegate": stand_in or ""}
    told = "Iemand laat zich vervangen. Nodig de vervanger uit, of vraag het na."
    return _open(replace(base, kind=Kind.DELEGATION, data=data), told)


def _counter(session: Session, claim: Claim, inbound_id: UUID, at: datetime) -> Outcome:
    event, meeting, asked, base = claim.event, claim.meeting, claim.asked, claim.base
    if aside := _beside_the_point(session, claim):
        return replace(base, reason=aside)
    hours = proposed_hours(event, meeting)
    if isinstance(hours, str):
        return _open(base, hours)
    if asked.partstat in ANSWERS and asked.partstat != "DELEGATED":
        take_answer(session, claim, at)  # "perhaps, but rather then" says two things
    if _is_known(session, claim, hours):
        return replace(base, reason=SAME)
    if hours == (meeting.starts_at, meeting.ends_at):
        wants_more = event.location not in {"", meeting.location} or (event.comment and not asked.partstat)
        return _open(base, OTHER_PLACE) if wants_more else replace(base, reason=SAME_HOUR)
    try:
        kept = propose(
            session,
            claim.guest.attendee,
            starts_at=hours[0],
            ends_at=hours[1],
            location=event.location if event.location != meeting.location else "",
            comment=event.comment or asked.comment,
            sequence=event.sequence or 0,
            inbound_id=inbound_id,
            at=at,
        )
    except CaseError as error:
        return _open(base, str(error))
    return replace(base, reason=OVERTAKEN if kept.state == CounterState.OVERTAKEN else "")


def _contradicts(claim: Claim) -> bool:
    """Tell whether something else was counted that was written at the same moment."""
    known, said = claim.guest.attendee, (claim.event.sequence, claim.event.stamp)
    same_moment = (known.reply_sequence, known.reply_stamp) == said and known.answered_via == "mail"
    return same_moment and known.partstat != claim.asked.partstat


def _is_known(session: Session, claim: Claim, hours: tuple[datetime, datetime]) -> bool:
    """Tell whether this proposal came before, whatever became of it, or one that they wrote later."""
    query = (
        select(CounterProposal, InboundMail)
        .join(InboundMail, col(InboundMail.id) == CounterProposal.inbound_id)
        .where(CounterProposal.attendee_id == claim.guest.attendee.id)
    )
    stamp = claim.event.stamp
    for proposal, mail in session.exec(query):
        written = datetime.fromisoformat(mail.data["stamp"]) if mail.data.get("stamp") else None
        same = (proposal.starts_at, proposal.ends_at) == hours
        if written and stamp and (written > stamp or (written == stamp and same)):
            return True
    return False


def proposed_hours(event: Event, meeting: Meeting) -> tuple[datetime, datetime] | str:
    """Return the hours somebody proposes, or in Dutch why those are none."""
    starts, ends = event.starts_at, event.ends_at
    if event.repeats:
        return "Het voorstel is een reeks, en het overleg is dat niet."
    if event.strange_zone:
        return "Het voorstel staat in een tijdzone die hier niet bekend is."
    if not isinstance(starts, datetime):
        return "Er staat geen uur in het voorstel."
    if not isinstance(ends, datetime):
        ends = starts + (meeting.ends_at - meeting.starts_at)
    if not timedelta() < ends - starts < timedelta(hours=12):
        return "Het voorstel is geen overleg van een paar uur."
    return starts, ends


def _version(session: Session, event: Event, meeting: Meeting, guest: Guest) -> int:
    """Return which version was answered; programs that leave it out mostly mean the one that they show."""
    if event.sequence is not None:
        return event.sequence
    shows_hours = event.method != "COUNTER" and event.starts_at is not None
    knows_last = (event.stamp or meeting.modified_at) >= meeting.modified_at
    is_last = event.starts_at == meeting.starts_at if shows_hours else knows_last
    return held_version(session, meeting, guest) if is_last else 0


def _beside_the_point(session: Session, claim: Claim) -> str:
    """Return in Dutch why an answer changes nothing any more."""
    if claim.meeting.state == MeetingState.CANCELLED:
        return "Het overleg gaat niet meer door."
    if claim.guest.attendee.removed:
        return "Deze persoon is niet meer gevraagd."
    held = held_version(session, claim.meeting, claim.guest)
    return OLDER if (claim.event.sequence or 0) < held else ""


def _stand_in(event: Event, asked: Asked) -> str | None:
    """Return who comes in somebody's place: named there, or by naming them."""
    named = (*asked.delegated_to, *(a.address for a in event.attendees if asked.address in a.delegated_from))
    return next(iter(named), None)


def _base(kind: Kind, event: Event, found: Match) -> Outcome:
    meeting, guest = found.meeting, found.guest or found.hint
    return Outcome(
        kind=kind,
        school_id=meeting.school_id if meeting else None,
        meeting_id=meeting.id if meeting else None,
        attendee_id=guest.attendee.id if guest else None,
        data=_facts(event, found.asked),
    )


def _facts(event: Event, asked: Asked | None) -> dict[str, Any]:
    """Return what is needed to place an answer by hand, and nothing that anybody wrote in their own words."""
    return {
        "method": event.method,
        "uid": event.uid,
        "sequence": event.sequence,
        "stamp": event.stamp.isoformat() if event.stamp else None,
        "starts_at": event.starts_at.isoformat() if event.starts_at else None,
        "ends_at": event.ends_at.isoformat() if event.ends_at else None,
        "attendee": asked.address if asked else "",
        "partstat": asked.partstat if asked else "",
    }


def _open(base: Outcome, reason: str) -> Outcome:
    return replace(base, state=InboundState.OPEN, reason=reason)
