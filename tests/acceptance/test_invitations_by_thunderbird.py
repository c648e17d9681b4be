"""A headless Thunderbird is invited, accepts, hears of a move, declines, and sees it called off.

Its own replies go back to us by mail, and change what we know of who comes.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models import Attendee, InboundMail, InboundState, Meeting
from models.database import connect, reading, unit_of_work
from service.feeds.publish import publish_feeds
from service.feeds.tokens import create_feed
from service.meetings.call_off import call_off_meeting
from service.meetings.move import move_meeting
from service.meetings.tell import tell
from service.notices.apprise_channel import AppriseCarrier
from service.notices.delivery import deliver
from service.notices.post_office import PostOffice
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault
from service.replies.receive import receive
from tests.acceptance.judges import wait_for
from tests.acceptance.relay import Relay
from tests.acceptance.thunderbird import Thunderbird, started
from tests.acceptance.web import served
from tests.cast import moment, read_cast
from tests.notices.sink import Sink

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]

NOW = moment("2026-10-05", 9)
LAILA = "laila.tahiri@wilgenhof.example"
ANSWERS = {"imipAcceptButton", "imipTentativeButton", "imipDeclineButton"}


@dataclass
class School:
    """De Wilgenhof with its post, and the Thunderbird of one of its teachers."""

    engine: Engine
    home: Path
    database: Path
    bird: Thunderbird
    hers: Sink
    uid: str

    def post(self, at: datetime) -> list[bytes]:
        """Let the post go out; return what came for the teacher."""
        with Sink() as sink:
            mail = MailCarrier(MailServer.read(sink.url))
            office = PostOffice(mail, AppriseCarrier(allow_private=True), Vault(self.home))
            deliver(self.engine, at, office)
        return [data for data, who in zip(sink.accepted, sink.senders, strict=True) if LAILA in who]

    def take_in(self, number: int, at: datetime) -> InboundMail:
        """Wait for the teacher's mail with a number, and take it in as if it came to our mailbox."""
        wait_for(f"reply {number} of Thunderbird", lambda: len(self.hers.accepted) >= number, 30)
        with unit_of_work(self.engine) as session:
            raw = self.hers.accepted[number - 1]
            return receive(session, raw, source="judge", at=at, vault=Vault(self.home))

    def find(self, session: Session) -> Meeting:
        """Return the meeting that this is about."""
        return session.exec(select(Meeting).where(Meeting.uid == self.uid)).one()

    @property
    def starts_at(self) -> datetime:
        with reading(self.engine) as session:
            return self.find(session).starts_at

    @property
    def answer(self) -> tuple[str, str | None]:
        """Return what we know of her coming, and how we know."""
        with reading(self.engine) as session:
            hers = Attendee.person_id == read_cast(session, "99WH").id("laila")
            here = select(Attendee).where(Attendee.meeting_id == self.find(session).id, hers)
            attendee = session.exec(here).one()
            return attendee.partstat, attendee.answered_via

    def move(self, at: datetime) -> datetime:
        """Move the meeting four hours on, and return its new begin."""
        with unit_of_work(self.engine) as session:
            ineke, meeting = read_cast(session, "99WH").actor("ineke", at), self.find(session)
            later = meeting.starts_at + timedelta(hours=4)
            move_meeting(session, meeting.id, actor=ineke, at=at, starts_at=later, reason="ziek")
            publish_feeds(session, at)
        return later


def _first(engine: Engine) -> str:
    """Return the UID of the first meeting to come that Laila is asked to."""
    with reading(engine) as session:
        mine = (
            select(Meeting.uid)
            .join(Attendee, col(Attendee.meeting_id) == Meeting.id)
            .where(Attendee.person_id == read_cast(session, "99WH").id("laila"), Meeting.starts_at > NOW)
        )
        return session.exec(mine.order_by(col(Meeting.starts_at))).all()[0]


