"""What a person does with a mail that nothing could place."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlmodel import select

from models import Attendee, CounterProposal, InboundMail, InboundState, MailAlias, School
from service.access.actor import Actor
from service.access.scope import NotFoundError
from service.cases.errors import ReasonNeededError
from service.replies.aliases import AliasError, add_alias, aliases_of, remove_alias
from service.replies.by_hand import (
    HandledError,
    ask_stand_in,
    count_by_hand,
    count_open,
    dismiss,
    find_mail,
    handled_lately,
    open_mail_of,
    take_school,
)
from service.school.errors import NotOfThisSchoolError
from tests.replies import shapes as s
from tests.replies.conftest import ANSWERED, Talk
from tests.replies.corpus import counter
from tests.replies.shapes import JORIS, LAILA

HOME = "l.tahiri@thuismail.example"


def actor(talk: Talk, name: str) -> Actor:
    return talk.cast.actor(name, ANSWERED)


def letter(talk: Talk, text: str = "Ik kom.") -> InboundMail:
    ours = talk.mail_to("laila").message_id
    return talk.comes_in(s.head(LAILA, "Re", In_Reply_To=f"<{ours}>").encode() + s.part("text/plain", text))


def test_a_letter_is_counted_as_the_answer_that_it_is(talk: Talk) -> None:
    row = letter(talk)
    laila = talk.attendee("laila")
    suggested = row.attendee_id, row.meeting_id

    count_by_hand(
        talk.cast.session, row.id, laila.id, "ACCEPTED", comment="", actor=actor(talk, "ineke"), at=ANSWERED
    )

    assert suggested == (laila.id, talk.meeting.id)
    assert talk.attendee("laila").partstat == "ACCEPTED"
    assert (row.state, row.handled_by, row.secret_body) == (
        InboundState.PROCESSED,
        talk.cast.id("ineke"),
        None,
    )
    with pytest.raises(HandledError):
        dismiss(talk.cast.session, row.id, reason="x", actor=actor(talk, "ineke"), at=ANSWERED)


def test_another_hour_from_an_unknown_address_can_still_be_proposed(light_talk: Talk) -> None:
    text = s.google(counter(light_talk.told()), method="COUNTER")
    row = light_talk.comes_in(s.single(text, method="COUNTER", sender=HOME))
    laila = light_talk.attendee("laila")

    count_by_hand(
        light_talk.cast.session,
        row.id,
        laila.id,
        "COUNTER",
        comment="liever dan",
        actor=actor(light_talk, "ineke"),
        at=ANSWERED,
    )

    proposal = light_talk.cast.session.exec(select(CounterProposal)).one()
    assert (proposal.attendee_id, proposal.comment) == (laila.id, "liever dan")
    assert proposal.starts_at == counter(light_talk.told()).starts_at


def test_an_answer_by_hand_needs_an_answer(light_talk: Talk) -> None:
    row, laila = letter(light_talk), light_talk.attendee("laila")

    for said in ("", "NEEDS-ACTION", "COUNTER"):
        with pytest.raises(ReasonNeededError):
            count_by_hand(
                light_talk.cast.session,
                row.id,
                laila.id,
                said,
                comment="",
                actor=actor(light_talk, "ineke"),
                at=ANSWERED,
            )

    assert row.state == InboundState.OPEN


def test_an_address_that_is_named_places_what_waited_from_it(talk: Talk) -> None:
    row = talk.comes_in(s.single(s.proton(replace(talk.told(), who=HOME)), sender=HOME))
    before = row.state

    placed = add_alias(
        talk.cast.session,
        talk.cast.school.id,
        talk.cast.id("laila"),
        HOME.title(),
        vault=talk.vault,
        at=ANSWERED,
    )

    assert (before, row.state, placed, row.secret_body) == (
        InboundState.OPEN,
        InboundState.PROCESSED,
        1,
        None,
    )
    assert talk.attendee("laila").partstat == "ACCEPTED"
    assert [alias.email for alias in aliases_of(talk.cast.session, talk.cast.id("laila"))] == [HOME]


@pytest.mark.parametrize("address", [JORIS, LAILA, "planning@wilgenhof.example", "geen adres", ""])
def test_an_address_of_somebody_else_is_no_alias(light_talk: Talk, address: str) -> None:
    cast = light_talk.cast

    with pytest.raises(AliasError):
        add_alias(
            cast.session, cast.school.id, cast.id("laila"), address, vault=light_talk.vault, at=ANSWERED
        )

    assert cast.session.exec(select(MailAlias)).first() is None


def test_an_alias_is_of_the_own_school_and_can_go(light_talk: Talk) -> None:
    cast = light_talk.cast
    other = cast.session.exec(select(School).where(School.brin == "99HK")).one()
    add_alias(cast.session, cast.school.id, cast.id("laila"), HOME, vault=light_talk.vault, at=ANSWERED)
    (alias,) = aliases_of(cast.session, cast.id("laila"))

    with pytest.raises(NotOfThisSchoolError):
        remove_alias(cast.session, other.id, cast.id("laila"), alias.id)
    remove_alias(cast.session, cast.school.id, cast.id("laila"), alias.id)

    assert not aliases_of(cast.session, cast.id("laila"))


def test_the_stand_in_is_invited(talk: Talk) -> None:
    text = s.proton(replace(talk.told(), partstat="DELEGATED")).replace(
        ";PARTSTAT", ';DELEGATED-TO="mailto:inval@pool.example";PARTSTAT'
    )
    row = talk.comes_in(s.single(text))

    ask_stand_in(talk.cast.session, row.id, actor=actor(talk, "ineke"), at=ANSWERED)

    fresh = [m for m in talk.cast.post("invitation") if m.to_address == "inval@pool.example"]
    assert [message.meeting_id for message in fresh] == [talk.meeting.id]
    told = replace(talk.told(), who="inval@pool.example", stamp=talk.told().later(3))
    talk.comes_in(s.single(s.proton(told), sender="inval@pool.example"))
    query = select(Attendee).where(Attendee.email == "inval@pool.example")
    assert talk.cast.session.exec(query).one().partstat == "ACCEPTED"


def test_what_is_laid_aside_says_why_and_is_kept_no_longer(light_talk: Talk) -> None:
    row = letter(light_talk)
    ineke = actor(light_talk, "ineke")

    with pytest.raises(ReasonNeededError):
        dismiss(light_talk.cast.session, row.id, reason="  ", actor=ineke, at=ANSWERED)
    dismiss(light_talk.cast.session, row.id, reason="al besproken", actor=ineke, at=ANSWERED)

    assert (row.state, row.reason, row.secret_body) == (InboundState.DISMISSED, "al besproken", None)
    assert count_open(light_talk.cast.session, ineke) == 0
    assert handled_lately(light_talk.cast.session, ineke) == [row]


@pytest.mark.parametrize("name", ["laila", "amira", "ans"])
def test_only_the_school_s_ib_and_director_read_them(light_talk: Talk, name: str) -> None:
    row = letter(light_talk)

    with pytest.raises(NotFoundError):
        find_mail(light_talk.cast.session, actor(light_talk, name), row.id)

    assert count_open(light_talk.cast.session, actor(light_talk, name)) == 0
    assert find_mail(light_talk.cast.session, actor(light_talk, "dirk"), row.id) is row


def test_another_school_sees_nothing_of_it(light_talk: Talk) -> None:
    row = letter(light_talk)
    cast = light_talk.cast
    other = cast.session.exec(select(School).where(School.brin == "99HK")).one()
    elsewhere = replace(actor(light_talk, "ineke"), school_id=other.id)

    assert open_mail_of(cast.session, elsewhere) == []
    with pytest.raises(NotFoundError):
        dismiss(cast.session, row.id, reason="x", actor=elsewhere, at=ANSWERED)


def test_a_mail_for_no_known_school_is_given_a_school_by_its_administrator(light_talk: Talk) -> None:
    raw = s.head("ouder@thuismail.example", "?").replace(s.SCHOOL, "iemand@elders.example").encode()
    row = light_talk.comes_in(raw + s.part("text/plain", "Hoe laat?"))
    session = light_talk.cast.session

    before = row.school_id, open_mail_of(session, actor(light_talk, "amira")) == [row]
    with pytest.raises(NotFoundError):
        take_school(session, row.id, actor=actor(light_talk, "ineke"))
    take_school(session, row.id, actor=actor(light_talk, "amira"))

    assert before == (None, True)
    assert open_mail_of(session, actor(light_talk, "ineke")) == [row]


def test_who_is_asked_at_another_school_cannot_be_chosen(light_talk: Talk) -> None:
    row = letter(light_talk)

    with pytest.raises(NotFoundError):
        count_by_hand(
            light_talk.cast.session,
            row.id,
            uuid4(),
            "ACCEPTED",
            comment="",
            actor=actor(light_talk, "ineke"),
            at=ANSWERED,
        )
