"""Somebody's mail comes back, or goes to another address from now on: their calendar still becomes right."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from models import Attendee, MailAlias, Meeting, Message, MessageState, PasswordLink, Person
from service.access.password_links import invite_to_log_in
from service.meetings.call_off import call_off_meeting
from service.meetings.move import move_meeting
from service.notices.bounces import REFUSED
from service.school.mail_address import WorksElsewhereError, change_mail_address, write_again
from service.school.staff import StaffError
from tests.cast import Cast, moment
from tests.meetings.conftest import event_of, replay

AT, LATER = moment("2026-11-25"), moment("2026-11-26")
OLD, NEW = "laila.tahiri@wilgenhof.example", "laila@wilgenhof.example"
Leave = Callable[[list[Message]], None]


def told(cast: Cast, meeting: Meeting) -> list[Message]:
    cast.session.flush()
    query = select(Message).where(Message.meeting_id == meeting.id, Message.person_id == cast.id("laila"))
    return list(cast.session.exec(query.order_by(col(Message.made_at), col(Message.sequence))))


def change(cast: Cast, email: str = NEW, *, name: str = "laila", keep_old: bool = True) -> int:
    return change_mail_address(
        cast.session,
        cast.school.id,
        cast.id(name),
        email,
        keep_old=keep_old,
        actor_id=cast.id("amira"),
        at=LATER,
    )


def call_off(cast: Cast, meeting: Meeting, at: datetime) -> None:
    call_off_meeting(cast.session, meeting.id, actor=cast.actor("ineke", at), at=at, reason="Ziek.")


def refuse(cast: Cast, messages: list[Message]) -> None:
    """Let the mails of a person come back, so that nobody writes there any more."""
    for message in messages:
        message.state = MessageState.BOUNCED
    cast.people["laila"].mail_refused_at = AT


def held_at(address: str, messages: list[Message]) -> dict[str, object]:
    left = (MessageState.READY, MessageState.SENT)
    return dict(replay([m for m in messages if m.state in left and m.to_address == address]))


def test_meetings_to_come_are_in_the_calendar_behind_the_new_address(cast: Cast, talk: Meeting) -> None:
    assert cast.people["laila"].email == OLD
    others = len(cast.post())

    heard = change(cast)

    news = told(cast, talk)[-1]
    assert (heard >= 1, news.to_address, news.subject.split(":")[0]) == (True, NEW, "Uitnodiging")
    assert f"mailto:{NEW}" in [str(who) for who in event_of(news)["ATTENDEE"]]
    assert set(held_at(NEW, told(cast, talk))) == {talk.uid}
    laila = cast.id("laila")
    assert len([m for m in cast.post() if m.person_id != laila]) <= others


def test_what_is_called_off_afterwards_is_heard_at_the_new_address(
    cast: Cast, talk: Meeting, leave: Leave
) -> None:
    change(cast)
    leave(told(cast, talk))
    before = set(held_at(NEW, told(cast, talk)))

    call_off(cast, talk, LATER + timedelta(hours=1))

    assert (before, held_at(NEW, told(cast, talk))) == ({talk.uid}, {})


def test_an_answer_from_the_old_address_counts_only_when_asked(cast: Cast) -> None:
    change(cast)
    kept = cast.session.exec(select(MailAlias.email)).all()
    change(cast, OLD, keep_old=False)

    assert list(kept) == [OLD]
    assert cast.session.exec(select(MailAlias.email)).all() == []
    assert cast.people["laila"].email == OLD


def test_what_waits_goes_to_the_new_address_but_no_link_to_log_in(cast: Cast) -> None:
    invite_to_log_in(cast.session, cast.people["laila"], cast.school.id, at=AT)

    change(cast)

    [link] = [m for m in cast.post() if m.dedupe_key.startswith("password-link:")]
    assert link.state == MessageState.SUPPRESSED
    assert cast.session.exec(select(PasswordLink)).all() == []


def test_the_old_address_hears_that_it_changed_and_not_into_what(cast: Cast) -> None:
    change(cast)

    [farewell] = [m for m in cast.post() if m.to_address == OLD and m.kind == "notice"]
    assert farewell.state == MessageState.READY
    assert NEW not in farewell.subject + farewell.body


@pytest.mark.parametrize("whose", ["of a colleague", "of the school", "her own", "no address"])
def test_an_address_that_is_not_hers_to_have_is_refused(cast: Cast, whose: str) -> None:
    addresses = {
        "of a colleague": cast.people["joris"].email,
        "of the school": cast.school.mailbox,
        "her own": OLD,
        "no address": "laila",
    }

    with pytest.raises(StaffError):
        change(cast, addresses[whose])


def test_one_school_does_not_change_who_works_at_another_too(cast: Cast) -> None:
    with pytest.raises(WorksElsewhereError):
        change(cast, "ineke@wilgenhof.example", name="ineke")

    heard = change_mail_address(
        cast.session,
        cast.school.id,
        cast.id("ineke"),
        "ineke@wilgenhof.example",
        keep_old=False,
        actor_id=None,
        at=LATER,
    )

    assert (heard, cast.people["ineke"].email) == (0, "ineke@wilgenhof.example")


def test_what_came_back_is_told_once_mail_may_go_again(cast: Cast, talk: Meeting) -> None:
    refuse(cast, told(cast, talk))

    heard = write_again(cast.session, cast.id("laila"), at=LATER)

    news = told(cast, talk)[-1]
    assert heard >= 1
    assert (news.state, news.subject.split(":")[0]) == (MessageState.READY, "Uitnodiging")
    assert cast.session.get_one(Person, cast.id("laila")).mail_refused_at is None


def test_a_change_that_was_laid_aside_is_told_once_mail_may_go_again(cast: Cast, talk: Meeting) -> None:
    cast.people["laila"].mail_refused_at = AT
    hour = talk.starts_at + timedelta(days=7)
    move_meeting(cast.session, talk.id, starts_at=hour, actor=cast.actor("ineke", AT), at=AT, reason="Ziek.")
    aside = told(cast, talk)[-1]
    aside.state, aside.last_error = MessageState.SUPPRESSED, REFUSED

    write_again(cast.session, cast.id("laila"), at=LATER)

    held = replay([m for m in told(cast, talk) if m.state != MessageState.SUPPRESSED])
    assert held[talk.uid].starts_at == talk.starts_at == hour


def test_a_cancellation_that_was_laid_aside_is_told_once_mail_may_go_again(cast: Cast, talk: Meeting) -> None:
    cast.people["laila"].mail_refused_at = AT
    call_off(cast, talk, AT)
    aside = told(cast, talk)[-1]
    aside.state, aside.last_error = MessageState.SUPPRESSED, REFUSED

    write_again(cast.session, cast.id("laila"), at=LATER)

    assert replay([m for m in told(cast, talk) if m.state != MessageState.SUPPRESSED]) == {}


def test_a_cancellation_that_came_back_is_told_once_mail_may_go_again(cast: Cast, talk: Meeting) -> None:
    call_off(cast, talk, AT)
    refuse(cast, told(cast, talk)[-1:])

    write_again(cast.session, cast.id("laila"), at=LATER)

    assert replay([m for m in told(cast, talk) if m.state != MessageState.BOUNCED]) == {}


def test_whose_calendar_is_right_hears_nothing(cast: Cast, talk: Meeting) -> None:
    before = len(told(cast, talk))

    heard = write_again(cast.session, cast.id("laila"), at=LATER)

    assert (heard, len(told(cast, talk))) == (0, before)
    assert cast.session.exec(select(Attendee.invited_sequence).where(Attendee.meeting_id == talk.id)).all()
