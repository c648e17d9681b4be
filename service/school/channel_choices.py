"""What a person decides about channels: which of the school's, and her own on, off or tried."""

import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from models import Channel, ChannelChoice
from service.school.channels import ChannelError, channels_of, find_channel, switch_channel, try_channel
from service.school.errors import NotOfThisSchoolError
from service.school.staff import require_member

_log = logging.getLogger(__name__)


def offered(session: Session, school_id: UUID) -> list[Channel]:
    """Return the channels of the school that a person can choose."""
    return [channel for channel in channels_of(session, school_id, None) if channel.active]


def chosen(session: Session, person_id: UUID, among: Collection[Channel]) -> set[UUID]:
    """Return which of these channels a person chose."""
    hers = set(session.exec(select(ChannelChoice.channel_id).where(ChannelChoice.person_id == person_id)))
    return hers & {channel.id for channel in among}


def choose(
    session: Session, school_id: UUID, person_id: UUID, channel_id: UUID, *, on: bool, at: datetime
) -> Channel:
    """Let a person hear of reminders through a channel of the school, or no longer."""
    require_member(session, school_id, person_id)
    channel = find_channel(session, school_id, channel_id)
    if channel.person_id is not None:
        raise NotOfThisSchoolError
    if on and not channel.active:
        raise ChannelError("Dit kanaal staat uit.")
    mine = (col(ChannelChoice.channel_id) == channel_id, col(ChannelChoice.person_id) == person_id)
    if not on:
        session.exec(delete(ChannelChoice).where(*mine))
    elif session.exec(select(ChannelChoice.id).where(*mine)).first() is None:
        with suppress(IntegrityError), session.begin_nested():  # a second press at once chose it already
            session.add(ChannelChoice(channel_id=channel_id, person_id=person_id))
    session.flush()
    _log.info("channel %s %s at %s", channel_id, "chosen" if on else "left", at.isoformat())
    return channel


def switch_own(
    session: Session, school_id: UUID, person_id: UUID, channel_id: UUID, *, on: bool, at: datetime
) -> Channel:
    """Turn a channel of one's own on or off."""
    own(session, school_id, person_id, channel_id)
    return switch_channel(session, school_id, channel_id, on=on, actor_id=person_id, at=at)


def try_own(session: Session, school_id: UUID, person_id: UUID, channel_id: UUID, *, at: datetime) -> None:
    """Send a trial message through a channel of one's own."""
    own(session, school_id, person_id, channel_id)
    try_channel(session, school_id, channel_id, at=at)


def own(session: Session, school_id: UUID, person_id: UUID, channel_id: UUID) -> Channel:
    """Return a channel of this very person; anybody else's does not exist."""
    channel = find_channel(session, school_id, channel_id)
    if channel.person_id != person_id:
        raise NotOfThisSchoolError
    return channel
