"""Whatever is done to a meeting, what the mails left in each person's calendar is what the database says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from models import Meeting, MeetingState, Message, MessageState
from service.cases.errors import CaseError
from service.cases.reopen import reopen_task
from service.cases.sweep import sweep
from service.meetings.answer import answer
from service.meetings.arrange import Wish, arrange
from service.meetings.call_off import call_off_meeting
from service.meetings.change import Change, change_meeting
from service.meetings.guests import guests_of
from service.procedures import MEETINGS
from tests.cast import Cast, moment
from tests.meetings.conftest import Held, replay

AT = moment("2026-11-25")
STAFF = ("joris", "ilse", "hanneke", "dirk")
HOUSES = ("een@gezin.example", "twee@gezin.example")

hours = st.integers(0, 5).map(lambda n: moment("2026-12-09", 9 + n))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("move"), hours),
        st.tuples(st.just("place"), st.sampled_from(["aula", "lokaal 5", ""])),
        st.tuples(st.just("title"), st.sampled_from(["Overleg over lezen", "Overleg over rekenen"])),
        st.tuples(st.just("ask"), st.sampled_from(STAFF)),
        st.tuples(st.just("ask_outside"), st.sampled_from(HOUSES)),
        st.tuples(st.just("remove"), st.sampled_from([*STAFF, *HOUSES])),
        st.tuples(st.just("all_at_once"), hours),
        st.tuples(st.just("answer"), st.sampled_from(["ACCEPTED", "DECLINED"])),
        st.tuples(st.just("off"), st.none()),
        st.tuples(st.just("on"), st.none()),
        st.tuples(st.just("leave"), st.none()),
        st.tuples(st.just("night"), st.none()),
    ),
    max_size=9,
)


@contextmanager
def taken_back(cast: Cast) -> Iterator[None]:
    """Let one example leave nothing behind."""
    moment_ = cast.session.begin_nested()
    try:
        yield
    finally:
        moment_.rollback()
        cast.session.expire_all()


def post_of(cast: Cast, meeting: Meeting) -> list[Message]:
    cast.session.flush()
    query = select(Message).where(Message.meeting_id == meeting.id)
    return sorted(cast.session.exec(query), key=lambda m: (m.made_at, m.sequence or 0))


def leave(cast: Cast, meeting: Meeting) -> None:
    """Let delivery come by: what has an older version than the meeting is laid aside, the rest leaves."""
    for message in post_of(cast, meeting):
        if message.state == MessageState.READY:
            old = message.kind == "invitation" and (message.sequence or 0) < meeting.sequence
            message.state = MessageState.SUPPRESSED if old else MessageState.SENT
    cast.session.flush()


def do(cast: Cast, meeting: Meeting, step: tuple[str, Any], at: datetime) -> None:
    what, value = step
    actor = cast.actor("ineke", AT)
    guests = {g.mail: g for g in guests_of(cast.session, meeting) if g.is_here}
    mail = cast.people[value].email if value in cast.people else value
    changes: dict[str, Any] = {
        "move": {"starts_at": value},
        "place": {"location": value},
        "title": {"title": value},
        "ask": {"staff": frozenset({cast.people[value].id})} if value in cast.people else {},
        "ask_outside": {"outside": (value,)},
        "remove": {"remove": frozenset({guests[mail].attendee.id})} if mail in guests else {},
        "all_at_once": {"starts_at": value, "staff": frozenset({cast.id("dirk")}), "outside": HOUSES[:1]},
    }
    if what in changes:
        change = Change(reason="beter zo", **changes[what])
        change_meeting(cast.session, meeting.id, change, actor=actor, at=at)
    elif what == "answer":
        for guest in guests.values():
            if not guest.attendee.chair:
                answer(cast.session, guest.attendee, value, at=at, via="page")
    elif what == "off":
        call_off_meeting(cast.session, meeting.id, actor=actor, at=at, reason="ziek")
    elif what == "on":
        reopen_task(cast.session, meeting.task_id, actor=actor, at=at, reason="toch wel")
    elif what == "leave":
        leave(cast, meeting)
    else:
        sweep(cast.session, MEETINGS, at, cast.school.id)


def arranged(cast: Cast) -> Meeting:
    wish = Wish(
        occurrence="team",
        starts_at=moment("2026-12-09", 14),
        minutes=30,
        staff=frozenset({cast.id("joris"), cast.id("ilse")}),
        outside=HOUSES[:1],
    )
    return arrange(cast.session, wish, actor=cast.actor("ineke", AT), at=AT)[0]


@pytest.fixture
def quiet(cast: Cast) -> Cast:
    cast.session.flush()
    return cast


@pytest.mark.acceptance
@given(script=steps)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_calendar_holds_what_the_database_says(quiet: Cast, script: list[tuple[str, Any]]) -> None:
    with taken_back(quiet):
        meeting = arranged(quiet)
        for number, step in enumerate(script, start=1):
            inside = quiet.session.begin_nested()
            try:
                do(quiet, meeting, step, AT + timedelta(minutes=number))
                inside.commit()
            except CaseError:
                inside.rollback()
        leave(quiet, meeting)

        sent = [m for m in post_of(quiet, meeting) if m.state == MessageState.SENT]
        for guest in guests_of(quiet.session, meeting):
            if not guest.attendee.chair:
                mine = replay(m for m in sent if m.to_address == guest.mail)
                assert mine == _wanted(meeting, here=guest.is_here), guest.mail
        _nobody_gets_two_of_one_version(sent)


def _wanted(meeting: Meeting, *, here: bool) -> dict[str, Held]:
    if not here or meeting.state == MeetingState.CANCELLED:
        return {}
    held = Held(meeting.starts_at, meeting.ends_at, meeting.title, meeting.location)
    return {meeting.uid: held}


def _nobody_gets_two_of_one_version(sent: list[Message]) -> None:
    stamps = [(m.to_address, m.made_at) for m in sent]
    assert len(stamps) == len(set(stamps))
