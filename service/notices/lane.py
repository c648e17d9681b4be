"""One of the two ways out: claims, sends and marks, one message after another, until nothing is due."""

import logging
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from models import Installation
from models.database import unit_of_work
from service.mishap import told
from service.notices import gates
from service.notices.claiming import Claimed, Lane, claim
from service.notices.journal import Epoch, identity
from service.notices.marking import defer, mark_failed, mark_sent, release, renew
from service.notices.parcel import BrokenError, LostClaimError, NotSentError, Parcel, UncertainError
from service.notices.restored import compare, installation, is_paused, step
from service.notices.round import Round, Tally
from service.notices.waiting import explain

_USED = 0.8  # of a lease; who is further begins no message
_SOON = timedelta(minutes=1)
_TOGETHER = 25  # marks in one transaction
_MARKS_WAIT = timedelta(seconds=0.25)
RESTING = "Er ging een paar keer achter elkaar iets mis; straks een nieuwe poging. Het laatst: {why}"
UNWRITTEN = (
    "Wat verstuurd is, kan niet worden bijgehouden in outbox/sent.journal ({why}). De post gaat door, "
    "maar na het terugzetten van een reservekopie kan iets dubbel gaan. Maak ruimte op de schijf."
)
NOT_THIS_WAY = "Wacht: een ander bericht kwam langs deze weg niet aan."

_log = logging.getLogger(__name__)


