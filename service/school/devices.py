"""The devices on which a person wants push messages; each is a channel of her own."""

import json
import logging
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from models import Channel, ChannelKind
from service.notices import channels
from service.notices.push import SubscriptionError, read_subscription
from service.notices.vault import Vault, VaultError
from service.school.channel_choices import own
from service.school.channels import ChannelError, channels_of, is_named, wanted_name
from service.school.errors import NotOfThisSchoolError
from service.school.staff import require_member

MAX_DEVICES = 10
_log = logging.getLogger(__name__)


def devices_of(session: Session, school_id: UUID, person_id: UUID) -> list[Channel]:
    """Return a person's devices by name, those that answer no more included."""
    mine = channels_of(session, school_id, person_id)
    return [channel for channel in mine if channel.kind == ChannelKind.PUSH]


def add_device(
    session: Session,
    vault: Vault,
    school_id: UUID,
    person_id: UUID,
    *,
    name: str,
    subscription: str,
    at: datetime,
    allow_private: bool = False,
) -> Channel:
    """Keep a browser's subscription under a name; the same name again is the same device, with a new one."""
    require_member(session, school_id, person_id)
    name = wanted_name(name)
    try:
        kept = read_subscription(subscription, allow_private=allow_private)
    except SubscriptionError as error:
        raise ChannelError(str(error)) from error
    device = _named(session, school_id, person_id, name)
    _leave(session, vault, kept, school_id, person_id, stays=device)
    if device:
        channels.readdress(vault, device, kept)
        session.flush()
    else:
        device = _new(session, vault, school_id, person_id, name=name, kept=kept)
    _log.info("device %s of %s at %s", device.id, person_id, at.isoformat())
    return device


def withdraw_device(
    session: Session, school_id: UUID, person_id: UUID, channel_id: UUID, *, at: datetime
) -> Channel:
    """Send nothing more to a device, and forget its address."""
    device = own(session, school_id, person_id, channel_id)
    if device.kind != ChannelKind.PUSH:
        raise NotOfThisSchoolError
    channels.forget(device)
    session.flush()
    _log.info("device %s withdrawn at %s", device.id, at.isoformat())
    return device


def _new(
    session: Session, vault: Vault, school_id: UUID, person_id: UUID, *, name: str, kept: str
) -> Channel:
    if is_named(session, school_id, person_id, name):
        raise ChannelError("Je hebt al een kanaal met deze naam. Kies een andere.")
    if len(devices_of(session, school_id, person_id)) >= MAX_DEVICES:
        raise ChannelError("Je hebt al tien apparaten. Trek er eerst een in.")
    return channels.add_channel(
        session, vault, school_id=school_id, person_id=person_id, name=name, url=kept, kind=ChannelKind.PUSH
    )


def _leave(
    session: Session, vault: Vault, kept: str, school_id: UUID, person_id: UUID, *, stays: Channel | None
) -> None:
    """Take this browser from whoever used it before, or from its older name; at a second school it stays."""
    endpoint = json.loads(kept)["endpoint"]
    wanted = select(Channel).where(Channel.kind == ChannelKind.PUSH, Channel.secret_url != "")
    for other in session.exec(wanted):
        elsewhere = other.person_id == person_id and other.school_id != school_id
        if other is not stays and not elsewhere and _endpoint(vault, other) == endpoint:
            channels.forget(other)
            _log.info("device %s has changed hands", other.id)


def _endpoint(vault: Vault, device: Channel) -> str | None:
    try:
        kept: str | None = json.loads(channels.unsealed(vault, device.id, device.secret_url))["endpoint"]
    except VaultError:
        return None
    return kept


def _named(session: Session, school_id: UUID, person_id: UUID, name: str) -> Channel | None:
    wanted = select(Channel).where(
        Channel.school_id == school_id,
        Channel.person_id == person_id,
        Channel.name == name,
        Channel.kind == ChannelKind.PUSH,
    )
    return session.exec(wanted).first()
