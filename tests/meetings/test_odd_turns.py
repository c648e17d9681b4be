"""Turns that a meeting takes less often: every calendar still ends as the database says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from models import Attendee, CounterState, Meeting, Message, MessageState, Task
from service.cases.open import open_case
from service.cases.reopen import reopen_task
from service.cases.sweep import sweep
from service.meetings.answer import answer
from service.meetings.arrange import Wish, arrange
from service.meetings.call_off import call_off_meeting
from service.meetings.change import Change, change_meeting
from service.meetings.counter import decline_counter, open_counters, propose
from service.meetings.move import move_meeting
from tests.cast import Cast, moment, read_cast
from tests.meetings.conftest import event_of, replay

AT = moment("2026-11-25")
LATER = moment("2026-11-26")
HOUR = moment("2026-12-09", 14)
PARENT = "ouders@gezin.example"
Leave = Callable[[list[Message]], None]


def post_of(cast: Cast, meeting: Meeting, name: str = "") -> list[Message]:
    cast.session.flush()
    query = select(Message).where(Message.meeting_id == meeting.id)
    if name:
        query = query.where(Message.person_id == cast.id(name))
    return list(cast.session.exec(query.order_by(col(Message.made_at), col(Message.sequence))))


def row(cast: Cast, meeting: Meeting, name: str) -> Attendee:
    mine = (Attendee.meeting_id == meeting.id) & (Attendee.person_id == cast.id(name))
    return cast.session.exec(select(Attendee).where(mine)).one()


@pytest.fixture
def opp(cast: Cast) -> Task:
    """The talk with the parents about a plan, which gets its hour by hand."""
    case = open_case(
        cast.session,
        actor=cast.actor("ineke", AT),
        at=AT,
        procedure="plan-reviews",
        occurrence="opp",
        pupil_id=cast.pupils["1001"].id,
    )
    return cast.task(case, "opp-overleg")


def test_a_proposal_with_a_version_that_we_never_made_can_be_declined(cast: Cast, talk: Meeting) -> None:
    starts_at = talk.starts_at + timedelta(days=7)
    proposal = propose(
        cast.session,
        row(cast, talk, "laila"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        location="",
        comment="",
        sequence=talk.sequence + 1,
        inbound_id=None,
        at=AT,
    )

    decline_counter(cast.session, proposal.id, actor=cast.actor("ineke", AT), at=AT)

    [mail] = cast.post("counter")
    assert (proposal.state, mail.calendar_method) == (CounterState.DECLINED, "DECLINECOUNTER")


def test_a_proposal_of_who_is_taken_off_waits_for_nobody(cast: Cast, talk: Meeting) -> None:
    starts_at, laila, ineke = (
        talk.starts_at + timedelta(days=7),
        row(cast, talk, "laila"),
        cast.actor("ineke", AT),
    )
    propose(
        cast.session,
        laila,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        location="",
        comment="",
        sequence=0,
        inbound_id=None,
        at=AT,
    )

    change_meeting(cast.session, talk.id, Change(remove=frozenset({laila.id})), actor=ineke, at=AT)

    assert open_counters(cast.session, ineke) == []


def test_who_leads_and_had_it_by_mail_gets_it_back_with_the_meeting(cast: Cast, leave: Leave) -> None:
    wish = Wish(
        occurrence="oudergesprek",
        pupil_id=cast.pupils["1001"].id,
        starts_at=HOUR,
        minutes=30,
        staff=frozenset({cast.id("laila")}),
        chair=cast.id("joris"),
    )
    ineke = cast.actor("ineke", AT)
    [meeting] = arrange(cast.session, wish, actor=ineke, at=AT)
    leave(post_of(cast, meeting))
    call_off_meeting(cast.session, meeting.id, actor=ineke, at=AT, reason="staking")
    leave(post_of(cast, meeting))

    reopen_task(cast.session, meeting.task_id, actor=ineke, at=LATER, reason="toch niet")

    assert set(replay(post_of(cast, meeting, "joris"))) == {meeting.uid}


def test_who_would_lead_hears_nothing_of_what_is_off_before_the_invitation_left(cast: Cast) -> None:
    ineke = cast.actor("ineke", AT)
    staff, joris = frozenset({cast.id("laila")}), cast.id("joris")
    wish = Wish(occurrence="team", starts_at=HOUR, minutes=30, staff=staff, chair=joris)
    [meeting] = arrange(cast.session, wish, actor=ineke, at=AT)

    call_off_meeting(cast.session, meeting.id, actor=ineke, at=AT, reason="staking")

    assert {m.state for m in post_of(cast, meeting)} == {MessageState.SUPPRESSED}


def test_an_answer_of_who_leads_is_to_the_hour_that_it_was_given_to(cast: Cast, leave: Leave) -> None:
    wish = Wish(
        occurrence="oudergesprek",
        pupil_id=cast.pupils["1001"].id,
        starts_at=HOUR,
        minutes=30,
        staff=frozenset({cast.id("laila")}),
        chair=cast.id("joris"),
    )
    [meeting] = arrange(cast.session, wish, actor=cast.actor("ineke", AT), at=AT)
    leave(post_of(cast, meeting))
    joris = row(cast, meeting, "joris")
    answer(cast.session, joris, "DECLINED", at=AT, via="mail", sequence=0, stamp=AT)

    later = HOUR + timedelta(days=7)
    ineke = cast.actor("ineke", AT)
    move_meeting(cast.session, meeting.id, actor=ineke, at=LATER, starts_at=later, reason="Joris kan dan")

    assert joris.partstat == "NEEDS-ACTION"


def test_who_is_asked_again_is_asked_anew(cast: Cast, talk: Meeting, leave: Leave) -> None:
    ineke, laila = cast.actor("ineke", AT), row(cast, talk, "laila")
    answer(cast.session, laila, "DECLINED", at=AT, via="page", comment="ik kan niet")
    change_meeting(cast.session, talk.id, Change(remove=frozenset({laila.id})), actor=ineke, at=AT)
    leave(post_of(cast, talk))

    change_meeting(cast.session, talk.id, Change(staff=frozenset({cast.id("laila")})), actor=ineke, at=LATER)

    assert (laila.partstat, laila.comment) == ("NEEDS-ACTION", None)
    assert set(replay(post_of(cast, talk, "laila"))) == {talk.uid}


def test_a_new_hour_is_for_whom_the_wish_names(cast: Cast, opp: Task, leave: Leave) -> None:
    ineke = cast.actor("ineke", AT)
    about = Wish(
        occurrence="",
        task_id=opp.id,
        starts_at=HOUR,
        minutes=30,
        staff=frozenset({cast.id("joris")}),
        outside=(PARENT,),
        chair=cast.id("ineke"),
    )
    [meeting] = arrange(cast.session, about, actor=ineke, at=AT)
    leave(post_of(cast, meeting))
    call_off_meeting(cast.session, meeting.id, actor=ineke, at=AT, reason="ziek")
    leave(post_of(cast, meeting))

    again = replace(about, starts_at=HOUR + timedelta(days=7), staff=frozenset(), chair=cast.id("laila"))
    arrange(cast.session, again, actor=ineke, at=LATER)

    asked = cast.session.exec(select(Attendee).where(Attendee.meeting_id == meeting.id)).all()
    here = {(a.person_id, a.email, a.chair) for a in asked if not a.removed}
    assert here == {(cast.id("laila"), None, True), (None, PARENT, False)}
    fresh = [m.to_address for m in post_of(cast, meeting) if m.state == MessageState.READY]
    assert sorted(fresh) == ["laila.tahiri@wilgenhof.example", PARENT]


def test_somebody_of_another_school_is_a_guest_without_a_name(cast: Cast, talk: Meeting) -> None:
    stranger = read_cast(cast.session, "99HK").people["koert"]
    ineke = cast.actor("ineke", AT)

    change_meeting(
        cast.session, talk.id, Change(outside=(stranger.email,), outside_kind="Gast"), actor=ineke, at=AT
    )
    sweep(cast.session, "group-discussions", LATER, cast.school.id)

    [mail] = [m for m in post_of(cast, talk) if m.to_address == stranger.email]
    assert (mail.person_id, mail.to_name, mail.calendar_method) == (None, "Gast", "REQUEST")
    assert str(event_of(mail)["ATTENDEE"]) == f"mailto:{stranger.email}"


def test_a_mail_under_way_that_comes_back_is_told_anew(cast: Cast, talk: Meeting) -> None:
    [mail] = post_of(cast, talk, "laila")
    mail.state = MessageState.LEASED
    cast.stops_teaching("joris", "5", date(2026, 11, 30))

    sweep(cast.session, "group-discussions", AT + timedelta(days=10), cast.school.id)

    assert max(m.sequence or 0 for m in post_of(cast, talk, "laila")) == talk.sequence == 1


def test_who_did_not_answer_hears_nothing_of_a_move_and_back(cast: Cast, talk: Meeting) -> None:
    known, ineke = talk.starts_at, cast.actor("ineke", AT)
    answer(cast.session, row(cast, talk, "joris"), "ACCEPTED", at=AT, via="page")
    week = known + timedelta(days=7)
    move_meeting(cast.session, talk.id, actor=ineke, at=AT, starts_at=week, reason="ruimte")

    move_meeting(cast.session, talk.id, actor=ineke, at=LATER, starts_at=known, reason="toch niet")

    waiting = [m for m in post_of(cast, talk) if m.state == MessageState.READY]
    assert [m.person_id for m in waiting] == [cast.id("joris")]


def test_a_move_that_may_have_arrived_is_taken_back(cast: Cast, talk: Meeting) -> None:
    known, ineke = talk.starts_at, cast.actor("ineke", AT)
    week = known + timedelta(days=7)
    move_meeting(cast.session, talk.id, actor=ineke, at=AT, starts_at=week, reason="ruimte")
    for message in post_of(cast, talk):
        message.fence += 1  # delivery had it, and it came back

    move_meeting(cast.session, talk.id, actor=ineke, at=LATER, starts_at=known, reason="toch niet")

    waiting = [m.person_id for m in post_of(cast, talk) if m.state == MessageState.READY]
    assert {cast.id("joris"), cast.id("laila")} <= set(waiting)


def test_a_title_of_nothing_that_shows_changes_nothing(cast: Cast, talk: Meeting) -> None:
    title, told = talk.title, len(post_of(cast, talk))

    change_meeting(cast.session, talk.id, Change(title="\x01\x7f"), actor=cast.actor("ineke", AT), at=AT)

    assert (talk.title, len(post_of(cast, talk))) == (title, told)


def test_an_update_to_an_earlier_hour_is_worth_sending_until_the_hour_they_know(
    cast: Cast, talk: Meeting
) -> None:
    known, ineke = talk.starts_at, cast.actor("ineke", AT)
    soon = AT + timedelta(hours=2)

    move_meeting(cast.session, talk.id, actor=ineke, at=AT, starts_at=soon, reason="haast")

    [mail] = [m for m in post_of(cast, talk, "laila") if m.state == MessageState.READY]
    assert (mail.calendar_method, mail.expires_at) == ("REQUEST", known)
