"""Channels besides mail, added by an administrator for a person or the school; their addresses are secret."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from models import Channel, ChannelChoice, ChannelKind, School
from service.notices import channels, outbox
from service.notices.allowed import SERVICES, AddressError, schema_of
from service.notices.trials import PREFIX, last_trials
from service.notices.vault import Vault, VaultError
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.school.staff import require_member

MAX_NAME = 40
MAX_URL = 1000
_TEST_LASTS = timedelta(minutes=15)
_log = logging.getLogger(__name__)


class ChannelError(SchoolError):
    """Dit kanaal klopt niet."""


def channels_of(session: Session, school_id: UUID, person_id: UUID | None) -> list[Channel]:
    """Return a person's channels at a school by name, or the school's own; those that are off included."""
    wanted = select(Channel).where(
        Channel.school_id == school_id, Channel.person_id == person_id, Channel.secret_url != ""
    )
    return list(session.exec(wanted.order_by(col(Channel.name))))


def add_channel(
    session: Session,
    vault: Vault,
    school_id: UUID,
    person_id: UUID | None,
    *,
    name: str,
    url: str,
    actor_id: UUID,
    at: datetime,
    plain: bool = False,
) -> Channel:
    """Keep an Apprise URL for a person, or for the school; it is never shown again.

    ``plain`` allows one without encryption, for a demo.
    """
    if person_id:
        require_member(session, school_id, person_id)
    name = wanted_name(name)
    url = wanted_address(url, plain=plain)
    if is_named(session, school_id, person_id, name):
        whose = "Deze persoon" if person_id else "De school"
        raise ChannelError(f"{whose} heeft al een kanaal met deze naam.")
    channel = channels.add_channel(
        session, vault, school_id=school_id, person_id=person_id, name=name, url=url
    )
    _log.info("channel added: %s by %s at %s", channel.id, actor_id, at.isoformat())
    return channel


def wanted_name(text: str) -> str:
    """Return a channel's name as it is kept."""
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise ChannelError(f"Geef het kanaal een naam van hooguit {MAX_NAME} tekens.")
    return name


def wanted_address(text: str, *, plain: bool = False) -> str:
    """Return an Apprise URL that a channel may have; say what is wrong with another."""
    url = text.strip()
    if len(url) > MAX_URL:
        raise ChannelError(f"Dit adres is te lang; hooguit {MAX_URL} tekens.")
    try:
        schema_of(url, plain=plain)
    except AddressError as error:
        raise ChannelError(str(error)) from error
    return url


def switch_channel(
    session: Session, school_id: UUID, channel_id: UUID, *, on: bool, actor_id: UUID, at: datetime
) -> Channel:
    """Turn a channel on or off; what was sent through it stays on record."""
    channel = find_channel(session, school_id, channel_id)
    channel.active = on
    session.flush()
    _log.info("channel %s %s by %s at %s", "on" if on else "off", channel.id, actor_id, at.isoformat())
    return channel


def remove_channel(
    session: Session, school_id: UUID, channel_id: UUID, *, actor_id: UUID, at: datetime
) -> Channel:
    """Wipe a channel's address for good; its name comes free, and what was sent stays on record."""
    channel = find_channel(session, school_id, channel_id)
    channels.forget(channel)
    session.flush()
    _log.info("channel removed: %s by %s at %s", channel.id, actor_id, at.isoformat())
    return channel


def try_channel(
    session: Session, school_id: UUID, channel_id: UUID, *, at: datetime, actor_id: UUID | None = None
) -> None:
    """Put a trial message for a channel in the outbox; delivery carries it like any other."""
    channel = find_channel(session, school_id, channel_id)
    if not channel.active:
        raise ChannelError("Dit kanaal staat uit. Zet het eerst aan.")
    last = last_trials(session, [channel.id]).get(channel.id)
    if last and last.is_open:
        raise ChannelError("Er is al een proefbericht onderweg.")
    school = session.get_one(School, school_id)
    outbox.post(
        session,
        outbox.Letter(
            school_id=school_id,
            person_id=channel.person_id or actor_id,
            kind="notice",
            dedupe_key=f"{PREFIX}{channel.id}:{at.isoformat()}",
            to_address=channel.name,
            subject="Proefbericht van Jaarritme",
            body=f"Dit kanaal werkt. Herinneringen van {school.name} kunnen voortaan ook hier aankomen.",
            at=at,
            expires_at=at + _TEST_LASTS,
            channel_id=channel.id,
        ),
    )


def service_of(vault: Vault, channel: Channel) -> str:
    """Return what may be seen of a channel: the service it uses, and nothing of its address."""
    if channel.kind == ChannelKind.PUSH:
        return "melding op een apparaat"
    try:
        schema = channels.unsealed(vault, channel.id, channel.secret_url).partition("://")[0].lower()
    except VaultError:
        return "niet meer te lezen"
    return SERVICES.get(schema) or SERVICES.get(f"{schema}s") or schema


def find_channel(session: Session, school_id: UUID, channel_id: UUID) -> Channel:
    """Return a channel of this school."""
    channel = session.get(Channel, channel_id)
    if channel is None or channel.school_id != school_id or not channel.secret_url:
        raise NotOfThisSchoolError
    return channel


def listeners(session: Session, school_id: UUID) -> dict[UUID, int]:
    """Return how many people chose each channel of the school."""
    counted = (
        select(ChannelChoice.channel_id, func.count())
        .join(Channel, col(Channel.id) == ChannelChoice.channel_id)
        .where(Channel.school_id == school_id)
        .group_by(col(ChannelChoice.channel_id))
    )
    return dict(session.exec(counted).all())


def is_named(session: Session, school_id: UUID, person_id: UUID | None, name: str) -> bool:
    """Tell whether a person, at whatever school, or the school itself has a channel with this name."""
    same = select(Channel.id).where(Channel.person_id == person_id, Channel.name == name)
    if person_id is None:
        same = same.where(Channel.school_id == school_id)
    return session.exec(same).first() is not None
