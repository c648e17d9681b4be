"""Every kind of calendar that Jaarritme hands out: hard cases by hand, and what a school's days gave."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, select

from calendars.entries import Attendee, DayEntry, Mailbox, Meeting
from calendars.feed import feed
from calendars.invitation import cancel, decline_counter, request
from models import Attendee as AttendeeRow
from models import FeedBytes, MeetingState, Message, MessageState
from models import Meeting as MeetingRow
from service.cases.sweep import sweep
from service.feeds.publish import person_calendar, publish_school
from service.meetings.call_off import call_off_meeting
from service.meetings.counter import decline_counter as decline_proposal
from service.meetings.counter import propose
from service.meetings.move import move_meeting
from service.meetings.outside import ask_outside
from service.meetings.tell import tell
from service.procedures import RHYTHMS
from tests.cast import Cast, moment

MEETING = Meeting(
    uid="meeting-1@wilgen.example",
    sequence=0,
    starts_at=datetime(2027, 1, 13, 12, 30, tzinfo=UTC),
    ends_at=datetime(2027, 1, 13, 13, 30, tzinfo=UTC),
    title='Groepsbespreking groep 5; ronde 2, "boven" \\ – 👩🏽‍🏫',
    description="Neem het groepsplan mee.\nDe kamer is open vanaf 13:15, koffie staat klaar; tot dan!",
    location="Kamer 3, boven",
    url="https://jaarritme.wilgen.example/afspraak/7?a=1,2;b=3",
    organizer=Mailbox(name='Jaarritme, "De Wilgen"', mail="jaarritme@wilgen.example"),
    attendees=(
        Attendee(name='Jansen, Jan "ib" ^', mail="jan+ib@wilgen.example"),
        Attendee(name="Zoë", mail="zoe@wilgen.example", partstat="ACCEPTED", rsvp=False),
    ),
    modified_at=datetime(2026, 12, 1, 7, tzinfo=UTC),
)
LATER = replace(MEETING, sequence=1, location="Kamer 4")
HOLIDAY = DayEntry(
    uid="day-1@wilgen.example",
    sequence=2,
    first_day=date(2026, 12, 19),
    last_day=date(2027, 1, 3),
    title="Kerstvakantie",
    url="https://jaarritme.wilgen.example/jaar",
    modified_at=MEETING.modified_at,
)
HARD = {
    "request": request(MEETING),
    "update": request(LATER),
    "cancel": cancel(replace(LATER, sequence=2)),
    "taken off": cancel(replace(LATER, sequence=2), LATER.attendees[:1]),
    "declined counter": decline_counter(LATER, LATER.attendees[0], 1),
    "feed": feed("Agenda; groep 5, 6", [MEETING, HOLIDAY, replace(HOLIDAY, uid="2", cancelled=True)]),
    "empty feed": feed("Agenda", []),
}
NOW = moment("2026-10-05", 6, 30)  # the clock change of autumn is still to come


def lived(cast: Cast) -> dict[str, bytes]:
    """Let a school invite, move, call off, take off and answer a proposal; return what went out."""
    session = cast.session
    for rhythm in RHYTHMS:
        sweep(session, rhythm, NOW)
    moved, off, left, outside = _meetings(cast)
    ineke = cast.actor("ineke", NOW)
    starts_at = moved.starts_at + timedelta(hours=4)
    move_meeting(
        session, moved.id, actor=ineke, at=NOW, starts_at=starts_at, location="Kamer 2", reason="ziek"
    )
    call_off_meeting(session, off.id, actor=ineke, at=NOW, reason="staking")
    _take_off(session, left)
    _ask_parents(session, outside)
    _decline(cast, moved)
    session.flush()
    found = {
        f"{m.kind} {m.calendar_method} {m.id}": m.calendar.encode() for m in _told(session) if m.calendar
    }
    return found | _calendars(cast)


def _meetings(cast: Cast) -> list[MeetingRow]:
    coming = select(MeetingRow).where(
        MeetingRow.school_id == cast.school.id,
        MeetingRow.starts_at > NOW,
        MeetingRow.state == MeetingState.CONFIRMED,
    )
    found = list(cast.session.exec(coming.order_by(col(MeetingRow.starts_at)).limit(4)))
    for meeting in found:
        tell(cast.session, meeting, NOW)
    _let_leave(cast.session)
    return found


def _let_leave(session: Session) -> None:
    """Mark what is in the outbox as sent, so that what comes after it is news of something known."""
    for message in session.exec(select(Message).where(Message.state == MessageState.READY)):
        message.state, message.sent_at = MessageState.SENT, NOW
    session.flush()


def _take_off(session: Session, meeting: MeetingRow) -> None:
    mine = select(AttendeeRow).where(AttendeeRow.meeting_id == meeting.id, col(AttendeeRow.chair).is_(False))
    session.exec(mine.order_by(col(AttendeeRow.id))).first().removed = True  # type: ignore[union-attr]
    meeting.sequence += 1
    tell(session, meeting, NOW + timedelta(minutes=1))


def _ask_parents(session: Session, meeting: MeetingRow) -> None:
    ask_outside(session, meeting, "ouder.een@thuis.example")
    tell(session, meeting, NOW + timedelta(minutes=2))


def _decline(cast: Cast, meeting: MeetingRow) -> None:
    mine = select(AttendeeRow).where(AttendeeRow.meeting_id == meeting.id, col(AttendeeRow.chair).is_(False))
    attendee = cast.session.exec(mine.order_by(col(AttendeeRow.id))).first()
    assert attendee
    proposal = propose(
        cast.session,
        attendee,
        starts_at=meeting.starts_at + timedelta(hours=1),
        ends_at=meeting.ends_at + timedelta(hours=1),
        location="",
        comment="liever later",
        sequence=meeting.sequence,
        inbound_id=None,
        at=NOW + timedelta(minutes=3),
    )
    decline_proposal(cast.session, proposal.id, actor=cast.actor("ineke", NOW), at=NOW + timedelta(minutes=4))


def _told(session: Session) -> list[Message]:
    return list(session.exec(select(Message).order_by(col(Message.made_at), col(Message.id))))


def _calendars(cast: Cast) -> dict[str, bytes]:
    feeds = {f"feed of {name}": person_calendar(cast.session, p, NOW) for name, p in cast.people.items()}
    publish_school(cast.session, cast.school, NOW)
    kept = select(FeedBytes.body).where(FeedBytes.school_id == cast.school.id)
    return feeds | {"feed of the school": cast.session.exec(kept).one()}


def methods(calendars: dict[str, bytes]) -> set[str]:
    """Return which methods there are among calendars."""
    found = [re.search(rb"^METHOD:(\w+)\r$", data, re.MULTILINE) for data in calendars.values()]
    return {hit[1].decode() for hit in found if hit}
