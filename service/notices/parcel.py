"""What delivery hands to those who carry it, and what they answer when it did not arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from models import ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A claimed message with all that sending it takes; ``fence`` is the number of our claim."""

    id: UUID
    fence: int
    attempts: int
    expires_at: datetime
    school_name: str
    mailbox: str
    person_name: str
    to_address: str
    subject: str
    body: str
    html: str | None
    calendar: str | None
    message_id: str
    made_at: datetime
    channel_id: UUID | None
    secret_url: str | None
    channel_kind: ChannelKind | None = None


class NotSentError(Exception):
    """Het bericht is niet verstuurd."""

    final: ClassVar[bool] = False  # trying again won't help
    closed: bool = False  # nothing leaves by this way now
    blames_account: ClassVar[bool] = False  # says something of the account, and not only of this message
    rest: ClassVar[timedelta] = timedelta()  # wait at least so long


class RefusedError(NotSentError):
    """Het bericht is geweigerd."""

    final = True


class NotNowError(NotSentError):
    """Deze ontvanger kan nu geen bericht aannemen."""


class LaterError(NotSentError):
    """Het bericht kan nu niet worden aangenomen."""

    blames_account = True


class UnreachableError(LaterError):
    """De mailserver is niet bereikbaar."""

    closed = True


class SpentError(LaterError):
    """De mailserver neemt vandaag niet meer van ons aan."""

    closed = True
    rest = timedelta(hours=1)


class UncertainError(NotSentError):
    """Het is niet zeker of het bericht is aangekomen."""

    blames_account = True
    rest = timedelta(minutes=10)  # a server may take so long to answer the final dot (RFC 5321 §4.5.3.2.6)


class SilentError(UncertainError):
    """De mailserver antwoordt niet meer."""

    closed = True


class LostClaimError(NotSentError):
    """Een andere bezorger heeft dit bericht overgenomen."""


class BrokenError(NotSentError):
    """Onverwachte fout bij dit bericht."""
