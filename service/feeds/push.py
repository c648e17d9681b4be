"""Write people's calendars to the servers they chose: only what changed, and nothing of who left.

Reading, writing over the network and noting are three steps; no transaction is open while a server thinks.
"""

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from calendars.feed import single
from models import CaldavTarget, Person
from models.database import reading, unit_of_work
from service.clock import local
from service.feeds.caldav_door import OF_THE_SERVER, WORDS, Account, CaldavDoor, Outcome
from service.feeds.leaving import schools_from
from service.feeds.publish import person_entries
from service.feeds.targets import file_name, sealed, unsealed
from service.notices.vault import Vault, VaultError

_AT_ONCE = 4  # servers
_ALTOGETHER = 45  # seconds; what is not reached then, comes in the next round
_ROUND = 15 * 60  # seconds between two rounds
_GIVE_UP = timedelta(days=30)  # taking away what stands on a server that is gone


@dataclass(frozen=True, slots=True)
class Job:
    """What has to be done in one calendar: entries by UID that are new or changed, and UIDs that vanished."""

    target_id: UUID
    account: Account
    put: Mapping[str, bytes]
    delete: tuple[str, ...]


Done = list[tuple[Job, Outcome]]


def push_calendars(engine: Engine, door: CaldavDoor, vault: Vault, at: datetime) -> dict[str, int]:
    """Bring every calendar on a server up to date; count what was written, taken away and failed."""
    with reading(engine) as session:
        jobs = _jobs(session, vault, at)
    by_server = defaultdict(list)
    for job in jobs:
        by_server[urlsplit(job.account.url).netloc].append(job)
    until = monotonic() + _ALTOGETHER
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        rounds = pool.map(lambda jobs: _one_server(door, _turned(jobs, at), until), by_server.values())
        done = [pair for each in rounds for pair in each]
    for job, outcome in done:
        with unit_of_work(engine) as session:
            _note(session, vault, job, outcome, at)
    with unit_of_work(engine) as session:
        _forget_withdrawn(session, at)
    return {
        "pushed": sum(len(outcome.written) for _, outcome in done),
        "taken_away": sum(len(outcome.deleted) for _, outcome in done),
        "failed": sum(bool(outcome.problem) for _, outcome in done),
    }


def _jobs(session: Session, vault: Vault, at: datetime) -> list[Job]:
    """Return what there is to do, the calendar that waits longest first."""
    query = select(CaldavTarget, Person).join(Person, col(Person.id) == CaldavTarget.person_id)
    order = col(CaldavTarget.pushed_at).asc().nulls_first()
    found = []
    for target, person in session.exec(query.order_by(order, col(CaldavTarget.created_at))):
        try:
            account = unsealed(vault, target)
        except VaultError:
            continue  # the page asks for the password again
        entries = _wanted(session, target, person, at)
        changed = {uid: body for uid, body in entries.items() if target.known.get(uid) != _digest(body)}
        vanished = tuple(sorted(set(target.known) - set(entries)))
        if changed or vanished or target.error:
            found.append(Job(target.id, account, changed, vanished))
    return found


def _wanted(session: Session, target: CaldavTarget, person: Person, at: datetime) -> dict[str, bytes]:
    if not _counts(session, target, person, at):
        return {}
    return {entry.uid: single(entry) for entry in person_entries(session, person, at)}


def _counts(session: Session, target: CaldavTarget, person: Person, at: datetime) -> bool:
    """Tell whether a calendar is to be written: not when it was withdrawn, nor when its person left."""
    works = schools_from(session, person.id, local(at).date())
    return target.active and person.active and bool(works)


def _turned(jobs: list[Job], at: datetime) -> list[Job]:
    """Begin with another calendar each round: one in trouble, always first, would stop the others."""
    first = int(at.timestamp()) // _ROUND % len(jobs)
    return jobs[first:] + jobs[:first]


def _one_server(door: CaldavDoor, jobs: list[Job], until: float) -> Done:
    """Do the work on one server, one calendar after another, until it turns out to be in trouble."""
    done: Done = []
    for job in jobs:
        if monotonic() > until:
            break
        put = {file_name(uid): body for uid, body in job.put.items()}
        outcome = door.write(job.account, put, [file_name(uid) for uid in job.delete])
        done.append((job, outcome))
        if outcome.trouble in OF_THE_SERVER:
            rest = jobs[jobs.index(job) + 1 :]
            return done + [(other, Outcome(trouble=outcome.trouble)) for other in rest]
    return done


def _note(session: Session, vault: Vault, job: Job, outcome: Outcome, at: datetime) -> None:
    """Keep what stands there now, unless the calendar was forgotten in the meantime."""
    target = session.get(CaldavTarget, job.target_id)
    if target is None:
        return
    known = dict(target.known)
    known |= {uid: _digest(body) for uid, body in job.put.items() if file_name(uid) in outcome.written}
    target.known = {
        uid: digest
        for uid, digest in known.items()
        if uid not in job.delete or file_name(uid) not in outcome.deleted
    }
    target.error = outcome.problem
    if not outcome.trouble:
        target.pushed_at = at
    if outcome.calendar and outcome.calendar != job.account.calendar:
        found = Account(job.account.url, job.account.user, job.account.password, outcome.calendar)
        target.secret = sealed(vault, target.id, found)
    session.add(target)


def _forget_withdrawn(session: Session, at: datetime) -> None:
    """Forget calendars that were withdrawn, when nothing of ours stands there or nobody can take it away."""
    every = select(CaldavTarget, Person).join(Person, col(Person.id) == CaldavTarget.person_id)
    for target, person in session.exec(every):
        lost = target.error == WORDS["refused"] or (target.pushed_at or target.created_at) < at - _GIVE_UP
        if (not target.known or lost) and not _counts(session, target, person, at):
            session.delete(target)


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:32]
