"""Change a meeting in one go: its hour, place, words and people; everyone hears of all of it once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from calendars.ics_writer import plain
from models import Case, Meeting, MeetingState, Task
from service.access.actor import Actor
from service.access.scope import find_meeting
from service.cases.change import given, move_on, task_to_change
from service.cases.errors import CaseError, StaleError
from service.cases.history import record
from service.meetings.arrange import ask_staff
from service.meetings.guests import guests_of
from service.meetings.hours import require_hour, require_near
from service.meetings.move import give_hour
from service.meetings.outside import PARENTS, ask_outside
from service.meetings.proposals import overtake_proposals
from service.meetings.tell import tell
from service.meetings.versions import raise_in_silence, raise_version
from service.meetings.wishes import read_wishes
from service.school.pupil_names import refuse_names

_TITLE = 120  # characters
_LEADS = (
    "Wie het overleg leidt, kun je er niet af halen. Leidt een ander het? Zeg dit af en beleg het opnieuw."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody wants to be different about a meeting; what is None stays as it is.

    ``remove`` holds ids of attendees. ``seen`` is the version that was on the screen.
    """

    starts_at: datetime | None = None
    minutes: int | None = None
    location: str | None = None
    title: str | None = None
    staff: frozenset[UUID] = field(default_factory=frozenset)
    outside: tuple[str, ...] = ()
    outside_kind: str = PARENTS
    remove: frozenset[UUID] = field(default_factory=frozenset)
    locked: bool | None = None
    wishes: tuple[str, ...] | None = None
    reason: str = ""
    seen: str = ""


def version_of(session: Session, meeting: Meeting) -> str:
    """Return what identifies how a meeting stands, its people included."""
    people = sorted(str(g.attendee.id) for g in guests_of(session, meeting) if not g.attendee.removed)
    about = (meeting.sequence, meeting.modified_at.isoformat(), meeting.locked, len(people))
    return "-".join(str(part) for part in about)


def change_meeting(
    session: Session, meeting_id: UUID, change: Change, *, actor: Actor, at: datetime
) -> Meeting:
    """Make a change and tell who must hear of it; another hour or place asks for a reason."""
    meeting = find_meeting(session, actor, meeting_id)
    task = task_to_change(session, actor, meeting.task_id)
    session.refresh(meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise CaseError("Dit overleg is afgezegd.")
    if change.seen and change.seen != version_of(session, meeting):
        raise StaleError("Iemand anders heeft dit overleg net veranderd. Bekijk de nieuwe stand.")
    refuse_names(session, meeting.school_id, change.location or "", change.title or "")
    hour = _set_hour(session, meeting, task, change, actor, at)
    text = _set_title(meeting, change, at)
    _set_people(session, meeting, task, change, actor, at, raised=hour)
    _set_own(session, meeting, task, change, actor, at)
    move_on(session, session.get_one(Case, meeting.case_id), at, actor.person_id)
    tell(session, meeting, at, by=actor.person_id, text=text)
    return meeting


def _set_hour(
    session: Session, meeting: Meeting, task: Task, change: Change, actor: Actor, at: datetime
) -> bool:
    """Give a meeting its hour and place; tell whether that made a new version of it."""
    starts_at = change.starts_at or meeting.starts_at
    require_near(starts_at, at)
    length = timedelta(minutes=change.minutes) if change.minutes else meeting.ends_at - meeting.starts_at
    place = meeting.location if change.location is None else " ".join(change.location.split())
    moved = (starts_at, starts_at + length) != (meeting.starts_at, meeting.ends_at)
    if not moved and place == meeting.location:
        return False
    why, old = given(change.reason), (meeting.starts_at, meeting.location)
    meeting.location = place
    if moved:
        require_hour(starts_at, starts_at + length, at)
        give_hour(session, meeting, starts_at, starts_at + length, at)
    else:
        raise_version(meeting, at)
    data = {"old": old[0].isoformat(), "new": starts_at.isoformat()}
    data |= {"place": place} if place != old[1] else {}
    record(
        session,
        task,
        "moved" if moved else "place_changed",
        at=at,
        actor_id=actor.person_id,
        reason=why,
        data=data,
    )
    return True


def _set_title(meeting: Meeting, change: Change, at: datetime) -> bool:
    title = " ".join(plain(change.title or "").split())[:_TITLE]
    if not title or title == meeting.title:
        return False
    meeting.title, meeting.modified_at = title, at
    return True


def _set_people(
    session: Session,
    meeting: Meeting,
    task: Task,
    change: Change,
    actor: Actor,
    at: datetime,
    *,
    raised: bool,
) -> None:
    """Ask people and take people off; who is taken off hears that in a version of its own."""
    if change.staff:
        ask_staff(session, meeting, change.staff, actor=actor)
    for email in change.outside:
        ask_outside(session, meeting, email, change.outside_kind)
    gone = [g for g in guests_of(session, meeting) if g.attendee.id in change.remove and g.is_here]
    if any(g.attendee.chair for g in gone):
        raise CaseError(_LEADS)
    for guest in gone:
        guest.attendee.removed, guest.attendee.by_hand = True, True
    staying = [g for g in guests_of(session, meeting) if g.is_here]
    if not staying:
        raise CaseError("Er blijft niemand over. Zeg het overleg dan af.")
    overtake_proposals(session, meeting, at, [g.attendee for g in gone])
    if gone and not raised:
        raise_in_silence(session, meeting, staying, at)
    if gone or change.staff or change.outside:
        data = {"asked": len(change.staff) + len(change.outside), "removed": len(gone)}
        record(session, task, "people_changed", at=at, actor_id=actor.person_id, data=data)
    session.flush()


def _set_own(
    session: Session, meeting: Meeting, task: Task, change: Change, actor: Actor, at: datetime
) -> None:
    """Set what only the planner hears of: the lock, and when parents can."""
    if change.locked is not None and change.locked != meeting.locked:
        meeting.locked = change.locked
        verb = "locked" if change.locked else "unlocked"
        record(session, task, verb, at=at, actor_id=actor.person_id)
    if change.wishes is not None:
        meeting.wishes = read_wishes(change.wishes)
    session.flush()
