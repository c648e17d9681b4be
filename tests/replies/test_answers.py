"""What an answer does to a meeting: once, the last one, of the version that holds; and what it never does."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from icalendar import Calendar
from sqlmodel import select

from models import CounterProposal, CounterState, InboundMail, InboundState, MailAlias, MeetingState
from service.meetings.call_off import call_off_meeting
from service.meetings.move import move_meeting
from service.replies.kinds import Kind
from service.settings import settings
from tests.cast import moment
from tests.replies import shapes as s
from tests.replies.conftest import ANSWERED, Talk
from tests.replies.corpus import counter
from tests.replies.shapes import JORIS, LAILA

FRIDAY = moment("2026-11-27", 9)


def move(talk: Talk, days: int = 7) -> None:
    move_meeting(
        talk.cast.session,
        talk.meeting.id,
        actor=talk.cast.actor("ineke", FRIDAY),
        at=FRIDAY,
        starts_at=talk.meeting.starts_at + timedelta(days=days),
        reason="studiedag",
    )
    talk.cast.session.flush()


def test_an_answer_is_counted_with_what_was_said(talk: Talk) -> None:
    row = talk.comes_in(s.alternative(s.outlook(replace(talk.told(), comment="Tot dan"))))

    laila = talk.attendee("laila")
    assert (row.meeting_id, row.attendee_id, row.school_id) == (
        talk.meeting.id,
        laila.id,
        talk.cast.school.id,
    )
    assert (laila.partstat, laila.comment, laila.answered_via) == ("ACCEPTED", "Tot dan", "mail")
    assert (laila.reply_sequence, laila.reply_stamp) == (0, talk.told().stamp)


def test_the_same_mail_again_is_the_same_row(talk: Talk) -> None:
    raw = s.single(s.proton(talk.told()))
    first = talk.comes_in(raw)

    again = talk.comes_in(raw, ANSWERED + timedelta(hours=1))

    assert again.id == first.id
    assert again.received_at == ANSWERED


def test_the_last_answer_counts_in_whatever_order_they_come(talk: Talk) -> None:
    told = talk.told()
    mails = [
        s.single(s.proton(replace(told, partstat="ACCEPTED"))),
        s.single(s.proton(replace(told, partstat="TENTATIVE", stamp=told.later(1)))),
        s.single(s.proton(replace(told, partstat="DECLINED", stamp=told.later(2)))),
    ]
    ends = set()
    for order in permutations(mails):
        looking = talk.cast.session.begin_nested()
        for mail in order:
            talk.comes_in(mail, ANSWERED)
        ends.add(talk.attendee("laila").partstat)
        looking.rollback()
        talk.cast.session.expire_all()

    assert ends == {"DECLINED"}


def test_an_answer_to_an_earlier_version_is_noted_and_not_counted(talk: Talk) -> None:
    old = talk.told()
    move(talk)

    row = talk.comes_in(s.single(s.proton(replace(old, stamp=old.later(80)))), FRIDAY + timedelta(days=1))

    assert (row.state, row.reason) == (
        InboundState.PROCESSED,
        "Antwoord op een eerdere versie van de uitnodiging.",
    )
    assert talk.attendee("laila").partstat == "NEEDS-ACTION"


def test_an_answer_without_a_version_is_to_the_hour_that_it_shows(light_talk: Talk) -> None:
    old = replace(light_talk.told(), sequence=None)
    move(light_talk)
    new = replace(light_talk.told(), sequence=None, stamp=old.later(81), partstat="DECLINED")
    later = FRIDAY + timedelta(days=2)

    light_talk.comes_in(s.single(s.proton(replace(old, stamp=old.later(80)))), later)
    stale = light_talk.attendee("laila").partstat
    light_talk.comes_in(s.single(s.proton(new)), later)

    assert (stale, light_talk.attendee("laila").partstat) == ("NEEDS-ACTION", "DECLINED")


def test_nothing_is_counted_for_a_meeting_that_is_off(talk: Talk) -> None:
    call_off_meeting(
        talk.cast.session, talk.meeting.id, actor=talk.cast.actor("ineke", FRIDAY), at=FRIDAY, reason="ziek"
    )

    row = talk.comes_in(s.single(s.proton(talk.told())), FRIDAY + timedelta(hours=1))

    assert (row.state, row.reason) == (InboundState.PROCESSED, "Het overleg gaat niet meer door.")
    assert talk.meeting.state == MeetingState.CANCELLED


@pytest.mark.parametrize("shape", [s.outlook, s.google])
def test_another_hour_waits_for_the_planner_and_moves_nothing(light_talk: Talk, shape: object) -> None:
    told = counter(replace(light_talk.told(), partstat="TENTATIVE", comment="Liever een dag later"))
    before = light_talk.meeting.starts_at

    row = light_talk.comes_in(s.alternative(shape(told, method="COUNTER"), method="COUNTER"))  # type: ignore[operator]

    proposal = light_talk.cast.session.exec(select(CounterProposal)).one()
    assert (row.kind, row.state) == (Kind.COUNTER, InboundState.PROCESSED)
    assert (proposal.starts_at, proposal.ends_at) == (told.starts_at, told.ends_at)
    assert (proposal.comment, proposal.state, proposal.inbound_id) == (
        "Liever een dag later",
        CounterState.OPEN,
        row.id,
    )
    assert (light_talk.meeting.starts_at, light_talk.meeting.sequence) == (before, 0)
    assert light_talk.attendee("laila").partstat == "TENTATIVE"


def test_the_same_proposal_by_another_way_is_one_proposal(light_talk: Talk) -> None:
    told = counter(replace(light_talk.told(), partstat="TENTATIVE"))
    text = s.google(told, method="COUNTER")

    light_talk.comes_in(s.alternative(text, method="COUNTER"))
    light_talk.comes_in(s.mixed(text, method="COUNTER"))

    assert len(light_talk.cast.session.exec(select(CounterProposal)).all()) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("DTSTART:", "DTSTART;VALUE=DATE:20261203\r\nX-WAS:"), "Er staat geen uur in het voorstel."),
        (("DTSTART:", "DTSTART;TZID=Maan/Krater:20261203T100000\r\nX-WAS:"), "tijdzone"),
        (("STATUS:", "RRULE:FREQ=SECONDLY\r\nSTATUS:"), "reeks"),
    ],
)
def test_a_proposal_that_is_no_hour_is_for_a_person(
    light_talk: Talk, change: tuple[str, str], why: str
) -> None:
    text = s.google(counter(light_talk.told()), method="COUNTER").replace(*change)

    row = light_talk.comes_in(s.single(text, method="COUNTER"))

    assert row.state == InboundState.OPEN
    assert why in row.reason
    assert light_talk.cast.session.exec(select(CounterProposal)).first() is None


def test_who_lets_somebody_come_instead_asks_the_planner(talk: Talk) -> None:
    text = s.proton(replace(talk.told(), partstat="DELEGATED")).replace(
        ";PARTSTAT", ';DELEGATED-TO="mailto:inval@pool.example";PARTSTAT'
    )

    row = talk.comes_in(s.single(text))

    assert (row.kind, row.state, row.data["delegate"]) == (
        Kind.DELEGATION,
        InboundState.OPEN,
        "inval@pool.example",
    )
    assert (talk.attendee("laila").partstat, talk.attendee("laila").delegated_to) == (
        "DELEGATED",
        "inval@pool.example",
    )


def test_who_asks_for_the_invitation_gets_it_as_it_stands_once_a_day(talk: Talk) -> None:
    before = len(talk.cast.post("invitation", "laila"))
    text = s.proton(talk.told()).replace("METHOD:REPLY", "METHOD:REFRESH").replace(";PARTSTAT=ACCEPTED", "")

    rows = [talk.comes_in(s.single(text, method="REFRESH", X_Try=str(number))) for number in (1, 2)]

    fresh = talk.cast.post("invitation", "laila")[before:]
    assert {row.kind for row in rows} == {Kind.REFRESH}
    assert len(fresh) == 1
    calendar = Calendar.from_ical(fresh[0].calendar or "")
    assert (calendar["METHOD"], calendar.walk("VEVENT")[0]["UID"]) == ("REQUEST", talk.meeting.uid)
    assert talk.cast.post("invitation", "joris")[-1].state == "sent"


def test_an_alias_of_a_person_is_that_person(talk: Talk) -> None:
    talk.cast.session.add(MailAlias(person_id=talk.cast.id("laila"), email="l.tahiri@thuismail.example"))
    told = replace(talk.told(), who="L.Tahiri@Thuismail.example")

    row = talk.comes_in(s.single(s.proton(told), sender="Laila <l.tahiri@thuismail.example>"))

    assert row.state == InboundState.PROCESSED
    assert talk.attendee("laila").partstat == "ACCEPTED"


def test_nobody_answers_for_a_colleague_unasked(light_talk: Talk) -> None:
    row = light_talk.comes_in(s.single(s.proton(light_talk.told()), sender=JORIS))

    assert row.state == InboundState.OPEN
    assert light_talk.attendee("laila").partstat == light_talk.attendee("joris").partstat == "NEEDS-ACTION"


@pytest.mark.parametrize(
    ("header", "state"),
    [
        (
            "mx.wilgenhof.example; spf=pass; dmarc=fail (p=none) header.from=wilgenhof.example",
            InboundState.OPEN,
        ),
        ("mx.wilgenhof.example; dmarc=pass", InboundState.PROCESSED),
        ("mx.elders.example; dmarc=fail", InboundState.PROCESSED),
    ],
)
def test_a_sender_that_our_own_server_does_not_trust_is_not_believed(
    light_talk: Talk, monkeypatch: pytest.MonkeyPatch, header: str, state: InboundState
) -> None:
    monkeypatch.setenv("JAARRITME_AUTHSERV_ID", "mx.wilgenhof.example")
    settings.cache_clear()

    row = light_talk.comes_in(s.single(s.proton(light_talk.told()), Authentication_Results=header))

    settings.cache_clear()
    assert row.state == state
    assert (light_talk.attendee("laila").partstat == "ACCEPTED") is (state == InboundState.PROCESSED)


def test_a_mail_is_kept_sealed_only_while_somebody_must_look(talk: Talk) -> None:
    secret = "Ik kom graag, maar Quirijn Zeewuster is dan jarig."

    row = talk.comes_in(s.head(LAILA, secret).encode() + s.part("text/plain; charset=utf-8", secret))
    counted = talk.comes_in(s.alternative(s.outlook(talk.told())))

    kept = " ".join(map(str, row.model_dump().values()))
    assert "Quirijn" not in kept
    assert row.secret_body is not None
    assert counted.secret_body is None


def test_a_mistake_of_ours_loses_no_mail(light_talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("service.replies.receive.understand", breaks)

    row = light_talk.comes_in(s.single(s.proton(light_talk.told())))

    assert (row.kind, row.state) == (Kind.UNREADABLE, InboundState.OPEN)
    assert row.secret_body
    assert light_talk.cast.session.exec(select(InboundMail)).one().id == row.id
