"""Two weeks of the example schools: no pupil's name in anything that leaves the building or is logged."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models import (
    Attendee,
    FeedBytes,
    Meeting,
    Message,
    Person,
    Pupil,
    Role,
    RunState,
    RunVia,
    School,
    TimerRun,
)
from models.database import connect, reading, unit_of_work
from service.access.actor import Actor, actor_for
from service.demo.load import load
from service.feeds.publish import publish_feeds
from service.feeds.tokens import create_feed
from service.meetings.call_off import call_off_meeting
from service.meetings.move import move_meeting
from service.notices.apprise_channel import AppriseCarrier
from service.notices.delivery import deliver
from service.notices.post_office import PostOffice
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault
from service.rhythm.run import run_timer
from service.rhythm.timers import TIMERS
from service.rhythm.words import as_markdown
from tests.cast import moment
from tests.notices.sink import Sink
from tests.privacy.net import Net

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]

FIRST = "2027-01-13"
DAYS = 14
MORNING = [name for name in TIMERS if name != "deliver"]


@dataclass
class Fortnight:
    """What came out of the building, and the names that should have stayed inside."""

    engine: Engine
    net: Net
    pupil: str
    mails: list[bytes] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)

    def found_in(self, *texts: str | bytes | None) -> list[str]:
        return self.net.names_in(*texts)


class _Keep(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def fortnight(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortnight]:
    """Load both example schools in January and let two weeks go by, with a moved and a called-off meeting."""
    home = tmp_path_factory.mktemp("fortnight")
    database = home / "jaarritme.db"
    database.write_bytes(migrated_sqlite.read_bytes())
    engine = connect(f"sqlite:///{database}")
    lines: list[str] = []
    handler, root = _Keep(lines), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    with unit_of_work(engine) as session:
        load(session, moment(FIRST, 6, 30))
        pupils = session.exec(select(Pupil)).all()
        _subscribe_everyone(session)
    found = Fortnight(engine, Net.of(pupils), pupils[0].name, logs=lines)
    with Sink() as sink:
        for number in range(DAYS):
            _day(engine, number, sink, home)
        found.mails = list(sink.accepted)
    with unit_of_work(engine) as session:
        publish_feeds(session, moment(FIRST) + timedelta(days=DAYS))
    yield found
    root.removeHandler(handler)
    root.setLevel(level)
    engine.dispose()


def _subscribe_everyone(session: Session) -> None:
    for person in session.exec(select(Person)).all():
        for school in session.exec(select(School)).all():
            actor = actor_for(session, person.id, school.id, moment(FIRST).date())
            if actor:
                create_feed(session, actor, "telefoon", moment(FIRST))


def _day(engine: Engine, number: int, sink: Sink, home: Path) -> None:
    at = moment(FIRST, 8, 45) + timedelta(days=number)
    for name in MORNING:
        run = run_timer(name, engine, at, RunVia.COMMAND)
        assert run.state == RunState.DONE, run.error
    if number in {2, 5}:
        _change_a_meeting(engine, number)
    mail = MailCarrier(MailServer.read(sink.url))
    deliver(
        engine, at + timedelta(hours=3), PostOffice(mail, AppriseCarrier(allow_private=True), Vault(home))
    )


def _change_a_meeting(engine: Engine, number: int) -> None:
    at = moment(FIRST) + timedelta(days=number)
    with unit_of_work(engine) as session:
        coming = select(Meeting).where(Meeting.starts_at > at + timedelta(days=14))
        meeting = session.exec(coming.order_by(col(Meeting.starts_at))).all()[number]
        actor = _guard_of(session, meeting)
        if number == 2:
            call_off_meeting(session, meeting.id, actor=actor, at=at, reason="staking")
        else:
            evening = meeting.starts_at + timedelta(hours=8)
            move_meeting(session, meeting.id, actor=actor, at=at, starts_at=evening, reason="studiedag")


def _guard_of(session: Session, meeting: Meeting) -> Actor:
    chairs = select(Attendee.person_id).where(
        Attendee.meeting_id == meeting.id, col(Attendee.chair).is_(True)
    )
    actor = actor_for(session, session.exec(chairs).one(), meeting.school_id, moment(FIRST).date())
    assert actor
    assert Role.IB in actor.roles
    return actor


def test_a_name_would_be_noticed(fortnight: Fortnight) -> None:
    assert fortnight.found_in(f"Dag {fortnight.pupil.upper()}!")
    assert len(fortnight.net.words.pattern.split("|")) > 250


def test_the_fortnight_was_a_lively_one(fortnight: Fortnight) -> None:
    with reading(fortnight.engine) as session:
        kinds = {message.kind for message in session.exec(select(Message))}
        feeds = session.exec(select(FeedBytes)).all()

    assert kinds >= {"digest", "invitation", "cancellation"}
    assert len(fortnight.mails) > 60
    assert len(feeds) > 20
    assert sum(feed.body.count(b"BEGIN:VEVENT") for feed in feeds) > 300


def test_no_name_is_in_a_message(fortnight: Fortnight) -> None:
    with reading(fortnight.engine) as session:
        messages = session.exec(select(Message)).all()

    hits = [fortnight.found_in(m.subject, m.body, m.html, m.calendar, m.dedupe_key) for m in messages]

    assert [hit for hit in hits if hit] == []


def test_no_name_is_in_a_mail_as_it_left(fortnight: Fortnight) -> None:
    assert fortnight.found_in(*fortnight.mails) == []


def test_no_name_is_in_a_calendar(fortnight: Fortnight) -> None:
    with reading(fortnight.engine) as session:
        bodies = [feed.body for feed in session.exec(select(FeedBytes))]
        meetings = [(m.title, m.location, m.uid) for m in session.exec(select(Meeting))]

    assert fortnight.found_in(*bodies, *(text for row in meetings for text in row)) == []


def test_no_name_is_in_what_the_flows_leave_behind(fortnight: Fortnight) -> None:
    with reading(fortnight.engine) as session:
        runs = session.exec(select(TimerRun)).all()

    pages = [as_markdown(run) for run in runs]

    assert len(pages) == DAYS * len(MORNING)
    assert fortnight.found_in(*pages, *(run.model_dump_json() for run in runs)) == []


def test_no_name_is_in_the_logs(fortnight: Fortnight) -> None:
    assert fortnight.logs
    assert fortnight.found_in(*fortnight.logs) == []
