"""Two days on which a school does all that sends something, with a pupil's name in every free text."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models import OPEN_STATES, Attendee, ChannelKind, Meeting, MeetingState, Task, TaskKind
from models.database import unit_of_work
from service.access.password_links import invite_to_log_in
from service.cases.consent import record_consent
from service.cases.errors import CaseError
from service.cases.open import open_case
from service.cases.reschedule import reschedule_task
from service.feeds.tokens import create_feed, create_school_feed
from service.meetings.answer import answer
from service.meetings.arrange import Wish, arrange
from service.meetings.call_off import call_off_meeting
from service.meetings.counter import accept_counter, decline_counter, propose
from service.meetings.move import move_meeting
from service.notices.channels import add_channel
from service.notices.vault import Vault
from service.reminders.by_hand import remind_by_hand
from service.replan.apply import apply_change
from service.replan.changes import ClosureAdded
from service.replies.receive import receive
from service.school.channels import try_channel
from tests.cast import YEAR, Cast, moment, read_cast
from tests.notices.push_service import Browser

NOW = moment("2026-11-25", 6, 30)  # a Wednesday


def subscribe(engine: Engine, home: Path, port: int, phone: Browser) -> list[str]:
    """Give everyone a calendar, the school one too, and a teacher a chat and a telephone."""
    with unit_of_work(engine) as session:
        cast = read_cast(session, "99WH")
        vault, joris = Vault(home), cast.id("joris")
        chat = f"json://127.0.0.1:{port}/haak"
        ways = (("chat", chat, ChannelKind.APPRISE), ("telefoon", phone.subscription, ChannelKind.PUSH))
        for name, url, kind in ways:
            channel = add_channel(
                session, vault, school_id=cast.school.id, person_id=joris, name=name, url=url, kind=kind
            )
            try_channel(session, cast.school.id, channel.id, at=NOW)
        tokens = [create_feed(session, cast.actor(name, NOW), "telefoon", NOW) for name in cast.people]
        return [*tokens, create_school_feed(session, cast.actor("amira", NOW), "ouders", NOW)]


def ask_and_open(engine: Engine, words: str) -> None:
    """Open a case for every pupil, ask parents to a talk, and send a link for a password."""
    with unit_of_work(engine) as session:
        cast = read_cast(session, "99WH")
        ineke = cast.actor("ineke", NOW)
        for pupil in list(cast.pupils.values())[:2]:
            chosen = {"procedure": "external-referrals", "occurrence": "tlv", "pupil_id": pupil.id}
            case = open_case(session, actor=ineke, at=NOW, **chosen)
            _consent(session, cast, case.id, words)
        _arrange(session, cast)
        invite_to_log_in(session, cast.people["joris"], cast.school.id, at=NOW)


def _arrange(session: Session, cast: Cast) -> None:
    for number, pupil in enumerate(list(cast.pupils.values())[:3]):
        wish = Wish(
            occurrence="oudergesprek",
            starts_at=moment(f"2026-12-{8 + number:02}", 13),
            minutes=30,
            location="spreekkamer",
            pupil_id=pupil.id,
            staff=frozenset({cast.id("joris"), cast.id("hanneke")}),
            outside=(f"gezin{number}@thuis.example",),
        )
        arrange(session, wish, actor=cast.actor("ineke", NOW), at=NOW)


def _consent(session: Session, cast: Cast, case_id: UUID, words: str) -> None:
    record_consent(
        session,
        case_id,
        actor=cast.actor("ineke", NOW),
        at=NOW,
        purpose=words,
        recipient=words,
        scope=words,
        given=True,
        given_by=words,
        given_on=NOW.date(),
        method=words,
    )


def answer_and_change(engine: Engine, home: Path, words: str) -> None:
    """Answer, propose other hours, move, call off, skip, remind, close a day; take a mail in."""
    at = NOW + timedelta(hours=4)
    with unit_of_work(engine) as session:
        cast = read_cast(session, "99WH")
        ineke = cast.actor("ineke", at)
        moved, off, _, third, fourth = _talks_and_rounds(session, cast)
        for meeting, decide in ((third, decline_counter), (fourth, accept_counter)):
            proposal = _propose(session, meeting, words)
            decide(session, proposal, actor=ineke, at=at)
        later = moved.starts_at + timedelta(hours=2)
        move_meeting(session, moved.id, actor=ineke, at=at, starts_at=later, location="kamer 2", reason=words)
        call_off_meeting(session, off.id, actor=ineke, at=at, reason=words)
        _reschedule_and_remind(session, cast, words)
        day = moment("2027-01-28").date()
        change = ClosureAdded(name="Studiedag", first_day=day, last_day=day)
        apply_change(session, cast.school, YEAR, change, actor_id=ineke.person_id, at=at)
        receive(session, _letter(words), source="judge", at=at, vault=Vault(home))


def _talks_and_rounds(session: Session, cast: Cast) -> list[Meeting]:
    """Return the parents' talks first, then what the rounds of the year have next."""
    coming = select(Meeting).where(
        Meeting.school_id == cast.school.id,
        Meeting.state == MeetingState.CONFIRMED,
        Meeting.starts_at > NOW + timedelta(days=2),
    )
    found = session.exec(coming.order_by(col(Meeting.location) != "spreekkamer", col(Meeting.starts_at)))
    return list(found)[:5]


def _propose(session: Session, meeting: Meeting, words: str) -> UUID:
    """Answer with a comment and propose another hour and place, as a calendar program does."""
    guests = select(Attendee).where(Attendee.meeting_id == meeting.id, col(Attendee.chair).is_(False))
    guest = session.exec(guests.order_by(col(Attendee.id))).first()
    assert guest
    answer(session, guest, "TENTATIVE", at=NOW + timedelta(hours=2), via="mail", comment=words)
    return propose(
        session,
        guest,
        starts_at=meeting.starts_at + timedelta(hours=3),
        ends_at=meeting.ends_at + timedelta(hours=3),
        location=words,
        comment=words,
        sequence=meeting.sequence,
        inbound_id=None,
        at=NOW + timedelta(hours=3),
    ).id


def _reschedule_and_remind(session: Session, cast: Cast, words: str) -> None:
    """Give the first open task another day; remind of the others, whoever may be reminded."""
    at = NOW + timedelta(hours=4)
    mine = (Task.school_id == cast.school.id) & (Task.kind == TaskKind.TASK)
    tasks = session.exec(
        select(Task).where(mine, col(Task.state).in_(OPEN_STATES)).order_by(col(Task.id))
    ).all()
    ineke, changed, reminded = cast.actor("ineke", at), 0, 0
    for task in tasks:
        try:
            if not changed:
                reschedule_task(
                    session, task.id, actor=ineke, at=at, to=moment("2026-12-01").date(), reason=words
                )
                changed += 1
            else:
                remind_by_hand(session, task.id, actor=ineke, at=at)
                reminded += 1
        except CaseError:
            continue
    assert changed
    assert reminded


def _letter(words: str) -> bytes:
    head = "From: Ouder <gezin0@thuis.example>\r\nMessage-ID: <1@thuis.example>\r\n"
    return f"{head}Subject: {words}\r\n\r\n{words}\r\n".encode()
