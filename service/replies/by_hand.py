"""What a person does with a mail that nothing could place: count it, ask the stand-in, or lay it aside."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from calendars.itip.address import address_of
from models import Attendee, InboundMail, InboundState, Meeting, MeetingState, Task
from service.access.actor import Actor
from service.access.scope import NotFoundError, find_meeting
from service.cases.errors import CaseError, ReasonNeededError
from service.cases.history import record
from service.meetings.answer import answer
from service.meetings.counter import propose
from service.meetings.outside import GUEST, ask_outside
from service.meetings.tell import tell
from service.replies.kinds import Kind

COUNTER = "COUNTER"
CHOICES = ("ACCEPTED", "TENTATIVE", "DECLINED")


class HandledError(CaseError):
    """Deze mail is al afgehandeld."""


def open_mail_of(session: Session, actor: Actor) -> list[InboundMail]:
    """Return what waits for a person at a school, the oldest first.

    Mail of which nobody knows for which school it is, is shown to administrators, who see no content.
    """
    if not (actor.is_manager or actor.is_administrator):
        raise NotFoundError
    here = col(InboundMail.school_id) == actor.school_id
    if actor.is_administrator:
        here |= col(InboundMail.school_id).is_(None)
    query = select(InboundMail).where(InboundMail.state == InboundState.OPEN, here)
    return list(session.exec(query.order_by(col(InboundMail.received_at))))


def handled_lately(session: Session, actor: Actor, most: int = 20) -> list[InboundMail]:
    """Return what was counted or laid aside lately, the newest first."""
    if not actor.is_manager:
        return []
    query = select(InboundMail).where(
        InboundMail.state != InboundState.OPEN,
        InboundMail.school_id == actor.school_id,
        col(InboundMail.kind).in_((Kind.REPLY, Kind.COUNTER, Kind.DELEGATION, Kind.REFRESH, Kind.LETTER)),
    )
    return list(session.exec(query.order_by(col(InboundMail.received_at).desc()).limit(most)))


def count_open(session: Session, actor: Actor) -> int:
    """Count what waits for the IB'er or the director."""
    if not actor.is_manager:
        return 0
    query = (
        select(func.count())
        .select_from(InboundMail)
        .where(InboundMail.state == InboundState.OPEN, InboundMail.school_id == actor.school_id)
    )
    return session.exec(query).one()


def find_mail(session: Session, actor: Actor, inbound_id: UUID) -> InboundMail:
    """Return a mail of the school that its IB'er or director may read."""
    row = session.get(InboundMail, inbound_id)
    if row is None or row.school_id != actor.school_id or not actor.is_manager:
        raise NotFoundError
    return row


def count_by_hand(
    session: Session,
    inbound_id: UUID,
    attendee_id: UUID,
    partstat: str,
    *,
    comment: str,
    actor: Actor,
    at: datetime,
) -> Meeting:
    """Count an answer for somebody who was asked, or keep the other hour that the mail proposes."""
    row = _to_handle(session, actor, inbound_id)
    attendee = session.get(Attendee, attendee_id)
    if attendee is None:
        raise NotFoundError
    meeting = find_meeting(session, actor, attendee.meeting_id)
    if attendee.removed or meeting.state == MeetingState.CANCELLED:
        raise CaseError("Dit overleg gaat niet door, of deze persoon is niet meer gevraagd.")
    if partstat == COUNTER:
        _propose(session, row, attendee, comment, at)
    elif partstat in CHOICES:
        answer(session, attendee, partstat, at=at, via="mail", comment=comment)
    else:
        raise ReasonNeededError("Kies ja, misschien of nee.")
    row.meeting_id, row.attendee_id = meeting.id, attendee.id
    task = session.get_one(Task, meeting.task_id)
    data = {"attendee": str(attendee.id), "partstat": partstat}
    record(session, task, "answer_placed", at=at, actor_id=actor.person_id, data=data)
    _handled(row, InboundState.PROCESSED, actor, at)
    return meeting


def ask_stand_in(session: Session, inbound_id: UUID, *, actor: Actor, at: datetime) -> Meeting:
    """Invite who comes in somebody's place."""
    row = _to_handle(session, actor, inbound_id)
    address = stand_in(row)
    if not address or row.meeting_id is None:
        raise ReasonNeededError("In deze mail staat geen vervanger.")
    meeting = find_meeting(session, actor, row.meeting_id)
    ask_outside(session, meeting, address, GUEST)
    tell(session, meeting, at, by=actor.person_id)
    _handled(row, InboundState.PROCESSED, actor, at)
    return meeting


def stand_in(row: InboundMail) -> str:
    """Return the address of who comes in somebody's place, if a mail names them."""
    if row.kind != Kind.DELEGATION:
        return ""
    return address_of(str(row.data.get("delegate") or row.data.get("attendee") or ""))


def dismiss(session: Session, inbound_id: UUID, *, reason: str, actor: Actor, at: datetime) -> InboundMail:
    """Lay a mail aside, with a reason; its content is no longer kept."""
    row = _to_handle(session, actor, inbound_id)
    why = " ".join(reason.split())[:200]
    if not why:
        raise ReasonNeededError
    row.reason = why
    _handled(row, InboundState.DISMISSED, actor, at)
    return row


def take_school(session: Session, inbound_id: UUID, *, actor: Actor) -> InboundMail:
    """Say that a mail of no known school is of the administrator's own."""
    row = session.get(InboundMail, inbound_id)
    if row is None or row.school_id is not None or not actor.is_administrator:
        raise NotFoundError
    row.school_id = actor.school_id
    session.flush()
    return row


def hours_of(row: InboundMail) -> tuple[datetime, datetime] | None:
    """Return the other hour that a mail proposes, if it says one."""
    starts, ends = (str(row.data.get(name) or "") for name in ("starts_at", "ends_at"))
    if row.data.get("method") != COUNTER or "T" not in starts or "T" not in ends:
        return None
    first, last = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    return (first, last) if first < last else None


def _propose(session: Session, row: InboundMail, attendee: Attendee, comment: str, at: datetime) -> None:
    hours = hours_of(row)
    if hours is None or hours[0] <= at:
        raise ReasonNeededError("In deze mail staat geen ander moment dat nog moet komen.")
    meeting = session.get_one(Meeting, attendee.meeting_id)
    propose(
        session,
        attendee,
        starts_at=hours[0],
        ends_at=hours[1],
        location="",
        comment=comment,
        sequence=meeting.sequence,
        inbound_id=row.id,
        at=at,
    )


def _to_handle(session: Session, actor: Actor, inbound_id: UUID) -> InboundMail:
    row = find_mail(session, actor, inbound_id)
    session.refresh(row, with_for_update=True)
    if row.state != InboundState.OPEN:
        raise HandledError
    return row


def _handled(row: InboundMail, state: InboundState, actor: Actor, at: datetime) -> None:
    row.state, row.handled_by, row.handled_at = state, actor.person_id, at
    row.secret_body = None
