"""Arrange a meeting: a person chooses its hour and who comes; a series is as many single meetings."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from calendars.people import MeetingFact
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar
from models import Attendee, Case, Meeting, MeetingState, School, Task, TaskKind
from service.access.actor import Actor
from service.cases.change import move_on, task_to_change
from service.cases.errors import CaseError, NotOpenableError
from service.cases.facts import mailbox_domain
from service.cases.history import record
from service.cases.open import arrangeable, open_case, planning_frame
from service.clock import AMSTERDAM, local
from service.meetings.guests import ask_again, guests_of
from service.meetings.hours import require_hour, require_near
from service.meetings.move import give_hour
from service.meetings.outside import PARENTS, ask_outside
from service.meetings.tell import tell
from service.procedures import MEETINGS
from service.school.pupil_names import refuse_names
from service.year.frame import label_on
from service.year.people import members_of

MOST_IN_A_SERIES = 40
_MOST_MINUTES = 480


class NobodyAskedError(CaseError):
    """Kies wie erbij is: minstens één ander dan jijzelf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A meeting that somebody wants: what about, when (aware), how long, where and with whom.

    ``weeks`` between the meetings of a series, which lasts until ``until`` (included); 0 is once.
    With ``task_id`` it is the hour of a meeting that a running case has already.
    """

    occurrence: str
    starts_at: datetime
    minutes: int
    location: str = ""
    group_id: UUID | None = None
    pupil_id: UUID | None = None
    staff: frozenset[UUID] = field(default_factory=frozenset)
    outside: tuple[str, ...] = ()
    outside_kind: str = PARENTS
    chair: UUID | None = None
    weeks: int = 0
    until: date | None = None
    task_id: UUID | None = None


def arrange(session: Session, wish: Wish, *, actor: Actor, at: datetime) -> list[Meeting]:
    """Make the meetings of a wish and invite everyone; days without school are passed over."""
    wish = _fitting(wish)
    require_near(wish.starts_at, at)
    _guard(session, wish, actor)
    if wish.task_id:
        return [_give_task_its_hour(session, wish, wish.task_id, actor, at)]
    school = session.get_one(School, actor.school_id)
    made = [_arrange_one(session, wish, moment, actor, at) for moment in _moments(session, school, wish, at)]
    for meeting in made:
        tell(session, meeting, at, by=actor.person_id)
    return made


def _give_task_its_hour(session: Session, wish: Wish, task_id: UUID, actor: Actor, at: datetime) -> Meeting:
    """Give the meeting of a running case its hour, and invite who comes."""
    task = task_to_change(session, actor, task_id)
    school, case = session.get_one(School, actor.school_id), session.get_one(Case, task.case_id)
    meeting = session.exec(select(Meeting).where(Meeting.task_id == task.id)).first()
    if task.kind != TaskKind.MEETING or (meeting and meeting.state != MeetingState.CANCELLED):
        raise CaseError("Dit overleg heeft al een uur, of is er geen.")
    ends_at = wish.starts_at + timedelta(minutes=wish.minutes)
    require_hour(wish.starts_at, ends_at, at)
    if meeting is None:
        meeting = _first_hour(school, case, task, wish, ends_at, at)
    else:
        meeting.state, meeting.location = MeetingState.CONFIRMED, " ".join(wish.location.split())
        _take_everyone_off(session, meeting)
        give_hour(session, meeting, wish.starts_at, ends_at, at)
    session.add(meeting)
    session.flush()
    record(session, task, "arranged", at=at, actor_id=actor.person_id)
    _ask_everyone(session, meeting, wish, actor)
    move_on(session, case, at, actor.person_id)
    tell(session, meeting, at, by=actor.person_id)
    return meeting


def _take_everyone_off(session: Session, meeting: Meeting) -> None:
    """Begin anew: who was asked to the hour that was called off comes only when the wish says so."""
    for guest in guests_of(session, meeting):
        guest.attendee.removed, guest.attendee.chair = True, False


def _first_hour(
    school: School, case: Case, task: Task, wish: Wish, ends_at: datetime, at: datetime
) -> Meeting:
    return Meeting(
        school_id=school.id,
        case_id=case.id,
        task_id=task.id,
        uid=f"{uuid4()}@{mailbox_domain(school.mailbox)}",
        title=f"{task.title} ({case.code})" if case.pupil_id else case.title,
        starts_at=wish.starts_at,
        ends_at=ends_at,
        location=" ".join(wish.location.split()),
        state=MeetingState.CONFIRMED,
        modified_at=at,
    )


def _fitting(wish: Wish) -> Wish:
    """Return a wish about no more than its kind is about: a meeting of the school is about no pupil."""
    if wish.task_id:
        return wish
    per = next((o.per for _, o in arrangeable() if o.key == wish.occurrence), "")
    if per == "pupil":
        return replace(wish, group_id=None)
    return replace(wish, pupil_id=None, group_id=wish.group_id if per == "group" else None)


def days_of(wish: Wish, calendar: SchoolCalendar) -> tuple[list[date], list[date]]:
    """Return the days of a wish on which there is school, and those on which there is not."""
    wanted = list(_wanted_days(wish))
    closed = [day for day in wanted if not _is_open(calendar, day)]
    return [day for day in wanted if day not in closed], closed


def _wanted_days(wish: Wish) -> Iterator[date]:
    day = local(wish.starts_at).date()
    last = wish.until if wish.weeks and wish.until else day
    for _ in range(MOST_IN_A_SERIES):
        if day > last:
            return
        yield day
        if not wish.weeks:
            return
        day += timedelta(weeks=wish.weeks)
    if day <= last:
        raise CaseError(
            f"Een reeks heeft hoogstens {MOST_IN_A_SERIES} overleggen. Kies een eerdere laatste dag."
        )


def _is_open(calendar: SchoolCalendar, day: date) -> bool:
    try:
        return calendar.is_school_day(day)
    except OutsideCalendarError:
        return False


def _moments(session: Session, school: School, wish: Wish, at: datetime) -> list[datetime]:
    """Return the starts, at the same hour on the school's wall, also over a clock change."""
    frame = planning_frame(session, school, label_on(local(at).date()))
    wall = local(wish.starts_at).time()
    days, closed = days_of(wish, frame.calendar)
    if not days:
        raise CaseError("Op die dag is er geen school." if closed else "Kies een dag.")
    if days[-1] > frame.year.last_day:
        raise CaseError("Kies dagen in dit schooljaar.")
    return [datetime.combine(day, wall, AMSTERDAM) for day in days]


