"""Another hour that somebody proposes: a person decides, and who proposed it hears of that."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models import Attendee, CounterProposal, CounterState, Meeting, MessageState
from service.access.scope import NotFoundError
from service.cases.errors import NotYoursError
from service.cases.sweep import sweep
from service.meetings.call_off import call_off_meeting
from service.meetings.counter import (
    AlreadyHandledError,
    accept_counter,
    decline_counter,
    open_counters,
    propose,
)
from service.meetings.move import move_meeting
from tests.cast import Cast, moment

AT = moment("2026-11-25")


@pytest.fixture
def talk(cast: Cast) -> Meeting:
    case = cast.case("didactisch-m:g5")
    sweep(cast.session, "group-discussions", AT, cast.school.id)
    for message in cast.post("invitation"):
        message.state = MessageState.SENT
    cast.session.flush()
    return cast.meeting(cast.task(case, "bespreking"))


def attendee(cast: Cast, meeting: Meeting, name: str) -> Attendee:
    mine = (Attendee.meeting_id == meeting.id) & (Attendee.person_id == cast.id(name))
    return cast.session.exec(select(Attendee).where(mine)).one()


def proposed(
    cast: Cast, meeting: Meeting, days: int = 7, sequence: int = 0, who: str = "laila"
) -> CounterProposal:
    starts_at = meeting.starts_at + timedelta(days=days)
    return propose(
        cast.session,
        attendee(cast, meeting, who),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        location="",
        comment="dan ben ik er",
        sequence=sequence,
        inbound_id=None,
        at=AT,
    )


def test_a_proposal_waits_for_a_person_and_moves_nothing(cast: Cast, talk: Meeting) -> None:
    hour = talk.starts_at

    proposed(cast, talk)

    (found,) = open_counters(cast.session, cast.actor("ineke", AT))
    assert (found.name, found.meeting.id, talk.starts_at) == ("Laila Tahiri", talk.id, hour)


def test_an_accepted_proposal_moves_the_meeting_and_who_proposed_it_comes(cast: Cast, talk: Meeting) -> None:
    proposal = proposed(cast, talk)

    accept_counter(cast.session, proposal.id, actor=cast.actor("ineke", AT), at=AT)

    assert (talk.starts_at, talk.sequence) == (proposal.starts_at, 1)
    assert proposal.state == CounterState.ACCEPTED
    answers = {name: attendee(cast, talk, name).partstat for name in ("laila", "joris")}
    assert answers == {"laila": "ACCEPTED", "joris": "NEEDS-ACTION"}
    told = [m.subject.partition(":")[0] for m in cast.post("invitation") if m.sequence == 1]
    assert told == ["Verzet", "Verzet"]


def test_a_declined_proposal_tells_only_who_proposed_it(cast: Cast, talk: Meeting) -> None:
    proposal = proposed(cast, talk)

    decline_counter(cast.session, proposal.id, actor=cast.actor("ineke", AT), at=AT)

    (letter,) = cast.post("counter")
    assert (letter.person_id, letter.calendar_method) == (cast.id("laila"), "DECLINECOUNTER")
    assert f"UID:{talk.uid}" in (letter.calendar or "")
    assert (talk.sequence, proposal.state) == (0, CounterState.DECLINED)


def test_the_newest_proposal_of_one_person_is_the_one_that_waits(cast: Cast, talk: Meeting) -> None:
    first, second = proposed(cast, talk, 7), proposed(cast, talk, 8)

    assert (first.state, second.state) == (CounterState.OVERTAKEN, CounterState.OPEN)


def test_the_same_proposal_twice_is_one(cast: Cast, talk: Meeting) -> None:
    assert proposed(cast, talk).id == proposed(cast, talk).id


@pytest.mark.parametrize("why", ["moved", "off"])
def test_a_proposal_about_what_is_no_more_waits_for_nobody(cast: Cast, talk: Meeting, why: str) -> None:
    ineke, early = cast.actor("ineke", AT), proposed(cast, talk, 9, who="joris")
    if why == "off":
        call_off_meeting(cast.session, talk.id, actor=ineke, at=AT, reason="staking")
    else:
        later = talk.starts_at + timedelta(days=7)
        move_meeting(cast.session, talk.id, actor=ineke, at=AT, starts_at=later, reason="studiedag")

    late = proposed(cast, talk, 14)

    assert (early.state, late.state) == (CounterState.OVERTAKEN, CounterState.OVERTAKEN)
    assert open_counters(cast.session, ineke) == []


def test_a_proposal_is_decided_once(cast: Cast, talk: Meeting) -> None:
    proposal, ineke = proposed(cast, talk), cast.actor("ineke", AT)
    decline_counter(cast.session, proposal.id, actor=ineke, at=AT)

    with pytest.raises(AlreadyHandledError):
        accept_counter(cast.session, proposal.id, actor=ineke, at=AT)


def test_who_does_not_plan_the_meeting_does_not_decide(cast: Cast, talk: Meeting) -> None:
    proposal = proposed(cast, talk)

    with pytest.raises(NotYoursError):
        accept_counter(cast.session, proposal.id, actor=cast.actor("joris", AT), at=AT)
    with pytest.raises(NotFoundError):
        accept_counter(cast.session, proposal.id, actor=cast.actor("hanneke", AT), at=AT)
    assert open_counters(cast.session, cast.actor("hanneke", AT)) == []
