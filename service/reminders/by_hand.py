"""Remind somebody by hand of a task: now and then, never above what the ladder allows, and by whom."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import day_nl, joined
from calendars.people import Member
from calendars.schoolyear import DAY, OutsideCalendarError
from models import (
    CLOSED_STATES,
    Case,
    LedgerEntry,
    LedgerOutcome,
    Message,
    MessageState,
    Person,
    School,
    Task,
    TaskState,
)
from service.access.actor import Actor
from service.access.scope import find_task
from service.cases.change import hold_case
from service.cases.errors import CaseError, NotYoursError, TaskClosedError
from service.cases.history import record
from service.clock import local
from service.notices.outbox import Letter
from service.reminders import texts, together
from service.reminders.hours import Hours, hours_of
from service.reminders.ladder import Rung, Scene
from service.reminders.ledger import BY_HAND, NEVER_ARRIVED, Ledger
from service.reminders.posting import post_by, ways_of
from service.reminders.together import GATHER, KEY
from service.settings import settings
from service.year.frame import calendar_on, label_on
from service.year.people import people_of

_SOON = "Herinnerd: %(names)s. Het bericht gaat om %(hour)s; wat je tot dan nog vraagt, gaat mee."
_TODAY = (
    "%(names)s hoort het om %(hour)s. Met de hand gaat er hooguit één bericht per uur naar iemand; "
    "wat je tot dan nog vraagt, gaat mee."
)


class NotRemindedError(CaseError):
    """Een herinnering kan nu niet."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """Who was reminded, and when the last of them hears it."""

    names: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ByHand:
    """Who reminded by hand, and when."""

    by: str
    at: datetime


def may_remind(actor: Actor, case: Case, task: Task) -> bool:
    """Tell whether the actor may remind whoever has a task: who guards the school, or who opened the case."""
    opened = actor.is_manager or case.opened_by == actor.person_id
    here = actor.school_id == task.school_id
    waits = task.state not in (*CLOSED_STATES, TaskState.PLANNED)
    return here and opened and waits and task.owner_id != actor.person_id


def remind_by_hand(session: Session, task_id: UUID, *, actor: Actor, at: datetime) -> Reminded:
    """Remind whose turn a task is, soon or on their next working day; each person within the bounds.

    Of a queue everyone hears whom it may still be told; raise ``NotRemindedError`` when nobody may.
    """
    task = find_task(session, actor, task_id)
    case = hold_case(session, task.case_id)
    session.refresh(task)
    _guard(actor, case, task)
    hand = _hand(session, actor, task, case, at)
    _wait_a_while(session, task, hand.hours.bounds.hand_wait_hours, at)
    owners = sorted(hand.scene.owners(task) - {actor.person_id}, key=str)
    if not owners:
        raise NotRemindedError("Er is niemand om te herinneren: wijs de taak eerst toe.")
    told, refused = [], list[NotRemindedError]()
    for person_id in owners:
        try:
            told.append(hand.remind(person_id))
        except NotRemindedError as error:
            refused.append(error)
    if not told:
        raise refused[0]
    names = tuple(name for name, _ in told)
    record(session, task, "reminded", at=at, actor_id=actor.person_id, data={"people": len(names)})
    return Reminded(names, max(message.due_at for _, message in told))


def keep_hours(session: Session, scene: Scene, hours: Hours, at: datetime) -> None:
    """Let what waits for a later day come no sooner than its reader wants to hear by now."""
    waiting = select(Message).where(
        Message.school_id == hours.bounds.school_id,
        Message.state == MessageState.READY,
        col(Message.next_try_at) > at,
        col(Message.dedupe_key).startswith(KEY),
    )
    for message in session.exec(waiting):
        member = scene.members.get(message.person_id) if message.person_id else None
        moment = hours.moment(member, local(message.due_at).date()) if member else message.due_at
        if member and moment > message.due_at:
            message.due_at = message.next_try_at = moment
            message.expires_at = hours.of_use_until(member.id, moment)


def _guard(actor: Actor, case: Case, task: Task) -> None:
    if task.state in CLOSED_STATES:
        raise TaskClosedError
    if task.owner_id == actor.person_id:
        raise NotRemindedError("Dit is je eigen taak.")
    if task.state == TaskState.PLANNED:
        raise NotRemindedError("Deze taak is nog niet aan de beurt; herinneren kan daarna.")
    if not may_remind(actor, case, task):
        raise NotYoursError("Alleen de IB'er, de directeur of wie dit traject begon herinnert een collega.")


def last_by_hand(session: Session, task: Task) -> ByHand | None:
    """Return who last reminded of a task by hand, and when; one that never arrived reminded nobody."""
    query = (
        select(LedgerEntry.at, Person.name)
        .join(Person, col(Person.id) == LedgerEntry.by_id)
        .join(Message, col(Message.id) == LedgerEntry.message_id)
        .where(LedgerEntry.task_id == task.id, LedgerEntry.outcome == LedgerOutcome.TOLD)
        .where(col(Message.state).not_in(NEVER_ARRIVED))
        .order_by(col(LedgerEntry.at).desc())
    )
    last = session.exec(query).first()
    return ByHand(last[1], last[0]) if last else None


def _wait_a_while(session: Session, task: Task, hours: int, at: datetime) -> None:
    """Refuse a second reminder by hand about a task so soon after the first, whoever gave it."""
    last = last_by_hand(session, task)
    if last is None or at >= last.at + timedelta(hours=hours):
        return
    when, again = _moment(last.at), _moment(last.at + timedelta(hours=hours))
    raise NotRemindedError(f"{last.by} herinnerde hier {when} al aan. Opnieuw kan vanaf {again}.")


def _hand(session: Session, actor: Actor, task: Task, case: Case, at: datetime) -> "_Hand":
    school = session.get_one(School, actor.school_id)
    today = local(at).date()
    scene = Scene(people_of(session, school, label_on(today)), calendar_on(session, school, today), today)
    hours = hours_of(session, school, scene.calendar)
    ledger = Ledger(session, school.id, [task], at)
    return _Hand(session, school, actor, task, case, scene, hours, ledger, at)


@dataclass(frozen=True)
class _Hand:
    """One reminder by hand about one task."""

    session: Session
    school: School
    actor: Actor
    task: Task
    case: Case
    scene: Scene
    hours: Hours
    ledger: Ledger
    at: datetime

    def remind(self, person_id: UUID) -> tuple[str, Message]:
        """Let one person hear of the task, with what waits for them; return their name and the message."""
        # Two who remind one person at once wait for each other here; the second finds what the first posted.
        held = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
        person = self.session.exec(held).one()
        rung = Rung(self.task, person_id, BY_HAND, self.scene.today)
        most = self.hours.bounds.most
        if self.ledger.messages(rung) >= most:
            raise NotRemindedError(
                f"{person.name} kreeg over deze taak al {_count(most)}. Een gesprek helpt nu meer."
            )
        ways = ways_of(self.session, self.school.id, person, self.hours.wishes.get(person_id))
        if not ways:
            raise NotRemindedError(f"Het mailadres van {person.name} weigert onze post: spreek even af.")
        when = self._when(person)
        message = together.waiting_for(self.session, self.school.id, person.id, self.at)
        message = message or post_by(self.session, self._letter(person, when), ways)
        if message is None:
            raise NotRemindedError(f"{person.name} is hieraan net al herinnerd.")
        self.ledger.told(rung, message, self.at, by_id=self.actor.person_id)
        together.write_again(self.session, message)
        return person.name, message

    def _when(self, person: Person) -> datetime:
        """Return when a person may hear it: now, or at their hour on their next working day."""
        member = self.scene.members.get(person.id)
        if member is None or not person.active:
            raise NotRemindedError(f"{person.name} werkt hier niet meer. Wijs de taak eerst toe.")
        try:
            moment = self._next_moment(member)
        except OutsideCalendarError as error:
            raise NotRemindedError(f"{person.name} werkt de komende tijd niet.") from error
        if self.hours.is_paused(person.id, local(moment).date()):
            until = self.hours.wishes[person.id].paused_until
            end = f" tot en met {day_nl(until)}" if until else ""
            raise NotRemindedError(f"{person.name} heeft berichten gepauzeerd{end}.")
        return moment

    def _next_moment(self, member: Member) -> datetime:
        start = together.free_from(self.session, self.school.id, member.id, self.at)
        today = local(start).date()
        day = member.presence.next_day(today, self.scene.calendar)
        moment = self.hours.moment(member, day)
        if day > today or start < moment:
            return moment
        if self.hours.is_quiet(member.id, start):
            return self.hours.moment(member, member.presence.next_day(today + DAY, self.scene.calendar))
        may_wait = start == self.at and not self.hours.is_quiet(member.id, start + 2 * GATHER)
        return start + GATHER if may_wait else start

    def _letter(self, person: Person, due_at: datetime) -> Letter:
        by = self.session.get_one(Person, self.actor.person_id)
        line = texts.Line(self.task, self.case, None, mine=True)
        words = texts.by_hand(person, [by.name], [line], local(due_at).date(), base_url=settings().base_url)
        return Letter(
            school_id=self.school.id,
            person_id=person.id,
            kind="notice",
            dedupe_key=f"{KEY}{self.task.id}:{person.id}:{self.at.isoformat()}",
            to_address=person.email,
            subject=words.subject,
            body=words.text,
            html=words.html,
            at=self.at,
            due_at=due_at,
            expires_at=self.hours.of_use_until(person.id, due_at),
        )


def told_words(reminded: Reminded, at: datetime) -> tuple[str, dict[str, str]]:
    """Return what to say to who reminded, and what to fill in."""
    names, due = joined(reminded.names), max(reminded.due_at, at)
    hour = f"{local(due):%H:%M}"
    if due <= at + GATHER:
        return _SOON, {"names": names, "hour": hour}
    if local(due).date() == local(at).date():
        return _TODAY, {"names": names, "hour": hour}
    return "%(names)s hoort het op de eerstvolgende werkdag: %(when)s", {"names": names, "when": _moment(due)}


def _moment(at: datetime) -> str:
    day: date = local(at).date()
    return f"{day_nl(day)} om {local(at):%H:%M}"


def _count(most: int) -> str:
    words = {1: "één bericht", 2: "twee berichten", 3: "drie berichten", 4: "vier berichten"}
    return words.get(most, f"{most} berichten")
