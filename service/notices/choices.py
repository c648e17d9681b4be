"""Through which channels besides mail a person hears of reminders from a school."""

from uuid import UUID

from sqlmodel import Session, col, or_, select

from models import Channel, ChannelChoice


def channels_for(session: Session, school_id: UUID, person_id: UUID) -> list[Channel]:
    """Return a person's own channels and devices that are on, and those of the school she chose, by name."""
    chosen = select(ChannelChoice.channel_id).where(ChannelChoice.person_id == person_id)
    hers = or_(
        col(Channel.person_id) == person_id,
        col(Channel.person_id).is_(None) & col(Channel.id).in_(chosen),
    )
    wanted = select(Channel).where(Channel.school_id == school_id, col(Channel.active).is_(True), hers)
    return list(session.exec(wanted.order_by(col(Channel.name), col(Channel.id))))
