"""Whether reminders that are about to leave still have a purpose; asked for many at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import CLOSED_STATES, LedgerEntry, Membership, Message, ReminderWish, Role, Task
from service.access.actor import MANAGERS, holds_on
from service.clock import local
from service.reminders.ledger import CANCELLED, DONE, PAUSED

OF_ANOTHER = "van iemand anders"
_KINDS = ("digest", "notice")
_AT_ONCE = 500
About = tuple[LedgerEntry, Task]
Place = tuple[UUID, UUID]  # a person at a school


def objections(session: Session, messages: Sequence[Message], at: datetime) -> dict[UUID, str]:
    """Return why messages need not go after all, by id; those that still have a purpose are not in it."""
    asked = [message for message in messages if message.kind in _KINDS and message.person_id]
    if not asked:
        return {}
    about = _about(session, [message.copy_of or message.id for message in asked])
    reminders = [message for message in asked if about.get(message.copy_of or message.id)]
    paused, guards = _paused(session, reminders, at), _guards(session, reminders, at)
    found: dict[UUID, str] = {}
    for message in reminders:
        lines = about[message.copy_of or message.id]
        place = (message.school_id, message.person_id)
        why = PAUSED if place in paused else _needless(lines, message, guards=place in guards)
        if why:
            found[message.id] = why
    return found


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


def _paused(session: Session, messages: Sequence[Message], at: datetime) -> set[Place | tuple[UUID, None]]:
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


def _guards(session: Session, messages: Sequence[Message], at: datetime) -> set[Place | tuple[UUID, None]]:
    """Return who guards the work of others: to them it need not be their own."""
    people = {message.person_id for message in messages}
    query = select(Membership.school_id, Membership.person_id).where(
        col(Membership.person_id).in_(people),
        col(Membership.role).in_([Role(role) for role in MANAGERS]),
        holds_on(col(Membership.valid_from), col(Membership.valid_until), local(at).date()),
    )
    return set(session.exec(query).all())


def _needless(lines: Sequence[About], message: Message, *, guards: bool) -> str:
    """Return why none of a message's lines is worth sending; empty when one of them is."""
    reasons = {_objection(entry, task, message, guards=guards) for entry, task in lines}
    if "" in reasons:
        return ""
    return DONE if DONE in reasons else OF_ANOTHER


def _objection(entry: LedgerEntry, task: Task, message: Message, *, guards: bool) -> str:
    if entry.rung == CANCELLED:
        return ""  # that it ended is just what this tells
    if task.state in CLOSED_STATES:
        return DONE
    is_anothers = task.owner_id is not None and task.owner_id != message.person_id
    return OF_ANOTHER if is_anothers and not guards else ""
