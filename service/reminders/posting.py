"""Post what a person must hear by the ways they chose: mail, and a copy through each of their channels."""

from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from models import Channel, Message, Person, ReminderWish
from service.notices.choices import channels_for
from service.notices.outbox import Letter, post


def ways_of(
    session: Session, school_id: UUID, person: Person, wish: ReminderWish | None
) -> list[Channel | None]:
    """Return by which ways a person hears, None being mail; none when mail is all there is and it bounces.

    Who wants no mail and has no channel any more gets mail: hearing nothing is for pausing.
    """
    channels: list[Channel | None] = list(channels_for(session, school_id, person.id))
    wants_mail = wish is None or wish.by_mail or not channels
    mail: list[Channel | None] = [None] if wants_mail and person.mail_refused_at is None else []
    return mail + channels


def post_by(session: Session, letter: Letter, ways: list[Channel | None]) -> Message | None:
    """Post a letter by the first way and a copy by each other one; return None when it is there already."""
    first, *others = ways
    message = post(session, _through(letter, first))
    if message:
        for way in others:
            key = f"{letter.dedupe_key}:{way.id if way else 'mail'}"
            post(session, replace(_through(letter, way), dedupe_key=key, copy_of=message.id))
    return message


def _through(letter: Letter, way: Channel | None) -> Letter:
    if way is None:
        return letter
    return replace(letter, channel_id=way.id, to_address=way.name, html=None)
