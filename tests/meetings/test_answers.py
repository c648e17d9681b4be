"""What an answer does, and which answers are too late to do anything."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from models import Attendee, Meeting
from service.cases.sweep import sweep
from service.meetings.answer import answer
from service.meetings.call_off import call_off_meeting
from service.meetings.move import move_meeting
from tests.cast import Cast, moment

AT = moment("2026-11-25")
LATER = AT + timedelta(hours=2)


@pytest.fixture
def talk(cast: Cast) -> Meeting:
    case = cast.case("didactisch-m:g5")
    sweep(cast.session, "group-discussions", AT, cast.school.id)
    cast.session.flush()
    return cast.meeting(cast.task(case, "bespreking"))


def attendee(cast: Cast, meeting: Meeting, name: str) -> Attendee:
    mine = (Attendee.meeting_id == meeting.id) & (Attendee.person_id == cast.id(name))
    return cast.session.exec(select(Attendee).where(mine)).one()


def test_an_answer_is_kept_with_when_how_and_what_was_said(cast: Cast, talk: Meeting) -> None:
    laila = attendee(cast, talk, "laila")

    kept = answer(
        cast.session, laila, "tentative", at=LATER, via="mail", comment=" ik kijk even ", sequence=0
    )

    assert kept
    assert (laila.partstat, laila.comment) == ("TENTATIVE", "ik kijk even")
    assert (laila.answered_at, laila.answered_via) == (LATER, "mail")


def test_the_same_answer_again_changes_nothing(cast: Cast, talk: Meeting) -> None:
    laila = attendee(cast, talk, "laila")
    answer(cast.session, laila, "ACCEPTED", at=LATER, via="mail", sequence=0, stamp=AT)

    again = [
        answer(cast.session, laila, "ACCEPTED", at=LATER + timedelta(days=d), via="mail", sequence=0, stamp=s)
        for d, s in ((1, AT), (2, AT + timedelta(minutes=1)))
    ]

    assert again == [False, False]
    assert laila.answered_at == LATER


def test_of_two_answers_the_one_written_last_counts(cast: Cast, talk: Meeting) -> None:
    laila = attendee(cast, talk, "laila")
    answer(cast.session, laila, "DECLINED", at=LATER, via="mail", sequence=0, stamp=LATER)

    kept = answer(cast.session, laila, "ACCEPTED", at=LATER, via="mail", sequence=0, stamp=AT)

    assert (kept, laila.partstat) == (False, "DECLINED")


def test_an_answer_to_an_older_hour_is_not_one_to_this_hour(cast: Cast, talk: Meeting) -> None:
    laila = attendee(cast, talk, "laila")
    _move(cast, talk)

    kept = answer(cast.session, laila, "ACCEPTED", at=LATER, via="mail", sequence=0)

    assert (kept, laila.partstat) == (False, "NEEDS-ACTION")


def test_who_is_not_told_of_a_new_version_answers_the_one_she_has(cast: Cast, talk: Meeting) -> None:
    for message in cast.post("invitation"):
        message.state = "sent"  # type: ignore[assignment]
    laila = attendee(cast, talk, "laila")
    cast.stops_teaching("joris", "5", talk.starts_at.date() - timedelta(days=1))
    sweep(cast.session, "group-discussions", LATER, cast.school.id)
    assert talk.sequence == 1

    kept = answer(cast.session, laila, "ACCEPTED", at=LATER, via="mail", sequence=0)

    assert (kept, laila.partstat) == (True, "ACCEPTED")


def test_an_answer_on_the_page_takes_the_place_of_one_by_mail(cast: Cast, talk: Meeting) -> None:
    laila = attendee(cast, talk, "laila")
    answer(cast.session, laila, "ACCEPTED", at=AT, via="mail", sequence=0, stamp=AT)

    kept = answer(cast.session, laila, "DECLINED", at=LATER, via="page")
    stale = answer(cast.session, laila, "ACCEPTED", at=LATER, via="mail", sequence=0, stamp=AT)

    assert (kept, stale, laila.partstat, laila.answered_via) == (True, False, "DECLINED", "page")


def test_an_answer_from_a_clock_that_is_ahead_does_not_block_the_next(cast: Cast, talk: Meeting) -> None:
    laila = attendee(cast, talk, "laila")
    answer(cast.session, laila, "ACCEPTED", at=AT, via="mail", sequence=0, stamp=AT + timedelta(days=999))

    kept = answer(cast.session, laila, "DECLINED", at=LATER, via="mail", sequence=0, stamp=LATER)

    assert (kept, laila.partstat) == (True, "DECLINED")


def test_who_sends_a_colleague_is_written_down_and_the_colleague_is_not_asked_by_itself(
    cast: Cast, talk: Meeting
) -> None:
    laila = attendee(cast, talk, "laila")

    answer(cast.session, laila, "DELEGATED", at=LATER, via="mail", delegated_to="bram@wilgenhof.example")

    assert (laila.partstat, laila.delegated_to) == ("DELEGATED", "bram@wilgenhof.example")
    assert len(cast.session.exec(select(Attendee).where(Attendee.meeting_id == talk.id)).all()) == 3


@pytest.mark.parametrize("partstat", ["X-LATER", "NEEDS-ACTION", ""])
def test_what_is_no_answer_changes_nothing(cast: Cast, talk: Meeting, partstat: str) -> None:
    laila = attendee(cast, talk, "laila")

    assert not answer(cast.session, laila, partstat, at=LATER, via="mail", sequence=0)

    assert laila.partstat == "NEEDS-ACTION"


def test_of_a_meeting_that_is_off_no_answer_counts(cast: Cast, talk: Meeting) -> None:
    laila = attendee(cast, talk, "laila")
    call_off_meeting(cast.session, talk.id, actor=cast.actor("ineke"), at=AT, reason="staking")

    assert not answer(cast.session, laila, "ACCEPTED", at=LATER, via="page")


def test_another_hour_forgets_the_answers_to_the_old_one(cast: Cast, talk: Meeting) -> None:
    laila = attendee(cast, talk, "laila")
    answer(cast.session, laila, "ACCEPTED", at=AT, via="page", comment="prima")

    _move(cast, talk)

    assert (laila.partstat, laila.answered_at, laila.comment) == ("NEEDS-ACTION", None, None)


def _move(cast: Cast, meeting: Meeting, at: datetime = AT) -> None:
    starts_at = meeting.starts_at + timedelta(days=7)
    actor = cast.actor("ineke", at)
    move_meeting(cast.session, meeting.id, actor=actor, at=at, starts_at=starts_at, reason="studiedag")
