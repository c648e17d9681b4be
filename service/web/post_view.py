"""The outgoing post of one school: what waits and why, what is shut, what came back; no text of a message."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from models import (
    Channel,
    DeliveryGate,
    Installation,
    Membership,
    Message,
    MessageState,
    Person,
    RunState,
    School,
    TimerRun,
)
from service.notices import restored
from service.notices.gates import FAILURES, MAIL
from service.notices.restored import OPEN
from service.notices.retry import Stuck, stuck_of
from service.notices.waiting import Dwell, dwell

_SHOWN = 30
_OF_A_CAUSE = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some messages wait, how many they are, since when, and when the first is tried again."""

    words: str
    count: int
    since: datetime
    next_try: datetime


@dataclass(frozen=True, slots=True)
class Shut:
    """A way out that rests: its account, its name (empty is mail), until when, and why."""

    account: str
    channel: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What an administrator must know to decide about the post of a copy that was put back."""

    since: datetime
    overdue: int
    reminders: int
    expired: int


@dataclass(frozen=True, slots=True)
class Heap:
    """What got stuck by one cause, and the newest of it with for whom each is."""

    stuck: Stuck
    shown: Sequence[tuple[Message, str]]


@dataclass(frozen=True, slots=True)
class Post:
    """How the outgoing post of a school stands."""

    restored: Restored | None
    waiting: Sequence[Reason]
    shut: Sequence[Shut]
    dead: Sequence[Heap]
    returned: Sequence[tuple[Message, str]]
    uncertain: Sequence[tuple[Message, str]]
    refused: Sequence[Person]
    dwell: Dwell | None
    trouble: str


def post_of(session: Session, school: School, at: datetime) -> Post:
    """Return all that an administrator looks at when post doesn't arrive."""
    waiting = _waiting(session, school, at)
    return Post(
        restored=restored_of(session, at),
        waiting=waiting,
        shut=shut_of(session, school, at),
        dead=heaps_of(session, school, at),
        returned=_some(session, school, MessageState.BOUNCED),
        uncertain=_some(session, school, None),
        refused=refused_of(session, school),
        dwell=dwell(session, at),
        trouble=_trouble(session, {reason.words for reason in waiting}),
    )


def _trouble(session: Session, said: Container[str]) -> str:
    """Return what the last delivery complains of, unless it is said beside what waits."""
    ended = select(TimerRun).where(TimerRun.timer == "deliver", TimerRun.state != RunState.RUNNING)
    last = session.exec(ended.order_by(col(TimerRun.started_at).desc()).limit(1)).first()
    return last.error if last and last.error and last.error not in said else ""


def restored_of(session: Session, at: datetime) -> Restored | None:
    """Return what waits for a decision after an old copy was put back; None when nothing does."""
    row = session.exec(select(Installation)).first()
    if row is None or not restored.is_paused(row) or row.restored_at is None:
        return None
    kinds = select(Message.kind, Message.expires_at).where(OPEN, col(Message.due_at) <= at)
    found = session.exec(kinds).all()
    return Restored(
        since=row.restored_at,
        overdue=len(found),
        reminders=sum(kind == "digest" for kind, _ in found),
        expired=sum(ends <= at for _, ends in found),
    )


def shut_of(session: Session, school: School, at: datetime) -> list[Shut]:
    """Return which ways out rest because of failures, as far as they are this school's."""
    gates = session.exec(
        select(DeliveryGate).where(DeliveryGate.failures >= FAILURES, col(DeliveryGate.open_until) > at)
    )
    names = {f"channel:{c.id}": c.name for c in _channels(session, school)} | {MAIL: ""}
    return [
        Shut(gate.account, names[gate.account], gate.open_until, gate.reason or "")
        for gate in gates
        if gate.account in names and gate.open_until
    ]


def heaps_of(session: Session, school: School, at: datetime) -> list[Heap]:
    """Return what got stuck at a school by its causes, the most common one first."""
    stuck = stuck_of(session, school.id, at)[:_SHOWN]
    found = _named(session, [key for one in stuck for key in one.ids[:_OF_A_CAUSE]])
    return [Heap(one, [found[key] for key in one.ids[:_OF_A_CAUSE] if key in found]) for one in stuck]


def rests_of(session: Session, school: School, stuck: Stuck, at: datetime) -> Shut | None:
    """Return how the way rests by which something would leave; None when it doesn't."""
    return next((shut for shut in shut_of(session, school, at) if shut.account == stuck.way.account), None)


def refused_of(session: Session, school: School) -> list[Person]:
    """Return whose address gives mail back, of the people of a school."""
    members = select(Membership.person_id).where(Membership.school_id == school.id)
    refused = select(Person).where(col(Person.mail_refused_at).is_not(None), col(Person.id).in_(members))
    return list(session.exec(refused.order_by(Person.name)))


def is_refused_here(session: Session, school: School, person_id: UUID) -> bool:
    """Tell whether a person of this school gets no mail because it came back."""
    return any(person.id == person_id for person in refused_of(session, school))


def _channels(session: Session, school: School) -> list[Channel]:
    return list(session.exec(select(Channel).where(Channel.school_id == school.id)))


def _waiting(session: Session, school: School, at: datetime) -> list[Reason]:
    rows = session.exec(
        select(
            Message.last_error,
            func.count(),
            func.min(Message.due_at),
            func.min(Message.next_try_at),
        )
        .where(Message.school_id == school.id, OPEN, col(Message.due_at) <= at)
        .group_by(col(Message.last_error))
        .order_by(func.count().desc())
        .limit(_SHOWN)
    )
    return [Reason(words or "", count, since, again) for words, count, since, again in rows]


def _some(session: Session, school: School, state: MessageState | None) -> list[tuple[Message, str]]:
    """Return the newest messages in a state, with for whom; without a state those that may be there twice."""
    which = col(Message.uncertain) if state is None else col(Message.state) == state
    rows = session.exec(
        select(Message, Person.name)
        .outerjoin(Person, col(Person.id) == Message.person_id)
        .where(Message.school_id == school.id, which)
        .order_by(col(Message.made_at).desc())
        .limit(_SHOWN)
    )
    return [(message, message.to_name or name or "") for message, name in rows]


def _named(session: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[Message, str]]:
    """Return messages with for whom they are."""
    rows = session.exec(
        select(Message, Person.name)
        .outerjoin(Person, col(Person.id) == Message.person_id)
        .where(col(Message.id).in_(ids))
    )
    return {message.id: (message, message.to_name or name or "") for message, name in rows}
