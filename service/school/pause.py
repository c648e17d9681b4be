"""Hold back everything a school sends, or let it go again."""

import logging
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import School

_log = logging.getLogger(__name__)


def pause_messages(session: Session, school_id: UUID, *, paused: bool, actor_id: UUID, at: datetime) -> None:
    """Stop or resume sending; what is written meanwhile waits in the outbox."""
    session.get_one(School, school_id).messages_paused = paused
    session.flush()
    _log.info(
        "messages %s: %s by %s at %s", "paused" if paused else "on", school_id, actor_id, at.isoformat()
    )
