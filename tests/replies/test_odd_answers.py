"""Answers that come late, twice, or under another address: none is lost, counted twice or for another."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from models import Attendee, CounterProposal, CounterState, InboundState, MailAlias
from service.cases.errors import CaseError
from service.meetings.call_off import call_off_meeting
from service.meetings.counter import decline_counter
from service.meetings.outside import ask_outside
from service.replies.aliases import add_alias
from service.replies.by_hand import count_by_hand
from tests.replies import shapes as s
from tests.replies.conftest import ANSWERED, Talk
from tests.replies.corpus import counter

HOME = "l.tahiri@thuismail.example"


def proposals(talk: Talk) -> list[CounterProposal]:
    talk.cast.session.flush()
    return list(talk.cast.session.exec(select(CounterProposal).order_by(CounterProposal.starts_at)))  # type: ignore[arg-type]


def test_a_proposal_that_was_declined_does_not_come_back_with_a_second_copy(light_talk: Talk) -> None:
    text = s.google(counter(replace(light_talk.told(), partstat="TENTATIVE")), method="COUNTER")
    light_talk.comes_in(s.alternative(text, method="COUNTER"))
    [proposal] = proposals(light_talk)
    ineke = light_talk.cast.actor("ineke", ANSWERED)
    decline_counter(light_talk.cast.session, proposal.id, actor=ineke, at=ANSWERED)

    light_talk.comes_in(s.mixed(text, method="COUNTER"))

    assert [p.state for p in proposals(light_talk)] == [CounterState.DECLINED]


@pytest.mark.parametrize("partstat", ["TENTATIVE", "NEEDS-ACTION"])
def test_of_two_proposals_the_one_written_last_waits(light_talk: Talk, partstat: str) -> None:
    first = counter(replace(light_talk.told(), partstat=partstat))
    second = replace(
        first,
        starts_at=first.starts_at + timedelta(days=1),
        ends_at=first.ends_at + timedelta(days=1),
        stamp=first.later(1),
    )

    light_talk.comes_in(s.alternative(s.google(second, method="COUNTER"), method="COUNTER"))
    light_talk.comes_in(s.alternative(s.google(first, method="COUNTER"), method="COUNTER"))

    waiting = [p.starts_at for p in proposals(light_talk) if p.state == CounterState.OPEN]
    assert waiting == [second.starts_at]


def test_what_can_not_be_counted_stays_with_the_open_mail(light_talk: Talk) -> None:
    text = s.google(light_talk.told())
    row = light_talk.comes_in(s.single(text, sender=HOME))
    session, ineke, laila = (
        light_talk.cast.session,
        light_talk.cast.actor("ineke", ANSWERED),
        light_talk.attendee("laila"),
    )
    call_off_meeting(session, light_talk.meeting.id, actor=ineke, at=ANSWERED, reason="staking")

    with pytest.raises(CaseError):
        count_by_hand(session, row.id, laila.id, "DECLINED", comment="", actor=ineke, at=ANSWERED)

    assert (row.state, row.secret_body is not None) == (InboundState.OPEN, True)


def test_an_address_that_was_asked_itself_answers_for_itself(light_talk: Talk) -> None:
    session = light_talk.cast.session
    session.add(MailAlias(person_id=light_talk.cast.id("laila"), email=HOME))
    guest = ask_outside(session, light_talk.meeting, HOME)

    light_talk.comes_in(s.single(s.google(replace(light_talk.told(), who=HOME)), sender=HOME))

    assert guest.partstat == "ACCEPTED"
    assert light_talk.attendee("laila").partstat == "NEEDS-ACTION"


def test_a_tagged_address_of_two_guests_is_of_neither(light_talk: Talk) -> None:
    session = light_talk.cast.session
    for tag in ("een", "twee"):
        ask_outside(session, light_talk.meeting, f"gezin+{tag}@thuismail.example")
    bare = "gezin@thuismail.example"

    row = light_talk.comes_in(s.single(s.google(replace(light_talk.told(), who=bare)), sender=bare))

    asked = session.exec(select(Attendee).where(Attendee.meeting_id == light_talk.meeting.id)).all()
    assert row.state == InboundState.OPEN
    assert "ACCEPTED" not in {a.partstat for a in asked if a.person_id is None}


def test_an_address_within_the_answer_that_is_named_places_it_too(light_talk: Talk) -> None:
    row = light_talk.comes_in(s.single(s.google(replace(light_talk.told(), who=HOME))))
    assert row.state == InboundState.OPEN

    placed = add_alias(
        light_talk.cast.session,
        light_talk.cast.school.id,
        light_talk.cast.id("laila"),
        HOME,
        vault=light_talk.vault,
        at=ANSWERED,
    )

    assert (placed, light_talk.attendee("laila").partstat) == (1, "ACCEPTED")


def test_two_answers_of_one_moment_that_differ_are_for_a_person(light_talk: Talk) -> None:
    told = light_talk.told()
    light_talk.comes_in(s.single(s.google(told)))

    row = light_talk.comes_in(s.single(s.google(replace(told, partstat="DECLINED"))))

    assert (row.state, light_talk.attendee("laila").partstat) == (InboundState.OPEN, "ACCEPTED")


def test_a_proposal_of_another_place_at_the_same_hour_is_for_a_person(light_talk: Talk) -> None:
    told = replace(light_talk.told(), partstat="TENTATIVE", extra=("LOCATION:Aula",))

    row = light_talk.comes_in(s.single(s.google(told, method="COUNTER"), method="COUNTER"))

    assert row.state == InboundState.OPEN
