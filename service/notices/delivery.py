"""Carry the outbox out: claim a few, send each outside any transaction, mark each when it is accepted.

A worker that dies leaves its claim to run out; the next one sends what had no mark. So nothing is lost, and
at most the one message whose mark was missing is sent twice, under the same Message-ID. Mail and channels are
two lanes beside each other: a chat service that hangs holds up no mail.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from models import Message
from models.database import reading, unit_of_work
from service.notices.claiming import Lane, is_due
from service.notices.clock_watch import JUMPED, mend, rest_after_jump, ticks
from service.notices.gates import Budget
from service.notices.journal import Journal
from service.notices.lane import LaneRun
from service.notices.post_office import PostOffice
from service.notices.restored import PAUSED as RESTORED
from service.notices.restored import compare, epoch_of, installation, is_paused
from service.notices.round import Round, Tally
from service.notices.verdicts import Recheck
from service.notices.waiting import NO_SERVER, count_waiting, explain, explain_pauses

LEASE = timedelta(minutes=5)
RUN_LASTS = timedelta(minutes=4)  # less than the timer's patience, so that no second run begins beside it
CHANNELS_LAST = timedelta(seconds=45)  # a lane that hangs now and then makes no run long
UNWRITABLE = (
    "De map outbox kan niet worden beschreven ({why}); tot dat kan, gaat er niets weg. "
    "Maak ruimte op de schijf of geef het programma recht om erin te schrijven."
)
_LOOK_AGAIN = 1.0  # seconds

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did; ``failed`` counts tries, ``waiting`` what is due and has not left.

    ``known`` had left before, by the journal, and got its mark only now.
    """

    sent: int
    failed: int
    expired: int
    suppressed: int
    waiting: int
    problem: str | None = None
    known: int = 0


def deliver(
    engine: Engine,
    at: datetime,
    post_office: PostOffice,
    batch: int = 100,
    *,
    lease: timedelta = LEASE,
    recheck: Recheck | None = None,
    journal: Journal | None = None,
    budget: Budget | None = None,
) -> Delivered:
    """Send everything that is due, from the moment ``at`` on, and close the post office.

    ``recheck`` says, when messages are about to leave, which have lost their purpose. The ``journal`` keeps
    outside the database what left, and stops everything when the database turns out to be an old copy.
    """
    shared = Round(engine, post_office, _since(at), batch, lease, recheck, journal, budget or Budget())
    with ExitStack() as close:
        close.callback(post_office.close)
        if journal:
            close.callback(journal.close)
        tally = _stands_still(shared) or _run_lanes(shared)
    with reading(engine) as session:
        waiting = count_waiting(session, shared.now())
    return Delivered(
        tally.sent, tally.failed, tally.expired, tally.suppressed, waiting, tally.problem, tally.known
    )


def rest_for_the_clock(engine: Engine, journal: Journal, *, wall: datetime, at: datetime) -> str | None:
    """Return why nothing may be claimed now, when the clock on the ``wall`` jumped; usually nothing.

    What was planned by a clock that ran ahead comes back to now.
    """
    rest = rest_after_jump(journal.home, wall, LEASE)
    if not rest:
        return None
    with unit_of_work(engine) as session:
        mend(session, at, at + rest)
        explain(session, at, JUMPED)
    _log.warning("the clock jumped; delivery rests for %d seconds", rest.total_seconds())
    return JUMPED


def explain_unwritable(engine: Engine, at: datetime, error: OSError) -> str:
    """Write beside what waits that nothing can be kept outside the database, and return those words."""
    why = UNWRITABLE.format(why=error.strerror)
    with unit_of_work(engine) as session:
        explain(session, at, why)
    return why


def _since(at: datetime) -> Callable[[], datetime]:
    """Return a clock that runs on from ``at`` by the time that really passes."""
    started = ticks()
    return lambda: at + timedelta(seconds=ticks() - started)


def _stands_still(shared: Round) -> Tally | None:
    """Look whether this database may send at all, and write beside what waits why it doesn't."""
    at = shared.now()
    with unit_of_work(shared.engine) as session:
        explain_pauses(session, at)
        if not shared.post_office.has_mail:
            explain(session, at, NO_SERVER, Lane.MAIL)
        if not _is_old_copy(session, shared.journal, at):
            return None
        explain(session, at, RESTORED)
    return Tally(problem=RESTORED)


def _is_old_copy(session: Session, journal: Journal | None, at: datetime) -> bool:
    row = installation(session, at)
    if journal:
        compare(row, journal, at)
        # Also before the first claim, so that a second worker doesn't miss it. What can't be written here
        # raises: better late than twice.
        journal.advance(epoch_of(row))
    return is_paused(row)


def _run_lanes(shared: Round) -> Tally:
    """Empty both lanes; while channels take their time, mail that comes due meanwhile still leaves."""
    end = shared.now() + RUN_LASTS
    mail = LaneRun(shared, Lane.MAIL, end)
    channels = LaneRun(shared, Lane.CHANNELS, shared.now() + CHANNELS_LAST)
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(channels.empty) if _has_channels(shared) else None
        mail.empty()
        while beside and shared.now() < end:
            done = _is_done(beside)
            mail.empty()
            if done:
                break
        if beside:
            beside.result()
    if not shared.post_office.has_mail:
        mail.tally.problem = NO_SERVER
    return mail.tally + channels.tally


def _is_done(beside: Future[None]) -> bool:
    return bool(wait([beside], timeout=_LOOK_AGAIN).done)


def _has_channels(shared: Round) -> bool:
    due = select(col(Message.id)).where(is_due(shared.now()), col(Message.channel_id).is_not(None)).limit(1)
    with reading(shared.engine) as session:
        return session.execute(due).first() is not None
