"""The channels by which people hear of reminders besides mail; their addresses are secrets."""

from uuid import UUID, uuid4

from sqlalchemy import Engine, update
from sqlmodel import Session, col

from models import Channel, ChannelKind
from models.database import unit_of_work
from service.notices.parcel import RefusedError
from service.notices.vault import Vault


class GoneError(RefusedError):
    """Wie hierachter zat, heeft zich afgemeld."""


def add_channel(
    session: Session,
    vault: Vault,
    *,
    school_id: UUID,
    person_id: UUID | None,
    name: str,
    url: str,
    kind: ChannelKind = ChannelKind.APPRISE,
) -> Channel:
    """Keep a channel under a name of its own, its address sealed; without a person it is the school's."""
    key = uuid4()
    sealed = vault.seal(url, about=_about(key))
    channel = Channel(
        id=key, school_id=school_id, person_id=person_id, name=name, kind=kind, secret_url=sealed
    )
    session.add(channel)
    session.flush()
    return channel


def readdress(vault: Vault, channel: Channel, url: str) -> None:
    """Give a channel another address, and turn it on."""
    channel.secret_url, channel.active = vault.seal(url, about=_about(channel.id)), True


def forget(channel: Channel) -> None:
    """Wipe a channel's address for good and free its name; what was sent through it stays on record."""
    channel.secret_url, channel.active = "", False
    channel.name = f"{channel.name} ({channel.id.hex[:8]})"


def unsealed(vault: Vault, channel_id: UUID | None, secret_url: str) -> str:
    """Return a channel's address; never log it."""
    return vault.unseal(secret_url, about=_about(channel_id))


def switch_off_gone(engine: Engine, channel_id: UUID | None, secret_url: str | None) -> None:
    """Turn off a channel whose receiver withdrew, unless it got another address in the meantime."""
    same = (col(Channel.id) == channel_id, col(Channel.secret_url) == secret_url)
    with unit_of_work(engine) as session:
        session.execute(update(Channel).where(*same).values(active=False))


def _about(channel_id: UUID | None) -> str:
    return f"channel:{channel_id}"
