"""Write a message that waits anew, from what the ledger says it tells."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models import Case, LedgerEntry, Message, Person, ProcedureVersion, School, Task
from service import procedures
from service.clock import local
from service.reminders import texts
from service.reminders.ladder import Scene
from service.reminders.ledger import BY_HAND, CANCELLED, CHANGED
from service.reminders.stop import ladder_of
from service.reminders.wording import line_of, words_of
from service.settings import settings
from service.year.frame import calendar_on, label_on
from service.year.people import people_of

Telling = tuple[LedgerEntry, Task, Case]
_NEWS = (CHANGED, CANCELLED)


def can_be_rewritten(entries: Collection[LedgerEntry]) -> bool:
    """Tell whether the ledger knows all that a message says; what changed, only the message knows."""
    return not any(entry.rung in _NEWS for entry in entries)


def rewrite(session: Session, message: Message, without: Collection[UUID] = ()) -> None:
    """Let a message name what the ledger says it tells, ``without`` some lines of it."""
    query = (
        select(LedgerEntry, Task, Case)
        .join(Task, col(Task.id) == LedgerEntry.task_id)
        .join(Case, col(Case.id) == Task.case_id)
        .where(LedgerEntry.message_id == (message.copy_of or message.id))
        .order_by(col(LedgerEntry.at))
    )
    told = [row for row in session.exec(query) if row[0].id not in without]
    by_hand = any(entry.rung == BY_HAND for entry, _, _ in told)
    words = (_by_hand if by_hand else _digest)(session, message, told)
    message.subject, message.body = words.subject, words.text
    message.html = words.html if message.channel_id is None else None


def _by_hand(session: Session, message: Message, told: Sequence[Telling]) -> texts.Digest:
    askers = dict.fromkeys(entry.by_id for entry, _, _ in told)
    return texts.by_hand(
        session.get_one(Person, message.person_id),
        [session.get_one(Person, id_).name for id_ in askers],
        [texts.Line(task, case, None, mine=True) for _, task, case in told],
        local(message.due_at).date(),
        base_url=settings().base_url,
    )


def _digest(session: Session, message: Message, told: Sequence[Telling]) -> texts.Digest:
    school, today = session.get_one(School, message.school_id), local(message.due_at).date()
    scene = Scene(people_of(session, school, label_on(today)), calendar_on(session, school, today), today)
    person = session.get_one(Person, message.person_id)
    lines = [
        line_of(session, scene, person.id, task, case, _kind(session, entry, task, case))
        for entry, task, case in told
    ]
    return words_of(session, school, scene, person, lines)


def _kind(session: Session, entry: LedgerEntry, task: Task, case: Case) -> str:
    """Return the kind of step of the ladder under which a line was told."""
    procedure = procedures.of_version(session.get_one(ProcedureVersion, case.version_id))
    kinds = {step.key: step.kind for step in ladder_of(task, procedure)}
    return kinds.get(entry.rung, "after")