@dataclass
class LaneRun:
    """One emptying of one lane by one worker, until ``end``."""

    shared: Round
    lane: Lane
    end: datetime
    tally: Tally = field(default_factory=Tally)
    _stop: datetime = field(init=False)
    _shut: dict[str, datetime] = field(default_factory=dict)  # accounts by which nothing leaves in this run
    _troubled: dict[str, int] = field(default_factory=dict)  # failures in a row by account
    _unmarked: list[tuple[Parcel, datetime]] = field(default_factory=list)  # in the journal, not yet here

    def empty(self) -> None:
        """Claim and send until nothing is due, or for as long as the lane may last."""
        by_mail = self.lane == Lane.MAIL
        while self.shared.now() < self.end and not (by_mail and self._mail_is_shut):
            claimed = self._claim()
            if claimed.nothing:
                return
            self._send_all(deque(claimed.parcels))

    @property
    def _mail_is_shut(self) -> bool:
        return gates.MAIL in self._shut or not self.shared.post_office.has_mail

    def _claim(self) -> Claimed:
        now, journal = self.shared.now(), self.shared.journal
        with unit_of_work(self.shared.engine) as session:
            row = installation(session, now) if journal else None
            claimed = self._claimed(session, now, row)
            epoch = step(row, now) if row and claimed.parcels else None
        if journal and epoch:
            self._keep(epoch)
        self._stop = min(now + _USED * self.shared.lease, self.end)
        self.tally.expired += claimed.expired
        self.tally.suppressed += claimed.suppressed
        self.tally.known += claimed.known
        return claimed

    def _claimed(self, session: Session, now: datetime, row: Installation | None) -> Claimed:
        shared = self.shared
        if row and shared.journal:
            compare(row, shared.journal, now)
            if is_paused(row):
                return Claimed()
        self._troubled = gates.troubled(session)
        self._shut |= {
            name: gate.open_until for name, gate in gates.open_gates(session, now).items() if gate.open_until
        }
        limit = self._may_take(session, now)
        if not limit:
            return Claimed()
        claimed = claim(
            session,
            now,
            limit=limit,
            lease=shared.lease,
            lane=self.lane,
            recheck=shared.recheck,
            journal=shared.journal,
            doubt_all=row is not None and row.restored_at is not None,
        )
        if self.lane == Lane.MAIL:
            gates.give_back(session, shared.budget, limit - len(claimed.parcels))
        return claimed

    def _may_take(self, session: Session, now: datetime) -> int:
        """Return how many messages may be claimed, and write beside the others why not."""
        if self.lane == Lane.CHANNELS:
            return self.shared.batch
        if gates.MAIL in self._shut:
            why = gates.gate_of(session, gates.MAIL).reason or ""
            self.tally.problem = RESTING.format(why=why)
            explain(session, now, self.tally.problem, Lane.MAIL)
            return 0
        wanted = 1 if self._troubled.get(gates.MAIL, 0) >= gates.FAILURES else self.shared.batch
        limit, spent = gates.take(session, self.shared.budget, wanted, now)
        if spent and not limit:
            self.tally.problem = spent
            explain(session, now, spent, Lane.MAIL)
        return limit

    def _send_all(self, parcels: deque[Parcel]) -> None:
        """Send one after another; give back what the lease or an account that is shut left over."""
        held: list[Parcel] = []
        try:
            while parcels and self.shared.now() < self._stop:
                parcel = parcels.popleft()
                if account_of(parcel) in self._shut:
                    held.append(parcel)
                elif not self._send(parcel, parcels):
                    return
        finally:
            self._mark()
            self._give_back(held, parcels)

    def _give_back(self, held: list[Parcel], parcels: Iterable[Parcel]) -> None:
        if self.lane == Lane.MAIL:
            held, parcels = [], [*held, *parcels]
        for parcel in held:
            until = max(self._shut[account_of(parcel)], self.shared.now() + _SOON)
            defer(self.shared.engine, [parcel], NOT_THIS_WAY, until)
        left = list(parcels)
        release(self.shared.engine, left)
        if self.lane == Lane.MAIL and left and self.shared.budget.is_bound:
            with unit_of_work(self.shared.engine) as session:
                gates.give_back(session, self.shared.budget, len(left))

    def _send(self, parcel: Parcel, others: deque[Parcel]) -> bool:
        """Send one message; return False when another worker turns out to hold our claim by now."""
        try:
            self.shared.post_office.send(parcel, lambda: self._renew(parcel, others))
        except LostClaimError:
            return False
        except NotSentError as error:
            self._failed(parcel, error)
        except Exception as error:  # noqa: BLE001 -- one message we can't handle must not hold up the others
            _log.error("message %s could not be sent: %s", parcel.id, told(error))
            self._failed(parcel, BrokenError(f"Onverwachte fout: {type(error).__name__}"))
        else:
            self._announce(others)
            return self._accepted(parcel)
        return True

    def _announce(self, others: deque[Parcel]) -> None:
        """Let the mail server look at the next mail, while we wait for the disk to keep this one."""
        if self.lane == Lane.MAIL and others and self.shared.now() < self._stop:
            with suppress(Exception):  # this one has left; what is wrong with the next shows in its turn
                self.shared.post_office.announce(others[0])

    def _accepted(self, parcel: Parcel) -> bool:
        """Keep that a message left: each one durably in the journal, which lets marks go a few together.

        Who dies before such a mark leaves it to the next claim, which asks the journal. Without a journal
        each message gets its own mark.
        """
        now, account = self.shared.now(), account_of(parcel)
        if account in self._troubled:
            gates.worked(self.shared.engine, account)
            del self._troubled[account]
        self._unmarked.append((parcel, now))
        is_kept = self._note(parcel, now)
        full = len(self._unmarked) >= _TOGETHER
        if is_kept and not full and now - self._unmarked[0][1] < min(_MARKS_WAIT, self.shared.lease / 10):
            return True
        return self._mark()

    def _note(self, parcel: Parcel, now: datetime) -> bool:
        if self.shared.journal is None:
            return False
        try:
            self.shared.journal.note(identity(parcel.message_id), now)
        except OSError as error:
            _log.error("the journal can't be written: %s", told(error))
            self.tally.problem = UNWRITTEN.format(why=error.strerror)
            return False
        return True

    def _mark(self) -> bool:
        """Mark what left; return False when another worker turns out to hold a claim of ours by now."""
        accepted = self._unmarked
        marked = mark_sent(self.shared.engine, accepted)  # what fails here is tried again at the end
        self._unmarked = []
        self.tally.sent += marked
        return marked == len(accepted)

    def _failed(self, parcel: Parcel, error: NotSentError) -> None:
        now, account = self.shared.now(), account_of(parcel)
        self.tally.failed += 1
        mark_failed(self.shared.engine, parcel, error, now)
        until = gates.failed(self.shared.engine, account, str(error), now) if error.blames_account else None
        if error.blames_account:
            self._troubled[account] = self._troubled.get(account, 0) + 1
        if until:
            _log.error("%s rests until %s after %d failures", account, until.isoformat(), gates.FAILURES)
        hangs = parcel.channel_id is not None and isinstance(error, UncertainError)
        if until or error.closed or hangs:
            self._shut[account] = until or now + _SOON
        if error.closed:
            self.tally.problem = str(error)

    def _renew(self, parcel: Parcel, others: Iterable[Parcel]) -> bool:
        """Keep our claims a lease longer; return False when we can't say that the first is still ours."""
        try:
            self._mark()
            now = self.shared.now()
            if not renew(self.shared.engine, [parcel], now + self.shared.lease):
                return False
            renew(self.shared.engine, [*others], now + self.shared.lease)
        except SQLAlchemyError as error:  # the answer to a mail that was handed over is awaited all the same
            _log.error("the claims could not be renewed: %s", told(error))
            return False
        self._stop = min(now + _USED * self.shared.lease, self.end)
        return True

    def _keep(self, epoch: Epoch) -> None:
        try:
            assert self.shared.journal  # noqa: S101 -- only asked with one
            self.shared.journal.advance(epoch)
        except OSError as error:
            _log.error("the epoch can't be written: %s", told(error))


def account_of(parcel: Parcel) -> str:
    """Return what carries a message: the mail server, or one channel."""
    return f"channel:{parcel.channel_id}" if parcel.channel_id else gates.MAIL
