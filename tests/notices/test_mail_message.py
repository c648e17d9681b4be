from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calendars.entries import Attendee, Mailbox, Meeting
from calendars.invitation import cancel, request
from service.notices.mail_message import Envelope, digest_message, invitation_message

AT = datetime(2027, 1, 13, 7, 30, tzinfo=timezone(timedelta(hours=1)))
ENVELOPE = Envelope(
    sender=Mailbox(name="Jaarritme De Wilgen", mail="jaarritme@wilgen.example"),
    reply_to=Mailbox(name="Intern begeleider", mail="ib@wilgen.example"),
    to=Mailbox(name="Jansen, Zoë (IB)", mail="zoe@wilgen.example"),
    subject="Vandaag: 3 taken voor groep 5 – één is te laat",
    message_id="<0a1b2c3d4e5f60718293a4b5c6d7e8f9@wilgen.example>",
    sent_at=AT,
)
MEETING = Meeting(
    uid="meeting-1@wilgen.example",
    sequence=0,
    starts_at=datetime(2027, 1, 20, 12, 30, tzinfo=UTC),
    ends_at=datetime(2027, 1, 20, 13, 30, tzinfo=UTC),
    title="Groepsbespreking groep 5 – ronde 2",
    organizer=ENVELOPE.sender,
    attendees=(Attendee(name="Zoë", mail="zoe@wilgen.example"),),
    modified_at=AT,
)
DIGEST_HEADERS = [
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type"),
]
TEXT = "Goedemorgen Zoë,\n\n.begint met een punt\nFrom hier ook\n" + "lang " * 400 + "\n"
HTML = "<p>Goedemorgen Zoë,</p>\n"


FRAGMENTS = (
    *("=?utf-8?q?", "=?utf-8?b?DQpCY2M6IHhAeS56?=", "=0D=0A", "?=", "\r\n", "\n ", "\u2028", "\x0b"),
    *("Bcc: x@evil.example", "<x@evil.example>", ",", ";", ":", '"', "\\", "(", ")", "@", "é", " ", "\t"),
    *("=", "?", "lang" * 20, "één " * 20, "\ud800", "\0"),
)
nasty = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join)


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def body(part: Any) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def shape(part: Any) -> Any:
    kind = part.get_content_type()
    return (kind, [shape(inner) for inner in part.iter_parts()]) if part.is_multipart() else kind


def test_a_digest_is_one_letter_in_text_and_html() -> None:
    message = read(digest_message(ENVELOPE, text=TEXT, html=HTML))

    assert shape(message) == ("multipart/alternative", ["text/plain", "text/html"])
    text, html = message.iter_parts()
    assert (body(text), body(html)) == (TEXT, HTML)


def test_a_digest_says_who_wrote_what_to_whom_and_that_a_machine_sent_it() -> None:
    message = read(digest_message(ENVELOPE, text=TEXT, html=HTML))

    assert message["From"].addresses[0].addr_spec == "jaarritme@wilgen.example"
    assert message["Reply-To"].addresses[0].addr_spec == "ib@wilgen.example"
    [to] = message["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Jansen, Zoë (IB)", "zoe@wilgen.example")
    assert message["Subject"] == ENVELOPE.subject
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == ENVELOPE.message_id
    assert message["Auto-Submitted"] == "auto-generated"


def test_an_invitation_carries_its_calendar_twice_and_byte_for_byte() -> None:
    calendar = request(MEETING)

    message = read(invitation_message(ENVELOPE, text=TEXT, html=HTML, calendar=calendar))

    assert shape(message) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/html", "text/calendar"]), "application/ics"],
    )
    letter, attached = message.iter_parts()
    *_, inline = letter.iter_parts()
    assert inline.get_payload(decode=True) == attached.get_payload(decode=True) == calendar


def test_the_calendar_part_offers_buttons_and_the_attachment_a_file() -> None:
    message = read(invitation_message(ENVELOPE, text=TEXT, html=HTML, calendar=request(MEETING)))

    letter, attached = message.iter_parts()
    *_, inline = letter.iter_parts()
    assert dict(inline["Content-Type"].params) == {"method": "REQUEST", "charset": "UTF-8"}
    assert "Content-Disposition" not in inline
    assert attached.get_content_disposition() == "attachment"
    assert attached.get_filename() == "invite.ics"
    assert "Auto-Submitted" not in message


