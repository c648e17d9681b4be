import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from calendars.entries import Attendee, DayEntry, Mailbox, Meeting
from calendars.invitation import cancel, decline_counter, publish, request

SCHOOL = Mailbox(name="Jaarritme De Wilgen", mail="jaarritme@wilgen.example")
JAN = Attendee(name="Jansen, Jan", mail="jan@wilgen.example")
ZOE = Attendee(name='Zoë "ib" d\'Hond^', mail="zoe+ib@wilgen.example", rsvp=False)
MEETING = Meeting(
    uid="0192f0a1-7b@wilgen.example",
    sequence=3,
    starts_at=datetime(2027, 1, 13, 12, 30, tzinfo=UTC),
    ends_at=datetime(2027, 1, 13, 13, 30, tzinfo=UTC),
    title="Groepsbespreking groep 5; ronde 2, \\ kamer",
    description="Neem het groepsplan mee.\nDe kamer is open vanaf 13:15, koffie staat klaar.",
    location="Kamer 3, boven",
    url="https://jaarritme.wilgen.example/afspraak/7?a=1,2;b=3",
    organizer=SCHOOL,
    attendees=(ZOE, JAN),
    modified_at=datetime(2026, 12, 1, 7, 5, 9, tzinfo=UTC),
)
texts = st.text(st.characters(codec="utf-8"), max_size=200)
BREAKS = ("\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
HOSTILE = (
    *('"', "^", ";", ":", ",", "\\", "\\n", "\0", "\ud800", "\r\n", "\r\n ", "é👩🏽‍🏫"),
    *("\r\nATTENDEE:mailto:x@evil.example", "\nEND:VEVENT\nBEGIN:VEVENT\n", *BREAKS),
)
hostile = st.sampled_from(HOSTILE)
nasty = st.lists(st.one_of(hostile, texts), max_size=6).map("".join)


def parsed(data: bytes) -> tuple[Calendar, Any]:
    calendar = Calendar.from_ical(data)
    [event] = calendar.walk("VEVENT")
    assert (calendar.errors, event.errors) == ([], [])
    return calendar, event


def unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


def names(data: bytes) -> list[str]:
    return [line.split(":")[0].split(";")[0] for line in unfolded(data)]


def shown(text: str) -> str:
    """What a calendar can show of a text: every line break as LF, no control characters, not blank."""
    lines = "\n".join([*text.splitlines(), *[""] * text.endswith(BREAKS)])
    kept = [c for c in lines if c in "\n\t" or not (c < " " or "\x7f" <= c < "\xa0")]
    written = "".join(kept).encode("utf-8", "replace").decode()
    return written if written.strip() else ""


def test_a_request_says_who_meets_when_and_where() -> None:
    calendar, event = parsed(request(MEETING))

    assert str(calendar["METHOD"]) == "REQUEST"
    assert (event.start, event.end) == (MEETING.starts_at, MEETING.ends_at)
    assert event["DTSTART"].to_ical() == b"20270113T123000Z"
    assert (event["UID"], event["SEQUENCE"]) == (MEETING.uid, 3)
    assert str(event["SUMMARY"]) == MEETING.title
    assert str(event["DESCRIPTION"]) == MEETING.description
    assert str(event["LOCATION"]) == "Kamer 3, boven"
    assert str(event["URL"]) == MEETING.url
    assert (event["CLASS"], event["STATUS"], event["TRANSP"]) == ("PRIVATE", "CONFIRMED", "OPAQUE")


def test_the_stamp_is_the_change_and_not_the_clock() -> None:
    _, event = parsed(request(MEETING))

    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == MEETING.modified_at


def test_the_organizer_is_our_mailbox_and_each_guest_has_a_role_and_an_answer() -> None:
    _, event = parsed(request(MEETING))
    jan, zoe = event["ATTENDEE"]

    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == (
        "mailto:jaarritme@wilgen.example",
        "Jaarritme De Wilgen",
    )
    assert (jan, jan.params["CN"]) == ("mailto:jan@wilgen.example", "Jansen, Jan")
    assert (jan.params["ROLE"], jan.params["PARTSTAT"]) == ("REQ-PARTICIPANT", "NEEDS-ACTION")
    assert (jan.params["RSVP"], "RSVP" in zoe.params) == ("TRUE", False)
    assert (zoe, zoe.params["CN"]) == ("mailto:zoe+ib@wilgen.example", ZOE.name)


def test_a_name_is_quoted_and_a_quote_inside_it_written_with_a_caret() -> None:
    lines = unfolded(request(MEETING))

    assert "ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN=\"Zoë ^'ib^' d'Hond^^\":" in next(
        line for line in lines if "zoe+ib" in line
    )


def test_the_method_stands_before_the_first_event() -> None:
    head = names(request(MEETING))[:6]

    assert head == ["BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN"]


def test_an_invitation_is_no_calendar_to_subscribe_to() -> None:
    assert not {"NAME", "X-WR-CALNAME", "REFRESH-INTERVAL"} & set(names(request(MEETING)))


def test_a_cancellation_strikes_the_meeting_for_everyone() -> None:
    calendar, event = parsed(cancel(MEETING))

    assert (str(calendar["METHOD"]), event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (event["UID"], len(event["ATTENDEE"])) == (MEETING.uid, 2)
    assert not any("RSVP" in guest.params for guest in event["ATTENDEE"])


def test_taking_one_person_off_tells_only_her_and_leaves_the_meeting_standing() -> None:
    calendar, event = parsed(cancel(MEETING, [JAN]))

    assert str(calendar["METHOD"]) == "CANCEL"
    assert (event["ATTENDEE"], "STATUS" in event) == ("mailto:jan@wilgen.example", False)


def test_a_time_in_another_zone_is_written_in_utc() -> None:
    amsterdam = timezone(timedelta(hours=1))
    meeting = replace(MEETING, starts_at=datetime(2027, 1, 13, 13, 30, tzinfo=amsterdam))

    assert request(meeting) == request(MEETING)


def test_the_order_of_the_guests_changes_nothing() -> None:
    assert request(replace(MEETING, attendees=(JAN, ZOE))) == request(MEETING)


def test_the_bytes_are_the_same_in_every_process() -> None:
    code = (
        "import runpy, sys; test = runpy.run_path(sys.argv[1]); "
        "sys.stdout.buffer.write(test['request'](test['MEETING']))"
    )

    def run(seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()}  # noqa: PTH109 -- the root, as pytest runs
        command = [sys.executable, "-c", code, __file__]
        return subprocess.run(command, env=environment, check=True, capture_output=True).stdout  # noqa: S603 -- our own code

    assert {run("1"), run("2")} == {request(MEETING)}


@pytest.mark.parametrize(
    "change",
    [
        {"uid": "a\r\nATTENDEE:x"},
        {"uid": ""},
        {"title": " \r\n\x00"},
        {"uid": "met spatie"},
        {"url": "javascript:alert(1)"},
        {"url": "https://a.example/\r\nX:1"},
        {"url": "https://a.example/é"},
        {"attendees": (replace(JAN, role="CHAIR;X=1"),)},
        {"attendees": (replace(JAN, partstat="A:B"),)},
        {"attendees": ()},
        {"cancelled": True},
    ],
)
def test_what_could_break_a_line_or_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"UID|URL|ROLE|PARTSTAT|nobody|title"):
        request(replace(MEETING, **change))


def test_a_cancellation_for_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        cancel(MEETING, [])


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": datetime(2027, 1, 13, 12, 30)},  # noqa: DTZ001 -- what is refused
        {"modified_at": datetime(2027, 1, 13, 12, 30)},  # noqa: DTZ001 -- what is refused
        {"ends_at": MEETING.starts_at},
        {"attendees": (JAN, replace(JAN, mail="JAN@wilgen.example"))},
        {"attendees": (Attendee(name="", mail=SCHOOL.mail),)},
    ],
)
def test_a_meeting_without_zone_or_length_or_with_one_mailbox_twice_is_refused(
    change: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match=r"zone|ends before|twice"):
        replace(MEETING, **change)


