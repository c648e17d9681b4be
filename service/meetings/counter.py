"""Another hour that somebody who is asked proposes: kept for the planner, who accepts or declines it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from calendars import invitation
from models import Attendee, CounterProposal, CounterState, Meeting, MeetingState, Person, School, Task
from service.access.actor import Actor
from service.access.scope import NotFoundError, find_meeting, may_act, visible_tasks
from service.cases.errors import CaseError, NotYoursError
from service.cases.history import record
from service.meetings.guests import Guest, guests_of
from service.meetings.heard import held_version
from service.meetings.move import move_meeting
from service.meetings.proposals import close_proposals, open_proposals
from service.meetings.tell import entry_of, greeting, link_to, when
from service.notices.outbox import Letter, post
from service.school.pupil_names import NamesPupilError, refuse_names

STAYS = "Blijft staan"  # how the subject begins of what tells that a proposal is declined
_TEXT = 1000  # characters


class AlreadyHandledError(CaseError):
    """Dit voorstel is al afgehandeld, of het overleg is intussen verzet."""


@dataclass(frozen=True, slots=True)
class Countered:
    """An open proposal, with the meeting it is about and who made it."""

    proposal: CounterProposal
    meeting: Meeting
    name: str


def propose(
    session: Session,
    attendee: Attendee,
    *,
    starts_at: datetime,
    ends_at: datetime,
    location: str,
    comment: str,
    sequence: int,
    inbound_id: UUID | None,
    at: datetime,
) -> CounterProposal:
    """Keep another hour (aware) that somebody proposes; it takes the place of their earlier proposals.

    One about a version that is gone, or that is past or off, is kept as overtaken.
    """
    meeting = session.get_one(Meeting, attendee.meeting_id)
    earlier = open_proposals(session, meeting, attendee)
    fresh = CounterProposal(
        meeting_id=meeting.id,
        attendee_id=attendee.id,
        inbound_id=inbound_id,
        sequence=min(sequence, meeting.sequence),
        starts_at=starts_at,
        ends_at=ends_at,
        location=" ".join(location.split())[:_TEXT],
        comment=comment.strip()[:_TEXT],
        at=at,
    )
    if same := next((known for known in earlier if _says(known) == _says(fresh)), None):
        return same
    if _is_overtaken(session, meeting, attendee, fresh, sequence):
        fresh.state = CounterState.OVERTAKEN
    else:
        close_proposals(earlier, CounterState.OVERTAKEN, at, None)
        _record(session, meeting, attendee, fresh)
    session.add(fresh)
    session.flush()
    return fresh


def _is_overtaken(
    session: Session, meeting: Meeting, attendee: Attendee, fresh: CounterProposal, sequence: int
) -> bool:
    """Tell whether a proposal is about a version that is gone, or about what is past or off."""
    person = session.get(Person, attendee.person_id) if attendee.person_id else None
    stale = sequence < held_version(session, meeting, Guest(attendee, person))
    off = meeting.state == MeetingState.CANCELLED or attendee.removed
    return stale or off or fresh.starts_at <= fresh.at or fresh.ends_at <= fresh.starts_at


def _record(session: Session, meeting: Meeting, attendee: Attendee, fresh: CounterProposal) -> None:
    task = session.get_one(Task, meeting.task_id)
    data = {"attendee": str(attendee.id), "new": fresh.starts_at.isoformat()}
    verb = "countered" if attendee.person_id else "countered_outside"
    record(session, task, verb, at=fresh.at, actor_id=attendee.person_id, data=data)


def accept_counter(session: Session, counter_id: UUID, *, actor: Actor, at: datetime) -> CounterProposal:
    """Move the meeting to the proposed hour; everyone hears of it, and who proposed it comes."""
    proposal, meeting = _find(session, counter_id, actor)
    attendee = session.get_one(Attendee, proposal.attendee_id)
    minutes = int((proposal.ends_at - proposal.starts_at).total_seconds()) // 60
    close_proposals([proposal], CounterState.ACCEPTED, at, actor.person_id)
    session.flush()
    move_meeting(
        session,
        meeting.id,
        actor=actor,
        at=at,
        starts_at=proposal.starts_at,
        minutes=minutes,
        location=_place(session, meeting, proposal),
        reason="een voorstel van wie is uitgenodigd",
        coming=frozenset({attendee.id}),
    )
    return proposal


def decline_counter(session: Session, counter_id: UUID, *, actor: Actor, at: datetime) -> CounterProposal:
    """Leave the meeting where it is, and tell who proposed another hour."""
    proposal, meeting = _find(session, counter_id, actor)
    close_proposals([proposal], CounterState.DECLINED, at, actor.person_id)
    task = session.get_one(Task, meeting.task_id)
    data = {"attendee": str(proposal.attendee_id), "new": proposal.starts_at.isoformat()}
    record(session, task, "counter_declined", at=at, actor_id=actor.person_id, data=data)
    guests = guests_of(session, meeting)
    guest = next(g for g in guests if g.attendee.id == proposal.attendee_id)
    if guest.is_here and guest.mail:
        post(session, _letter(session, meeting, guest, guests, proposal, at))
    return proposal


def open_counters(session: Session, actor: Actor) -> list[Countered]:
    """Return the open proposals that an actor may decide about, the meetings that come first on top."""
    query = (
        select(CounterProposal, Meeting, Attendee, Task)
        .join(Meeting, col(Meeting.id) == CounterProposal.meeting_id)
        .join(Attendee, col(Attendee.id) == CounterProposal.attendee_id)
        .join(Task, col(Task.id) == Meeting.task_id)
        .where(CounterProposal.state == CounterState.OPEN, visible_tasks(actor))
        .order_by(col(Meeting.starts_at), col(CounterProposal.at))
    )
    rows = [row for row in session.exec(query) if may_act(actor, row[3])]
    ids = {attendee.person_id for _, _, attendee, _ in rows if attendee.person_id}
    named = select(Person.id, Person.name).where(col(Person.id).in_(ids))
    names = dict(session.exec(named).all())
    return [
        Countered(proposal, meeting, names[attendee.person_id] if attendee.person_id else attendee.name)
        for proposal, meeting, attendee, _ in rows
    ]


def _says(proposal: CounterProposal) -> tuple[datetime, datetime, str, str]:
    return proposal.starts_at, proposal.ends_at, proposal.location, proposal.comment


def _place(session: Session, meeting: Meeting, proposal: CounterProposal) -> str | None:
    """Return the place that was proposed; none when it holds a pupil's name, for it would go out in mails."""
    try:
        refuse_names(session, meeting.school_id, proposal.location)
    except NamesPupilError:
        return None
    return proposal.location or None


