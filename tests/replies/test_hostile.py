"""What nobody should send: it is read in a moment, changes nothing, and is kept for a person."""

import time

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from calendars.itip.reading import read_calendar
from models import InboundState
from service.replies.mail import open_mail
from tests.replies import shapes as s
from tests.replies.conftest import Talk
from tests.replies.shapes import LAILA

HEAD = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
EVENT = HEAD + b"BEGIN:VEVENT\r\nUID:a\r\n"
ZONE = (
    b"BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
    b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
)
PATIENCE = 8.0  # seconds; on a quiet machine each takes less than two
CALENDARS = {
    "100,000 attendees": EVENT + b"ATTENDEE:a@b.nl\r\n" * 55_000,
    "a million lines of text": EVENT + b"COMMENT:x\r\n" * 90_000,
    "every second for ever": EVENT + b"DTSTART:20260101T100000Z\r\nRRULE:FREQ=SECONDLY;COUNT=1000000000\r\n",
    "calendars in calendars": b"BEGIN:VCALENDAR\r\n" * 55_000,
    "events in events": HEAD + b"BEGIN:VEVENT\r\n" * 70_000,
    "ends without a begin": HEAD + b"BEGIN:X\r\n" * 50_000 + b"END:Y\r\n" * 50_000,
    "25,000 events": HEAD + b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n" * 25_000,
    "a zone that changes every second": HEAD
    + b"BEGIN:VTIMEZONE\r\nTZID:Z\r\n"
    + ZONE.replace(b"YEARLY", b"SECONDLY")
    + b"END:VTIMEZONE\r\n",
    "zones without end": HEAD
    + b"".join(b"BEGIN:VTIMEZONE\r\nTZID:Z%d\r\n" % n + ZONE * 100 + b"END:VTIMEZONE\r\n" for n in range(50)),
    "folds without end": EVENT + b"COMMENT:x" + b"\r\n y" * 200_000,
    "parameters without end": EVENT + (b"ATTENDEE" + b";A=b" * 350 + b":mailto:a@b.nl\r\n") * 600,
    "quotes without end": EVENT + (b"ATTENDEE;" + b'"' * 1400 + b"\r\n") * 650,
    "one line": EVENT + b"X" * 900_000,
    "nothing but NUL": b"\0" * 900_000,
}
MAILS = {
    "ten megabytes": s.head().encode() + b"\r\n" + b"x" * 10_500_000,
    "ten million lines": s.head().encode() + b"\r\n" + b"\n" * 9_000_000,
    "parts in parts": s.head().encode()
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(500)),
    "few parts, many lines": s.head().encode()
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(50))
    + b"x\r\n" * 400_000,
    "mails in mails": s.head().encode() + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "100,000 parts": s.head().encode()
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 100_000,
    "a header of a megabyte": b"From: " + b"(" * 1_000_000 + b"\r\n\r\nx",
    "a million headers": b"X-A: b\r\n" * 1_000_000 + b"\r\n",
    "a type with many parameters": b"Content-Type: text/plain" + b'; a="' * 30_000 + b"\r\n\r\nx",
    "half tags": s.head().encode() + b"Content-Type: text/html\r\n\r\n" + b"<style>" * 900_000,
    "words that must be decoded": b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\nx",
    "a charset that takes for ever": s.head().encode()
    + b"Content-Type: text/calendar; charset=punycode\r\n\r\n"
    + b"\xff-a" * 200_000,
}


@pytest.mark.parametrize("name", CALENDARS)
def test_a_hostile_calendar_is_read_in_a_moment(name: str) -> None:
    begun = time.perf_counter()

    reading = read_calendar(CALENDARS[name])

    assert time.perf_counter() - begun < PATIENCE
    assert sum(len(event.attendees) for event in reading.events) <= 300
    assert len(reading.events) <= 50


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_is_read_in_a_moment_and_kept_for_a_person(light_talk: Talk, name: str) -> None:
    begun = time.perf_counter()

    row = light_talk.comes_in(MAILS[name])

    assert time.perf_counter() - begun < PATIENCE
    assert row.state == InboundState.OPEN
    assert light_talk.attendee("laila").partstat == "NEEDS-ACTION"


def test_too_many_attendees_are_told_and_the_one_who_answers_still_counts(light_talk: Talk) -> None:
    many = tuple(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:n{n}@elders.example" for n in range(2000))
    told = light_talk.told()
    text = s.calendar(
        f"UID:{told.uid}", *s.versions(told), f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{LAILA}", *many
    )

    row = light_talk.comes_in(s.single(text))

    assert light_talk.attendee("laila").partstat == "ACCEPTED"
    assert (row.state, "te veel mensen" in row.reason) == (InboundState.OPEN, True)


@tries(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=2000))
def test_arbitrary_bytes_change_no_meeting(light_talk: Talk, raw: bytes) -> None:
    row = light_talk.comes_in(raw)

    assert row.meeting_id is None
    assert light_talk.attendee("laila").partstat == "NEEDS-ACTION"


LINE = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR", "METHOD:REPLY", "METHOD:COUNTER"),
        *("BEGIN:VTIMEZONE", "TZID:Europe/Amsterdam", "BEGIN:STANDARD", "END:VTIMEZONE", "RRULE:FREQ=DAILY"),
        *(
            "DTSTART:20261201T100000Z",
            "DTSTART;TZID=x:20261301T990000",
            "DTEND:",
            "DTSTAMP:nu",
            "SEQUENCE:-1",
        ),
        *("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b", 'ATTENDEE;CN="x:mailto:a@b', "ATTENDEE:", "UID:", "UID:x"),
        *("DURATION:P1W1D", "DURATION:-PT5M", " vervolg", "COMMENT:\\", "RECURRENCE-ID:20261201", ":", ";=:"),
    ]
)


@tries(max_examples=150)
@given(
    lines=st.lists(LINE | st.text(max_size=60), max_size=40),
    charset=st.text(max_size=12),
    method=st.text(max_size=9),
)
def test_any_lines_are_read_without_a_stumble(lines: list[str], charset: str, method: str) -> None:
    text = "\r\n".join(lines).encode("utf-8", "replace")

    reading = read_calendar(text, charset=charset, method=method)

    assert all(event.starts_at is None or str(event.starts_at) for event in reading.events)


@tries(max_examples=100)
@given(
    names=st.lists(
        st.sampled_from("From Sender Date Subject To Content-Type Content-Disposition References".split()),
        max_size=8,
    ),
    values=st.lists(
        st.text(max_size=80) | st.sampled_from(["=?x?q?=", "multipart/mixed; boundary=a", "message/rfc822"]),
        max_size=8,
    ),
    body=st.binary(max_size=300),
)
def test_any_headers_are_read_without_a_stumble(names: list[str], values: list[str], body: bytes) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in zip(names, values, strict=False))

    mail = open_mail(head.encode("utf-8", "replace") + b"\r\n" + body)

    assert all(
        "\0" not in text
        for text in (mail.sender, mail.subject, mail.text, *mail.recipients, *mail.answers_to)
    )
    assert mail.date is None or mail.date.tzinfo
