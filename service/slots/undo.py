"""Undo an approval, once: what is still as it was given goes back to its old hour, when that can be."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import CLOSED_STATES, Case, Meeting, MeetingState, ProposalState, Room, School, SlotProposal, Task
from service.access.actor import Actor
from service.cases.history import record
from service.cases.replan import Replanner
from service.meetings.follow import follow_people
from service.meetings.hours import busy_at
from service.meetings.move import clash_of, give_hour
from service.meetings.tell import tell
from service.replan.carry import hold_year
from service.school.errors import SchoolError
from service.slots.approve import Item, follow_cases, lead
from service.slots.look import find_proposal
from service.slots.read import meet_of


class NotAppliedError(SchoolError):
    """Dit voorstel is niet overgenomen, of al teruggedraaid."""


def undo(
    session: Session, school: School, proposal_id: UUID, *, actor: Actor, at: datetime
) -> tuple[SlotProposal, list[str]]:
    """Put back what an approval moved; return the proposal, and what stays with the reason."""
    with session.begin_nested():
        proposal = find_proposal(session, actor, proposal_id, hold=True)
        if proposal.state != ProposalState.APPLIED:
            raise NotAppliedError
        hold_year(session, school.id, proposal.school_year)
        applied = set(proposal.result.get("applied", ()))
        items = [item for item in proposal.result["items"] if item["task"] in applied]
        back, stays = _sorted_out(session, items, at)
        for meeting, item in back:
            _put_back(session, meeting, item, actor, at)
        session.flush()
        replanner = Replanner(session, school, proposal.school_year)
        for meeting, item in back:
            _ask_who_came(session, replanner, meeting, item, at)
        follow_cases(session, replanner, {meeting.case_id for meeting, _ in back}, actor, at)
        for meeting, _ in back:
            tell(session, meeting, at, by=actor.person_id)
        proposal.state, proposal.ended_at = ProposalState.DISCARDED, at
        proposal.result = {**proposal.result, "undone": len(back)}
    return proposal, stays


def _sorted_out(
    session: Session, items: list[Item], at: datetime
) -> tuple[list[tuple[Meeting, Item]], list[str]]:
    back: list[tuple[Meeting, Item]] = []
    stays: list[str] = []
    for item in items:
        meeting = session.exec(select(Meeting).where(Meeting.task_id == UUID(item["task"]))).one_or_none()
        why = "is er niet meer" if meeting is None else next(_objections(session, meeting, item, at), "")
        if why or meeting is None:
            stays.append(f"{item['title']}: {why}")
        else:
            back.append((meeting, item))
    return _without_clashes(session, back, stays)


def _objections(session: Session, meeting: Meeting, item: Item, at: datetime) -> Iterator[str]:
    becomes, was = item["becomes"], item["was"]
    if was is None:
        yield "had nog geen uur, en houdt het nieuwe"
    elif meeting.starts_at.isoformat() != becomes["starts"] or meeting.ends_at.isoformat() != becomes["ends"]:
        yield "is intussen verzet en blijft zo"
    elif meeting.locked:
        yield "is intussen vastgezet"
    elif (
        meeting.state == MeetingState.CANCELLED
        or session.get_one(Task, meeting.task_id).state in CLOSED_STATES
    ):
        yield "gaat niet meer door, of is klaar"
    elif datetime.fromisoformat(was["starts"]) <= at:
        yield "het oude uur is al voorbij"


def _without_clashes(
    session: Session, back: list[tuple[Meeting, Item]], stays: list[str]
) -> tuple[list[tuple[Meeting, Item]], list[str]]:
    """Leave out what would clash with another meeting, until nothing does."""
    while True:
        ids = [meeting.id for meeting, _ in back]
        for pair in back:
            meeting, item = pair
            start, end = (datetime.fromisoformat(item["was"][edge]) for edge in ("starts", "ends"))
            if clash := clash_of(session, meeting, start, end, ids) or _in_room(session, meeting, item, ids):
                stays.append(f"{item['title']}: op het oude uur is nu {clash.title}")
                back.remove(pair)
                break
        else:
            return back, stays


def _in_room(session: Session, meeting: Meeting, item: Item, but: list[UUID]) -> Meeting | None:
    """Return another meeting that is in the old room at the old hour."""
    was = item["was"]
    rooms = select(Room.name).where(Room.school_id == meeting.school_id)
    query = select(Meeting).where(
        Meeting.school_id == meeting.school_id,
        Meeting.state != MeetingState.CANCELLED,
        Meeting.location == was["location"],
        col(Meeting.location).in_(rooms),
        col(Meeting.id).not_in(but),
        Meeting.starts_at < datetime.fromisoformat(was["ends"]),
        Meeting.ends_at > datetime.fromisoformat(was["starts"]),
    )
    return session.exec(query).first()


def _ask_who_came(session: Session, replanner: Replanner, meeting: Meeting, item: Item, at: datetime) -> None:
    """Let who led before lead again, with who belongs there on the old day."""
    led = item["was"].get("chair")
    chair = UUID(led) if led else None
    busy = (
        busy_at(session, meeting.school_id, [chair], meeting.starts_at, meeting.ends_at, meeting.id)
        if chair
        else ()
    )
    lead(session, meeting, None if busy else chair)
    task, case = session.get_one(Task, meeting.task_id), session.get_one(Case, meeting.case_id)
    follow_people(session, meeting, replanner.people, task.group_id, meet_of(replanner, task, case), at)


def _put_back(session: Session, meeting: Meeting, item: Item, actor: Actor, at: datetime) -> None:
    was = item["was"]
    start, end = datetime.fromisoformat(was["starts"]), datetime.fromisoformat(was["ends"])
    old = meeting.starts_at
    meeting.location = was["location"]
    give_hour(session, meeting, start, end, at)
    task = session.get_one(Task, meeting.task_id)
    data = {"old": old.isoformat(), "new": start.isoformat(), "replan": True}
    reason = "het voorstel met uren is teruggedraaid"
    record(session, task, "moved", at=at, actor_id=actor.person_id, reason=reason, data=data)
