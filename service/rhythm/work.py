"""What the timers carry out: each opens its transactions, calls one verb and counts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Delete, Engine, delete
from sqlmodel import Session, col, select

from calendars.yearplan.schoolplan import OWN
from models import LoginFailure, LoginSession, RunState, School, TimerRun, Year
from models.database import reading, unit_of_work
from service import procedures
from service.cases.sweep import sweep
from service.clock import local
from service.feeds.caldav_door import CaldavDoor
from service.feeds.publish import publish_feeds
from service.feeds.push import push_calendars as write_to_servers
from service.mishap import told
from service.notices.delivery import deliver, explain_unwritable, rest_for_the_clock
from service.notices.gates import Budget
from service.notices.journal import Journal
from service.notices.post_office import standard_post_office
from service.notices.vault import Vault
from service.reminders.digest import write_digests
from service.reminders.recheck import objections
from service.replies.keep import forget_old_mail
from service.replies.sources import read_mailbox
from service.rhythm.report import Report
from service.roster.depart import depart
from service.school.uploads import forget_old
from service.settings import settings
from service.year.open import extend_year

_KEEP_FAILURES = timedelta(days=30)
_KEEP_RUNS = timedelta(days=400)
_KEEP_FREQUENT_RUNS = timedelta(days=30)
_FREQUENT = ("deliver", "remind", "publish-calendars", "push-calendars", "read-replies")


def sweep_procedure(key: str, engine: Engine, at: datetime) -> Report:
    """Open, advance and guard the cases of one procedure, school by school."""
    found = _each_school(engine, lambda session, school: sweep(session, key, at, school.id))
    cases = found.counts.get("cases", 0)
    return replace(found, expected=cases, done=cases)


def remind(engine: Engine, at: datetime) -> Report:
    """Write what people of every school must hear now; who is off or has heard already counts as done."""
    since = _reminded_until(engine, at)
    found = _each_school(engine, lambda session, school: write_digests(session, school, at, since))
    people = dict(found.counts)
    people["reminded"] = people.pop("told", 0)
    return replace(found, expected=people.get("due", 0), done=people.get("due", 0), counts=people)


def _reminded_until(engine: Engine, at: datetime) -> datetime | None:
    """Return up to when every school had its turn: the last round that failed nowhere."""
    query = select(TimerRun.started_at).where(
        TimerRun.timer == "remind", TimerRun.state == RunState.DONE, col(TimerRun.started_at) < at
    )
    with reading(engine) as session:
        return session.exec(query.order_by(col(TimerRun.started_at).desc())).first()


def extend_years(engine: Engine, at: datetime) -> Report:
    """Plan again what is open, so that newcomers get their items; nothing new of the school's own plan."""
    today = local(at).date()

    def extend(session: Session, school: School) -> dict[str, int]:
        added = {"new_cases": 0, "new_items": 0, "new_meetings": 0}
        for label in _running_years(session, school.id, today):
            opened = extend_year(session, school, label, at=at)
            added["new_cases"] += opened.cases
            added["new_items"] += opened.items
            added["new_meetings"] += opened.meetings
        for key in (OWN, procedures.MEETINGS):  # of no rhythm, but they run along
            sweep(session, key, at, school.id)
        return added

    return _each_school(engine, extend)


def _running_years(session: Session, school_id: UUID, today: date) -> list[str]:
    """Return the opened years that are not over; a school year turns over on 1 August."""
    years = select(Year.label).where(Year.school_id == school_id, col(Year.opened_at).is_not(None))
    return [label for label in session.exec(years) if date(int(label[-4:]), 8, 1) > today]


def publish_calendars(engine: Engine, at: datetime) -> Report:
    """Render the subscriptions of whom something changed."""
    with unit_of_work(engine) as session:
        return _counted(publish_feeds(session, at))


def push_calendars(engine: Engine, at: datetime) -> Report:
    """Write what changed to the calendars on a server; one that fails is told on its person's page."""
    door = CaldavDoor(allow_private=settings().demo)
    return _counted(write_to_servers(engine, door, Vault(settings().home), at))