@pytest.fixture
def school(opened_sqlite: Path, tmp_path: Path) -> Iterator[School]:
    database = tmp_path / "jaarritme.db"
    shutil.copy(opened_sqlite, database)
    engine = connect(f"sqlite:///{database}")
    with Sink() as hers, started(tmp_path / "bird", name="Laila Tahiri", mail=LAILA, smtp=hers.port) as bird:
        yield School(engine, tmp_path / "home", database, bird, hers, _first(engine))
    engine.dispose()


def test_thunderbird_accepts_and_declines_and_we_hear_it(school: School) -> None:
    with unit_of_work(school.engine) as session:
        tell(session, school.find(session), NOW)
    (invitation,) = school.post(NOW)

    # She is invited and accepts.
    _, buttons = school.bird.open_mail(invitation)
    assert buttons >= ANSWERS
    school.bird.press("imipAcceptButton")
    assert school.bird.entries()[school.uid].start == school.starts_at
    accepted = school.take_in(1, NOW + timedelta(hours=1))
    assert (accepted.kind, accepted.state) == ("reply", InboundState.PROCESSED)
    assert school.answer == ("ACCEPTED", "mail")

    # The meeting moves: her answer is void, her calendar is asked again, and she declines.
    at = NOW + timedelta(hours=2)
    later = school.move(at)
    (update,) = school.post(at)
    assert school.answer[0] == "NEEDS-ACTION"
    _, buttons = school.bird.open_mail(update)
    assert buttons >= ANSWERS
    school.bird.press("imipDeclineButton")
    assert school.bird.entries()[school.uid].start == later
    declined = school.take_in(2, at + timedelta(hours=1))
    assert (declined.kind, declined.state) == ("reply", InboundState.PROCESSED)
    assert school.answer == ("DECLINED", "mail")

    # What is old news to her, and to us, changes nothing.
    _, buttons = school.bird.open_mail(invitation.replace(b"Message-ID: <", b"Message-ID: <again."))
    assert not buttons & ANSWERS
    assert school.bird.entries()[school.uid].start == later
    again = school.take_in(1, at + timedelta(hours=2))
    assert again.id == accepted.id
    with unit_of_work(school.engine) as session:
        forwarded = b"X-Copy: 1\r\n" + school.hers.accepted[0]
        receive(session, forwarded, source="judge", at=at + timedelta(hours=2), vault=Vault(school.home))
    assert school.answer == ("DECLINED", "mail")

    # The meeting is called off, and leaves her calendar.
    at = NOW + timedelta(hours=6)
    with unit_of_work(school.engine) as session:
        ineke = read_cast(session, "99WH").actor("ineke", at)
        call_off_meeting(session, school.find(session).id, actor=ineke, at=at, reason="staking")
    (cancellation,) = school.post(at)
    _, buttons = school.bird.open_mail(cancellation)
    assert "imipDeleteButton" in buttons
    school.bird.press("imipDeleteButton")
    assert school.uid not in school.bird.entries()


def test_thunderbird_follows_a_live_calendar(school: School) -> None:
    with unit_of_work(school.engine) as session:
        cast = read_cast(session, "99WH")
        token = create_feed(session, cast.actor("laila", NOW), "Thunderbird", NOW)
    begin = school.starts_at

    with served(school.database, school.home) as address, Relay(address) as relay:
        school.bird.subscribe("school", f"{relay.address}/f/{token}.ics")
        wait_for("the entries of the calendar", lambda: school.bird.entries("school"), 60)
        before = school.bird.entries("school")
        school.bird.refresh("school")
        wait_for("a conditional fetch", lambda: 304 in relay.codes, 30)
        later = school.move(NOW + timedelta(hours=2))
        school.bird.refresh("school")
        wait_for("the move", lambda: school.bird.entries("school")[school.uid].start == later, 60)

    assert relay.codes[0] == 200
    assert relay.codes.count(304) >= 1
    assert before[school.uid].start == begin
    assert len(before) > 3
