"""Whom the coming rounds will invite: their own steps, taken for a moment by who takes them back."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import Case, CaseState, Meeting, School
from service.cases import engine
from service.cases.replan import Replanner
from service.cases.sweep import to_invite
from service.meetings.tell import to_hear

Rounds = Callable[[str, datetime], datetime]


@dataclass(frozen=True, slots=True)
class Invited:
    """How many invitations each person gets, and how many meetings are over before anybody is asked."""

    counts: Counter[UUID]
    too_soon: int


def invited_next(session: Session, school: School, label: str, rounds: Rounds, at: datetime) -> Invited:
    """Return whom the next round of each procedure invites; it moves cases on, so take it back.

    ``rounds`` says when the first round of a procedure after a moment is.
    """
    replanner = Replanner(session, school, label)
    counts, too_soon = Counter[UUID](), 0
    for case in _with_meetings(session, school.id, label, at):
        round_at, tasks = rounds(case.procedure, at), engine.tasks_of(session, case)
        engine.advance(session, case, replanner.procedure(case), tasks, round_at)
        for meeting in to_invite(session, replanner, case, tasks, at):
            found = to_hear(session, meeting, round_at)
            counts.update(guest.person.id for guest in found if guest.person)
            too_soon += not found and bool(to_hear(session, meeting, at))
    return Invited(counts, too_soon)


def _with_meetings(session: Session, school_id: UUID, label: str, at: datetime) -> Sequence[Case]:
    coming = select(Meeting.case_id).where(Meeting.school_id == school_id, Meeting.ends_at > at)
    running = col(Case.state).in_((CaseState.PLANNED, CaseState.ACTIVE))
    query = select(Case).where(Case.school_id == school_id, Case.school_year == label, running)
    return session.exec(query.where(col(Case.id).in_(coming)).order_by(col(Case.id))).all()
