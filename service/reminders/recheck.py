"""Whether reminders that are about to leave still have a purpose; asked for many at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_, select

from models import CLOSED_STATES, LedgerEntry, Membership, Message, ReminderWish, School, Task
from service.access.actor import MANAGERS, holds_on
from service.clock import local
from service.reminders.hours import Turn, hours_of
from service.reminders.ledger import CANCELLED, DONE, OFF_TODAY, PAUSED, QUIET
from service.reminders.rewrite import can_be_rewritten
from service.reminders.together import leave_out
from service.year.frame import calendar_on
from service.year.people import members_of

OF_ANOTHER = "van iemand anders"
LEFT = "werkt hier niet meer"
MOVED = "intussen verzet"
_KINDS = ("digest", "notice")
_JUST_NOW = timedelta(minutes=10)  # what was written so lately looked at days and hours itself
_AT_ONCE = 500
About = tuple[LedgerEntry, Task]
Place = tuple[UUID, UUID | None]  # a school, and a person there


def objections(session: Session, messages: Sequence[Message], at: datetime) -> dict[UUID, str]:
    """Return why messages need not go after all, by id; those that still have a purpose are not in it."""
    asked = [message for message in messages if message.kind in _KINDS and message.person_id]
    if not asked:
        return {}
    about = _about(session, [message.copy_of or message.id for message in asked])
    reminders = [message for message in asked if about.get(message.copy_of or message.id)]
    paused, roles = _paused(session, reminders, at), _roles(session, reminders, at)
    found, otherwise = _untimely(session, reminders, at), _said_otherwise(session, reminders)
    for message in reminders:
        lines = about[message.copy_of or message.id]
        place = (message.school_id, message.person_id)
        stale = _stale(lines, message, guards=bool(roles.get(place, set()) & MANAGERS))
        if place not in roles:
            found[message.id] = LEFT
        elif place in paused:
            found[message.id] = PAUSED
        elif len(stale) == len(lines):
            found[message.id] = next(why for why in (DONE, OF_ANOTHER, MOVED) if why in stale.values())
        elif (stale or message.id in otherwise) and can_be_rewritten([entry for entry, _ in lines]):
            leave_out(session, message, stale)
    return found


def _untimely(session: Session, messages: Sequence[Message], at: datetime) -> dict[UUID, str]:
    """Return what was written a while ago and whose reader turns out to be off now, or to have rest."""
    today, found = local(at).date(), dict[UUID, str]()
    old: dict[UUID, list[Message]] = defaultdict(list)
    for message in messages:
        if abs(at - message.made_at) > _JUST_NOW:
            old[message.school_id].append(message)
    for school_id, theirs in old.items():
        school = session.get_one(School, school_id)
        hours = hours_of(session, school, calendar_on(session, school, today))
        members = {member.id: member for member in members_of(session, school)}
        for message in theirs:
            if message.person_id in members and (why := hours.rest(members[message.person_id], at)):
                found[message.id] = OFF_TODAY if why == Turn.OFF else QUIET
    return found


def _said_otherwise(session: Session, messages: Sequence[Message]) -> set[UUID]:
    """Return which messages have other words by another way: there, something was left out."""
    firsts = {message.copy_of or message.id for message in messages}
    group = or_(col(Message.id).in_(firsts), col(Message.copy_of).in_(firsts))
    said: dict[UUID, set[str]] = defaultdict(set)
    for id_, first, body in session.exec(select(Message.id, Message.copy_of, Message.body).where(group)):
        said[first or id_].add(body)
    return {message.id for message in messages if len(said[message.copy_of or message.id]) > 1}


def _about(session: Session, ids: list[UUID]) -> Mapping[UUID, list[About]]:
    """Return what each message tells of, by the ledger."""
    found: dict[UUID, list[About]] = defaultdict(list)
    for start in range(0, len(ids), _AT_ONCE):
        query = (
            select(LedgerEntry, Task)
            .join(Task, col(Task.id) == LedgerEntry.task_id)
            .where(col(LedgerEntry.message_id).in_(ids[start : start + _AT_ONCE]))
        )
        for entry, task in session.exec(query):
            if entry.message_id:
                found[entry.message_id].append((entry, task))
    return found


def _paused(session: Session, messages: Sequence[Message], at: datetime) -> set[Place]:
    today = local(at).date()
    people = {message.person_id for message in messages}
    wishes = session.exec(select(ReminderWish).where(col(ReminderWish.person_id).in_(people)))
    return {
        (wish.school_id, wish.person_id)
        for wish in wishes
        if wish.paused_from
        and wish.paused_from <= today
        and (wish.paused_until is None or today <= wish.paused_until)
    }


def _roles(session: Session, messages: Sequence[Message], at: datetime) -> Mapping[Place, set[str]]:
    """Return the roles of who still works where; who guards the work of others need not own it."""
    people = {message.person_id for message in messages}
    query = select(Membership.school_id, Membership.person_id, Membership.role).where(
        col(Membership.person_id).in_(people),
        holds_on(col(Membership.valid_from), col(Membership.valid_until), local(at).date()),
    )
    found: dict[Place, set[str]] = defaultdict(set)
    for school_id, person_id, role in session.exec(query):
        found[school_id, person_id].add(role)
    return found


def _stale(lines: Sequence[About], message: Message, *, guards: bool) -> dict[UUID, str]:
    """Return which lines of a message are not worth sending any more, by the ledger's id, and why."""
    reasons = {entry.id: _objection(entry, task, message, guards=guards) for entry, task in lines}
    return {id_: why for id_, why in reasons.items() if why}


def _objection(entry: LedgerEntry, task: Task, message: Message, *, guards: bool) -> str:
    if entry.rung == CANCELLED:
        return ""  # that it ended is just what this tells
    if task.state in CLOSED_STATES:
        return DONE
    is_anothers = task.owner_id is not None and task.owner_id != message.person_id
    if is_anothers and not guards:
        return OF_ANOTHER
    return MOVED if entry.due_version != task.due_version else ""
