"""The channels by which a person hears of reminders besides mail; their addresses are secrets."""

from uuid import UUID, uuid4

from sqlmodel import Session

from models import Channel
from service.notices.vault import Vault


def add_channel(
    session: Session, vault: Vault, *, school_id: UUID, person_id: UUID, name: str, url: str
) -> Channel:
    """Keep a channel under a name of its own, its Apprise URL sealed."""
    key = uuid4()
    sealed = vault.seal(url, about=_about(key))
    channel = Channel(id=key, school_id=school_id, person_id=person_id, name=name, secret_url=sealed)
    session.add(channel)
    session.flush()
    return channel


def unsealed(vault: Vault, channel_id: UUID | None, secret_url: str) -> str:
    """Return a channel's Apprise URL; never log it."""
    return vault.unseal(secret_url, about=_about(channel_id))


def _about(channel_id: UUID | None) -> str:
    return f"channel:{channel_id}"