def _counted(counts: dict[str, int]) -> Report:
    failed = counts.pop("failed", 0)
    found = Report.of(counts)
    return replace(found, expected=found.expected + failed, failed=failed)


def deliver_post(engine: Engine, at: datetime) -> Report:
    """Send what is due; what failed keeps its own time for a next try."""
    journal = Journal(settings().home)
    try:
        # The real clock: the demo's own is set ahead on purpose.
        if jumped := rest_for_the_clock(engine, journal, wall=datetime.now(UTC), at=at):
            return Report(remark=jumped)
        return _delivered(engine, at, journal)
    except OSError as error:
        return Report(error=explain_unwritable(engine, at, error))


def _delivered(engine: Engine, at: datetime, journal: Journal) -> Report:
    ours = settings()
    budget = Budget(ours.mail_per_minute, ours.mail_per_day)
    sent = deliver(engine, at, standard_post_office(), recheck=objections, journal=journal, budget=budget)
    counts = {
        "sent": sent.sent,
        "failed": sent.failed,
        "expired": sent.expired,
        "suppressed": sent.suppressed,
        "known": sent.known,
        "waiting": sent.waiting,
    }
    tried = sent.sent + sent.failed
    return Report(tried, sent.sent, sent.failed, counts, remark=sent.problem)


def read_replies(engine: Engine, at: datetime) -> Report:
    """Take in what came back by mail; what can't be read now is read by the next run."""
    counts, problem = read_mailbox(engine, settings(), at)
    mails = counts.get("mails", 0)
    return Report(mails, mails, int(bool(problem)), counts, error=problem or None)


def keep_house(engine: Engine, at: datetime) -> Report:
    """Let go what has had its day: pupils who left, old logins, old runs."""
    # Logins live by the real clock, which a demo's clock may run ahead of.
    real = min(at, datetime.now(UTC))
    started, is_frequent = col(TimerRun.started_at), col(TimerRun.timer).in_(_FREQUENT)
    old_runs = (started < at - _KEEP_RUNS) | (is_frequent & (started < at - _KEEP_FREQUENT_RUNS))
    uploads = forget_old(settings().home)
    with unit_of_work(engine) as session:
        return Report.of(
            {
                "uploads": uploads,
                "pupils_left": depart(session, local(at).date()),
                "sessions": _delete(session, LoginSession, col(LoginSession.expires_at) < real),
                "login_failures": _delete(
                    session, LoginFailure, col(LoginFailure.at) < real - _KEEP_FAILURES
                ),
                "runs": _delete(session, TimerRun, old_runs),
                "old_mail": forget_old_mail(session, at),
            }
        )


def _delete(session: Session, table: type[Any], condition: ColumnElement[bool]) -> int:
    statement: Delete = delete(table).where(condition)
    result = session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def _each_school(engine: Engine, verb: Callable[[Session, School], Mapping[str, int]]) -> Report:
    """Give every school a transaction of its own, so that one that fails stops no other."""
    with reading(engine) as session:
        schools = list(session.exec(select(School.id).order_by(School.brin, School.dependance)))
    outcomes = [_one_school(engine, school_id, verb) for school_id in schools]
    errors = [outcome for outcome in outcomes if isinstance(outcome, str)]
    counts = _summed(outcome for outcome in outcomes if not isinstance(outcome, str))
    done = len(schools) - len(errors)
    return Report(len(schools), done, len(errors), counts, "; ".join(errors) or None)


def _one_school(
    engine: Engine, school_id: UUID, verb: Callable[[Session, School], Mapping[str, int]]
) -> Mapping[str, int] | str:
    try:
        with unit_of_work(engine) as session:
            return verb(session, session.get_one(School, school_id))
    except Exception as error:  # noqa: BLE001 -- the next school must have its turn; the run says what failed
        return f"school {school_id}: {told(error)}"


def _summed(outcomes: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for outcome in outcomes:
        for key, count in outcome.items():
            total[key] = total.get(key, 0) + count
    return total