@pytest.mark.parametrize(
    "mail",
    [
        *("", "jan", "jan@", "@b.example", "a b@c.example", "a@b.example\r\nBcc: x@y.example"),
        *("a@b.example\n", "<a@b.example>", "a,b@c.example", "jé@b.example", "a@b..example"),
        *("a@-b.example", "a" * 250 + "@b.example"),
    ],
)
def test_what_is_no_plain_mail_address_is_refused(mail: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        Mailbox(name="Jan", mail=mail)


def test_an_address_with_marks_of_a_link_stays_one_address() -> None:
    odd = Attendee(name="", mail="a?cc=b&c%d#e@wilgen.example")

    _, event = parsed(request(replace(MEETING, attendees=(odd,))))

    assert event["ATTENDEE"] == "mailto:a%3Fcc=b&c%25d%23e@wilgen.example"
    assert event["ATTENDEE"].params["CN"] == odd.mail


@settings(deadline=None)
@given(nasty, nasty, nasty, nasty)
@example("a\r\nATTENDEE:mailto:x@evil.example", '"\r\nX-A:1', "\\n\\", "\u2028END:VEVENT")
def test_no_text_adds_a_line(title: str, name: str, description: str, location: str) -> None:
    guest = Attendee(name=name, mail="jan@wilgen.example")
    texts = {"title": f"a{title}", "description": f"a{description}", "location": f"a{location}"}

    data = request(replace(MEETING, **texts, attendees=(guest,)))  # type: ignore[arg-type]

    assert names(data) == names(request(replace(MEETING, attendees=(JAN,))))
    assert len(data.decode().splitlines()) == data.count(b"\r\n")


# icalendar unescapes backslashes in names as well, where RFC 5545 has none.
@settings(deadline=None)
@given(nasty, nasty.map(lambda text: text.replace("\\", "")), nasty)
def test_every_text_comes_back(title: str, name: str, description: str) -> None:
    guest = Attendee(name=name, mail="jan@wilgen.example")

    _, event = parsed(
        request(replace(MEETING, title=f"a{title}", description=description, attendees=(guest,)))
    )

    assert str(event["SUMMARY"]) == shown(f"a{title}")
    assert str(event.get("DESCRIPTION", "")) == shown(description)
    assert event["ATTENDEE"].params["CN"] == (shown(name) or guest.mail)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=400))