def _guard(session: Session, wish: Wish, actor: Actor) -> None:
    if not 5 <= wish.minutes <= _MOST_MINUTES:  # noqa: PLR2004 -- minutes: a word at the door, or a whole day
        raise CaseError("Een overleg duurt tussen 5 en 480 minuten.")
    if wish.weeks and wish.until is None:
        raise CaseError("Kies tot en met welke dag het overleg terugkomt.")
    per = next((o.per for _, o in arrangeable() if o.key == wish.occurrence), "")
    if per == "school" and not actor.is_manager:
        raise NotOpenableError("Een overleg van de hele school belegt de IB'er of de directeur.")
    if not (wish.staff - {actor.person_id}) and not wish.outside:
        raise NobodyAskedError
    refuse_names(session, actor.school_id, wish.location)


def _arrange_one(session: Session, wish: Wish, starts_at: datetime, actor: Actor, at: datetime) -> Meeting:
    ends_at = starts_at + timedelta(minutes=wish.minutes)
    require_hour(starts_at, ends_at, at)
    _refuse_twin(session, wish, starts_at, actor)
    case = open_case(
        session,
        actor=actor,
        at=at,
        procedure=MEETINGS,
        occurrence=wish.occurrence,
        pupil_id=wish.pupil_id,
        group_id=wish.group_id,
        hour=MeetingFact(starts_at, ends_at),
    )
    meeting = session.exec(select(Meeting).where(Meeting.case_id == case.id)).one()
    meeting.location = " ".join(wish.location.split())
    for task in session.exec(select(Task).where(Task.case_id == case.id)):
        task.owner_id = wish.chair or actor.person_id
        data = {"to": str(task.owner_id)}
        record(session, task, "assigned", at=at, actor_id=actor.person_id, data=data)
    record(session, session.get_one(Task, meeting.task_id), "arranged", at=at, actor_id=actor.person_id)
    _ask_everyone(session, meeting, wish, actor)
    return meeting


def _refuse_twin(session: Session, wish: Wish, starts_at: datetime, actor: Actor) -> None:
    """Refuse the same meeting under the same lead at the same hour: a form that was sent twice."""
    about = Case.pupil_id == wish.pupil_id if wish.pupil_id else Case.group_id == wish.group_id
    query = (
        select(Meeting.id)
        .join(Case, col(Case.id) == Meeting.case_id)
        .join(Task, col(Task.id) == Meeting.task_id)
        .where(Case.school_id == actor.school_id, Case.occurrence == wish.occurrence, about)
        .where(Meeting.starts_at == starts_at, Meeting.state != MeetingState.CANCELLED)
        .where(Task.owner_id == (wish.chair or actor.person_id))
    )
    if session.exec(query).first():
        raise CaseError("Dit overleg staat er al, op hetzelfde uur. Kijk bij Overleggen.")


def _ask_everyone(session: Session, meeting: Meeting, wish: Wish, actor: Actor) -> None:
    ask_staff(session, meeting, wish.staff | {wish.chair or actor.person_id}, chair=wish.chair, actor=actor)
    for email in wish.outside:
        ask_outside(session, meeting, email, wish.outside_kind)
    session.flush()


def ask_staff(
    session: Session, meeting: Meeting, people: frozenset[UUID], *, chair: UUID | None = None, actor: Actor
) -> None:
    """Ask colleagues of the school to a meeting, or again; whoever isn't of the school is refused."""
    today = local(meeting.starts_at).date()
    school = session.get_one(School, meeting.school_id)
    here = {m.id for m in members_of(session, school) if any(m.has_role(r.role, today) for r in m.roles)}
    if people - here:
        raise CaseError("Een van de gekozen collega's werkt dan niet op deze school.")
    known = {g.attendee.person_id: g.attendee for g in guests_of(session, meeting)}
    leads = chair or (None if any(asked.chair for asked in known.values()) else actor.person_id)
    for person_id in sorted(people, key=lambda id_: id_.int):
        attendee = known.get(person_id) or Attendee(meeting_id=meeting.id, person_id=person_id)
        attendee.by_hand = True
        ask_again(attendee)
        if person_id == leads:
            attendee.chair = True
            attendee.partstat = "ACCEPTED" if person_id == actor.person_id else "NEEDS-ACTION"
        session.add(attendee)
    session.flush()
