"""A meeting of De Wilgenhof to which the duo of group 5 was invited, and how a mail about it comes in."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from models import Attendee, InboundMail, Meeting, Message
from models.database import connect
from service.cases.sweep import sweep
from service.notices.vault import Vault
from service.replies.receive import receive
from tests.cast import Cast, moment, read_cast
from tests.replies.shapes import Told

INVITED = moment("2026-11-25")
ANSWERED = moment("2026-11-25", 12)


@dataclass
class Talk:
    """The meeting, and its post."""

    cast: Cast
    meeting: Meeting
    vault: Vault

    def comes_in(self, raw: bytes, at: datetime = ANSWERED) -> InboundMail:
        """Take in a mail."""
        return receive(self.cast.session, raw, source="test", at=at, vault=self.vault)

    def attendee(self, name: str) -> Attendee:
        """Return how somebody stands."""
        self.cast.session.flush()
        query = select(Attendee).where(
            Attendee.meeting_id == self.meeting.id, Attendee.person_id == self.cast.id(name)
        )
        return self.cast.session.exec(query).one()

    def told(self) -> Told:
        """Return the facts of the invitation as somebody answers them."""
        return Told(uid=self.meeting.uid, starts_at=self.meeting.starts_at, ends_at=self.meeting.ends_at)

    def mail_to(self, name: str) -> Message:
        """Return the invitation that somebody got."""
        return next(m for m in self.cast.post("invitation", name) if m.meeting_id == self.meeting.id)


def make_talk(cast: Cast, home: Path) -> Talk:
    case = cast.case("didactisch-m:g5")
    sweep(cast.session, "group-discussions", INVITED, cast.school.id)
    cast.session.flush()
    meeting = cast.meeting(cast.task(case, "bespreking"))
    for message in cast.post():
        message.state = "sent"  # type: ignore[assignment]
    cast.session.flush()
    return Talk(cast, meeting, Vault(home))


@pytest.fixture
def talk(cast: Cast, tmp_path: Path) -> Talk:
    """The discussion of group 5, on both databases in turn."""
    return make_talk(cast, tmp_path)


@pytest.fixture(scope="module")
def made_talk(opened_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    """The same on a SQLite of its own, made once for many short looks."""
    home = tmp_path_factory.mktemp("talk")
    shutil.copy(opened_sqlite, home / "jaarritme.db")
    engine = connect(f"sqlite:///{home / 'jaarritme.db'}")
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield make_talk(read_cast(session, "99WH"), home)
        outer.rollback()
    engine.dispose()


@pytest.fixture
def light_talk(made_talk: Talk) -> Iterator[Talk]:
    """The same on SQLite; what one look did is taken back before the next."""
    session = made_talk.cast.session
    looking = session.begin_nested()
    yield made_talk
    looking.rollback()
    session.expire_all()
