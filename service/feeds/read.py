"""Write down that a program fetched a calendar, and say which program that is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, update
from sqlmodel import Session, col

from models import Feed
from service.feeds.shelf import NOTE_EVERY

_AGENT_LENGTH = 120
# What stands in a User-Agent, in the order in which it decides.
_PROGRAMS = (
    ("google-calendar", "Google Agenda"),
    ("microsoft.exchange", "Outlook"),
    ("outlook", "Outlook"),
    ("office", "Outlook"),
    ("icsx5", "ICSx⁵ (Android)"),
    ("davx5", "DAVx⁵ (Android)"),
    ("dataaccessd", "iPhone of iPad"),
    ("ios/", "iPhone of iPad"),
    ("calendaragent", "Mac"),
    ("macos", "Mac"),
    ("mac+os+x", "Mac"),
    ("thunderbird", "Thunderbird"),
    ("evolution", "Evolution"),
    ("nextcloud", "Nextcloud"),
    ("vdirsyncer", "vdirsyncer"),
    ("curl", "curl"),
    ("mozilla", "een browser"),
)


def note_fetch(session: Session, feed_id: UUID, *, at: datetime, by: str) -> None:
    """Write down when and by which program a calendar was fetched, at most once per five minutes."""
    program = "".join(c for c in by if c.isprintable())[:_AGENT_LENGTH]
    fetched = col(Feed.fetched_at)
    stale = or_(fetched.is_(None), fetched <= at - NOTE_EVERY, fetched >= at + NOTE_EVERY)
    session.execute(
        update(Feed).where(col(Feed.id) == feed_id, stale).values(fetched_at=at, fetched_by=program or None)
    )


def program_name(agent: str | None) -> str:
    """Return what people call the program that sent a User-Agent; what it says itself when we don't know."""
    said = (agent or "").casefold()
    return next((name for mark, name in _PROGRAMS if mark in said), agent or "")