def test_no_line_is_longer_than_75_octets_and_no_character_is_broken(title: str) -> None:
    data = request(replace(MEETING, title=f"a{title}"))

    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert all(line.decode() is not None for line in data.split(b"\r\n"))
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert str(parsed(data)[1]["SUMMARY"]) == f"a{title}"


def test_a_day_entry_wants_days() -> None:
    with pytest.raises(TypeError, match="days"):
        DayEntry(
            uid="a",
            sequence=0,
            first_day=MEETING.starts_at,
            last_day=MEETING.starts_at,
            title="",
            modified_at=MEETING.modified_at,
        )


def test_who_proposed_another_hour_hears_that_it_stays_and_no_more_than_that() -> None:
    data = decline_counter(MEETING, JAN, 2)

    calendar = Calendar.from_ical(data)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "DECLINECOUNTER"
    assert set(event) == {"UID", "DTSTAMP", "ORGANIZER"}  # RFC 5546 §3.2.8 forbids what would say more
    assert event["UID"] == MEETING.uid


@pytest.mark.parametrize(
    ("attendee", "sequence"),
    [(replace(JAN, mail="x@wilgen.example"), 2), (JAN, 4)],
    ids=["stranger", "later"],
)
def test_what_nobody_can_have_proposed_is_not_declined(attendee: Attendee, sequence: int) -> None:
    with pytest.raises(ValueError, match="nobody could propose"):
        decline_counter(MEETING, attendee, sequence)


def test_a_meeting_to_take_over_by_hand_names_nobody_who_comes() -> None:
    calendar = Calendar.from_ical(publish(MEETING))

    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], "ATTENDEE" in event) == ("PUBLISH", False)
    assert event["ORGANIZER"] == f"mailto:{SCHOOL.mail}"