def _find(session: Session, counter_id: UUID, actor: Actor) -> tuple[CounterProposal, Meeting]:
    query = select(CounterProposal).where(CounterProposal.id == counter_id).with_for_update()
    proposal = session.exec(query, execution_options={"populate_existing": True}).one_or_none()
    if proposal is None:
        raise NotFoundError
    meeting = find_meeting(session, actor, proposal.meeting_id)
    if not may_act(actor, session.get_one(Task, meeting.task_id)):
        raise NotYoursError
    if proposal.state != CounterState.OPEN:
        raise AlreadyHandledError
    return proposal, meeting


def _letter(
    session: Session,
    meeting: Meeting,
    guest: Guest,
    guests: list[Guest],
    proposal: CounterProposal,
    at: datetime,
) -> Letter:
    school = session.get_one(School, meeting.school_id)
    entry = entry_of(school, meeting, guest, guests, at)
    more = f"\nMeer in Jaarritme: {link_to(meeting)}\n" if guest.person else ""
    calendar = invitation.decline_counter(entry, guest.invited(), proposal.sequence)
    return Letter(
        school_id=school.id,
        person_id=guest.person.id if guest.person else None,
        kind="counter",
        dedupe_key=f"counter:{proposal.id}:declined",
        to_address=guest.mail,
        to_name=guest.name,
        subject=f"{STAYS}: {meeting.title}, {when(meeting.starts_at)}",
        body=(
            f"{greeting(guest)}\n\nEen ander moment lukt niet.\n"
            f"{meeting.title} blijft op {when(meeting.starts_at)} uur.\n"
            f"Lukt dat niet? Laat het weten met de knoppen in de uitnodiging.\n{more}"
        ),
        calendar=calendar.decode(),
        calendar_method="DECLINECOUNTER",
        meeting_id=meeting.id,
        sequence=proposal.sequence,
        at=at,
        expires_at=meeting.ends_at,
    )
