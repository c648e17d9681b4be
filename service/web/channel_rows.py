"""What a page shows of channels: a name, a service and how the last trial went; never an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models import Channel
from service.access.scope import NotFoundError
from service.notices.apprise_channel import AppriseCarrier
from service.notices.parcel import NotSentError
from service.notices.trials import Trial, last_trials
from service.notices.vault import Vault
from service.school.channels import ChannelError, find_channel, service_of, wanted_address
from service.school.errors import NotOfThisSchoolError
from service.settings import settings
from service.web.page import Me


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel on a page; ``listeners`` counts who chose it."""

    channel: Channel
    service: str
    trial: Trial | None
    listeners: int = 0


def rows_of(
    session: Session, channels: Sequence[Channel], listeners: Mapping[UUID, int] | None = None
) -> list[ChannelRow]:
    """Return channels as a page shows them."""
    vault, trials = Vault(settings().home), last_trials(session, [channel.id for channel in channels])
    return [
        ChannelRow(c, service_of(vault, c), trials.get(c.id), (listeners or {}).get(c.id, 0))
        for c in channels
    ]


def channel_or_404(session: Session, me: Me, channel_id: UUID, person_id: UUID | None) -> Channel:
    """Return a channel of this very person, or without a person of the school; others do not exist."""
    try:
        channel = find_channel(session, me.school.id, channel_id)
    except NotOfThisSchoolError as error:
        raise NotFoundError from error
    if channel.person_id != person_id:
        raise NotFoundError
    return channel


def misread(url: str) -> str:
    """Return what Apprise itself finds wrong with an address; it takes a second, so do it before all else."""
    try:
        address = wanted_address(url, plain=settings().demo)
    except ChannelError:
        return ""  # whoever keeps it says so
    carrier = AppriseCarrier(allow_private=settings().demo)
    try:
        carrier.check(address)
    except NotSentError as error:
        return str(error)
    finally:
        carrier.close()
    return ""
