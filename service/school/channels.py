"""Channels besides mail, added by an administrator for a person; their addresses are secrets."""

import logging
import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models import Channel, School
from service.notices import channels, outbox
from service.notices.vault import Vault, VaultError
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.school.staff import require_member

MAX_NAME = 40
MAX_URL = 1000
# Mail is ours: only we can send an invitation and its update under one identity.
_MAIL = ("mailto", "mailtos", "email")
_URL = re.compile(r"([a-z][a-z0-9+.-]{1,30})://\S+", re.IGNORECASE)
_TEST_LASTS = timedelta(hours=1)
_log = logging.getLogger(__name__)


class ChannelError(SchoolError):
    """Dit kanaal klopt niet."""


def channels_of(session: Session, school_id: UUID, person_id: UUID) -> list[Channel]:
    """Return a person's channels at a school by name, those that are off included."""
    mine = select(Channel).where(Channel.school_id == school_id, Channel.person_id == person_id)
    return list(session.exec(mine.order_by(col(Channel.name))))


def add_channel(
    session: Session,
    vault: Vault,
    school_id: UUID,
    person_id: UUID,
    *,
    name: str,
    url: str,
    actor_id: UUID,
    at: datetime,
) -> Channel:
    """Keep an Apprise URL for a person; it is never shown again."""
    require_member(session, school_id, person_id)
    name, url = " ".join(name.split()), url.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise ChannelError(f"Geef het kanaal een naam van hooguit {MAX_NAME} tekens.")
    match = _URL.fullmatch(url)
    if not match or len(url) > MAX_URL:
        raise ChannelError("Dit is geen Apprise-adres; het begint met een soort en ://, zoals ntfy://.")
    if match[1].lower() in _MAIL:
        raise ChannelError("Mail gaat al vanzelf; kies een ander soort kanaal.")
    if _named(session, person_id, name):
        raise ChannelError("Deze persoon heeft al een kanaal met deze naam.")
    channel = channels.add_channel(
        session, vault, school_id=school_id, person_id=person_id, name=name, url=url
    )
    _log.info("channel added: %s by %s at %s", channel.id, actor_id, at.isoformat())
    return channel


def switch_channel(
    session: Session, school_id: UUID, channel_id: UUID, *, on: bool, actor_id: UUID, at: datetime
) -> Channel:
    """Turn a channel on or off; what was sent through it stays on record."""
    channel = find_channel(session, school_id, channel_id)
    channel.active = on
    session.flush()
    _log.info("channel %s %s by %s at %s", "on" if on else "off", channel.id, actor_id, at.isoformat())
    return channel


def try_channel(session: Session, school_id: UUID, channel_id: UUID, *, at: datetime) -> None:
    """Put a trial message for a channel in the outbox; delivery carries it like any other."""
    channel = find_channel(session, school_id, channel_id)
    if not channel.active:
        raise ChannelError("Dit kanaal staat uit. Zet het eerst aan.")
    school = session.get_one(School, school_id)
    outbox.post(
        session,
        outbox.Letter(
            school_id=school_id,
            person_id=channel.person_id,
            kind="notice",
            dedupe_key=f"channel-test:{channel.id}:{at.isoformat()}",
            to_address=channel.name,
            subject="Proefbericht van Jaarritme",
            body=f"Dit kanaal werkt. Herinneringen van {school.name} komen voortaan ook hier aan.",
            at=at,
            expires_at=at + _TEST_LASTS,
            channel_id=channel.id,
        ),
    )


def masked(vault: Vault, channel: Channel) -> str:
    """Return what may be seen of a channel's address: its kind, and nothing of its secret."""
    try:
        url = channels.unsealed(vault, channel.id, channel.secret_url)
    except VaultError:
        return "niet meer te lezen"
    return f"{url.partition('://')[0]}://•••"


def find_channel(session: Session, school_id: UUID, channel_id: UUID) -> Channel:
    """Return a channel of this school."""
    channel = session.get(Channel, channel_id)
    if channel is None or channel.school_id != school_id:
        raise NotOfThisSchoolError
    return channel


def _named(session: Session, person_id: UUID, name: str) -> bool:
    same = select(Channel.id).where(Channel.person_id == person_id, Channel.name == name)
    return session.exec(same).first() is not None