def test_the_method_of_the_mail_is_the_one_of_the_calendar() -> None:
    message = read(invitation_message(ENVELOPE, text=TEXT, html=HTML, calendar=cancel(MEETING)))

    [inline] = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    assert inline["Content-Type"].params["method"] == "CANCEL"


def test_a_calendar_without_a_method_is_refused() -> None:
    with pytest.raises(ValueError, match="no METHOD"):
        invitation_message(ENVELOPE, text="", html="", calendar=b"BEGIN:VCALENDAR\r\n")


def test_a_second_try_sends_the_same_bytes() -> None:
    def build() -> tuple[bytes, bytes]:
        calendar = request(MEETING)
        return (
            digest_message(ENVELOPE, text=TEXT, html=HTML),
            invitation_message(ENVELOPE, text=TEXT, html=HTML, calendar=calendar),
        )

    assert build() == build()


def test_a_mail_needs_no_8_bit_road_and_no_long_lines() -> None:
    data = invitation_message(ENVELOPE, text=TEXT, html=HTML, calendar=request(MEETING))

    assert data.isascii()
    assert all(len(line) <= 78 for line in data.split(b"\r\n"))
    assert data.count(b"\n") == data.count(b"\r\n")


def test_without_a_reply_address_answers_go_to_the_sender() -> None:
    message = read(digest_message(replace(ENVELOPE, reply_to=None), text="a", html="a"))

    assert "Reply-To" not in message


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "a@wilgen.example"},
        {"message_id": "<a@wilgen.example>\r\nBcc: x@evil.example"},
        {"message_id": "<a b@wilgen.example>"},
        {"sent_at": datetime(2027, 1, 13, 7, 30)},  # noqa: DTZ001 -- what is refused
    ],
)
def test_an_unsafe_identity_or_a_time_without_a_zone_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Message-ID|zone"):
        replace(ENVELOPE, **change)


@settings(deadline=None)
@given(st.text(max_size=150) | nasty, st.text(max_size=150) | nasty)
@example("a\r\nBcc: x@evil.example", 'a" <x@evil.example>, "b')
@example("a\n\nbody", "a\x0bBcc: x@evil.example\x85")
@example("=?utf-8?q?a=0D=0ABcc:_x@evil.example?=", "Bcc: é, <x@evil.example>\ud800")
def test_no_text_adds_a_header_or_an_address(subject: str, name: str) -> None:
    box = Mailbox(name=name, mail="zoe@wilgen.example")
    envelope = replace(ENVELOPE, subject=subject, to=box, sender=box)

    message = read(digest_message(envelope, text="a", html="a"))

    assert sorted(message.keys()) == sorted(DIGEST_HEADERS)
    assert [a.addr_spec for a in message["To"].addresses] == ["zoe@wilgen.example"]
    assert [a.addr_spec for a in message["From"].addresses] == ["zoe@wilgen.example"]
    assert shape(message) == ("multipart/alternative", ["text/plain", "text/html"])


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=200))
@example("=?utf-8?q?=C3=A9?=")
@example("van den Berg, J. (IB)")
def test_a_subject_and_a_name_come_back_as_they_were(words: str) -> None:
    box = Mailbox(name=words, mail="zoe@wilgen.example")

    data = digest_message(replace(ENVELOPE, subject=words, to=box), text="a", html="a")

    # The older of the two parsers: the newer puts a space between the words of a long name.
    message = message_from_bytes(data)
    name, address = parseaddr(message["To"])
    assert str(make_header(decode_header(message["Subject"]))) == words
    assert (str(make_header(decode_header(name))), address) == (words, "zoe@wilgen.example")


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=300))
def test_a_body_comes_back_as_it_was(text: str) -> None:
    written = f"{text}\n"

    message = read(digest_message(ENVELOPE, text=written, html=written))

    assert [body(part) for part in message.iter_parts()] == [written, written]
