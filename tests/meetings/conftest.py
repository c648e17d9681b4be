"""What the tests of meetings share: replaying the mails of a person as a calendar program does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import pytest
from icalendar import Calendar, Event

from models import Meeting, Message, MessageState
from service.cases.sweep import sweep
from tests.cast import Cast, moment


@dataclass(frozen=True)
class Held:
    """A meeting as it stands in somebody's calendar."""

    starts_at: datetime
    ends_at: datetime
    title: str
    location: str


def event_of(message: Message) -> Event:
    """Read the calendar in a message with another program, one that is strict."""
    assert message.calendar
    calendar = Calendar.from_ical(message.calendar)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == message.calendar_method
    assert not event.errors
    return event


def replay(messages: Iterable[Message]) -> dict[str, Held]:
    """Return the calendar that mails leave behind, by UID, by the rules of RFC 5546 §2.1.5.

    A lower SEQUENCE is old news; with the same one the older DTSTAMP is.
    """
    held: dict[str, Held] = {}
    newest: dict[str, tuple[int, datetime]] = {}
    for message in messages:
        event = event_of(message)
        uid, stamp = str(event["UID"]), event["DTSTAMP"].dt
        order = (int(event["SEQUENCE"]), stamp)
        if uid in newest and order <= newest[uid]:
            continue
        newest[uid] = order
        if message.calendar_method == "CANCEL":
            held.pop(uid, None)
        else:
            held[uid] = Held(
                event["DTSTART"].dt,
                event["DTEND"].dt,
                str(event["SUMMARY"]),
                str(event.get("LOCATION", "")),
            )
    return held


@pytest.fixture
def leave() -> Callable[[Iterable[Message]], None]:
    """Let mails leave the house."""

    def left(messages: Iterable[Message]) -> None:
        for message in messages:
            if message.state == MessageState.READY:
                message.state = MessageState.SENT

    return left


@pytest.fixture
def talk(cast: Cast, leave: Callable[[Iterable[Message]], None]) -> Meeting:
    """The discussion of group 5, of which both teachers have the invitation; Ineke leads it."""
    case = cast.case("didactisch-m:g5")
    sweep(cast.session, "group-discussions", moment("2026-11-25"), cast.school.id)
    leave(cast.post())
    cast.session.flush()
    return cast.meeting(cast.task(case, "bespreking"))
