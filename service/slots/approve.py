"""Approve a draft, whole or in part: only now hours are given and people told, all of it or nothing."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from calendars.people import MeetingFact
from calendars.slotting.problem import Hour, hour_of
from calendars.slotting.verify import Fault, verify
from models import Attendee, Case, Meeting, ProposalState, School, SlotProposal
from service.access.actor import Actor
from service.cases import engine
from service.cases.history import record
from service.cases.replan import Replanner
from service.meetings.follow import follow_people
from service.meetings.move import give_hour
from service.meetings.tell import tell
from service.replan.carry import hold_year
from service.school.errors import SchoolError
from service.slots.asked import Asked, asked_of
from service.slots.look import READY, find_proposal
from service.slots.read import Question, Seat, question_of
from service.year.open import add_meetings

Item = Mapping[str, Any]


class StaleDraftError(SchoolError):
    """Er is intussen iets veranderd, dus er is niets overgenomen. Zoek opnieuw."""

    def __init__(self, changes: tuple[str, ...]) -> None:
        super().__init__()
        self.changes = changes


class OnlyTogetherError(StaleDraftError):
    """Wat je koos past alleen samen met de rest. Er is niets overgenomen; kies meer, of zoek opnieuw."""


class NothingChosenError(SchoolError):
    """Kies ten minste één overleg."""


class NotReadyError(SchoolError):
    """Dit voorstel is niet (meer) over te nemen."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was approved: how many meetings got another hour, and how many letters went to the outbox."""

    proposal: SlotProposal
    meetings: int
    letters: int


@dataclass(frozen=True, slots=True)
class _Work:
    """One approval under way."""

    session: Session
    school: School
    question: Question
    actor: Actor
    at: datetime


def approve(
    session: Session,
    school: School,
    proposal_id: UUID,
    *,
    actor: Actor,
    at: datetime,
    only: Collection[UUID] | None = None,
) -> Applied:
    """Give the hours of a draft, of all or of some tasks; raise ``StaleDraftError`` with nothing done.

    The rows are looked at again first: what moved, was locked or would clash by now is named. Some may fit
    only together with the others, whose old hours they get: then it is an ``OnlyTogetherError``.
    """
    with session.begin_nested():
        proposal = find_proposal(session, actor, proposal_id, hold=True)
        if proposal.state not in READY:
            raise NotReadyError
        items = [i for i in proposal.result["items"] if only is None or UUID(i["task"]) in only]
        if not items:
            raise NothingChosenError
        hold_year(session, school.id, proposal.school_year)
        work = _Work(session, school, _question(session, school, proposal, items, at), actor, at)
        if changes := tuple(dict.fromkeys(_changes(work, items))):
            raise _refusal(work, proposal, items, changes)
        letters = _carry_out(work, items)
        proposal.state, proposal.applied_by, proposal.applied_at = ProposalState.APPLIED, actor.person_id, at
        proposal.result = {**proposal.result, "applied": [item["task"] for item in items]}
        session.flush()
    return Applied(proposal, len(items), letters)


def _refusal(
    work: _Work, proposal: SlotProposal, items: list[Item], changes: tuple[str, ...]
) -> StaleDraftError:
    """Return why hours can't be given: things changed, or the others of the draft are still in the way."""
    every = proposal.result["items"]
    rest = [item for item in every if item not in items]
    if not rest:
        return StaleDraftError(changes)
    whole = replace(work, question=_question(work.session, work.school, proposal, every, work.at))
    if any(_changes(whole, every)):
        return StaleDraftError(changes)
    old = [(item["title"], _hour(item | {"becomes": item["was"]})) for item in rest if item["was"]]
    met = [title for title, hour in old if any(hour.meets(_hour(item)) for item in items)]
    return OnlyTogetherError((*changes, *(f"{title}: heeft dat uur nu nog" for title in met)))


def _question(
    session: Session, school: School, proposal: SlotProposal, items: list[Item], at: datetime
) -> Question:
    """Return the problem of these meetings alone, as the rows are now: all else is taken."""
    asked: Asked = asked_of(proposal).model_copy(
        update={"rounds": (), "tasks": tuple(UUID(item["task"]) for item in items), "until": None}
    )
    question = question_of(session, school, proposal.school_year, asked, at)
    # What is near is no reason to lock it here: that it is still to come is looked at below.
    sought = tuple(
        replace(s, locked=bool(m and m.locked))
        for s in question.problem.sought
        for m in [question.seats[s.id].meeting]
    )
    return replace(question, problem=replace(question.problem, sought=sought))


