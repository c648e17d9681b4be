"""Carry the outbox out: claim a few, send each outside any transaction, mark each when it is accepted.

A worker that dies leaves its claim to run out; the next one sends what had no mark. So nothing is lost, and
at most the one message whose mark was missing is sent twice, under the same Message-ID.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine

from models.database import reading, unit_of_work
from service.mishap import told
from service.notices.claiming import NO_SERVER, Claimed, Recheck, claim, explain_waiting
from service.notices.marking import mark_failed, mark_sent, release, renew
from service.notices.parcel import LaterError, NotSentError, Parcel
from service.notices.post_office import PostOffice
from service.notices.waiting import count_waiting

LEASE = timedelta(minutes=5)
RUN_LASTS = timedelta(minutes=4)  # less than the timer's patience, so that no second run begins beside it
_USED = 0.8  # of a lease; who is further begins no message

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did; ``failed`` counts tries, ``waiting`` what is due and has not left."""

    sent: int
    failed: int
    expired: int
    suppressed: int
    waiting: int
    problem: str | None = None


def deliver(
    engine: Engine,
    at: datetime,
    post_office: PostOffice,
    batch: int = 100,
    *,
    lease: timedelta = LEASE,
    recheck: Recheck | None = None,
) -> Delivered:
    """Send everything that is due, from the moment ``at`` on, and close the post office.

    ``recheck`` says, when messages are about to leave, which have lost their purpose.
    """
    run = _Run(engine, post_office, _since(at), lease, recheck)
    try:
        run.empty_outbox(batch)
    finally:
        post_office.close()
    with reading(engine) as session:
        waiting = count_waiting(session, run.now())
    return Delivered(run.sent, run.failed, run.expired, run.suppressed, waiting, run.problem)


def _since(at: datetime) -> Callable[[], datetime]:
    """Return a clock that runs on from ``at`` by the time that really passes."""
    started = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - started)


@dataclass
class _Run:
    """One emptying of the outbox by one worker."""

    engine: Engine
    post_office: PostOffice
    now: Callable[[], datetime]
    lease: timedelta
    recheck: Recheck | None = None
    sent: int = 0
    failed: int = 0
    expired: int = 0
    suppressed: int = 0
    problem: str | None = None
    _mail: bool = field(init=False)
    _end: datetime = field(init=False)
    _stop: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._mail = self.post_office.has_mail
        self.problem = None if self._mail else NO_SERVER

    def empty_outbox(self, batch: int) -> None:
        """Claim and send until nothing is due, or for as long as a run lasts."""
        self._end = self.now() + RUN_LASTS
        with unit_of_work(self.engine) as session:
            explain_waiting(session, self.now(), mail=self._mail)
        while self.now() < self._end:
            claimed = self._claim(batch)
            if claimed.nothing:
                return
            self._send_all(deque(claimed.parcels))

    def _claim(self, batch: int) -> Claimed:
        now = self.now()
        with unit_of_work(self.engine) as session:
            claimed = claim(
                session, now, limit=batch, lease=self.lease, mail=self._mail, recheck=self.recheck
            )
        self._stop = min(now + _USED * self.lease, self._end)
        self.expired += claimed.expired
        self.suppressed += claimed.suppressed
        return claimed

    def _send_all(self, parcels: deque[Parcel]) -> None:
        """Send one after another; give back what the lease or a mail server that is gone left over."""
        held: list[Parcel] = []
        try:
            while parcels and self.now() < self._stop:
                parcel = parcels.popleft()
                if parcel.channel_id or self._mail:
                    self._send(parcel, parcels)
                else:
                    held.append(parcel)
        finally:
            release(self.engine, [*held, *parcels])

    def _send(self, parcel: Parcel, others: deque[Parcel]) -> None:
        try:
            self.post_office.send(parcel, lambda: self._renew([parcel, *others]))
        except NotSentError as error:
            self._failed(parcel, error)
        except Exception as error:  # noqa: BLE001 -- one message we can't handle must not hold up the others
            _log.error("message %s could not be sent: %s", parcel.id, told(error))
            self._failed(parcel, LaterError(f"Onverwachte fout: {type(error).__name__}"))
        else:
            self.sent += mark_sent(self.engine, parcel, self.now())

    def _failed(self, parcel: Parcel, error: NotSentError) -> None:
        self.failed += 1
        mark_failed(self.engine, parcel, error, self.now())
        if error.closed:
            self._mail, self.problem = False, str(error)

    def _renew(self, parcels: list[Parcel]) -> None:
        now = self.now()
        renew(self.engine, parcels, now + self.lease)
        self._stop = min(now + _USED * self.lease, self._end)
