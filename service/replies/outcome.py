"""What became of a mail: counted, put before a person, or only noted."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models import InboundState
from service.replies.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a mail turned out to be; while it is open ``reason`` (Dutch, of nobody in particular) says why.

    ``data`` holds addresses, versions and hours, so that a person can still place the answer by hand.
    """

    kind: Kind
    state: InboundState = InboundState.PROCESSED
    reason: str = ""
    school_id: UUID | None = None
    meeting_id: UUID | None = None
    attendee_id: UUID | None = None
    message_id: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)


def is_open(outcome: Outcome) -> bool:
    """Tell whether a person has to look."""
    return outcome.state == InboundState.OPEN