def _changes(work: _Work, items: list[Item]) -> Iterator[str]:
    """Yield what is no longer as it was when the draft was made."""
    given: dict[UUID, Hour] = {}
    titles = {UUID(item["task"]): item["title"] for item in items}
    for item in items:
        task = UUID(item["task"])
        seat = work.question.seats.get(task)
        if why := _moved_on(seat, item):
            yield f"{item['title']}: {why}"
        else:
            given[task] = _hour(item)
    for fault in verify(work.question.problem, given):
        yield f"{titles[fault.meeting]}: {_said(fault, titles)}"


def _said(fault: Fault, titles: Mapping[UUID, str]) -> str:
    other = titles.get(fault.other, "") if fault.other else ""
    return f"{fault.why} ({other})" if other else fault.why


def _moved_on(seat: Seat | None, item: Item) -> str:
    """Say how a meeting is another than when the draft was made; nothing when it is the same."""
    if seat is None:
        return "is intussen geweest, afgezegd of klaar"
    meeting, was = seat.meeting, item["was"]
    if meeting is None or was is None:
        return "" if meeting is None and was is None else "heeft intussen een uur gekregen"
    if meeting.locked:
        return "is intussen vastgezet"
    now = (meeting.starts_at.isoformat(), meeting.ends_at.isoformat(), meeting.location)
    if now != (was["starts"], was["ends"], was["location"]):
        return "is intussen verzet"
    return ""


def _hour(item: Item) -> Hour:
    becomes = item["becomes"]
    start, end = datetime.fromisoformat(becomes["starts"]), datetime.fromisoformat(becomes["ends"])
    chair = UUID(item["chair"]) if item["chair"] else None
    return hour_of(start, end, chair, UUID(item["room"]) if item["room"] else None)


def _carry_out(work: _Work, items: list[Item]) -> int:
    """Give every hour, let every case follow, then tell; return how many letters were posted."""
    changed = [_give(work, item) for item in items]
    work.session.flush()
    cases = {meeting.case_id for meeting in changed}
    follow_cases(work.session, work.question.replanner, cases, work.actor, work.at)
    return sum(tell(work.session, meeting, work.at, by=work.actor.person_id) for meeting in changed)


def follow_cases(
    session: Session, replanner: Replanner, cases: Collection[UUID], actor: Actor, at: datetime
) -> None:
    """Date the cases of meetings that moved again, and enter what may begin now; one reading for all."""
    for id_ in sorted(cases, key=lambda each: each.int):
        case = session.get_one(Case, id_)
        tasks = engine.tasks_of(session, case)
        replanner.redate(case, tasks, at, actor.person_id)
        engine.advance(session, case, replanner.procedure(case), tasks, at)
    session.flush()


def _give(work: _Work, item: Item) -> Meeting:
    """Give one meeting its hour, its room and who leads it."""
    seat, hour = work.question.seats[UUID(item["task"])], _hour(item)
    meeting = seat.meeting or _made(work, seat, hour)
    old = meeting.starts_at if seat.meeting else None
    meeting.location = item["becomes"]["location"]
    if seat.meeting and item["moved"]:
        give_hour(work.session, meeting, hour.starts_at, hour.ends_at, work.at)
    elif seat.meeting:
        meeting.sequence += 1
        meeting.modified_at = work.at
    lead(work.session, meeting, hour.chair)
    people = work.question.replanner.people
    follow_people(work.session, meeting, people, seat.task.group_id, seat.meet, work.at)
    data = {"old": old.isoformat() if old else None, "new": hour.starts_at.isoformat(), "replan": True}
    reason = "uren gezocht voor meer overleggen tegelijk"
    record(
        work.session, seat.task, "moved", at=work.at, actor_id=work.actor.person_id, reason=reason, data=data
    )
    seat.task.version += 1
    return meeting


def _made(work: _Work, seat: Seat, hour: Hour) -> Meeting:
    """Make the row of a meeting that had no hour yet."""
    replanner = work.question.replanner
    items = [i for i in replanner.all_items(seat.case) if i.id == seat.task.id]
    fact = MeetingFact(hour.starts_at, hour.ends_at)
    add_meetings(
        work.session, work.school, [replace(i, meeting=fact) for i in items], replanner.people, work.at
    )
    return work.session.exec(select(Meeting).where(Meeting.task_id == seat.task.id)).one()


def lead(session: Session, meeting: Meeting, chair: UUID | None) -> None:
    """Let the chair of the draft lead; who led before is asked no longer, unless by hand."""
    if chair is None:
        return
    rows = session.exec(select(Attendee).where(Attendee.meeting_id == meeting.id)).all()
    mine = next((a for a in rows if a.person_id == chair), None)
    if mine is None:
        mine = Attendee(meeting_id=meeting.id, person_id=chair)
        session.add(mine)
    for attendee in rows:
        if attendee.chair and attendee is not mine:
            attendee.chair = False
    mine.chair, mine.removed, mine.partstat = True, False, "ACCEPTED"
    session.flush()
