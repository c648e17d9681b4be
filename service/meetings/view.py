"""What a person may see of a meeting: the planner all of it, who is asked their own part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import (
    CLOSED_STATES,
    Attendee,
    Case,
    CaseEvent,
    CounterProposal,
    CounterState,
    Meeting,
    MeetingState,
    Task,
)
from service.access.actor import Actor
from service.access.scope import NotFoundError, may_act, sees_whole, visible_tasks
from service.meetings.change import version_of
from service.meetings.guests import Guest, guests_of
from service.meetings.heard import answers
from service.meetings.proposals import open_proposals


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting for one reader; ``sees`` its case, ``plans`` it, or is only asked to it (``mine``)."""

    meeting: Meeting
    task: Task
    case: Case
    guests: tuple[Guest, ...]
    mine: Guest | None
    sees: bool
    whole: bool
    plans: bool
    proposals: tuple[tuple[CounterProposal, Guest], ...]
    events: tuple[CaseEvent, ...]
    version: str

    @property
    def answers(self) -> dict[str, int]:
        """Return the answers of who is asked, counted."""
        return answers(guest.attendee for guest in self.guests)

    @property
    def is_off(self) -> bool:
        """Tell whether it is called off."""
        return self.meeting.state == MeetingState.CANCELLED

    @property
    def asks_me(self) -> bool:
        """Tell whether the reader is asked to answer."""
        return self.mine is not None and not self.is_off


def meeting_view(session: Session, actor: Actor, meeting_id: UUID) -> MeetingView:
    """Return a meeting as an actor may see it; raise ``NotFoundError`` when they may not."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or meeting.school_id != actor.school_id:
        raise NotFoundError
    task = session.get_one(Task, meeting.task_id)
    case = session.get_one(Case, meeting.case_id)
    sees = session.exec(select(Task.id).where(Task.id == task.id, visible_tasks(actor))).first() is not None
    guests = [guest for guest in guests_of(session, meeting) if guest.is_here]
    mine = next((g for g in guests if g.attendee.person_id == actor.person_id), None)
    if not sees and mine is None:
        raise NotFoundError
    plans = sees and may_act(actor, task)
    by_id = {guest.attendee.id: guest for guest in guests}
    waiting = open_proposals(session, meeting) if plans else []
    return MeetingView(
        meeting=meeting,
        task=task,
        case=case,
        guests=tuple(guests),
        mine=mine,
        sees=sees,
        whole=sees_whole(actor, case),
        plans=plans and task.state not in CLOSED_STATES,
        proposals=tuple((p, by_id[p.attendee_id]) for p in waiting if p.attendee_id in by_id),
        events=tuple(_events(session, task)) if sees else (),
        version=version_of(session, meeting),
    )


def _events(session: Session, task: Task) -> Iterable[CaseEvent]:
    query = select(CaseEvent).where(CaseEvent.task_id == task.id)
    return session.exec(query.order_by(col(CaseEvent.at).desc())).all()


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting in a list, with its answers and how many other hours are proposed."""

    meeting: Meeting
    mine: Attendee | None
    answers: dict[str, int]
    proposals: int


def coming_meetings(session: Session, actor: Actor, at: datetime, limit: int = 200) -> list[MeetingRow]:
    """Return the meetings to come that an actor may see or is asked to, the first one on top."""
    asked = select(Attendee.meeting_id).where(
        Attendee.person_id == actor.person_id, col(Attendee.removed).is_(False)
    )
    seen = select(Task.id).where(visible_tasks(actor))
    query = (
        select(Meeting)
        .where(
            Meeting.school_id == actor.school_id,
            Meeting.state != MeetingState.CANCELLED,
            Meeting.ends_at > at,
            col(Meeting.task_id).in_(seen) | col(Meeting.id).in_(asked),
        )
        .order_by(col(Meeting.starts_at), col(Meeting.id))
        .limit(limit)
    )
    meetings = list(session.exec(query))
    people = attendees_by_meeting(session, [meeting.id for meeting in meetings])
    waiting = _proposals(session, [meeting.id for meeting in meetings])
    return [
        MeetingRow(
            meeting,
            next((a for a in people.get(meeting.id, ()) if a.person_id == actor.person_id), None),
            answers(people.get(meeting.id, ())),
            waiting.count(meeting.id),
        )
        for meeting in meetings
    ]


def attendees_by_meeting(session: Session, meetings: list[UUID]) -> dict[UUID, list[Attendee]]:
    """Return who is asked, per meeting."""
    query = select(Attendee).where(col(Attendee.meeting_id).in_(meetings), col(Attendee.removed).is_(False))
    found: dict[UUID, list[Attendee]] = {}
    for attendee in session.exec(query):
        found.setdefault(attendee.meeting_id, []).append(attendee)
    return found


def _proposals(session: Session, meetings: list[UUID]) -> list[UUID]:
    query = select(CounterProposal.meeting_id).where(
        col(CounterProposal.meeting_id).in_(meetings), CounterProposal.state == CounterState.OPEN
    )
    return list(session.exec(query))
